"""The pages of deployments and predictions: one module a noun."""

from .deploying import (
    change_deployment,
    delete_deployment,
    deploy,
    deployment_settings,
    roll_back,
    start_deployment,
    stop_deployment,
)
from .deployments import (
    deployment,
    deployment_metrics,
    deployment_part,
    deployment_releases,
    deployments,
)
from .logs import deployment_log_stream, deployment_log_text, deployment_logs
from .moving import decline_offer, hand_over_deployment, take_back_offer, take_offer
from .predictions import cancel_prediction, prediction, prediction_part, predictions
from .running import ask_deployment, deployment_try, model_run

__all__ = [
    "ask_deployment",
    "cancel_prediction",
    "change_deployment",
    "decline_offer",
    "delete_deployment",
    "deploy",
    "deployment",
    "deployment_log_stream",
    "deployment_log_text",
    "deployment_logs",
    "deployment_metrics",
    "deployment_part",
    "deployment_releases",
    "deployment_settings",
    "deployment_try",
    "deployments",
    "hand_over_deployment",
    "model_run",
    "prediction",
    "prediction_part",
    "predictions",
    "roll_back",
    "start_deployment",
    "stop_deployment",
    "take_back_offer",
    "take_offer",
]
