"""What an alert tells, with addresses that lead back here from anywhere."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from catalog.models import Alert, SavedSearch
from catalog.pages import rows
from catalog.pages.lines import Row


@dataclass(frozen=True)
class News:
    """The models that are still listed, best first, and how many there are in all."""

    total: int
    rows: list[Row]
    search_url: str
    page_url: str

    @property
    def more(self) -> int:
        return max(self.total - len(self.rows), 0)


def of(alert: Alert) -> News:
    saved = alert.saved_search
    return News(
        total=alert.total,
        rows=rows.in_order(alert.ai_models),
        search_url=at_home(search_path(saved)),
        page_url=at_home(saved.get_absolute_url()),
    )


def search_path(saved: SavedSearch, route: str = "models") -> str:
    path = reverse(route)
    return f"{path}?{saved.query_string}" if saved.query_string else path


def at_home(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"
