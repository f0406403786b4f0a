"""GET /v1/organizations, and who is in one of them."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import reach
from accounts.authentication import TokenAuthentication
from accounts.models import Role, User
from accounts.scopes import SignedIn
from config.api.contract import PROBLEM


class OrganizationShape(serializers.Serializer[None]):
    username = serializers.CharField(help_text="As `owner` in addresses and parameters.")
    name = serializers.CharField(help_text="As it is shown; the username without one.")
    role = serializers.ChoiceField(Role.values, help_text="Yours.")
    url = serializers.URLField(help_text="Its page.")


class MemberShape(serializers.Serializer[None]):
    username = serializers.CharField()
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.values)
    since = serializers.DateTimeField()


class OrganizationList(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [SignedIn]

    @extend_schema(
        operation_id="organizations.list",
        summary="List your organisations",
        description="As a bare list, by name. A token that is limited to one lists that alone; "
        "any token may ask, whatever its scopes.",
        responses={200: OrganizationShape(many=True), 401: PROBLEM},
        tags=["Account"],
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        mine = [owner for owner in reach.owners(user) if owner.is_organization]
        return Response([_shape(each, user) for each in mine])


class MemberList(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [SignedIn]

    @extend_schema(
        operation_id="organizations.members.list",
        summary="List the members of an organisation",
        description="As a bare list, by name, for its members.",
        parameters=[OpenApiParameter("name", str, "path", description="The organisation's name.")],
        responses={200: MemberShape(many=True), 401: PROBLEM, 404: PROBLEM},
        tags=["Account"],
    )
    def get(self, request: Request, name: str) -> Response:
        user: Any = request.user
        mine = {owner.get_username(): owner for owner in reach.owners(user)}
        organization = mine.get(name)
        if organization is None or not organization.is_organization:
            raise NotFound(
                f"You are in no organisation {name}. GET /v1/organizations lists those you are in."
            )
        members = organization.members.select_related("user")
        return Response(
            [
                {
                    "username": each.user.get_username(),
                    "name": each.user.get_full_name() or each.user.get_username(),
                    "role": each.role,
                    "since": each.created_at,
                }
                for each in members
            ]
        )


def _shape(organization: User, user: User) -> dict[str, Any]:
    name = organization.get_username()
    return {
        "username": name,
        "name": organization.first_name or name,
        "role": reach.role_in(user, organization),
        "url": f"{settings.PUBLIC_URL}/organizations/{name}",
    }
