"""One task in numbers: how many models do it, with which libraries."""

from dataclasses import dataclass

from django.db.models import Count

from catalog.models import AIModel, Task

from . import figures, words
from .address import searching


@dataclass(frozen=True, slots=True)
class LibraryShare:
    label: str
    count: str
    url: str


def total(task: Task) -> str:
    return figures.whole(AIModel.objects.listed().filter(task=task).count())


def libraries(task: Task) -> list[LibraryShare]:
    counted = (
        AIModel.objects.listed()
        .filter(task=task)
        .exclude(library=None)
        .values_list("library")
        .annotate(count=Count("pk"))
        .order_by("-count")[:16]
    )
    return [
        LibraryShare(
            words.label("library", library),
            figures.whole(count),
            searching(task=task.pk, library=library),
        )
        for library, count in counted
    ]
