"""/v1/webhooks/deliveries: which calls were made, what came of them, and once more."""

from typing import Any

from django import forms
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import reach
from accounts.authentication import TokenAuthentication
from accounts.scopes import ANY_METHOD, Needs
from catalog.api import contract
from catalog.api.parameters import refuse
from catalog.api.serializers import ListShape
from catalog.forms import sharing_fields
from config.api import pages
from config.api.contract import PROBLEM
from config.api.problems import Conflict
from deployments.api import owners
from deployments.api.parameters import ChoiceField
from deployments.models import Attempt, Delivery
from deployments.webhooks import actions

ONE = [OpenApiParameter("delivery_id", str, "path", description="Its id, as in `webhook-id`.")]
NARROWED = [
    OpenApiParameter("status", enum=Delivery.Status.values, description="Only what stands so."),
    OpenApiParameter("prediction", str, description="Only those of the prediction of this id."),
    OpenApiParameter("deployment", str, description="Only those of the deployment, by its name."),
]


class DeliveryShape(serializers.Serializer[None]):
    id = serializers.UUIDField(help_text="As in the header `webhook-id` of each try.")
    owner = serializers.CharField()
    event = serializers.CharField(help_text="start, output, logs, completed or test.")
    prediction = serializers.CharField(allow_null=True, help_text="Its id; null: a test.")
    webhook = serializers.CharField(help_text="The address that is called.")
    status = serializers.ChoiceField(Delivery.Status.values)
    answer = serializers.IntegerField(allow_null=True, help_text="Status of the last answer.")
    problem = serializers.CharField(allow_null=True, help_text="What failed last, as a word.")
    tries = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    next_try_at = serializers.DateTimeField(allow_null=True, help_text="Null: nothing waits.")


class DeliveryListShape(ListShape):
    results = DeliveryShape(many=True)


class AttemptShape(serializers.Serializer[None]):
    at = serializers.DateTimeField()
    answer = serializers.IntegerField(allow_null=True, help_text="Status code.")
    problem = serializers.CharField(allow_null=True, help_text="As a word; null: it was taken.")
    detail = serializers.CharField()
    text = serializers.CharField(help_text="The start of the answer.")
    milliseconds = serializers.IntegerField(allow_null=True)


class WholeDeliveryShape(DeliveryShape):
    body = serializers.CharField(help_text="As it is sent; empty once its data was removed.")
    attempts = AttemptShape(many=True, help_text="The first one first.")


@sharing_fields
class ListingForm(owners.OwnedPageForm):
    status = ChoiceField(*Delivery.Status.values)
    prediction = forms.CharField(required=False, max_length=26)
    deployment = forms.CharField(required=False, max_length=64)


class Delivering(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("webhooks:read", "webhooks:write")]
    minds_deployments: tuple[str, ...] = ANY_METHOD


class DeliveryList(Delivering):
    @extend_schema(
        operation_id="webhooks.deliveries.list",
        summary="List calls of webhooks",
        description="Yours and those of your organisations, the newest first, for 30 days.",
        parameters=[owners.OWNER, *NARROWED, *contract.PAGE],
        responses={200: DeliveryListShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM},
        tags=["Webhooks"],
    )
    def get(self, request: Request) -> Response:
        form = ListingForm(request.query_params)
        refuse(request.query_params, form, known=tuple(form.fields))
        wanted, user = form.cleaned_data, _user(request)
        rows = owners.narrowed(Delivery.objects.visible_to(user), user, wanted["owner"])
        columns = {"status": "status", "prediction": "prediction"}
        columns["deployment"] = "prediction__deployment__name"
        rows = rows.filter(**{columns[name]: wanted[name] for name in columns if wanted[name]})
        listing = pages.Listing("deliveries", [pages.Segment(rows, "created_at")])
        page = listing.page(wanted["cursor"], wanted["limit"] or pages.LIMIT)
        kept = Delivery.objects.filter(pk__in=page.keys).select_related("owner").defer("body")
        found = {str(each.pk): each for each in kept}
        results = [_shape(found[str(pk)]) for pk in page.keys if str(pk) in found]
        return Response(pages.answer(request, page, results))


class DeliveryDetail(Delivering):
    @extend_schema(
        operation_id="webhooks.deliveries.get",
        summary="Get a call of a webhook",
        description="With its body and each try.",
        parameters=ONE,
        responses={200: WholeDeliveryShape, 401: PROBLEM, 403: PROBLEM, 404: PROBLEM},
        tags=["Webhooks"],
    )
    def get(self, request: Request, delivery_id: str) -> Response:
        return Response(_whole(_visible(request, delivery_id)))


class Redeliver(Delivering):
    @extend_schema(
        operation_id="webhooks.deliveries.redeliver",
        summary="Send a call of a webhook again",
        description="Under the same id, whatever came of it before. 409: it is on its way "
        "already, or the data of its prediction is gone.",
        parameters=ONE,
        request=None,
        responses={
            200: WholeDeliveryShape,
            **{401: PROBLEM, 403: PROBLEM, 404: PROBLEM, 409: PROBLEM},
        },
        tags=["Webhooks"],
    )
    def post(self, request: Request, delivery_id: str) -> Response:
        delivery = _visible(request, delivery_id)
        reach.require(request.user, delivery.owner)
        try:
            is_asked = actions.send_again(delivery)
        except actions.BodyGone as error:
            raise Conflict("It cannot be sent again: its prediction's data is gone.") from error
        if not is_asked:
            raise Conflict("It is on its way already; ask again what came of it.")
        return Response(_whole(_visible(request, delivery_id)))


def _visible(request: Request, delivery_id: str) -> Delivery:
    rows = Delivery.objects.visible_to(request.user).select_related("owner")
    found = rows.filter(pk=delivery_id).first()
    if found is None:
        raise NotFound(
            f"There is no delivery {delivery_id} of yours. GET /v1/webhooks/deliveries lists them."
        )
    return found


def _shape(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.pk,
        "owner": delivery.owner.get_username(),
        "event": delivery.event,
        "prediction": delivery.prediction_id,
        "webhook": delivery.url,
        "status": delivery.status,
        "answer": delivery.answer,
        "problem": delivery.problem or None,
        "tries": delivery.tries,
        "created_at": delivery.created_at,
        "next_try_at": None if delivery.is_settled else delivery.next_try_at,
    }


def _whole(delivery: Delivery) -> dict[str, Any]:
    attempts = [_attempt(each) for each in delivery.attempts.all()]
    return {**_shape(delivery), "body": delivery.body, "attempts": attempts}


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": attempt.at,
        "answer": attempt.answer,
        "problem": attempt.problem or None,
        "detail": attempt.detail,
        "text": attempt.text,
        "milliseconds": attempt.milliseconds,
    }


def _user(request: Request) -> Any:
    return request.user
