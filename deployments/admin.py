"""Hardware, which the administrator owns, and what runs on it: to look at, to stop, to unlock."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.admin.desk import DeskAdmin
from catalog.admin.imports import RecordedAdmin
from deployments import actions, leases, reasons
from deployments.models import Deployment, Hardware, Instance


class SeenAdmin(RecordedAdmin):
    sortable_by = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Hardware)
class HardwareAdmin(DeskAdmin):
    """What was used once is withdrawn instead of deleted: releases name it."""

    list_display = (
        *("name", "sku", "cpus", "shown_memory", "accelerator", "shown_price", "currency"),
        *("count", "is_enabled"),
    )
    list_filter = ("is_enabled",)

    @admin.display(description=_("price per second"), ordering="price_per_second")
    def shown_price(self, row: Hardware) -> str:
        """SQLite's zero would be 0E-9."""
        return f"{row.price_per_second.normalize():f}"

    @admin.display(description=_("memory"), ordering="memory")
    def shown_memory(self, row: Hardware) -> str:
        return filesizeformat(row.memory)

    def has_delete_permission(self, request: HttpRequest, obj: Hardware | None = None) -> bool:
        if obj is not None and obj.releases.exists():
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One by one, so that the question above is asked of each."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found


@admin.register(Deployment)
class DeploymentAdmin(SeenAdmin):
    list_display = (
        *("name", "owner", "ai_model", "status", "reason", "wanted", "cost", "created_at"),
        *("is_shared", "deleted_at"),
    )
    list_filter = ("status", "wanted", "is_shared")
    list_select_related = ("owner", "ai_model__publisher")
    search_fields = ("=name", "=owner__username")
    search_help_text = "The whole name of a deployment, or of its owner."
    fields = (
        *("name", "owner", "ai_model", "is_shared", "status", "why", "detail", "wanted"),
        *("release_wanted", "release_serving", "generation", "observed_generation"),
        *("crashes", "next_try_at", "woken_at", "stop_at", "budget", "cost"),
        *("lease_owner", "leased_until", "lease_number", "created_at", "deleted_at"),
    )
    readonly_fields = fields
    actions = ("stop", "start", "break_leases")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may only look gets no actions."""
        return request.user.has_perm("deployments.change_deployment")

    @admin.display(description=_("why"))
    def why(self, row: Deployment) -> str:
        told = reasons.told(row)
        return f"{told.sentence} {told.next_action}".strip()

    @admin.action(permissions=["operate"], description=_("Stop the chosen deployments"))
    def stop(self, request: HttpRequest, rows: QuerySet[Deployment]) -> None:
        for deployment in rows:
            actions.stop(deployment, by=_who(request))
        self._tell(request, rows.count())

    @admin.action(permissions=["operate"], description=_("Start the chosen deployments"))
    def start(self, request: HttpRequest, rows: QuerySet[Deployment]) -> None:
        started = 0
        for deployment in rows:
            try:
                actions.start(deployment, by=_who(request))
                started += 1
            except actions.Refused as refused:
                messages.warning(request, f"{deployment.name}: {refused}")
        self._tell(request, started)

    @admin.action(
        permissions=["operate"], description=_("Break the leases of the chosen deployments")
    )
    def break_leases(self, request: HttpRequest, rows: QuerySet[Deployment]) -> None:
        """Whoever works on one now writes nothing more; the next sweep goes on with it."""
        self._tell(request, leases.break_all(list(rows.values_list("pk", flat=True))))

    def _tell(self, request: HttpRequest, count: int) -> None:
        sentence = ngettext(
            "Done for %(count)d deployment.", "Done for %(count)d deployments.", count
        )
        messages.success(request, sentence % {"count": count})


@admin.register(Instance)
class InstanceAdmin(SeenAdmin):
    list_display = (
        *("key", "deployment", "status", "reason", "shown_memory", "isolation"),
        *("slots_taken", "slots", "started_at", "ended_at"),
    )
    list_filter = ("status", "isolation")
    list_select_related = ("deployment__owner",)
    fields = (
        *("key", "deployment", "release", "runtime", "status", "reason", "detail", "address"),
        *("isolation", "memory", "memory_used", "slots", "slots_taken", "price_per_second"),
        *("started_at", "ready_at", "seen_at", "used_at", "stopping_at", "ended_at"),
    )
    readonly_fields = fields

    @admin.display(description=_("memory"))
    def shown_memory(self, row: Instance) -> str:
        return filesizeformat(row.memory)


def _who(request: HttpRequest) -> Any:
    return request.user
