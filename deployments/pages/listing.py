"""The list of somebody's deployments, and where a page of a longer list stands in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from catalog.pages import figures
from catalog.pages.pagination import Pages, place_of
from deployments.models import Deployment, Instance
from deployments.pages import words

PER_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """To narrow a list."""

    name: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    deployment: Deployment
    url: str
    looks: str
    status: str
    reason: str
    model: str
    hardware: str
    instances: str
    is_replacing: bool
    cost: str
    used_at: datetime | None
    used_ago: str


def rows(deployments: QuerySet[Deployment]) -> QuerySet[Deployment]:
    """With all that a row tells, by one query."""
    related = ("owner", "ai_model__publisher", "release_wanted__hardware", "release_serving")
    ready = Count("instances", filter=Q(instances__status=Instance.Status.READY))
    found = deployments.select_related(*related).annotate(ready=ready).defer("detail")
    return found.order_by("-created_at", "-pk")


def row(deployment: Deployment) -> Row:
    """Of a deployment that came from rows()."""
    release = deployment.release_wanted
    return Row(
        deployment=deployment,
        url=deployment.get_absolute_url(),
        looks=words.looks(deployment),
        status=deployment.get_status_display(),
        reason=words.reason(deployment.reason),
        model=str(deployment.ai_model),
        hardware=release.hardware.name if release else "",
        instances=f"{deployment.ready} / {release.max_instances}" if release else "",  # type: ignore[attr-defined]
        is_replacing=deployment.release_serving_id not in (None, deployment.release_wanted_id),
        cost=cost(deployment.cost, settings.CURRENCY),
        used_at=deployment.last_used_at,
        used_ago=figures.ago(deployment.last_used_at),
    )


def cost(amount: Decimal | None, currency: str) -> str:
    """An amount of money, to the cent, or to two digits when it is less. Empty: not known."""
    if amount is None:
        return ""
    digits = 2 if not amount or amount >= Decimal("0.1") else 1 - amount.adjusted()
    return figures.money(round(amount, digits), currency)


def paged(request: HttpRequest, found: QuerySet, per_page: int = PER_PAGE) -> tuple[list, Pages]:  # type: ignore[type-arg]
    """The rows of the page that is asked for, and its place; what is no page is the first."""
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    page = Paginator(found, per_page).get_page(number)
    return list(page), place_of(page, lambda number: _url(request, number))


def ways(
    request: HttpRequest, parameter: str, offered: Iterable[tuple[str, Any]], every: str = ""
) -> list[Way]:
    """Links to the list with each value of a parameter, after one to all of it."""
    asked = request.GET.get(parameter, "")
    values = {"": every or _("All"), **dict(offered)}
    chosen = asked if asked in values else ""
    return [
        Way(name=str(name), url=_with(request, parameter, value), is_chosen=value == chosen)
        for value, name in values.items()
    ]


def _url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}"


def _with(request: HttpRequest, parameter: str, value: str) -> str:
    """The same list, from its first page on."""
    query = request.GET.copy()
    for name in ("page", parameter):
        query.pop(name, None)
    if value:
        query[parameter] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path
