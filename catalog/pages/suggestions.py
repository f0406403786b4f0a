"""What the search box offers while somebody types: the fitting names of each kind, with marks."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import AIModel, Collection, Publisher, Task
from catalog.search import Query, find, suggesting
from catalog.search.words import joined
from catalog.search.words import words as spelled
from catalog.vocabulary.spellings import folded

from . import figures, rows, words
from .address import searching
from .lines import Row
from .marking import Piece, pieces
from .remembered import remembered

MOST_MODELS = 6
MOST_TASKS = 3
MOST_PUBLISHERS = 3
MOST_COLLECTIONS = 2
DESCRIPTION_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Suggestion:
    title: str
    pieces: list[Piece]
    detail: str
    url: str
    is_exact: bool = False  # called just what was typed


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    title: str
    suggestions: list[Suggestion]

    @property
    def is_exact(self) -> bool:
        return any(one.is_exact for one in self.suggestions)


@dataclass(frozen=True, slots=True)
class Named:
    kind: str
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Suggestions:
    text: str
    groups: list[Group]
    total: int  # models that the text finds
    all_url: str

    @property
    def shown_total(self) -> str:
        return _count(self.total)

    @property
    def spoken(self) -> str:
        """What a screen reader says when they have come."""
        count = sum(len(group.suggestions) for group in self.groups)
        if not count:
            return _("No suggestions")
        return ngettext("%(count)s suggestion", "%(count)s suggestions", count) % {"count": count}


def of(text: str) -> Suggestions:
    """For a cleaned text. What says too little, as a single letter does, suggests nothing."""
    if not suggesting.says_enough(text):
        return Suggestions(text, [], 0, searching(q=text))
    models = suggesting.models(text, limit=MOST_MODELS)
    groups = [Group("model", _("Models"), _models(text, models.ids)), *places(text)]
    # A task by just what was typed is more likely meant than any of its models.
    groups.sort(key=lambda group: not (group.kind == "task" and group.is_exact))
    return Suggestions(
        text=text,
        groups=[group for group in groups if group.suggestions],
        total=models.total,
        all_url=searching(q=text),
    )


def places(text: str) -> list[Group]:
    """What a text may mean beside models; kinds without any are left out."""
    groups = [
        _tasks(text),
        Group("publisher", _("Publishers"), _publishers(text)),
        Group("collection", _("Collections"), _collections(text)),
    ]
    return [group for group in groups if group.suggestions]


def _suggestion(
    text: str, title: str, detail: str, url: str, *, is_exact: bool = False
) -> Suggestion:
    return Suggestion(title, pieces(title, text), detail, url, is_exact)


def _models(text: str, ids: list[int]) -> list[Suggestion]:
    return [
        _suggestion(text, f"{row.owner}/{row.name}", _model_detail(row), row.url)
        for row in rows.in_order(ids)
    ]


def _model_detail(row: Row) -> str:
    used = f"{row.used} {row.used_as}" if row.used else ""
    return " · ".join(filter(None, [*row.kinds[:1], used]))


def named(text: str) -> list[Named]:
    """What is called just so, beside models: a task, a publisher, a collection."""
    if not suggesting.says_enough(text):
        return []
    groups = [Group("collection", _("Collections"), _collections(text))]
    if suggesting.names_publisher(text, _named_publishers()):
        groups.insert(0, Group("publisher", _("Publishers"), _publishers(text)))
    if exact := suggesting.named_tasks(text, _tasks_by_name()):
        groups.insert(0, _task_group(text, dict.fromkeys(sorted(exact), 0)))
    return [Named(group.kind, one) for group in groups for one in group.suggestions if one.is_exact]


def _tasks(text: str) -> Group:
    return _task_group(text, suggesting.tasks(text, _spelled_tasks()))


def _task_group(text: str, fits: dict[str, int]) -> Group:
    held = _models_by_task()
    best = sorted((id for id in fits if held.get(id)), key=lambda id: (fits[id], -held[id]))
    found = [
        _suggestion(
            text,
            words.label("task", id),
            _count(held[id]),
            searching(task=id),
            is_exact=fits[id] == 0,
        )
        for id in best[:MOST_TASKS]
    ]
    return Group("task", _("Tasks"), found)


def _publishers(text: str) -> list[Suggestion]:
    found = suggesting.publishers(text, _named_publishers(), limit=MOST_PUBLISHERS)
    held = _models_of(found)
    return [
        _suggestion(
            text,
            one.title,
            _count(held.get(one.pk, 0)),
            one.get_absolute_url(),
            is_exact=_is_same(text, one.title) or _is_same(text, one.slug),
        )
        for one in found
    ]


def _models_of(publishers: Iterable[Publisher]) -> dict[int, int]:
    ids = [one.pk for one in publishers]
    listed = AIModel.objects.filter(publisher__in=ids).still_listed()
    return dict(listed.values_list("publisher").annotate(count=Count("pk"))) if ids else {}


def _collections(text: str) -> list[Suggestion]:
    found = [one for one in _public_collections() if suggesting.has_beginning(one.name, text)]
    return [
        _suggestion(
            text,
            one.name,
            _first_line(one),
            one.get_absolute_url(),
            is_exact=_is_same(text, one.name),
        )
        for one in found[:MOST_COLLECTIONS]
    ]


def _is_same(text: str, name: str) -> bool:
    """Whatever the separators."""
    return joined(spelled(text)) == joined(spelled(name))


def _first_line(collection: Collection) -> str:
    return collection.description.partition("\n")[0][:DESCRIPTION_LIMIT]


def _count(number: int) -> str:
    text = ngettext("%(count)s model", "%(count)s models", number)
    return text % {"count": figures.whole(number)}


@remembered(seconds=30)
def _models_by_task() -> dict[str, int]:
    """As the engine counts them, in a hundredth of the time that the database takes."""
    counted = find(Query(facets=("task",), limit=1)).facets.get("task", [])
    return {one.value: one.count for one in counted} or dict(
        AIModel.objects.listed().exclude(task=None).values_list("task").annotate(count=Count("pk"))
    )


@remembered(seconds=30)
def _public_collections() -> list[Collection]:
    """People make them, one by one: there are few."""
    return list(Collection.objects.listed())


@remembered(seconds=60)
def _named_publishers() -> list[tuple[str, int]]:
    """Most have just a slug: what is here was written by curators."""
    named = Publisher.objects.exclude(name="").order_by().values_list("name", "pk")
    return sorted((" ".join(folded(name).split()), pk) for name, pk in named)


@remembered(seconds=60)
def _spelled_tasks() -> list[tuple[str, suggesting.Spellings]]:
    """What each task is called, in both languages."""
    return [
        (task.id, suggesting.spellings([task.name, task.name_zh, task.id, *task.synonyms]))
        for task in Task.objects.all()
    ]


@remembered(seconds=60)
def _tasks_by_name() -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for id, names in _spelled_tasks():
        for name, _run in names:
            named.setdefault(name, set()).add(id)
    return named
