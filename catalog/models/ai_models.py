"""AIModel: one model of the catalog, and what belongs to it alone."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog import memory

from .publishers import Publisher
from .sources import Source
from .vocabulary import Library, License, LicenseClass, Task


class AIModelQuerySet(models.QuerySet["AIModel"]):
    def listed(self) -> Self:
        """What everybody may see. Deprecated models stay visible and say so."""
        return self.filter(status__in=AIModel.LISTED)

    def still_listed(self) -> Self:
        """listed() of rows that their ids choose, worded so that the ids are what is looked up.

        SQLite takes the index by status instead when its statistics of it are missing, as after
        a migration, and then reads every listed model.
        """
        return self.exclude(
            status__in=[AIModel.Status.DRAFT, AIModel.Status.HIDDEN, AIModel.Status.REMOVED]
        )

    def with_card_data(self) -> Self:
        """With what a listing shows of each row, in one query."""
        return self.select_related("publisher", "task", "library", "license")

    def named(self, owner: str, name: str) -> Self:
        """The model of this owner and name in any case."""
        return self.filter(key=f"{owner}/{name}".lower())

    def stale_in_index(self) -> Self:
        return self.filter(Q(indexed_as_of=None) | ~Q(indexed_as_of=F("updated_at")))

    def in_order(self, ids: Iterable[int]) -> list["AIModel"]:
        """The rows of these ids in their order; what is gone by now is left out."""
        by_id = self.in_bulk(list(ids))
        return [by_id[pk] for pk in ids if pk in by_id]

    def by_popularity(self) -> Self:
        return self.order_by("-popularity", "id")

    def touch(self) -> int:
        """Mark as changed, because something shown with these rows changed."""
        return self.update()

    def update(self, **fields: Any) -> int:
        # auto_now does not run here. Noting what was indexed is the one write
        # that is not a change.
        if "indexed_as_of" not in fields:
            fields.setdefault("updated_at", Now())
        return super().update(**fields)


class AIModel(models.Model):
    """One model. Its values come from its SourceRecords, unless a curator locked the field."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LISTED = "listed", _("Listed")
        HIDDEN = "hidden", _("Hidden")
        DEPRECATED = "deprecated", _("Deprecated")
        REMOVED = "removed", _("Removed at its source")

    # What everybody may see; for filters that start at another table.
    LISTED = (Status.LISTED, Status.DEPRECATED)
    # What has a page; that of a removed model says so.
    SHOWN = (*LISTED, Status.REMOVED)

    class BaseRelation(models.TextChoices):
        FINETUNE = "finetune", _("Fine-tune")
        ADAPTER = "adapter", _("Adapter")
        QUANTIZED = "quantized", _("Quantised")
        MERGE = "merge", _("Merge")

    class Gate(models.TextChoices):
        NONE = "none", _("Open to all")
        AUTO = "auto", _("After agreeing to terms")
        MANUAL = "manual", _("After approval by the publisher")

    # db_index: the indexes below begin with these columns, and one more costs each import.
    publisher = models.ForeignKey(
        Publisher, models.PROTECT, related_name="ai_models", db_index=False
    )
    name = models.CharField(max_length=256)
    key = models.CharField(
        max_length=360, unique=True, editable=False, help_text="owner/name in lower case."
    )
    summary = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.LISTED)
    deprecated_at = models.DateField(null=True, blank=True)
    retired_at = models.DateField(null=True, blank=True)
    replacement = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaces"
    )

    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="ai_models", db_index=False
    )
    library = models.ForeignKey(
        Library, models.PROTECT, null=True, blank=True, related_name="ai_models"
    )
    license = models.ForeignKey(
        License, models.PROTECT, null=True, blank=True, related_name="ai_models"
    )
    license_text = models.CharField(
        max_length=200, blank=True, help_text="The license as its source writes it."
    )
    license_class = models.CharField(
        max_length=16, choices=LicenseClass, default=LicenseClass.UNKNOWN
    )
    languages = models.JSONField(default=list, blank=True, help_text="ISO 639 codes.")
    tags = models.JSONField(default=list, blank=True)
    # db_default: code of the release before, running beside this one, writes no aliases.
    aliases = models.JSONField(
        default=list, db_default=[], blank=True, help_text="What else people call it."
    )
    capabilities = models.JSONField(default=list, blank=True)
    formats = models.JSONField(default=list, blank=True)
    datasets = models.JSONField(default=list, blank=True)
    papers = models.JSONField(default=list, blank=True, help_text="arXiv ids.")
    regions = models.JSONField(default=list, blank=True)
    gate = models.CharField(max_length=8, choices=Gate, blank=True)

    parameters = models.BigIntegerField(null=True, blank=True)
    active_parameters = models.BigIntegerField(null=True, blank=True)
    context_length = models.BigIntegerField(null=True, blank=True, help_text="Tokens.")
    memory_bytes = models.BigIntegerField(
        null=True, blank=True, help_text="Memory needed to run it, in bytes."
    )
    storage_bytes = models.BigIntegerField(null=True, blank=True)
    # What it takes to run, derived by memory.py from what is known; NULL: not known.
    weight_bytes = models.BigIntegerField(null=True, editable=False)
    weight_bits = models.FloatField(null=True, editable=False)
    token_bytes = models.BigIntegerField(null=True, editable=False)
    device = models.CharField(  # noqa: DJ001 - NULL: as far as is known any
        max_length=8, null=True, editable=False
    )

    base_model = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="variants"
    )
    base_model_names = models.JSONField(
        default=list,
        blank=True,
        help_text="owner/name of what it was made from, as its source says.",
    )
    base_relation = models.CharField(max_length=10, choices=BaseRelation, blank=True)
    # Without a license of its own: the ancestor whose license it inherits, see inheritance.py.
    license_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="heirs", db_index=False
    )
    inherited_license_class = models.CharField(  # noqa: DJ001 - NULL: nothing is inherited
        max_length=16, choices=LicenseClass, null=True, editable=False
    )

    # Derived, see sources/copies.py; an original has none itself.
    original = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        db_index=False,
        help_text="What this is a converted or re-uploaded copy of.",
    )

    paper_url = models.URLField(max_length=500, blank=True)
    code_url = models.URLField(max_length=500, blank=True)
    weights_url = models.URLField(max_length=500, blank=True)
    license_url = models.URLField(max_length=500, blank=True)
    cover_url = models.URLField(max_length=500, blank=True)

    # The source that leads: the others of a model stand in its SourceRecords.
    source = models.CharField(max_length=16, choices=Source, default=Source.LOCAL)
    source_id = models.CharField(max_length=300, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    revision = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    source_updated_at = models.DateTimeField(null=True, blank=True)

    # Counters of the source, apart from our own.
    downloads = models.BigIntegerField(null=True, blank=True)
    likes = models.BigIntegerField(null=True, blank=True)
    runs = models.BigIntegerField(null=True, blank=True)
    trending_score = models.FloatField(null=True, blank=True)
    popularity = models.FloatField(
        default=0, editable=False, help_text="Derived from the counters; see popularity_of()."
    )

    is_runnable = models.BooleanField(
        default=False, help_text="A version of it can run on this installation."
    )
    is_sample = models.BooleanField(default=False, help_text="Made up, to measure with.")
    locked_fields = models.JSONField(
        default=list, blank=True, help_text="Set by a curator: an import leaves these as they are."
    )

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    own_likes: int  # of rows that are annotated with likes.own_likes()
    # The updated_at of the row that the search index holds.
    indexed_as_of = models.DateTimeField(null=True, editable=False)

    objects = AIModelQuerySet.as_manager()

    class Meta:
        verbose_name = "AI model"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "listed", "hidden", "deprecated", "removed"]),
                name="ai_model_status_known",
            ),
            models.CheckConstraint(
                condition=Q(license_class__in=LicenseClass.values),
                name="ai_model_license_class_known",
            ),
            models.CheckConstraint(
                condition=Q(base_relation__in=["", "finetune", "adapter", "quantized", "merge"]),
                name="ai_model_base_relation_known",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="ai_model_name_not_empty"),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{field}__gte": 0}) | Q(**{field: None}),
                    name=f"ai_model_{field}_not_negative",
                )
                for field in (
                    "parameters",
                    "active_parameters",
                    "context_length",
                    "memory_bytes",
                    "storage_bytes",
                    "downloads",
                    "likes",
                    "runs",
                )
            ],
        ]
        indexes = [
            models.Index(fields=["-popularity", "id"], name="ai_model_by_popularity"),
            models.Index(fields=["task", "-popularity"], name="ai_model_by_task"),
            models.Index(fields=["publisher", "-popularity"], name="ai_model_by_publisher"),
            models.Index(fields=["source", "-popularity"], name="ai_model_by_source"),
            models.Index(fields=["status", "-popularity"], name="ai_model_by_status"),
            models.Index(fields=["-published_at", "id"], name="ai_model_by_age"),
            models.Index(fields=["-trending_score", "id"], name="ai_model_by_trend"),
            models.Index(fields=["updated_at"], name="ai_model_by_change"),
            models.Index(
                fields=["license_from"],
                condition=~Q(license_from=None),
                name="ai_model_by_license_from",
            ),
            models.Index(
                fields=["original"],
                condition=Q(original__isnull=False),
                name="ai_model_by_original",
            ),
            models.Index(
                fields=["id"],
                condition=Q(indexed_as_of=None) | ~Q(indexed_as_of=F("updated_at")),
                name="ai_model_stale_in_index",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.key = self.full_name.lower()
        known = {name: getattr(self, name) for name in memory.COLUMNS}
        for name, value in memory.derived(known).items():
            setattr(self, name, value)
        # auto_now is skipped when update_fields leaves it out.
        if update_fields is not None:
            update_fields = {*update_fields, "updated_at", "key", *memory.DERIVED}
        super().save(update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("model", args=[self.publisher.slug, self.name])

    @property
    def full_name(self) -> str:
        return f"{self.publisher.slug}/{self.name}"

    @property
    def permits(self) -> str:
        """The class of the license that holds for it, its own or the one that it inherits."""
        return self.inherited_license_class or self.license_class

    @property
    def is_listed(self) -> bool:
        return self.status in self.LISTED


class Card(models.Model):
    """The text that a publisher writes about a model; apart, so that listings stay thin."""

    ai_model = models.OneToOneField(AIModel, models.CASCADE, primary_key=True, related_name="card")
    text = models.TextField(help_text="Markdown, untrusted.")
    language = models.CharField(max_length=16, blank=True)
    full_length = models.PositiveIntegerField(
        help_text="Characters at the source; more than the text has when it was cut."
    )
    source = models.CharField(max_length=16, choices=Source)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"card of {self.ai_model_id}"

    @property
    def is_cut(self) -> bool:
        return self.full_length > len(self.text)


class FormerName(models.Model):
    """A name that a model had; its pages redirect for ever."""

    key = models.CharField(max_length=360, unique=True, help_text="owner/name in lower case.")
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="former_names")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
