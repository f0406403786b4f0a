"""Tasks, libraries and licenses: few rows each, but thousands of models refer to one."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.models import Library, License, Task

from .desk import DeskAdmin, list_link


class WordAdmin(DeskAdmin):
    """An id stays as it is once made: models and links refer to it."""

    search_fields: ClassVar[tuple[str, ...]] = ("id", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("id", "models_link") if obj else ("models_link",)

    @admin.display(description="models")
    def models_link(self, word: Any) -> SafeString | str:
        if not word.pk:
            return "-"
        name = self.model._meta.model_name
        return list_link("aimodel", "Models with it", **{f"{name}__id__exact": word.pk})


@admin.register(Task)
class TaskAdmin(WordAdmin):
    list_display = ("id", "name", "name_zh", "group", "position", "models_link")
    list_filter = ("group",)
    search_fields = ("id", "name", "name_zh")
    list_per_page = 100


@admin.register(Library)
class LibraryAdmin(WordAdmin):
    list_display = ("id", "name", "url", "models_link")


@admin.register(License)
class LicenseAdmin(WordAdmin):
    list_display = ("id", "name", "spdx_id", "license_class", "models_link")
    list_filter = ("license_class",)
    search_fields = ("id", "name", "spdx_id")
