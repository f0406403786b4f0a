"""What sources said: their records, offers, versions, examples, cards and daily counts."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString

from catalog.models import Card, DailyRuns, Example, FormerName, Offer, SourceRecord, Version

from .desk import FactAdmin, preformatted, pretty


@admin.register(SourceRecord)
class SourceRecordAdmin(FactAdmin):
    list_display = ("source_id", "model_link", "source", "origin", "read_at")
    list_filter = ("source",)
    heavy = ("values", "notes")
    fields = (
        *("model_link", "source", "source_id", "url", "origin", "read_at"),
        *("shown_values", "shown_notes", "digest", "created_at"),
    )
    readonly_fields = fields

    @admin.display(description="values")
    def shown_values(self, record: SourceRecord) -> SafeString:
        return pretty(record.values)

    @admin.display(description="notes")
    def shown_notes(self, record: SourceRecord) -> SafeString:
        return preformatted("\n".join(map(str, record.notes)) or "-")


@admin.register(Version)
class VersionAdmin(FactAdmin):
    list_display = ("version_id", "model_link", "cog_version", "created_at")
    heavy = ("openapi_schema",)
    fields = ("model_link", "version_id", "cog_version", "image", "created_at", "schema")
    readonly_fields = fields

    @admin.display(description="OpenAPI schema")
    def schema(self, version: Version) -> SafeString:
        return pretty(version.openapi_schema)


@admin.register(Example)
class ExampleAdmin(FactAdmin):
    list_display = ("source_id", "model_link", "version_id", "seconds", "created_at")
    heavy = ("input", "output")
    fields = (
        *("model_link", "source_id", "version_id", "seconds", "created_at"),
        *("shown_input", "shown_output"),
    )
    readonly_fields = fields

    @admin.display(description="input")
    def shown_input(self, example: Example) -> SafeString:
        return pretty(example.input)

    @admin.display(description="output")
    def shown_output(self, example: Example) -> SafeString:
        return pretty(example.output)


@admin.register(DailyRuns)
class DailyRunsAdmin(FactAdmin):
    list_display = ("date", "model_link", "runs", "total")
    fields = ("model_link", "date", "runs", "total")
    readonly_fields = fields


@admin.register(Offer)
class OfferAdmin(FactAdmin):
    list_display = ("provider", "model_link", "amount", "currency", "unit", "source", "seen_at")
    list_filter = ("currency",)
    fields = (
        *("model_link", "provider", "amount", "currency", "unit", "context_length"),
        *("tokens_per_second", "source", "url", "seen_at"),
    )
    readonly_fields = fields


@admin.register(Card)
class CardAdmin(FactAdmin):
    list_display = ("model_link", "source", "language", "full_length", "read_at")
    list_display_links = None
    list_filter = ("source",)
    ordering = ("-ai_model",)
    heavy = ("text",)
    fields = ("model_link", "source", "language", "full_length", "read_at", "shown_text")
    readonly_fields = fields

    @admin.display(description="text")
    def shown_text(self, card: Card) -> SafeString:
        return preformatted(card.text)


@admin.register(FormerName)
class FormerNameAdmin(FactAdmin):
    """Made by renaming; one may be deleted to let its pages answer 404 again."""

    list_display = ("key", "model_link", "created_at")
    fields = ("key", "model_link", "created_at")
    readonly_fields = fields

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(request.user.has_perm("catalog.delete_formername"))
