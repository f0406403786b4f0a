"""One line of a listing, ready to print: the templates of long lists must do next to nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from catalog.models import AIModel
from catalog.models.ai_models import AIModelQuerySet

from . import figures, words

COLUMNS = (
    "name",
    "summary",
    "status",
    "task_id",
    "library_id",
    "license_id",
    "license_text",
    "license_class",
    "parameters",
    "context_length",
    "memory_bytes",
    "downloads",
    "likes",
    "runs",
    "published_at",
    "source_updated_at",
    "is_runnable",
    "is_sample",
    "publisher__slug",
    "publisher__is_verified",
)
SUMMARY_LIMIT = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    owner: str
    name: str
    url: str
    is_verified: bool
    is_deprecated: bool
    is_runnable: bool
    is_sample: bool
    summary: str
    task_id: str
    task: str
    library_id: str
    library: str
    license: str
    license_class: str
    license_class_label: str
    parameters: str
    context: str
    memory: str
    downloads: str
    likes: str
    runs: str
    updated_at: datetime | None
    updated: str
    note: str = ""


def listed() -> AIModelQuerySet:
    """What a listing reads: one query, and none of the long columns."""
    return AIModel.objects.listed().select_related("publisher").only(*COLUMNS)


def of(ai_models: Iterable[AIModel]) -> list[Row]:
    now = timezone.now()
    return [_row(ai_model, now) for ai_model in ai_models]


def _row(ai_model: AIModel, now: datetime) -> Row:
    updated_at = ai_model.source_updated_at or ai_model.published_at
    return Row(
        owner=ai_model.publisher.slug,
        name=ai_model.name,
        url=ai_model.get_absolute_url(),
        is_verified=ai_model.publisher.is_verified,
        is_deprecated=ai_model.status == AIModel.Status.DEPRECATED,
        is_runnable=ai_model.is_runnable,
        is_sample=ai_model.is_sample,
        summary=ai_model.summary[:SUMMARY_LIMIT],
        task_id=ai_model.task_id or "",
        task=words.label("task", ai_model.task_id) if ai_model.task_id else "",
        library_id=ai_model.library_id or "",
        library=words.label("library", ai_model.library_id) if ai_model.library_id else "",
        license=ai_model.license_id or ai_model.license_text,
        license_class=ai_model.license_class,
        license_class_label=words.label("license_class", ai_model.license_class),
        parameters=figures.parameters(ai_model.parameters),
        context=figures.tokens(ai_model.context_length),
        memory=figures.size(ai_model.memory_bytes),
        downloads=figures.compact(ai_model.downloads),
        likes=figures.compact(ai_model.likes),
        runs=figures.compact(ai_model.runs),
        updated_at=updated_at,
        updated=figures.ago(updated_at, now),
    )
