from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The project itself as an app, for the commands that belong to no other."""

    name = "config"

    def ready(self) -> None:
        from config import unheard  # noqa: F401, PLC0415 - registers its check
