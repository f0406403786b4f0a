"""The page of logs: whose log, which of its lines, and where to read on."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from deployments import logs
from deployments.logs import Line, Log
from deployments.models import Deployment, Environment, Instance
from deployments.pages import words

SHOWN_INSTANCES = 20
BUILD = "build"
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Something that has a log."""

    of: str  # an instance's key, or build
    log: Log
    title: str
    status: str
    looks: str
    at: datetime | None
    is_living: bool
    url: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    at: datetime | None
    said_at: str
    stream: str
    text: str
    prediction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    origins: list[Origin]
    chosen: Origin | None
    lines: list[Shown]
    search: str
    earlier_url: str
    latest_url: str  # when the page shows older lines
    stream_url: str  # when lines may still come
    text_url: str


def page(
    deployment: Deployment, of: str = "", search: str = "", before: str = ""
) -> LogPage | None:
    """Of one log, the one that says most of what goes on now unless said. None: no such log."""
    origins = origins_of(deployment)
    chosen = _chosen(origins, of)
    if chosen is None:
        return None if of else _empty(origins)
    search = search.strip()[:LONGEST_SEARCH]
    found = logs.read(chosen.log, search=search, before=before)
    asked = {"of": chosen.of, "q": search}
    names = [deployment.owner.get_username(), deployment.name]
    page_url = reverse("deployment_logs", args=names)
    is_live = chosen.is_living and not search and not before
    return LogPage(
        origins=[_linked(origin, chosen, page_url) for origin in origins],
        chosen=chosen,
        lines=[shown(line) for line in found.lines],
        search=search,
        earlier_url=_url(page_url, **asked, before=found.before) if found.before else "",
        latest_url=_url(page_url, **asked) if before else "",
        stream_url=_url(reverse("deployment_log_stream", args=names), of=chosen.of, place=found.end)
        if is_live
        else "",
        text_url=_url(reverse("deployment_log_text", args=names), **asked),
    )


def origins_of(deployment: Deployment) -> list[Origin]:
    """The newest first; the build last, as it comes before all instances."""
    instances = deployment.instances.order_by("-pk")[:SHOWN_INSTANCES]
    found = [_instance(each) for each in instances]
    environment = _environment(deployment)
    return [*found, _build(environment)] if environment else found


def find(deployment: Deployment, of: str) -> Origin | None:
    """One by its name, whichever of the many instances it was."""
    environment = _environment(deployment) if of == BUILD else None
    if environment:
        return _build(environment)
    instance = deployment.instances.filter(key=of).first() if "\0" not in of else None
    return _instance(instance) if instance else None


def shown(line: Line) -> Shown:
    try:
        at = parse_datetime(line.at)
    except ValueError:
        at = None
    return Shown(at, line.at[11:23], line.stream, line.text, line.prediction)


def _chosen(origins: list[Origin], of: str) -> Origin | None:
    if of:
        return next((origin for origin in origins if origin.of == of), None)
    building = next((one for one in origins if one.of == BUILD and one.is_living), None)
    return building or (origins[0] if origins else None)


def _instance(instance: Instance) -> Origin:
    return Origin(
        of=instance.key,
        log=logs.of_instance(instance),
        title=instance.key,
        status=instance.get_status_display(),
        looks=words.INSTANCE_LOOKS.get(Instance.Status(instance.status), ""),
        at=instance.started_at,
        is_living=instance.status in Instance.LIVING,
    )


def _build(environment: Environment) -> Origin:
    looks = {"ready": "good", "building": "warn", "failed": "bad"}
    return Origin(
        of=BUILD,
        log=logs.of_build(environment),
        title=_("Build of the environment"),
        status=environment.get_status_display(),
        looks=looks.get(environment.status, ""),
        at=environment.built_at,
        is_living=environment.status in (Environment.Status.BUILDING, Environment.Status.MISSING),
    )


def _environment(deployment: Deployment) -> Environment | None:
    release = deployment.release_wanted
    bundle = getattr(release.version, "bundle", None) if release else None
    return bundle.environment if bundle else None


def _linked(origin: Origin, chosen: Origin, page_url: str) -> Origin:
    fields = {name: getattr(origin, name) for name in Origin.__slots__}
    return Origin(**{**fields, "url": _url(page_url, of=origin.of), "is_open": origin is chosen})


def _empty(origins: list[Origin]) -> LogPage:
    return LogPage(
        origins=origins,
        chosen=None,
        lines=[],
        search="",
        earlier_url="",
        latest_url="",
        stream_url="",
        text_url="",
    )


def _url(path: str, **query: str) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
