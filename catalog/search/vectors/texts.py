"""What of a model its vector is made from: what it is called, does, and is described as."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Q
from django.db.models.functions import Substr

from catalog.models.ai_models import AIModelQuerySet
from catalog.search.documents import CARD_READ as TOPICS_READ
from catalog.vocabulary import TaskEntry, TopicEntry, tasks, topics, topics_of

SUMMARY_READ = 600  # characters
CARD_READ = 1200
TAGS_READ = 30
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

COLUMNS = ("pk", "updated_at", "name", "summary", "task_id", "tags", "card_start")


@dataclass(frozen=True, slots=True)
class Described:
    """One model as the embedder reads it."""

    id: int
    as_of: datetime
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]


def described(rows: AIModelQuerySet) -> AIModelQuerySet:
    """Those that say something about themselves: of a name alone nothing can be learned."""
    return rows.filter(~Q(summary="") | Q(card__isnull=False))


def read(rows: AIModelQuerySet, *, with_vocabulary: bool) -> Iterator[Described]:
    """The texts of these rows in their order, read as a stream."""
    columns = rows.annotate(card_start=Substr("card__text", 1, CARD_READ)).values(*COLUMNS)
    for row in columns.iterator(chunk_size=1000):
        yield Described(row["pk"], row["updated_at"], text_of(row, with_vocabulary))


def text_of(row: dict[str, Any], with_vocabulary: bool) -> str:
    summary, card = row["summary"][:SUMMARY_READ], row["card_start"] or ""
    meant = topics_of(row["name"], summary or card[:TOPICS_READ], row["task_id"])
    if row["task_id"]:
        meant = [*meant, row["task_id"]]
    said = [_called(id) if with_vocabulary else _named(id) for id in meant]
    tags = [tag for tag in row["tags"][:TAGS_READ] if isinstance(tag, str)]
    name = f"{row['name']} {HUMP.sub(' ', row['name'])}"
    return "\n".join([name, summary, *said, ", ".join(tags), card])


def vocabulary() -> Iterator[str]:
    """What each task and topic is called, for an embedder that learns from it."""
    for entry in _entries():
        yield _called(entry.id)


def _entries() -> list[TaskEntry | TopicEntry]:
    return [*tasks(), *topics()]


@cache
def _named(id: str) -> str:
    return next((entry.name for entry in _entries() if entry.id == id), "")


@cache
def _called(id: str) -> str:
    """All that a task or topic is called and does, in English and Chinese."""
    spelled = [[task.summary, task.summary_zh] for task in tasks() if task.id == id]
    spelled += [
        [entry.name, entry.name_zh, *entry.synonyms, *entry.synonyms_zh]
        for entry in _entries()
        if entry.id == id
    ]
    return ", ".join(part for parts in spelled for part in parts)
