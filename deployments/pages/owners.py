"""Whose things a list shows: all that one reaches, or those of one owner."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import reach
from accounts.models import User
from deployments.pages import listing
from deployments.pages.listing import Way

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])


@dataclass(frozen=True, slots=True)
class Choice:
    chosen: User | None  # None: everybody's
    ways: list[Way]  # empty when one is in no organisation

    @property
    def is_shown(self) -> bool:
        """Whether a row must say whose it is."""
        return bool(self.ways) and self.chosen is None


def choice(request: HttpRequest) -> Choice:
    """What `owner` in the address says; a stranger's name is as none."""
    user: Any = request.user
    owners = reach.owners(user)
    asked = request.GET.get("owner", "")
    chosen = next((owner for owner in owners if owner.get_username() == asked), None)
    offered = [(owner.get_username(), owner.get_username()) for owner in owners]
    ways = listing.ways(request, "owner", offered, _("All owners")) if len(owners) > 1 else []
    return Choice(chosen, ways)


def narrowed(rows: Rows, choice: Choice) -> Rows:
    return rows.filter(owner=choice.chosen) if choice.chosen else rows
