"""/v1/organizations: make one, decide who is in it and as what, invite others."""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import reach
from accounts.authentication import TokenAuthentication
from accounts.models import Invitation, Membership, Role, User
from accounts.scopes import Needs, NeedsToChange
from config.api import reading
from config.api.problems import BadParameters, Conflict

from . import actions, contract, invitations, mails

WRITE = "organizations:write"


class Organizing(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [NeedsToChange(WRITE)]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, actions.LastAdmin):
            exc = Conflict("The organisation needs an admin: make somebody else one first.")
        if isinstance(exc, Membership.DoesNotExist):  # removed by somebody else in this moment
            exc = NotFound("There is no such member any more.")
        return super().handle_exception(exc)


class OrganizationList(Organizing):
    @contract.list_organizations
    def get(self, request: Request) -> Response:
        user = _user(request)
        mine = [owner for owner in reach.owners(user) if owner.is_organization]
        return Response([_shape(each, user) for each in mine])

    @contract.create
    def post(self, request: Request) -> Response:
        user = _user(request)
        if user.token is not None and user.token.organization is not None:
            raise PermissionDenied(
                f"This token reaches what {user.token.organization} owns and nothing else. "
                "Make another organisation with a token without that limit."
            )
        wanted = reading.body(request, contract.NewOrganizationShape)
        made = _made(user, wanted["username"], wanted.get("name", ""))
        response = Response(_shape(made, user), status=201)
        response["Location"] = f"{request.build_absolute_uri(request.path)}/{made.get_username()}"
        return response


class OrganizationDetail(Organizing):
    @contract.get
    def get(self, request: Request, name: str) -> Response:
        return Response(_shape(organization_of(request, name), _user(request)))

    @contract.update
    def patch(self, request: Request, name: str) -> Response:
        organization = organization_of(request, name, Role.ADMIN)
        wanted = reading.body(request, contract.ChangedOrganizationShape)
        actions.rename(organization, shown_name=wanted["name"])
        return Response(_shape(organization, _user(request)))


class MemberList(Organizing):
    @contract.list_members
    def get(self, request: Request, name: str) -> Response:
        members = organization_of(request, name).members.select_related("user")
        return Response([_member_shape(each) for each in members])


class MemberDetail(Organizing):
    @contract.update_member
    def patch(self, request: Request, name: str, username: str) -> Response:
        membership = _member(organization_of(request, name, Role.ADMIN), username)
        wanted = reading.body(request, contract.RoleShape)
        actions.change_role(membership, Role(wanted["role"]))
        return Response(_member_shape(membership))

    @contract.delete_member
    def delete(self, request: Request, name: str, username: str) -> Response:
        is_oneself = username == _user(request).get_username()
        least = Role.VIEWER if is_oneself else Role.ADMIN
        actions.remove(_member(organization_of(request, name, least), username))
        return Response(status=204)


class InvitationList(Organizing):
    permission_classes = [Needs("organizations:read", WRITE)]

    @contract.list_invitations
    def get(self, request: Request, name: str) -> Response:
        waiting = organization_of(request, name, Role.ADMIN).invitations.waiting()
        rows = waiting.select_related("created_by")
        return Response([_invitation_shape(each) for each in rows])

    @contract.invite
    def post(self, request: Request, name: str) -> Response:
        organization, user = organization_of(request, name, Role.ADMIN), _user(request)
        wanted = reading.body(request, contract.NewInvitationShape)
        email, role = wanted["email"], Role(wanted["role"])
        try:
            invitation, link = invitations.invite(organization, email=email, role=role, by=user)
        except invitations.TooMany as error:
            most = invitations.MOST_OPEN
            sentence = f"{most} invitations are open, as many as can be; take some back first."
            raise Conflict(sentence) from error
        is_mailed = mails.send(invitation, link, user)
        sent = {"is_mailed": is_mailed, "link": None if is_mailed else link}
        told = {**_invitation_shape(invitation), **sent}
        return Response(told, status=201, headers={"Cache-Control": "private, no-store"})


class InvitationDetail(Organizing):
    permission_classes = [Needs(WRITE)]

    @contract.revoke
    def delete(self, request: Request, name: str, invitation_id: int) -> Response:
        waiting = organization_of(request, name, Role.ADMIN).invitations.waiting()
        found = waiting.select_related("organization").filter(pk=invitation_id).first()
        if found is None:
            raise NotFound(f"There is no invitation {invitation_id} that is still waiting.")
        invitations.revoke(found)
        return Response(status=204)


def _made(user: User, username: str, shown_name: str) -> User:
    try:
        return actions.make(user, name=username, shown_name=shown_name)
    except actions.NameTaken as error:
        raise BadParameters({"username": ["This name is taken. Choose another one."]}) from error
    except actions.TooMany as error:
        sentence = f"You manage {actions.MOST_MADE} organisations, as many as one may."
        raise Conflict(f"{sentence} Hand one over first.") from error


def organization_of(request: Request, name: str, least: Role = Role.VIEWER) -> User:
    user = _user(request)
    mine = {owner.get_username(): owner for owner in reach.owners(user) if owner.is_organization}
    if name not in mine:
        raise NotFound(
            f"You are in no organisation {name}. GET /v1/organizations lists those you are in."
        )
    reach.require(user, mine[name], least)
    return mine[name]


def _member(organization: User, username: str) -> Membership:
    members = organization.members.select_related("user", "organization")
    found = members.filter(user__username=username).first()
    if found is None:
        raise NotFound(
            f"{organization} has no member {username}. "
            f"GET /v1/organizations/{organization}/members lists those that it has."
        )
    return found


def _shape(organization: User, user: User) -> dict[str, Any]:
    name = organization.get_username()
    return {
        "username": name,
        "name": organization.first_name or name,
        "role": reach.role_in(user, organization),
        "url": f"{settings.PUBLIC_URL}/organizations/{name}",
    }


def _member_shape(membership: Membership) -> dict[str, Any]:
    user = membership.user
    return {
        "username": user.get_username(),
        "name": user.get_full_name() or user.get_username(),
        "role": membership.role,
        "since": membership.created_at,
    }


def _invitation_shape(invitation: Invitation) -> dict[str, Any]:
    by = invitation.created_by
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "role": invitation.role,
        "created_by": by.get_username() if by else None,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }


def _user(request: Request) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]
