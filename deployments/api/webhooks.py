"""/v1/webhooks/default/secret: what calls of webhooks are signed with."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import TokenAuthentication
from accounts.scopes import Needs
from config.api.contract import PROBLEM
from deployments.api import owners
from deployments.webhooks import keys


class SecretShape(serializers.Serializer[None]):
    key = serializers.CharField(help_text="whsec_ and base64, as Standard Webhooks writes it.")


ANSWERS = {200: SecretShape, 401: PROBLEM, 403: PROBLEM}


class DefaultSecret(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("webhooks:read", "webhooks:write")]

    @extend_schema(
        operation_id="webhooks.default.secret.get",
        summary="Get the signing secret of your webhooks",
        description="Calls hold `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` in "
        "the header `webhook-signature`, as Standard Webhooks says. An organisation has one of its "
        "own, which a token that is limited to it gets.",
        responses=ANSWERS,
        tags=["Webhooks"],
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        return _answer(keys.of(owners.of_new(user)).secret)

    @extend_schema(
        operation_id="webhooks.default.secret.renew",
        summary="Make another signing secret",
        description="For a day calls are signed with the one before too.",
        request=None,
        responses=ANSWERS,
        tags=["Webhooks"],
    )
    def post(self, request: Request) -> Response:
        user: Any = request.user
        return _answer(keys.renew(owners.of_new(user)).secret)


def _answer(secret: str) -> Response:
    return Response({"key": secret}, headers={"Cache-Control": "private, no-store"})
