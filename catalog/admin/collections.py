"""Collections with their models in order."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.models import Collection, CollectionItem

from .desk import DeskAdmin, list_link
from .finding import model_ids

MOST_ON_A_PAGE = 150


class ItemInline(admin.TabularInline):  # type: ignore[type-arg]
    """What is in the collection: order and notes can be changed, the model is only shown."""

    model = CollectionItem
    fields = ("position", "model_link", "note")
    readonly_fields = ("model_link",)
    verbose_name_plural = "Models"
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CollectionItem]:
        return super().get_queryset(request).select_related("ai_model__publisher")

    @admin.display(description="model")
    def model_link(self, item: CollectionItem) -> SafeString:
        return _link_to_model(item)


class NewItemInline(admin.TabularInline):  # type: ignore[type-arg]
    """Room for more models, found as in the catalog's search box."""

    model = CollectionItem
    fields = ("position", "ai_model", "note")
    autocomplete_fields = ("ai_model",)
    verbose_name_plural = "Add models"
    extra = 2

    def get_queryset(self, request: HttpRequest) -> QuerySet[CollectionItem]:
        return super().get_queryset(request).none()


@admin.register(Collection)
class CollectionAdmin(DeskAdmin):
    list_display = ("name", "slug", "owner", "visibility", "updated_at")
    list_filter = ("visibility", ("owner", admin.EmptyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("owner", "items")

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[Any]]:
        """A very long collection is edited in the list of its items, page by page."""
        if obj is None or obj.items.count() > MOST_ON_A_PAGE:
            return [NewItemInline]
        return [ItemInline, NewItemInline]

    @admin.display(description="all its models")
    def items(self, collection: Collection) -> SafeString | str:
        if not collection.pk:
            return "-"
        return list_link("collectionitem", "As a list", collection__id__exact=collection.pk)


@admin.register(CollectionItem)
class CollectionItemAdmin(DeskAdmin):
    list_display = ("model_link", "collection", "position", "note")
    list_display_links = None
    list_editable = ("position", "note")
    list_filter = ("collection",)
    list_select_related = ("collection", "ai_model__publisher")
    ordering = ("collection", "position", "id")
    autocomplete_fields = ("ai_model", "collection")
    search_fields = ("ai_model",)
    sortable_by = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(ai_model__in=model_ids(search_term)), False

    @admin.display(description="model")
    def model_link(self, item: CollectionItem) -> SafeString:
        return _link_to_model(item)


def _link_to_model(item: CollectionItem) -> SafeString:
    address = reverse("admin:catalog_aimodel_change", args=[item.ai_model_id])
    return format_html('<a href="{}">{}</a>', address, item.ai_model)
