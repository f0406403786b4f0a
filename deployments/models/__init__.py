"""What is kept running, what was asked of it, and what came of both."""

from .bundles import Bundle, Environment
from .deployments import Deployment, Event, InvalidTransition, Reason, Release, Status
from .files import StoredFile
from .hardware import Hardware
from .instances import Instance
from .metrics import MinuteMetrics
from .moves import FormerAddress, Offer
from .predictions import Prediction, PredictionEvent
from .webhooks import Attempt, Delivery, WebhookKey

__all__ = [
    "Attempt",
    "Bundle",
    "Delivery",
    "Deployment",
    "Environment",
    "Event",
    "FormerAddress",
    "Hardware",
    "Instance",
    "InvalidTransition",
    "MinuteMetrics",
    "Offer",
    "Prediction",
    "PredictionEvent",
    "Reason",
    "Release",
    "Status",
    "StoredFile",
    "WebhookKey",
]
