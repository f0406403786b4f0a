"""/v1/predictions: ask a model, look, list, cancel."""

import re
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db.models import F, QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework.exceptions import APIException, ErrorDetail, NotFound, Throttled
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import reach
from accounts.authentication import TokenAuthentication
from accounts.models import User
from accounts.scopes import ANY_METHOD, Needs
from catalog.api import naming
from catalog.models import AIModel, Version
from config.api import pages
from config.api.bodies import FastJSONRenderer, TooLarge
from config.worded import Blank, Question
from deployments.api import asking, prediction_contract
from deployments.api.deployments import missing
from deployments.api.parameters import read_listing
from deployments.models import Deployment, Prediction
from deployments.predictions import actions, known, queueing, serving, shapes, streams
from deployments.predictions.checking import BadInput

VERSION = re.compile(r"(?:(?P<owner>[^/:]+)/(?P<name>[^:]+))?:?(?P<id>[0-9a-f]{64})?")
KNOWN = ("owner", "ai_model__publisher", "version", "deployment__owner")
_MINE = Question(lambda: Deployment.objects.own_of(Blank("owner")).filter(name=Blank("name"))[:1])
_NAMED = Question(
    lambda: AIModel.objects.still_listed().filter(key=Blank("key")).values_list("pk")[:1]
)
_VERSION = Question(lambda: _versions()[:1])
_VERSION_OF_MODEL = Question(lambda: _versions().filter(ai_model=Blank("ai_model"))[:1])


class NotServed(APIException):
    status_code = 409


class TooManyStreams(APIException):
    status_code = 503
    default_detail = _lazy("As many streams are open as this server holds; try again in a moment.")


class QueueFull(Throttled):
    """With the seconds after which a place may be free, as Retry-After."""

    def __init__(self, error: queueing.QueueFull) -> None:
        super().__init__()
        self.detail = ErrorDetail(str(error), self.default_code)
        self.wait = error.retry_after


class Asking(APIView):
    """What the three doors share: who may, and what is answered."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("predictions:read", "predictions:write")]
    minds_deployments: tuple[str, ...] = ANY_METHOD

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, serving.NotServed):
            exc = NotServed(str(exc))
        if isinstance(exc, RequestDataTooBig):
            exc = TooLarge()
        if isinstance(exc, queueing.QueueFull):
            exc = QueueFull(exc)
        return super().handle_exception(exc)

    def created(
        self,
        request: Request,
        asked: asking.Asked,
        version: Version,
        deployment: Deployment | None = None,
    ) -> Response:
        user: Any = request.user
        prediction = actions.create(user, version=version, deployment=deployment, **asked.wishes())
        told = shapes.shape(prediction, request)
        if asked.wait_seconds and not prediction.is_finished:
            # The clients take every other status for the end of their waiting.
            told["status"] = Prediction.Status.STARTING
        response = Response(told, status=201)
        response["Location"] = told["urls"]["get"]
        if asked.wait_seconds:
            response["Preference-Applied"] = f"wait={asked.wait_seconds}"
        return response


class PredictionList(Asking):
    @prediction_contract.list_predictions
    def get(self, request: Request) -> Response:
        user: Any = request.user
        wanted = read_listing(request.query_params)
        rows = wanted.narrow(Prediction.objects.visible_to(user), user)
        listing = pages.Listing("predictions", [pages.Segment(rows, "created_at")])
        page = listing.page(wanted.cursor, wanted.limit)
        found = rows.select_related(*KNOWN).defer("version__openapi_schema").in_bulk(page.keys)
        results = [shapes.in_list(found[pk], request) for pk in page.keys if pk in found]
        return Response(pages.answer(request, page, results))

    @prediction_contract.create_prediction
    def post(self, request: Request) -> Response:
        asked = asking.read(request, has_version=True)
        return self.created(request, asked, _version(asked.version))


class ModelPredictionList(Asking):
    @prediction_contract.create_of_model
    def post(self, request: Request, owner: str, name: str) -> HttpResponseBase:
        asked = asking.read(request)
        return self.created(request, asked, serving.newest_of(_model_id(owner, name)))


class DeploymentPredictionList(Asking):
    @prediction_contract.create_of_deployment
    def post(self, request: Request, owner: str, name: str) -> Response:
        asked = asking.read(request)
        user: Any = request.user
        deployment = _deployment(user, _plain(owner), _plain(name))
        if deployment is None:
            raise missing(request, _plain(owner), _plain(name))
        return self.created(request, asked, serving.version_of(deployment), deployment)


class PredictionDetail(Asking):
    @prediction_contract.get_prediction
    def get(self, request: Request, prediction_id: str) -> Response:
        return Response(shapes.shape(owned(request, prediction_id), request))


class PredictionCancel(Asking):
    @prediction_contract.cancel_prediction
    def post(self, request: Request, prediction_id: str) -> Response:
        asked = owned(request, prediction_id)
        reach.require(request.user, asked.owner)
        prediction = actions.cancel(asked)
        return Response(shapes.shape(prediction, request))


class EventStream(BaseRenderer):
    """So that who accepts nothing else is not refused; the view writes the stream itself."""

    media_type = "text/event-stream"
    format = "txt"

    def render(self, data: Any, *_: Any) -> bytes:
        return str(data).encode()


class SignedOrScoped(Needs("predictions:read")):  # type: ignore[misc]
    """A signature is the right to read this one stream; the view looks whether it is good."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return "signature" in request.query_params or super().has_permission(request, view)


class PredictionStream(Asking):
    permission_classes = [SignedOrScoped]
    renderer_classes = [EventStream, FastJSONRenderer]

    @prediction_contract.stream_prediction
    def get(self, request: Request, prediction_id: str) -> HttpResponseBase:
        last = request.headers.get("Last-Event-ID", "").strip()
        after = int(last) if last.isdecimal() and len(last) < 10 else 0
        prediction = _streamed(request, prediction_id)
        try:
            stream = streams.opened(prediction, after, request)
        except streams.TooMany as error:
            raise TooManyStreams from error
        response = StreamingHttpResponse(stream, content_type="text/event-stream")
        response["Cache-Control"] = "private, no-store"
        response["X-Accel-Buffering"] = "no"  # nginx would collect it
        return response


def owned(request: Request, prediction_id: str) -> Prediction:
    """Raises NotFound for those of others too."""
    rows = Prediction.objects.visible_to(request.user).select_related(*KNOWN)
    found = rows.defer("version__openapi_schema").filter(pk=_plain(prediction_id)).first()
    if found is None:
        sentence = _("You have no prediction %s. GET /v1/predictions lists those you have.")
        raise NotFound(sentence % prediction_id)
    return found


def _deployment(user: User, owner: str, name: str) -> Deployment | None:
    """One's own by a statement that is worded once."""
    if owner == user.get_username() and reach.is_oneself(user, user):
        found = _MINE.first(owner=user.pk, name=name)
        if found:
            found.owner = user
        return found
    rows = Deployment.objects.visible_to(user).select_related("owner")
    return rows.filter(owner__username=owner, name=name).first()


def _streamed(request: Request, prediction_id: str) -> Prediction:
    """Raises NotFound."""
    signature = request.query_params.get("signature")
    if signature is None:
        return owned(request, prediction_id)
    expiry = request.query_params.get("expiry", "")
    rows = Prediction.objects.select_related(*KNOWN).filter(owner__is_active=True)
    found = rows.filter(pk=_plain(prediction_id)).first()
    if found is None or not streams.LINKS.are_good(found.pk, expiry=expiry, signature=signature):
        sentence = _(
            "This address opens no stream: it was changed, or its time is over. "
            "GET /v1/predictions/{id} tells a new one."
        )
        raise NotFound(sentence)
    return found


def _version(said: str) -> Version:
    """By `owner/name:id`, `owner/name` or an id alone. Raises BadInput or serving.NotServed."""
    match = VERSION.fullmatch(said)
    if match is None or not (match["id"] or match["owner"]):
        raise BadInput({"version": [_("Write it as in owner/name:id, owner/name, or the id.")]})
    if not match["id"]:
        return serving.newest_of(_named_in_body(match["owner"], match["name"]))
    if match["owner"]:
        ai_model = _named_in_body(match["owner"], match["name"])
        pk = _VERSION_OF_MODEL.value(id=match["id"], ai_model=ai_model)
    else:
        pk = _VERSION.value(id=match["id"])
    if pk is None:
        raise BadInput({"version": [_("There is no such version here.")]})
    return known.version(pk)


def _versions() -> QuerySet[Version, tuple[int]]:
    rows = Version.objects.filter(version_id=Blank("id"), ai_model__status__in=AIModel.LISTED)
    # The same bundle pushed to two models has one id: either answers the same.
    return rows.order_by(F("bundle").asc(nulls_last=True), "pk").values_list("pk")


def _named_in_body(owner: str, name: str) -> int:
    try:
        return _model_id(owner, name)
    except NotFound as error:
        raise BadInput({"version": [str(error.detail)]}) from error


def _model_id(owner: str, name: str) -> int:
    """Without reading its whole row, unless it goes by a former name. Raises NotFound."""
    pk: int | None = _NAMED.value(key=_plain(f"{owner}/{name}").lower())
    return pk or naming.find(owner, name).ai_model.pk


def _plain(text: str) -> str:
    return text.replace("\0", "")
