"""The pages of organisations. For who is not in one there is none; admins alone change it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import reach
from accounts.models import Invitation, Membership, Role, User
from config.api.problems import LimitReached

from . import actions, invitations, mails, pages
from .forms import InvitationForm, OrganizationForm, RoleForm, ShownNameForm

View = Callable[..., HttpResponse]


def of_members(view: View) -> View:
    """The view gets the organisation."""
    return never_cache(login_required(_with_organization(view, Role.VIEWER)))


def of_admins(view: View) -> View:
    return never_cache(login_required(_with_organization(view, Role.ADMIN)))


def _with_organization(view: View, least: Role) -> View:
    @wraps(view)
    def respond(request: HttpRequest, name: str, **more: Any) -> HttpResponse:
        mine = reach.owned_by(request.user, "pk")
        organization = get_object_or_404(User.objects.organizations().filter(mine), username=name)
        reach.require(request.user, organization, least)
        try:
            return view(request, organization, **more)
        except Membership.DoesNotExist as gone:  # removed by somebody else in this moment
            raise Http404 from gone

    return respond


@never_cache
@login_required
@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    return render(request, "organizations/list.html", {"rows": pages.rows(_user(request))})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_organization(request: HttpRequest) -> HttpResponse:
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _made(request, form)
        if made:
            return redirect("organization", made.get_username())
    status = 400 if form.errors else 200
    return render(request, "organizations/new.html", {"form": form}, status=status)


def _made(request: HttpRequest, form: OrganizationForm) -> User | None:
    """None when something is wrong; then the form tells what."""
    try:
        return actions.make(_user(request), **form.cleaned_data)
    except actions.NameTaken:
        form.add_error("name", _("This name is taken. Choose another one."))
    except actions.TooMany:
        said = _("You manage %(most)s organisations, as many as one may; hand one over first.")
        form.add_error(None, said % {"most": actions.MOST_MADE})
    return None


@of_members
@require_safe
def organization(request: HttpRequest, organization: User) -> HttpResponse:
    return _page(request, organization)


@of_admins
@require_POST
def rename(request: HttpRequest, organization: User) -> HttpResponse:
    form = ShownNameForm(request.POST)
    if not form.is_valid():
        return _page(request, organization, named=form, status=400)
    actions.rename(organization, shown_name=form.cleaned_data["shown_name"])
    messages.success(request, _("Saved."))
    return redirect("organization", organization.get_username())


@of_admins
@require_POST
def change_role(request: HttpRequest, organization: User, pk: int) -> HttpResponse:
    membership = get_object_or_404(organization.members.select_related("user"), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose viewer, developer or admin."))
        return redirect("organization", organization.get_username())
    try:
        actions.change_role(membership, form.cleaned_data["role"])
    except actions.LastAdmin:
        _say_last_admin(request, organization)
    else:
        said = _("%(member)s is %(role)s now.")
        words = {"member": membership.user, "role": pages.short_role(membership.role)}
        messages.success(request, said % words)
    return redirect("organization", organization.get_username())


@of_admins
@require_POST
def remove_member(request: HttpRequest, organization: User, pk: int) -> HttpResponse:
    membership = get_object_or_404(organization.members.select_related("user"), pk=pk)
    try:
        actions.remove(membership)
    except actions.LastAdmin:
        _say_last_admin(request, organization)
    else:
        said = _("%(member)s is no member any more, and sees nothing of %(name)s.")
        messages.success(request, said % {"member": membership.user, "name": organization})
    return redirect("organization", organization.get_username())


@of_members
@require_POST
def leave(request: HttpRequest, organization: User) -> HttpResponse:
    membership = get_object_or_404(Membership, organization=organization, user=request.user)
    try:
        actions.remove(membership)
    except actions.LastAdmin:
        _say_last_admin(request, organization)
        return redirect("organization", organization.get_username())
    messages.success(request, _("You left %(name)s.") % {"name": organization})
    return redirect("organizations")


@of_admins
@require_POST
def invite(request: HttpRequest, organization: User) -> HttpResponse:
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, organization, form, status=400)
    try:
        invitation, link = invitations.invite(organization, by=_user(request), **form.cleaned_data)
    except LimitReached as reached:
        form.add_error(None, str(reached.detail))
        return _page(request, organization, form, status=429)
    except invitations.TooMany:
        said = _("%(most)s invitations are open, as many as can be; take some back first.")
        form.add_error(None, said % {"most": invitations.MOST_OPEN})
        return _page(request, organization, form, status=400)
    return _sent(request, invitation, link)


@of_admins
@require_POST
def invite_again(request: HttpRequest, organization: User, pk: int) -> HttpResponse:
    invitation = _waiting(organization, pk)
    try:
        link = invitations.invite_again(invitation, _user(request))
    except LimitReached as reached:
        messages.error(request, str(reached.detail))
        return redirect("organization", organization.get_username())
    return _sent(request, invitation, link)


@of_admins
@require_POST
def revoke_invitation(request: HttpRequest, organization: User, pk: int) -> HttpResponse:
    invitation = _waiting(organization, pk)
    invitations.revoke(invitation)
    said = _("The invitation of %(email)s is taken back: its link opens nothing any more.")
    messages.success(request, said % {"email": invitation.email})
    return redirect("organization", organization.get_username())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, text: str) -> HttpResponse:
    """Whoever has the link sees into what it invites; to accept takes an account."""
    found = invitations.find(text)
    if found is None:
        return render(request, "organizations/invitation_over.html", status=404)
    if request.method == "POST" and request.user.is_authenticated:
        return _accepted(request, found)
    context = {
        "invitation": found,
        "role": Role(found.role).label,
        "by": found.created_by,
        "is_member": _is_member(request, found),
    }
    return render(request, "organizations/invitation.html", context)


def _accepted(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    try:
        invitations.accept(invitation, _user(request))
    except invitations.MemberAlready:
        messages.info(request, _("You are a member already; the invitation is still open."))
    except invitations.Over:
        return render(request, "organizations/invitation_over.html", status=404)
    else:
        said = _("You are a member of %(name)s now.")
        messages.success(request, said % {"name": invitation.organization})
    return redirect("organization", invitation.organization.get_username())


def _is_member(request: HttpRequest, invitation: Invitation) -> bool:
    if not request.user.is_authenticated:
        return False
    return invitation.organization.members.filter(user=request.user).exists()


def _waiting(organization: User, pk: int) -> Invitation:
    rows = organization.invitations.waiting()
    return get_object_or_404(rows.select_related("organization"), pk=pk)


def _sent(request: HttpRequest, invitation: Invitation, link: str) -> HttpResponse:
    """A link that no letter took along is in this answer alone."""
    if mails.send(invitation, link, _user(request)):
        said = _("The invitation is on its way to %(email)s.")
        messages.success(request, said % {"email": invitation.email})
        return redirect("organization", invitation.organization.get_username())
    return _page(request, invitation.organization, made=invitation, link=link)


def _page(
    request: HttpRequest,
    organization: User,
    form: InvitationForm | None = None,
    *,
    named: ShownNameForm | None = None,
    status: int = 200,
    **made: Any,
) -> HttpResponse:
    context = {
        "page": pages.page(organization, _user(request)),
        "form": form or InvitationForm(),
        "named": named or ShownNameForm(initial={"shown_name": organization.first_name}),
        "roles": [(role.value, pages.short_role(role)) for role in Role],
        **made,
    }
    return render(request, "organizations/one.html", context, status=status)


def _say_last_admin(request: HttpRequest, organization: User) -> None:
    said = _("%(name)s needs an admin: make somebody else one first.")
    messages.error(request, said % {"name": organization})


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]
