"""What the contract (openapi.json) says of the routes of predictions."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from catalog.api import contract
from config.api.contract import PROBLEM
from deployments.api import owners
from deployments.models import Prediction

from .asking import WEBHOOK_EVENTS

View = TypeVar("View", bound=Callable[..., Any])
Text = serializers.CharField
Moment = serializers.DateTimeField


class CostShape(serializers.Serializer[None]):
    amount = serializers.FloatField(help_text="seconds times the price of its hardware.")
    currency = Text()
    seconds = serializers.FloatField(allow_null=True, help_text="That the model worked.")


class PredictionUrlsShape(serializers.Serializer[None]):
    web = serializers.URLField(help_text="Its page.")
    get = serializers.URLField()
    cancel = serializers.URLField()
    stream = serializers.URLField(
        help_text="Its output and log as server-sent events. Opens without a token, for a day."
    )


class PredictionShape(serializers.Serializer[None]):
    id = Text()
    model = Text(help_text="owner/name.")
    version = Text(help_text="The version's id.")
    deployment = Text(required=False, help_text="owner/name of the deployment that it was sent to.")
    owner = Text(help_text="Whose it is, and who pays for it: a person or an organisation.")
    input = serializers.DictField()
    output = serializers.JSONField(allow_null=True, help_text="Files as addresses, for a day.")
    logs = Text()
    error = Text(allow_null=True)
    status = serializers.ChoiceField(Prediction.Status.values)
    source = serializers.ChoiceField(Prediction.Source.values)  # type: ignore[assignment]
    data_removed = serializers.BooleanField(help_text="Input and output are gone.")
    keep_until = Moment(allow_null=True, help_text="Input and output are removed then.")
    created_at = Moment()
    started_at = Moment(allow_null=True)
    completed_at = Moment(allow_null=True)
    deadline = Moment(required=False, help_text="Cancelled when not done by then.")
    metrics = serializers.DictField(help_text="predict_time and total_time in seconds, and more.")
    urls = PredictionUrlsShape()
    webhook = Text(required=False)
    webhook_events_filter = serializers.ListField(child=Text(), required=False)
    cost = CostShape(allow_null=True, help_text="null until it has run.")
    hardware = Text(allow_null=True, help_text="The sku that it runs on.")
    queue_position = serializers.IntegerField(
        allow_null=True, help_text="1 is next; null for what does not wait, and in listings."
    )
    reason = Text(allow_null=True, help_text="Why it is not done, as a word.")


class PredictionListShape(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PredictionShape(many=True)


class PredictionRequestShape(serializers.Serializer[None]):
    input = serializers.DictField(
        help_text="As the version's schema wants it. Files as data: URLs, or as addresses of files "
        "that were uploaded here."
    )
    webhook = serializers.URLField(required=False, help_text="Called as it goes on.")
    webhook_events_filter = serializers.ListField(
        child=serializers.ChoiceField(WEBHOOK_EVENTS), required=False, help_text="Empty: all."
    )
    stream = serializers.BooleanField(required=False, help_text="Taken and not needed.")


class VersionPredictionRequestShape(PredictionRequestShape):
    version = Text(help_text="owner/name:id, owner/name for its newest one, or the id alone.")


HEADERS = [
    OpenApiParameter(
        "Prefer",
        str,
        "header",
        description="wait or wait=n: leave the request open for up to n seconds (60) until it is "
        "done. What is not done by then is answered as `starting`.",
    ),
    OpenApiParameter(
        "Cancel-After", str, "header", description="As in 30s, 5m, 1h30m; 5 seconds at least."
    ),
]
ERRORS = {400: PROBLEM, 401: PROBLEM, 403: PROBLEM}
PREDICTION_ID = [OpenApiParameter("prediction_id", str, "path", description="The id.")]


def _create(
    operation_id: str, summary: str, takes: list[OpenApiParameter], body: Any
) -> Callable[[View], View]:
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description="Every wrong field of the input is named before anything starts (422). "
        "409: nothing serves it, with the reason. 402: a budget of money is used up; 429: one of "
        "requests, or the queue is full; both with Retry-After.",
        parameters=[*takes, *HEADERS],
        request=body,
        responses={
            201: PredictionShape,
            **ERRORS,
            402: PROBLEM,
            404: PROBLEM,
            409: PROBLEM,
            413: PROBLEM,
            422: PROBLEM,
            429: PROBLEM,
        },
        tags=["Predictions"],
    )


create_prediction = _create(
    "predictions.create", "Run a version", [], VersionPredictionRequestShape
)
create_of_model = _create(
    "models.predictions.create",
    "Run a model",
    contract.MODEL_NAME,
    PredictionRequestShape,
)
create_of_deployment = _create(
    "deployments.predictions.create",
    "Run a deployment",
    [
        OpenApiParameter("owner", str, "path", description="Whose deployment it is."),
        OpenApiParameter("name", str, "path", description="The deployment's name."),
    ],
    PredictionRequestShape,
)
list_predictions = extend_schema(
    operation_id="predictions.list",
    summary="List predictions",
    description="Your own and those of your organisations, the newest first, 100 a page "
    "unless `limit` says less.",
    parameters=[
        OpenApiParameter("created_after", OpenApiTypes.DATETIME, description="At or after this."),
        OpenApiParameter("created_before", OpenApiTypes.DATETIME, description="Before this."),
        OpenApiParameter(
            "source",
            str,
            enum=Prediction.Source.values,
            description="How it was asked for; web: those of the last 14 days.",
        ),
        OpenApiParameter("status", str, enum=Prediction.Status.values, description="Its status."),
        owners.OWNER,
        *contract.PAGE,
    ],
    responses={200: PredictionListShape, **ERRORS},
    tags=["Predictions"],
)
get_prediction = extend_schema(
    operation_id="predictions.get",
    summary="Get a prediction",
    description="As it is now; a running one with what it has answered so far.",
    parameters=PREDICTION_ID,
    responses={200: PredictionShape, **ERRORS, 404: PROBLEM},
    tags=["Predictions"],
)
cancel_prediction = extend_schema(
    operation_id="predictions.cancel",
    summary="Cancel a prediction",
    description="One that waits is over at once, one that runs a moment later. One that is over "
    "stays as it is.",
    parameters=PREDICTION_ID,
    request=None,
    responses={200: PredictionShape, **ERRORS, 404: PROBLEM},
    tags=["Predictions"],
)
stream_prediction = extend_schema(
    operation_id="predictions.stream",
    summary="Stream a prediction",
    description="Server-sent events: `output` and `logs` as they come, `error`, and `done` at the "
    "end. Each has an id; with Last-Event-ID the stream goes on behind it, also after the end. "
    "`done` holds {}, or the reason: error or canceled.",
    parameters=[
        *PREDICTION_ID,
        OpenApiParameter("expiry", int, description="Of `urls.stream`: Unix time of its end."),
        OpenApiParameter("signature", str, description="Of `urls.stream`: in place of a token."),
        OpenApiParameter("Last-Event-ID", str, "header", description="The last one you have."),
    ],
    responses={
        (200, "text/event-stream"): {},
        **ERRORS,
        404: PROBLEM,
        503: PROBLEM,
    },
    tags=["Predictions"],
)
