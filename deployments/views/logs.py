"""Logs of a deployment: as a page, as text to keep, and as a stream of what is said from now on."""

import json
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from deployments import logs
from deployments.logs import Log
from deployments.models import Deployment
from deployments.pages import frame, log
from deployments.predictions import database, streams
from deployments.views.found import page_of_a_deployment

STREAM_SECONDS = 600  # then the browser asks again, from where it was
QUIET_PAUSES = 60  # without a line, until the connection is proven alive: 15 seconds


@page_of_a_deployment
def deployment_logs(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    asked = request.GET
    page = log.page(deployment, asked.get("of", ""), asked.get("q", ""), asked.get("before", ""))
    if page is None:
        raise Http404
    context = {"frame": frame.of(request.user, deployment, "deployment_logs"), "log": page}
    return render(request, "deployments/logs.html", context)


@page_of_a_deployment
def deployment_log_text(request: HttpRequest, deployment: Deployment) -> HttpResponseBase:
    found = _log(request, deployment)
    text = logs.whole(found.log, request.GET.get("q", "")[: log.LONGEST_SEARCH])
    response = StreamingHttpResponse(text, content_type="text/plain; charset=utf-8")
    name = f"{deployment.name}-{found.of}.log"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@page_of_a_deployment
def deployment_log_stream(request: HttpRequest, deployment: Deployment) -> HttpResponseBase:
    """Server-sent events. A browser that comes back says with Last-Event-ID how far it was."""
    found = _log(request, deployment)
    place = request.headers.get("Last-Event-ID") or request.GET.get("place", "")
    response = StreamingHttpResponse(_seated(found.log, place), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    response["Content-Encoding"] = "identity"  # nothing on the way may gather it to compress it
    return response


def _log(request: HttpRequest, deployment: Deployment) -> log.Origin:
    found = log.find(deployment, request.GET.get("of", ""))
    if found is None:
        raise Http404
    return found


def _seated(followed: Log, place: str) -> Iterator[str]:
    """Each open stream holds a thread: when none is left for it, the browser asks again later."""
    with streams.seat() as has_seat:
        if has_seat:
            yield from _events(followed, place)
        else:
            yield "retry: 10000\n\n"


def _events(followed: Log, place: str) -> Iterator[str]:
    database.close()  # this goes on for minutes, and reads files only
    yield "retry: 1000\n\n"
    quiet = 0
    for reached, line in logs.follow(followed, place, seconds=STREAM_SECONDS):
        if line is not None:
            quiet = 0
            yield f"id: {reached}\nevent: line\ndata: {_told(line)}\n\n"
        elif (quiet := quiet + 1) % QUIET_PAUSES == 0:
            yield ": still here\n\n"


def _told(line: logs.Line) -> str:
    said = {"at": line.at[11:23], "stream": line.stream, "text": line.text}
    return json.dumps(said, ensure_ascii=False)
