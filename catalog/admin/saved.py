"""What people follow and how it reached them, for an administrator who is asked why it did not.

Read only, and without the addresses of webhooks and feeds: those are their owners' secrets.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.models import Alert, SavedSearch

from .imports import RecordedAdmin


class FollowedAdmin(RecordedAdmin):
    ordering = ("-created_at",)
    sortable_by = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SavedSearch)
class SavedSearchAdmin(FollowedAdmin):
    list_display = ("name", "owner", "mailing", "has_webhook", "is_paused", "look_at", "unmailed")
    list_filter = ("mailing", "is_paused")
    list_select_related = ("owner",)
    fields = (*list_display, "query_string", "created_at", "mailed_at", "webhook_ended_at")
    readonly_fields = fields

    @admin.display(boolean=True)
    def has_webhook(self, row: SavedSearch) -> bool:
        return row.has_webhook


@admin.register(Alert)
class AlertAdmin(FollowedAdmin):
    list_display = (
        *("created_at", "saved_search", "channel", "status", "attempts", "answer", "problem"),
        *("detail", "next_try_at"),
    )
    list_filter = ("channel", "status", "problem")
    list_select_related = ("saved_search",)
    fields = (*list_display, "is_test", "total", "tried_at", "give_up_at")
    readonly_fields = fields
