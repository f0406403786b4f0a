"""Accounts and tokens in the admin. A person is deleted with all that is theirs, told as counts."""

from collections.abc import Sequence
from typing import Any

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from config import deleting
from config.paging import EstimatingPaginator

from . import audit, audit_export, budget_pages, budgets, tokens
from .audited import AuditedAdmin
from .budget_forms import BudgetForm
from .closing import actions as closing
from .models import AuditEvent, Closing, Invitation, Membership, Token, User

# Nobody reads or writes what lies in these by hand: accounts/second_factor.py, sessions.py.
for hidden in (Authenticator, EmailAddress, UserSession, SocialApp, SocialToken, SocialAccount):
    admin.site.unregister(hidden)
admin.site.unregister(Group)


# Who gives these gives rights: administrators alone, or whoever may change people is one soon.
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _is_administrator(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


@admin.register(Group)
class AuditedGroupAdmin(AuditedAdmin, GroupAdmin):
    """Whoever is in one may what it may, so only administrators change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _is_administrator(request)


@admin.register(EmailAddress)
class AddressAdmin(AuditedAdmin, EmailAddressAdmin):  # type: ignore[misc]
    """Whoever has a confirmed one may sign in with it, and have a new password sent there."""

    list_select_related = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmailAddress]:
        """Those of administrators are theirs alone, as is all that signs one in as one."""
        rows: QuerySet[EmailAddress] = super().get_queryset(request)
        return rows if _is_administrator(request) else rows.exclude(user__is_superuser=True)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if not _is_administrator(request):
            kwargs["queryset"] = User.objects.exclude(is_superuser=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.action(description="Mark selected email addresses as verified", permissions=["change"])
    def make_verified(self, request: HttpRequest, queryset: QuerySet[EmailAddress]) -> None:
        """Theirs is offered to whoever may only look, and what it does opens an account."""
        super().make_verified(request, queryset)


@admin.register(User)
class PersonAdmin(AuditedAdmin, UserAdmin):  # type: ignore[type-arg]
    """Organisations too, which have no password and no rights."""

    list_display = ("username", "kind", "first_name", "email", "is_staff", "is_active")
    list_filter = ("kind", "is_staff", "is_superuser", "is_active")
    actions = ("close",)
    change_form_template = "admin/accounts/user/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.impose_budgets)
        mine = path("<int:object_id>/budgets/", page, name="accounts_user_budgets")
        return [mine, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Administrators are seen and changed by administrators."""
        rows = super().get_queryset(request)
        return rows if _is_administrator(request) else rows.exclude(is_superuser=True)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if _is_administrator(request) else (*fields, *RIGHTS)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is not None and obj.is_organization:
            return [(None, {"fields": ("username", "first_name", "is_active")})]
        return super().get_fieldsets(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        if User.objects.organizations().filter(pk=id).exists():
            raise PermissionDenied("An organisation never signs in, and has no password.")
        return super().user_change_password(request, id, form_url)

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Sequence[User], request: HttpRequest
    ) -> deleting.Deletion:
        return deleting.counted(objs, request)

    def impose_budgets(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Beside those that they set themselves."""
        owner = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not request.user.has_perm("accounts.change_budget"):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else None
        form = BudgetForm(owner, sent, is_imposed=True)
        if form.is_valid():
            budgets.set_for(owner, form.wanted, is_imposed=True)
            self.message_user(request, f"The budgets of {owner} hold from the next request on.")
            return redirect("admin:accounts_user_change", owner.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": owner,
            "title": f"Budgets of {owner}",
            "form": form,
            "bars": budget_pages.bars(owner),
        }
        status = 400 if form.errors else 200
        return render(request, "admin/accounts/user/budgets.html", context, status=status)

    @admin.action(description="Close: stop and delete what is theirs", permissions=["delete"])
    def close(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """As they would do it themselves; their names stay taken."""
        for user in queryset:
            try:
                closing.close(user)
            except closing.StillNeeded:
                said = f"Not closed: {user} is the only admin of an organisation, or of everything."
                self.message_user(request, said, messages.ERROR)
            else:
                self.message_user(request, f"The account {user} is being closed.")


@admin.register(Membership)
class MembershipAdmin(AuditedAdmin):
    """To help an organisation whose last admin is gone: the rules of its own page do not hold."""

    list_display = ("organization", "user", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("organization", "user")
    list_per_page = 50
    search_fields = ("=organization__username", "=user__username")
    search_help_text = "The whole name of an organisation, or of a member."
    fields = ("organization", "user", "role")
    autocomplete_fields = ("organization", "user")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organization", "user") if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kinds = {"organization": User.objects.organizations(), "user": User.objects.people()}
        kwargs["queryset"] = kinds[db_field.name]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class WatchedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at only."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(WatchedAdmin):
    list_display = ("organization", "email", "role", "created_by", "expires_at", "accepted_by")
    list_select_related = ("organization", "created_by", "accepted_by")
    search_fields = ("=organization__username", "=email")
    search_help_text = "The whole name of an organisation, or a whole address."
    fields = (*list_display, "created_at", "accepted_at", "revoked_at")


@admin.register(Closing)
class ClosingAdmin(WatchedAdmin):
    """What is being closed: without an end for long, something of it does not stop."""

    list_display = ("user", "hand_over_to", "asked_at", "ended_at")
    list_select_related = ("user", "hand_over_to")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    search_fields = ("=user__username",)


@admin.register(Token)
class TokenAdmin(AuditedAdmin):
    """To see whose a token is that turned up somewhere, and to revoke it."""

    list_display = (
        *("prefix", "user", "organization", "name", "created_at", "used_at", "address"),
        *("expires_at", "revoked_at"),
    )
    list_select_related = ("user", "organization")
    list_per_page = 50
    search_fields = ("prefix", "earlier_prefix", "name", "user__username")
    search_help_text = "The first 12 characters of a token, its name, or whose it is."
    fields = (*list_display, "scopes", "deployment_name", "earlier_prefix", "earlier_until")
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


@admin.register(AuditEvent)
class AuditEventAdmin(WatchedAdmin):
    """To search what was done, and to take what was found along as JSON lines."""

    change_list_template = "admin/accounts/auditevent/change_list.html"
    list_display = (
        *("at", "what", "is_refused", "actor_name", "token_prefix", "address"),
        *("about_name", "request_id"),
    )
    list_display_links = ("at", "what")
    list_filter = ("is_refused", "about_type")
    show_full_result_count = False
    paginator = EstimatingPaginator
    sortable_by = ()
    search_fields = (
        *("=actor_name", "^what", "about_name", "=token_prefix", "=address", "=request_id"),
    )
    search_help_text = (
        "Who (a user name), what (as in token, token.made), of what, "
        "the first 12 characters of a token, an address, or the id of a request."
    )

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export)
        return [path("export", export, name="accounts_auditevent_export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """What the list shows with the same address, all pages of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_changelist_instance(request).get_queryset(request)
        audit.note("audit.exported", after={"asked": request.META["QUERY_STRING"]})
        return audit_export.response(found)
