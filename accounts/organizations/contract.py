"""What the contract (openapi.json) says of organisations, their members and invitations."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from accounts import names
from accounts.models import Role
from config.api.contract import PROBLEM

View = TypeVar("View", bound=Callable[..., Any])
SHOWN = "As people know it; empty: the username is shown."


class OrganizationShape(serializers.Serializer[None]):
    username = serializers.CharField(help_text="As `owner` in addresses and parameters.")
    name = serializers.CharField(help_text="As it is shown; the username without one.")
    role = serializers.ChoiceField(Role.values, help_text="Yours.")
    url = serializers.URLField(help_text="Its page.")


class ChangedOrganizationShape(serializers.Serializer[None]):
    name = serializers.CharField(max_length=150, allow_blank=True, help_text=SHOWN)


class NewOrganizationShape(serializers.Serializer[None]):
    username = serializers.CharField(
        max_length=150,
        validators=[names.check],
        help_text="In addresses, and before the models that its developers push. It stays.",
    )
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, help_text=SHOWN)


class MemberShape(serializers.Serializer[None]):
    username = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.values)
    since = serializers.DateTimeField()


class RoleShape(serializers.Serializer[None]):
    role = serializers.ChoiceField(Role.values)


class NewInvitationShape(RoleShape):
    email = serializers.EmailField(max_length=254, help_text="Where the link is sent.")


class InvitationShape(serializers.Serializer[None]):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(Role.values)
    created_by = serializers.CharField(allow_null=True, help_text="The username.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="Its link opens nothing from then on.")


class SentInvitationShape(InvitationShape):
    is_mailed = serializers.BooleanField(help_text="An e-mail took the link along.")
    link = serializers.URLField(
        allow_null=True,
        help_text="For you to hand on, when no e-mail took it along. It is told once.",
    )


NAME = [OpenApiParameter("name", str, "path", description="The organisation's name.")]
MEMBER = [*NAME, OpenApiParameter("username", str, "path", description="The member's name.")]
INVITATION = [
    *NAME,
    OpenApiParameter("invitation_id", int, "path", description="The invitation's id."),
]
WRITING = {400: PROBLEM, 401: PROBLEM, 403: PROBLEM}
OF_ONE = {**WRITING, 404: PROBLEM}


def _operation(
    operation_id: str, summary: str, description: str, *, answers: dict[int, Any], **said: Any
) -> Callable[[View], View]:
    return extend_schema(
        operation_id=f"organizations.{operation_id}",
        summary=summary,
        description=description,
        responses=answers,
        tags=["Organizations"],
        **said,
    )


list_organizations = _operation(
    "list",
    "List your organisations",
    "As a bare list, by name. A token that is limited to one lists that alone; "
    "any token may ask, whatever its scopes.",
    answers={200: OrganizationShape(many=True), 401: PROBLEM},
)
create = _operation(
    "create",
    "Make an organisation",
    "Whoever makes it is its first admin.",
    request=NewOrganizationShape,
    answers={201: OrganizationShape, 409: PROBLEM, **WRITING},
)
get = _operation(
    "get",
    "Get an organisation",
    "For its members, by any token of theirs.",
    parameters=NAME,
    answers={200: OrganizationShape, 401: PROBLEM, 404: PROBLEM},
)
update = _operation(
    "update",
    "Change the name that is shown",
    "For its admins. The username stays.",
    parameters=NAME,
    request=ChangedOrganizationShape,
    answers={200: OrganizationShape, **OF_ONE},
)
list_members = _operation(
    "members.list",
    "List the members of an organisation",
    "As a bare list, by name, for its members.",
    parameters=NAME,
    answers={200: MemberShape(many=True), 401: PROBLEM, 404: PROBLEM},
)
update_member = _operation(
    "members.update",
    "Change a member's role",
    "For its admins. The last admin stays one (409).",
    parameters=MEMBER,
    request=RoleShape,
    answers={200: MemberShape, 409: PROBLEM, **OF_ONE},
)
delete_member = _operation(
    "members.delete",
    "Remove a member, or leave",
    "Admins remove anybody, and everybody may leave; but the last admin stays (409).",
    parameters=MEMBER,
    answers={204: None, 409: PROBLEM, **OF_ONE},
)
list_invitations = _operation(
    "invitations.list",
    "List the invitations of an organisation",
    "For its admins, as a bare list: what was neither accepted nor taken back, the latest first.",
    parameters=NAME,
    answers={200: InvitationShape(many=True), **OF_ONE},
)
invite = _operation(
    "invitations.create",
    "Invite somebody",
    "For its admins. The link holds for seven days, opens once, and is accepted on its page by "
    "somebody who signed in. The same address again gets another link, and the one before opens "
    "nothing.",
    parameters=NAME,
    request=NewInvitationShape,
    answers={201: SentInvitationShape, 409: PROBLEM, 429: PROBLEM, **OF_ONE},
)
revoke = _operation(
    "invitations.delete",
    "Take an invitation back",
    "For its admins. Its link opens nothing from now on.",
    parameters=INVITATION,
    answers={204: None, **OF_ONE},
)
