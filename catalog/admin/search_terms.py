"""The words that people type and what they mean: searches follow within seconds."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from catalog.models import SearchTerm
from catalog.vocabulary import topics

from .desk import DeskAdmin


class SearchTermForm(forms.ModelForm):  # type: ignore[type-arg]
    topic = forms.ChoiceField(
        required=False, choices=[("", "---------"), *((topic.id, topic.name) for topic in topics())]
    )


@admin.register(SearchTerm)
class SearchTermAdmin(DeskAdmin):
    form = SearchTermForm
    list_display = ("text", "kind", "meaning", "language", "created_by", "updated_at")
    list_filter = ("kind", "language")
    list_select_related = ("task", "ai_model__publisher", "created_by")
    search_fields = ("text", "spelling")
    search_help_text = "What is typed, or the spelling that it stands for."
    autocomplete_fields = ("ai_model",)
    readonly_fields = ("created_by", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("text", "language")}),
        (
            "What it means",
            {
                "description": "Fill in the field that goes with the kind; the others are ignored.",
                "fields": ("kind", "spelling", "task", "topic", "ai_model"),
            },
        ),
        ("History", {"fields": readonly_fields}),
    )

    def save_model(self, request: HttpRequest, obj: SearchTerm, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        obj.save()

    @admin.display(description="that is")
    def meaning(self, term: SearchTerm) -> str:
        return str(term.spelling or term.task or term.topic or term.ai_model or "-")
