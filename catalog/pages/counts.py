"""Numbers of the whole catalog, each with the date of what it counts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from catalog.models import AIModel, Publisher, Task

from . import figures, words
from .address import searching
from .remembered import remembered

MOST_COMMON = 6


@dataclass(frozen=True, slots=True)
class SourceCount:
    name: str
    count: str
    read_at: datetime | None
    day: str
    url: str


@dataclass(frozen=True, slots=True)
class TaskTile:
    id: str
    label: str
    explanation: str
    count: int
    shown_count: str


@dataclass(frozen=True, slots=True)
class TaskGroup:
    title: str
    tasks: list[TaskTile]

    @property
    def most_common(self) -> list[TaskTile]:
        return sorted(self.tasks, key=lambda task: -task.count)[:MOST_COMMON]

    @property
    def hidden_count(self) -> int:
        return max(0, len(self.tasks) - MOST_COMMON)


@remembered(seconds=30)
def models() -> int:
    return AIModel.objects.listed().count()


@remembered(seconds=30)
def publishers() -> int:
    return Publisher.objects.filter(ai_models__in=AIModel.objects.listed()).distinct().count()


@remembered(seconds=30)
def by_source() -> list[SourceCount]:
    """How many models each source leads, and when it was read last."""
    counted = (
        AIModel.objects.listed()
        .values_list("source")
        .annotate(count=Count("pk"), read_at=Max("last_seen_at"))
        .order_by("-count")
    )
    return [
        SourceCount(
            name=words.label("source", source),
            count=figures.whole(count),
            read_at=read_at,
            day=figures.day(read_at),
            url=searching(source=source),
        )
        for source, count, read_at in counted
    ]


@remembered(seconds=30)
def task_groups() -> list[TaskGroup]:
    """The tasks that have models, by group, in the order of the vocabulary."""
    counted = dict(
        AIModel.objects.listed()
        .exclude(task=None)
        .values_list("task")
        .annotate(count=Count("pk"))
        .order_by()
    )
    groups: dict[str, list[TaskTile]] = {}
    for task in Task.objects.filter(pk__in=counted):
        count = counted[task.pk]
        tile = TaskTile(task.pk, task.label, task.explanation, count, figures.whole(count))
        groups.setdefault(task.group, []).append(tile)
    return [TaskGroup(words.task_group(group), tasks) for group, tasks in groups.items()]
