from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    """Models that are kept running, and what they are asked."""

    name = "deployments"
