"""The pages of deployments and predictions: one module a noun."""

from .deployments import (
    deployment,
    deployment_metrics,
    deployment_part,
    deployment_releases,
    deployments,
)
from .logs import deployment_log_stream, deployment_log_text, deployment_logs

__all__ = [
    "deployment",
    "deployment_log_stream",
    "deployment_log_text",
    "deployment_logs",
    "deployment_metrics",
    "deployment_part",
    "deployment_releases",
    "deployments",
]
