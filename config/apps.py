from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project itself as an app, for the commands that belong to no other."""

    name = "config"
