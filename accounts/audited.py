"""Pages of the admin whose every change stands in the audit log, field by field."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from . import audit

SECRET = {"password", "password1", "password2", "usable_password"}


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """`actions_note` is for those whose changes go through actions that note them themselves."""

    actions_note = False

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        names = [name for name in form.changed_data if name not in SECRET]
        before = (
            {}
            if add
            else {name: form.get_initial_for_field(form.fields[name], name) for name in names}
        )
        after = {name: form.cleaned_data.get(name) for name in names}
        request.audited = (before, after)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        self._note(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        self._note(request, obj, "changed")
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        rows: Iterable[Model] = queryset
        for row in rows:
            self._note(request, row, "deleted")
        return super().log_deletions(request, queryset)

    def _note(self, request: HttpRequest, row: Model, done: str) -> None:
        if self.actions_note:
            return
        before, after = getattr(request, "audited", (None, None))
        what = f"{row._meta.model_name}.{done}"
        audit.note(what, about=row, before=before or None, after=after or None)
