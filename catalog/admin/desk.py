"""What every page of the catalog's admin does alike: pages that cost the same at any size."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accounts.audited import AuditedAdmin
from config import deleting
from config.paging import EstimatingPaginator

from .finding import model_ids

LONGEST_SHOWN = 200_000


class DeskAdmin(AuditedAdmin):
    """Of a table that may be large."""

    show_full_result_count = False
    paginator = EstimatingPaginator
    list_per_page = 50
    list_max_show_all = 0
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[Model], request: HttpRequest
    ) -> deleting.Deletion:
        return deleting.counted(objs, request)


class FactAdmin(DeskAdmin):
    """Of what an outside source said about a model: to be read, never to be edited.

    `heavy` names columns that a list does not load.
    """

    heavy: tuple[str, ...] = ()
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("ai_model",)
    search_help_text = "Models, as in the catalog's own search box, or the beginning of owner/name."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("ai_model__publisher")
        return rows.only(*self._light(), "ai_model__key", "ai_model__name", "ai_model__publisher")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(ai_model__in=model_ids(search_term)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="model")
    def model_link(self, row: Any) -> SafeString:
        address = reverse("admin:catalog_aimodel_change", args=[row.ai_model_id])
        return format_html('<a href="{}">{}</a>', address, row.ai_model)

    def _light(self) -> list[str]:
        fields = self.model._meta.concrete_fields
        return [field.name for field in fields if field.name not in self.heavy]


def pretty(value: Any) -> SafeString:
    """JSON as people read it; escaped, and cut when it is very long."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return preformatted(text)


def preformatted(text: str) -> SafeString:
    shown = text[:LONGEST_SHOWN]
    rest = f"\n... {len(text) - LONGEST_SHOWN:,} more characters" if len(text) > len(shown) else ""
    return format_html('<pre style="white-space: pre-wrap; margin: 0">{}{}</pre>', shown, rest)


def list_link(model: str, text: str, **filters: Any) -> SafeString:
    """A link to the admin's list of a table of the catalog, with these filters."""
    address = reverse(f"admin:catalog_{model}_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(filters), text)
