"""GET /v1/account: whose token this is."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.contract import PROBLEM

from .authentication import TokenAuthentication
from .scopes import SignedIn


class AccountShape(serializers.Serializer[None]):
    type = serializers.ChoiceField(choices=["user", "organization"])
    username = serializers.CharField()
    name = serializers.CharField(help_text="As its owner writes it; the username without one.")
    github_url = serializers.URLField(allow_null=True, help_text="Null: it is not known here.")
    url = serializers.URLField(help_text="Where its tokens are made and revoked.")


class Account(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [SignedIn]

    @extend_schema(
        operation_id="account.get",
        summary="Get the account of the token",
        description="Any token may ask, whatever its scopes.",
        responses={200: AccountShape, 401: PROBLEM},
        tags=["Account"],
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        return Response(
            {
                "type": "user",
                "username": user.get_username(),
                "name": user.get_full_name() or user.get_username(),
                "github_url": None,
                "url": f"{settings.PUBLIC_URL}/account/tokens",
            }
        )
