"""Models: found by the engine, changed through actions, so that a curator's word stays."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from catalog import actions
from catalog.models import AIModel
from catalog.models.ai_models import AIModelQuerySet

from .desk import DeskAdmin, list_link
from .finding import in_order_of, model_ids
from .forms import AIModelForm

MOST_LOGGED = 1000  # Changes of one bulk action that are noted row by row.
BELONGINGS = {
    "sourcerecord": "Source records",
    "version": "Versions",
    "example": "Examples",
    "dailyruns": "Daily runs",
    "offer": "Offers",
    "card": "Card",
    "formername": "Former names",
    "collectionitem": "In collections",
}
COUNTERS = ("downloads", "likes", "runs", "trending_score", "popularity")
ORIGIN = (
    *("source", "source_id", "source_url", "revision", "published_at", "source_updated_at"),
    *("last_seen_at", "is_runnable", "is_sample", "created_at", "updated_at", "indexed_as_of"),
)


class ReplacementForm(ActionForm):
    replacement = forms.CharField(
        required=False,
        label="Replacement, for Deprecate",
        widget=forms.TextInput(attrs={"placeholder": "owner/name"}),
    )


class LockedFilter(admin.SimpleListFilter):
    title = "curated"
    parameter_name = "curated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "A field is locked"), ("no", "All as the source says")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AIModel]) -> QuerySet[AIModel]:
        if self.value() == "yes":
            return queryset.exclude(locked_fields=[])
        return queryset.filter(locked_fields=[]) if self.value() == "no" else queryset


@admin.register(AIModel)
class AIModelAdmin(DeskAdmin):
    actions_note = True
    form = AIModelForm
    action_form = ReplacementForm
    actions = ("hide", "show", "deprecate")
    list_display = (
        *("__str__", "status", "task", "license_class", "parameters", "downloads", "runs"),
        *("source", "published_at"),
    )
    list_filter = ("status", "source", "license_class", "task", "is_sample", LockedFilter)
    ordering = ("-popularity", "id")
    sortable_by = ("published_at",)
    search_fields = ("key",)
    search_help_text = "As in the catalog's search box; hidden ones by the beginning of owner/name."
    autocomplete_fields = ("publisher", "replacement", "base_model", "library", "license")
    readonly_fields = (*ORIGIN, *COUNTERS, "belongings")
    save_on_top = True
    fieldsets = (
        (None, {"fields": (("publisher", "name"), "summary", "task", "library")}),
        (
            "Status",
            {"fields": ("status", ("deprecated_at", "retired_at"), "replacement")},
        ),
        (
            "License and access",
            {"fields": (("license", "license_class"), "license_text", "license_url", "gate")},
        ),
        (
            "Size",
            {
                "fields": (
                    ("parameters", "active_parameters"),
                    "context_length",
                    ("memory_bytes", "storage_bytes"),
                    "formats",
                )
            },
        ),
        ("Made from", {"fields": (("base_model", "base_relation"), "base_model_names")}),
        (
            "Described by",
            {"fields": (("languages", "tags"), ("capabilities", "regions"), "aliases")},
        ),
        (
            "Links",
            {
                "fields": (
                    *("paper_url", "code_url", "weights_url", "cover_url"),
                    ("papers", "datasets"),
                )
            },
        ),
        ("Curated here", {"fields": ("give_back",)}),
        ("Counted at its source", {"fields": (COUNTERS,)}),
        ("Where it comes from", {"classes": ("collapse",), "fields": (*ORIGIN, "belongings")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What only a model that is there can have is left out when one is added."""
        if obj:
            return self.fieldsets
        return [part for part in self.fieldsets if part[0] in FIELDSETS_TO_ADD]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AIModel]:
        return super().get_queryset(request).select_related("publisher", "task")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AIModel], search_term: str
    ) -> tuple[QuerySet[AIModel], bool]:
        if not search_term.strip():
            return queryset, False
        return in_order_of(queryset, model_ids(search_term)), False

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.related_model is AIModel:
            kwargs["queryset"] = AIModel.objects.select_related("publisher")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: Any, obj: AIModel, form: AIModelForm, change: bool) -> None:
        if not change:
            actions.add(obj, by=request.user, fields=form.changed_data)
            return
        _save_change(obj, form, by=request.user)

    def delete_model(self, request: Any, obj: AIModel) -> None:
        self.delete_queryset(request, AIModel.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: Any, queryset: QuerySet[AIModel]) -> None:
        removal = actions.delete(AIModel.objects.filter(pk__in=queryset), by=request.user)
        if removal.hidden:
            names = ", ".join(removal.hidden[:10])
            self.message_user(
                request,
                f"Hidden instead of deleted, because others refer to it: {names}"
                + ("" if len(removal.hidden) <= 10 else f" and {len(removal.hidden) - 10} more."),
                messages.WARNING,
            )

    @admin.action(description="Hide", permissions=["change"])
    def hide(self, request: Any, queryset: QuerySet[AIModel]) -> None:
        chosen = self._chosen(request, queryset, "Hidden.")
        count = actions.hide(chosen, by=request.user)
        self.message_user(request, f"{count:,} models are hidden now.")

    @admin.action(description="List again", permissions=["change"])
    def show(self, request: Any, queryset: QuerySet[AIModel]) -> None:
        chosen = self._chosen(request, queryset, "Listed again.")
        count = actions.show(chosen, by=request.user)
        self.message_user(request, f"{count:,} models are listed now.")

    @admin.action(description="Deprecate (name a replacement, if any)", permissions=["change"])
    def deprecate(self, request: Any, queryset: QuerySet[AIModel]) -> None:
        name = request.POST.get("replacement", "").strip()
        replacement = AIModel.objects.filter(key=name.lower()).first() if name else None
        if name and not replacement:
            told = f"There is no model {name}; the replacement is written as owner/name."
            self.message_user(request, told, messages.ERROR)
            return
        chosen = self._chosen(request, queryset, "Deprecated.")
        count = actions.deprecate(chosen, by=request.user, on=localdate(), replacement=replacement)
        self.message_user(request, f"{count:,} models are deprecated now.")

    def view_on_site(self, obj: AIModel) -> str:
        return obj.get_absolute_url()

    @admin.display(description="what belongs to it")
    def belongings(self, ai_model: AIModel) -> SafeString:
        return format_html_join(
            " · ",
            "{}",
            (
                (list_link(model, label, ai_model__exact=ai_model.pk),)
                for model, label in BELONGINGS.items()
            ),
        )

    def _chosen(self, request: Any, queryset: QuerySet[AIModel], note: str) -> AIModelQuerySet:
        """The chosen rows, whatever the action does to what the list was filtered by."""
        ids = list(queryset.order_by().values_list("pk", flat=True))
        chosen = AIModel.objects.filter(pk__in=ids)
        if len(ids) <= MOST_LOGGED:
            LogEntry.objects.log_actions(
                request.user.pk, chosen.select_related("publisher"), CHANGE, note
            )
        return chosen


FIELDSETS_TO_ADD = (
    *(None, "Status", "License and access", "Size", "Made from", "Described by", "Links"),
)


def _save_change(obj: AIModel, form: AIModelForm, *, by: Any) -> None:
    """Each kind of change through its own action. `obj` holds the form's values already."""
    if {"publisher", "name"} & {*form.changed_data}:
        actions.rename(obj, by=by, publisher=obj.publisher, name=obj.name)
    if form.curated:
        actions.curate(obj, by=by, **form.curated)
    if form.cleaned_data["give_back"]:
        actions.release(obj, by=by, fields=form.cleaned_data["give_back"])
