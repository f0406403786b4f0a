from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeploymentsConfig(AppConfig):
    """Models that are kept running, and what they are asked."""

    name = "deployments"

    def ready(self) -> None:
        """A model's page gets a tab where it is run; the catalog itself knows none of us."""
        # They read models, which are loaded now.
        from accounts.closing import parts  # noqa: PLC0415
        from catalog.pages import heading  # noqa: PLC0415

        from . import closing  # noqa: PLC0415

        heading.MORE_TABS[:] = [heading.MoreTab("model_run", _("Run"))]
        parts.PARTS.append(closing)
