"""A prediction made ready to print: what was asked, what came of it, and what it waits for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import reach
from accounts.reach import Who
from catalog import schemas
from catalog.models import Version
from catalog.pages import figures
from deployments import files, reasons
from deployments.forms import is_secret
from deployments.models import Prediction, Status, StoredFile
from deployments.pages import charts, listing, words
from deployments.predictions import pieces, queueing
from deployments.predictions.outputs import MARK

LONGEST_TEXT = 200_000
LONGEST_LOG = 100_000
MOST_PIECES = 200
SHOWN_MEDIA = ("image", "audio", "video")
ACTIVE_PICTURES = ("image/svg+xml",)  # handed out as bytes, for they may hold scripts
QUICK, CALM = 700, 2500  # milliseconds until a page looks again


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an input or output: its name, and its text or its file."""

    name: str
    kind: str  # text, json, image, audio, video or file
    text: str = ""
    url: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    prediction: Prediction
    url: str
    part_url: str
    stream_url: str  # while output may still come, piece by piece
    every: int  # milliseconds until it is looked at again; 0: it is over
    looks: str
    status: str
    sentence: str  # why it is not done
    next_action: str
    outputs: list[Piece]
    logs: str
    took: str
    waited: str
    cost: str
    hardware: str
    is_over: bool
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    prediction: Prediction
    url: str
    looks: str
    status: str
    model: str
    asked: str
    deployment: str
    owner: str
    took: str
    cost: str
    at: datetime
    ago: str


KNOWN = ("ai_model__publisher", "version__bundle", "owner", "created_by")
OF_DEPLOYMENT = ("deployment__owner", "deployment__release_wanted__version__bundle")


def answer(prediction: Prediction, request: HttpRequest) -> Answer:
    """Of a prediction that came with KNOWN and OF_DEPLOYMENT."""
    is_over = prediction.is_finished
    value, logs = prediction.output, prediction.logs
    if not is_over and prediction.event_count:
        told, logs = pieces.told(prediction)
        value = _so_far(prediction, told)
    told_of = _waiting_for(prediction)
    return Answer(
        prediction=prediction,
        url=prediction.get_absolute_url(),
        part_url=reverse("prediction_part", args=[prediction.pk]),
        stream_url=_stream_url(prediction),
        every=0 if is_over else CALM if prediction.is_stream else QUICK,
        looks=words.PREDICTION_LOOKS.get(Prediction.Status(prediction.status), ""),
        status=prediction.get_status_display(),
        sentence=told_of[0],
        next_action=told_of[1],
        outputs=_outputs(prediction, value, request),
        logs=logs[-LONGEST_LOG:],
        took=charts.seconds(_seconds(prediction.started_at, prediction.completed_at)),
        waited=charts.seconds(_seconds(prediction.created_at, prediction.started_at)),
        cost=listing.cost(prediction.cost, prediction.currency),
        hardware=prediction.hardware,
        is_over=is_over,
        may_change=reach.may(request.user, prediction.owner),
    )


def inputs(prediction: Prediction) -> list[Piece]:
    """What was asked, secrets left out."""
    asked = {one.name: one.schema for one in schemas.inputs(prediction.version.openapi_schema)}
    return [
        Piece(name, "text", "••••••")
        if is_secret(asked.get(name, {}))
        else _input(str(name), value)
        for name, value in prediction.input.items()
    ]


def links(prediction: Prediction, user: Who) -> dict[str, str]:
    """Where its deployment is, and where it is run again; empty when there is none any more."""
    deployment = prediction.deployment
    is_own = deployment is not None and not deployment.is_shared and not deployment.deleted_at
    if deployment is not None and is_own:
        names = [deployment.owner.get_username(), deployment.name]
        again = reverse("deployment_try", args=names)
    else:
        names = [prediction.ai_model.publisher.slug, prediction.ai_model.name]
        again = reverse("model_run", args=names)
    is_possible = hasattr(prediction.version, "bundle") and reach.may(user, prediction.owner)
    return {
        "deployment_url": deployment.get_absolute_url() if deployment and is_own else "",
        "again_url": f"{again}?again={prediction.pk}" if is_possible else "",
    }


def rows(predictions: list[Prediction]) -> list[Row]:
    """Secrets are left out: what is one, the versions' schemas tell."""
    ids = {prediction.version_id for prediction in predictions}
    found = Version.objects.filter(pk__in=ids).values_list("pk", "openapi_schema")
    secrets = {pk: _secrets(schema) for pk, schema in found}
    return [_row(prediction, secrets[prediction.version_id]) for prediction in predictions]


def _row(prediction: Prediction, secrets: set[str]) -> Row:
    deployment = prediction.deployment
    is_own = deployment is not None and not deployment.is_shared
    return Row(
        prediction=prediction,
        url=prediction.get_absolute_url(),
        looks=words.PREDICTION_LOOKS.get(Prediction.Status(prediction.status), ""),
        status=prediction.get_status_display(),
        model=prediction.ai_model.full_name,
        asked=_in_a_line(prediction.input, secrets),
        deployment=deployment.name if deployment and is_own else "",
        owner=prediction.owner.get_username(),
        took=charts.seconds(_seconds(prediction.started_at, prediction.completed_at)),
        cost=listing.cost(prediction.cost, prediction.currency),
        at=prediction.created_at,
        ago=figures.ago(prediction.created_at),
    )


def _waiting_for(prediction: Prediction) -> tuple[str, str]:
    """Why there is no answer yet, and what to do about it."""
    if prediction.status == Prediction.Status.PROCESSING:
        if prediction.cancel_asked_at:
            return _("It is being cancelled."), ""
        return _("The model works on it."), ""
    if prediction.status != Prediction.Status.STARTING:
        return "", ""
    position = queueing.position(prediction)
    said = (
        _("Number %(position)s in the queue.") % {"position": position}
        if position
        else _("It begins in a moment.")
    )
    deployment = prediction.deployment
    if deployment is None or deployment.status == Status.RUNNING:
        return said, ""
    told = reasons.told(deployment)
    return f"{told.sentence} {said}", told.next_action


def _stream_url(prediction: Prediction) -> str:
    if prediction.is_finished or not prediction.is_stream:
        return ""
    return reverse("v1:stream", args=[prediction.pk])


def _so_far(prediction: Prediction, told: list[str]) -> Any:
    return "".join(told) if is_joined(prediction) else told or None


def is_joined(prediction: Prediction) -> bool:
    """Whether pieces of its output are one text."""
    schema = schemas.output(prediction.version.openapi_schema)
    return schema.get("x-cog-array-display") == "concatenate" or schema.get("type") == "string"


def _outputs(prediction: Prediction, value: Any, request: HttpRequest) -> list[Piece]:
    if value in (None, "", [], {}):
        return []
    made = _files(prediction) if MARK in str(value) else {}
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        if is_joined(prediction) and not made:
            return [Piece("", "text", "".join(value)[:LONGEST_TEXT])]
        return [_piece("", one, made, request) for one in value[:MOST_PIECES]]
    if isinstance(value, Mapping):
        return [_piece(str(name), one, made, request) for name, one in value.items()][:MOST_PIECES]
    return [_piece("", value, made, request)]


def _files(prediction: Prediction) -> dict[str, StoredFile]:
    return {stored.pk: stored for stored in prediction.files.select_related("owner")}


def _piece(name: str, value: Any, made: dict[str, StoredFile], request: HttpRequest) -> Piece:
    if isinstance(value, str) and value.startswith(MARK):
        stored = made.get(value.removeprefix(MARK))
        if stored is None:
            return Piece(name, "text", _("This file is kept no longer."))
        return _file(name, stored, request)
    return _text(name, value)


def _file(name: str, stored: StoredFile, request: HttpRequest) -> Piece:
    kind = stored.content_type.partition("/")[0]
    is_shown = kind in SHOWN_MEDIA and stored.content_type not in ACTIVE_PICTURES
    return Piece(
        name,
        kind if is_shown else "file",
        stored.name,
        files.url_of(stored, request),
        figures.size(stored.size),
    )


def _text(name: str, value: Any) -> Piece:
    if isinstance(value, str):
        return Piece(name, "text", value[:LONGEST_TEXT])
    if isinstance(value, bool | int | float):
        return Piece(name, "text", json.dumps(value))
    written = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return Piece(name, "json", written[:LONGEST_TEXT])


def _input(name: str, value: Any) -> Piece:
    if isinstance(value, str) and value.startswith("data:"):
        return Piece(name, "text", _("a file, sent along"))
    if isinstance(value, str) and value.startswith(("http://", "https://")) and " " not in value:
        return Piece(name, "link", value[:500], value)
    return _text(name, value)


def _secrets(schema: Any) -> set[str]:
    return {asked.name for asked in schemas.inputs(schema) if is_secret(asked.schema)}


def _in_a_line(given: Mapping[str, Any], secrets: set[str]) -> str:
    said = (_said(value) for name, value in given.items() if name not in secrets)
    return " · ".join(each for each in said if each)[:140]


def _said(value: Any) -> str:
    if isinstance(value, str) and value.startswith("data:"):
        return ""
    return value[:140] if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:60]


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    return (until - since).total_seconds() if since and until else None
