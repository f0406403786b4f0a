"""GET /v1/audit: what the admin's audit log shows, for administrators."""

from typing import Any

from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import contract
from catalog.api.parameters import PageForm, refuse
from catalog.api.serializers import ListShape
from catalog.forms import sharing_fields
from config.api import pages
from config.api.contract import PROBLEM

from . import second_factor
from .authentication import TokenAuthentication
from .models import AuditEvent, User
from .scopes import Needs

COLUMNS = {
    "what": "what__startswith",
    "actor": "actor_name",
    "token": "token_prefix",
    "address": "address",
    "request_id": "request_id",
    "about": "about_name",
    "since": "at__gte",
    "until": "at__lt",
}
NARROWED = [
    OpenApiParameter("what", str, description="What was done, or how that begins: `token.`"),
    OpenApiParameter("actor", str, description="Only what the one with this username did."),
    OpenApiParameter("token", str, description="Only what came with it: its first 12 characters."),
    OpenApiParameter("address", str, description="Only what came from there."),
    OpenApiParameter("request_id", str, description="Only what this request did."),
    OpenApiParameter("about", str, description="Only what was done to this: ada/hello."),
    OpenApiParameter(
        "is_refused", bool, description="Only what was refused, or only what was not."
    ),
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="Not before this moment."),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="Before this moment."),
]


class AuditEventShape(serializers.Serializer[None]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    what = serializers.CharField(help_text="As in token.made.")
    is_refused = serializers.BooleanField(help_text="It was tried, and not allowed.")
    actor = serializers.CharField(allow_null=True, help_text="The username; null: the system.")
    token = serializers.CharField(allow_null=True, help_text="Its first 12 characters.")
    address = serializers.CharField(allow_null=True)
    request_id = serializers.CharField(allow_null=True, help_text="As in X-Request-Id.")
    about = serializers.CharField(allow_null=True, help_text="As it was called then.")
    about_type = serializers.CharField(allow_null=True, help_text="As in accounts.token.")
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class AuditEventListShape(ListShape):
    results = AuditEventShape(many=True)


@sharing_fields
class ListingForm(PageForm):
    what = forms.CharField(required=False, max_length=64)
    actor = forms.CharField(required=False, max_length=150)
    token = forms.CharField(required=False, max_length=12)
    address = forms.CharField(required=False, max_length=45)
    request_id = forms.CharField(required=False, max_length=64)
    about = forms.CharField(required=False, max_length=200)
    is_refused = forms.TypedChoiceField(
        required=False,
        choices=[("true", "true"), ("false", "false")],
        coerce="true".__eq__,
        empty_value=None,
        error_messages={"invalid_choice": "Write true or false."},
    )
    since = forms.DateTimeField(required=False)
    until = forms.DateTimeField(required=False)


class AuditLog(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("audit:read")]
    reaches_beyond_limits = True

    @extend_schema(
        operation_id="audit.list",
        summary="List the audit log",
        description="For administrators with a second factor: who did what, with which token, from "
        "where, and what was refused. The newest first.",
        parameters=[*NARROWED, *contract.PAGE],
        responses={200: AuditEventListShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM},
        tags=["Audit"],
    )
    def get(self, request: Request) -> Response:
        _require_administrator(request)
        form = ListingForm(request.query_params)
        refuse(request.query_params, form, known=tuple(form.fields))
        wanted = form.cleaned_data
        rows = AuditEvent.objects.filter(
            **{column: wanted[name] for name, column in COLUMNS.items() if wanted[name]}
        )
        if wanted["is_refused"] is not None:
            rows = rows.filter(is_refused=wanted["is_refused"])
        listing = pages.Listing("audit", [pages.Segment(rows, "id", parse=int)])
        page = listing.page(wanted["cursor"], wanted["limit"] or pages.LIMIT)
        found = AuditEvent.objects.in_bulk(page.keys)
        results = [_shape(found[pk]) for pk in page.keys if pk in found]
        return Response(pages.answer(request, page, results))


def _require_administrator(request: Request) -> None:
    user: User = request.user  # type: ignore[assignment]
    if not (user.is_superuser and second_factor.is_shown(request)):
        raise PermissionDenied(
            "Only administrators read the audit log, once they set up a second factor."
        )


def _shape(event: AuditEvent) -> dict[str, Any]:
    return {
        "id": event.pk,
        "at": event.at,
        "what": event.what,
        "is_refused": event.is_refused,
        "actor": event.actor_name or None,
        "token": event.token_prefix or None,
        "address": event.address or None,
        "request_id": event.request_id or None,
        "about": event.about_name or None,
        "about_type": event.about_type or None,
        "before": event.before,
        "after": event.after,
    }
