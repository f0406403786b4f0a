from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    """Models that are kept running; empty until a model can be deployed."""

    name = "deployments"
