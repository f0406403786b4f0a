"""What a publisher's models add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Count, Max, Sum
from django.urls import reverse

from catalog.models import AIModel, Publisher

from . import figures, words
from .address import searching
from .pagination import Pages, place_of


@dataclass(frozen=True, slots=True)
class TaskShare:
    label: str
    count: str
    url: str


@dataclass(frozen=True, slots=True)
class Totals:
    models: str
    downloads: str
    runs: str
    read_on: str
    tasks: list[TaskShare]
    all_url: str


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    url: str
    count: str
    is_verified: bool


def entries(page: Iterable[Publisher]) -> list[Entry]:
    """Publishers annotated with `model_count`."""
    return [
        Entry(
            title=publisher.title,
            url=publisher.get_absolute_url(),
            count=figures.whole(publisher.model_count),  # type: ignore[attr-defined]
            is_verified=publisher.is_verified,
        )
        for publisher in page
    ]


def pages(page: Page[Publisher], text: str) -> Pages:
    def url(number: int) -> str:
        pairs = {"q": text, "page": str(number) if number > 1 else ""}
        query = urlencode({name: value for name, value in pairs.items() if value})
        return f"{reverse('publishers')}?{query}" if query else reverse("publishers")

    return place_of(page, url)


def totals(publisher: Publisher) -> Totals:
    listed = AIModel.objects.listed().filter(publisher=publisher)
    summed = listed.aggregate(
        models=Count("pk"), downloads=Sum("downloads"), runs=Sum("runs"), read=Max("last_seen_at")
    )
    by_task = listed.exclude(task=None).values_list("task").annotate(count=Count("pk"))
    return Totals(
        models=figures.whole(summed["models"]),
        downloads=figures.compact(summed["downloads"]),
        runs=figures.compact(summed["runs"]),
        read_on=figures.day(summed["read"]),
        tasks=[
            TaskShare(
                words.label("task", task),
                figures.whole(count),
                searching(task=task, publisher=publisher.slug),
            )
            for task, count in by_task.order_by("-count")[:12]
        ],
        all_url=searching(publisher=publisher.slug),
    )
