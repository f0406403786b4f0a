"""Accounts at the curator's desk. A person is deleted with all that is theirs, told as counts."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from config import deleting

from .models import User


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[User], request: HttpRequest
    ) -> deleting.Deletion:
        return deleting.counted(objs, request)
