"""What imports did, and each record that they could not take."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.models import ImportReject, ImportRun

from .desk import DeskAdmin, list_link, preformatted

MOST_CHOICES = 20


class FinishedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("finished", "Finished"), ("unfinished", "Unfinished")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("finished", "unfinished"):
            return queryset
        return queryset.filter(finished_at__isnull=self.value() == "unfinished")


class RunFilter(admin.SimpleListFilter):
    """The latest runs; an older one is reached from its own page."""

    title = "run"
    parameter_name = "run"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        runs = ImportRun.objects.order_by("-id")[:MOST_CHOICES]
        return [(str(run.pk), f"{run} ({run.started_at:%Y-%m-%d %H:%M})") for run in runs]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(run=int(value)) if value.isdecimal() else queryset


class ReasonFilter(admin.SimpleListFilter):
    """The most frequent reasons."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        counted = (
            ImportReject.objects.order_by()
            .values_list("reason")
            .annotate(count=Count("pk"))
            .order_by("-count", "reason")[:MOST_CHOICES]
        )
        return [(reason, f"{reason[:80]} ({count:,})") for reason, count in counted]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


class RecordedAdmin(DeskAdmin):
    """Of what an import wrote down; it may be deleted, once it has been read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ImportRun)
class ImportRunAdmin(RecordedAdmin):
    list_display = (
        *("started_at", "source", "location", "created", "changed", "unchanged", "rejects"),
        "finished_at",
    )
    list_filter = ("source", FinishedFilter)
    date_hierarchy = "started_at"  # A few rows a day: cheap.
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        *("source", "location", "started_at", "finished_at", "created", "changed", "unchanged"),
        *("rejects", "position", "cursor", "fingerprint"),
    )
    readonly_fields = fields

    @admin.display(description="rejected")
    def rejects(self, run: ImportRun) -> SafeString | str:
        if not run.rejected:
            return "0"
        return list_link("importreject", f"{run.rejected:,}", run=run.pk)


@admin.register(ImportReject)
class ImportRejectAdmin(RecordedAdmin):
    list_display = ("position", "source", "source_id", "reason", "run_link", "created_at")
    list_filter = ("source", RunFilter, ReasonFilter)
    list_select_related = ("run",)
    search_fields = ("source_id__startswith",)
    search_help_text = "The beginning of the record's id at its source."
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        *("reason", "source", "source_id", "position", "run_link", "created_at"),
        *("shown_text", "digest"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("text")

    @admin.display(description="run")
    def run_link(self, reject: ImportReject) -> SafeString:
        return list_link("importrun", str(reject.run), id=reject.run_id)

    @admin.display(description="the record as it was read")
    def shown_text(self, reject: ImportReject) -> SafeString:
        return preformatted(reject.text)
