"""What the search engine does not take, with its own words, and how the index drifted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.models import IndexCheck, IndexReject

from .desk import FactAdmin
from .imports import RecordedAdmin


@admin.register(IndexReject)
class IndexRejectAdmin(FactAdmin):
    """Deleting one has the model tried again with the next comparison."""

    list_display = ("model_link", "engine", "reason", "since", "tried_at")
    list_filter = ("engine",)
    fields = ("model_link", "engine", "reason", "since", "tried_at", "version")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.delete_indexreject")


@admin.register(IndexCheck)
class IndexCheckAdmin(RecordedAdmin):
    list_display = ("engine", "checked_at", "missing", "outdated", "extra", "repaired")
    ordering = ("engine",)
    sortable_by = ()
    fields = list_display
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
