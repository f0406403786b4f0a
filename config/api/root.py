"""Where a client starts: the API's root, and its contract as a file."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.contract import RootShape

CONTRACT = settings.BASE_DIR / "openapi.json"


class Root(APIView):
    """The addresses to start from."""

    @extend_schema(operation_id="root", summary="Where to start", responses=RootShape, tags=["API"])
    def get(self, request: Request) -> Response:
        routes = {
            "models": "v1:models",
            "search": "v1:search",
            "collections": "v1:collections",
            "openapi": "v1:openapi",
            "docs": "api-docs",
        }
        return Response(
            {name: request.build_absolute_uri(reverse(route)) for name, route in routes.items()}
        )


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The committed contract, as it is."""
    return HttpResponse(_contract(), content_type="application/json")


@cache
def _contract() -> bytes:
    return CONTRACT.read_bytes()
