"""Accounts and tokens in the admin. A person is deleted with all that is theirs, told as counts."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from config import deleting

from . import tokens
from .models import Token, User


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[User], request: HttpRequest
    ) -> deleting.Deletion:
        return deleting.counted(objs, request)


@admin.register(Token)
class TokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To see whose a token is that turned up somewhere, and to revoke it."""

    list_display = ("prefix", "user", "name", "created_at", "used_at", "expires_at", "revoked_at")
    list_select_related = ("user",)
    list_per_page = 50
    search_fields = ("prefix", "name", "user__username")
    search_help_text = "The first 12 characters of a token, its name, or whose it is."
    fields = (*list_display, "scopes")
    readonly_fields = fields
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        for token in queryset:
            tokens.revoke(token)
        self.message_user(request, f"{len(queryset)} tokens open nothing any more.")
