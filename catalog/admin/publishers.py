"""Publishers: 30,000 of them, most with one model."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog import actions
from catalog.models import Publisher

from .desk import DeskAdmin, list_link


class PublisherForm(forms.ModelForm):  # type: ignore[type-arg]
    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).strip()
        if "/" in slug:
            raise forms.ValidationError("A publisher's name holds no slash; take it out.")
        taken = Publisher.objects.named(slug).exclude(pk=self.instance.pk).first()
        if taken:
            raise forms.ValidationError(f"There is a publisher {taken} already.")
        return slug


@admin.register(Publisher)
class PublisherAdmin(DeskAdmin):
    form = PublisherForm
    list_display = ("slug", "name", "kind", "is_verified", "models_link")
    list_filter = ("kind", "is_verified")
    search_fields = ("key__startswith", "name__istartswith")
    search_help_text = "The beginning of the publisher's name."
    sortable_by = ("slug",)
    ordering = ("key",)
    readonly_fields = ("models_link", "created_at")
    fields = ("slug", "name", "kind", "is_verified", "url", "models_link", "created_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keys are in lower case; the rest is Django's own."""
        return super().get_search_results(request, queryset, search_term.lower())

    def save_model(self, request: Any, obj: Publisher, form: PublisherForm, change: bool) -> None:
        if change and "slug" in form.changed_data:
            actions.rename_publisher(obj, by=request.user, slug=obj.slug)
            note = "Renamed: the pages of its former name redirect."
            self.message_user(request, note, messages.INFO)
            return
        obj.save()
        if change:
            actions.touch_models_of(obj)

    def view_on_site(self, obj: Publisher) -> str:
        return obj.get_absolute_url()

    @admin.display(description="models")
    def models_link(self, publisher: Publisher) -> SafeString | str:
        if not publisher.pk:
            return "-"
        return list_link("aimodel", "Its models", publisher__id__exact=publisher.pk)
