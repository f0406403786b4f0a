from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        # They read models, which are loaded now.
        from accounts.closing import parts  # noqa: PLC0415

        from . import closing  # noqa: PLC0415

        parts.PARTS.append(closing)
