"""GET /v1/account: whose token this is."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.contract import PROBLEM

from . import reach
from .authentication import TokenAuthentication
from .scopes import READING, SignedIn


class AccountShape(serializers.Serializer[None]):
    type = serializers.ChoiceField(choices=["user", "organization"])
    username = serializers.CharField()
    name = serializers.CharField(help_text="As its owner writes it; the username without one.")
    github_url = serializers.URLField(allow_null=True, help_text="Null: it is not known here.")
    url = serializers.URLField(help_text="Where its tokens are made and revoked.")


class Account(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [SignedIn]
    minds_deployments = READING  # it tells whose token this is, which its holder may know

    @extend_schema(
        operation_id="account.get",
        summary="Get the account of the token",
        description="Any token may ask, whatever its scopes. One that is limited to an "
        "organisation answers with that.",
        responses={200: AccountShape, 401: PROBLEM},
        tags=["Account"],
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        whose = reach.acting_owner(user)
        return Response(
            {
                "type": "organization" if whose.is_organization else "user",
                "username": whose.get_username(),
                "name": whose.get_full_name() or whose.get_username(),
                "github_url": None,
                "url": f"{settings.PUBLIC_URL}/account/tokens",
            }
        )
