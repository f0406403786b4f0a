"""The other parts of Slipway, one function each: what it is asked, and when it counts as well."""

import platform
import shutil
import time
import tomllib
import uuid
from functools import cache

import django
from celery import current_app
from django.conf import settings
from django.core.cache import cache as shared_cache
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.connection import Connection
from kombu.exceptions import ChannelError, OperationalError

from catalog.models import ImportRun
from config import unheard

from . import database, meaning, search
from .heartbeat import RUNNER, seconds_since_worker
from .parts import Check, Part, State, down

QUEUES = ("celery", "index", "imports", "deployments", "predictions", "webhooks")
LONG_QUEUE = 1000
LATE_HEARTBEAT = 90  # seconds; it is due every 30
LITTLE_SPACE, NO_SPACE = 2_000_000_000, 200_000_000  # bytes
SHOWN_IMPORTS = 5


def check_broker() -> Part:
    try:
        waiting = queue_length()
    except OperationalError as error:
        return down(
            "broker",
            _("The queue cannot be reached: work in the background stands still."),
            _("Start it, or set BROKER_URL to where it runs."),
            error=str(error),
        )
    sentence = ngettext("%(count)s task waits.", "%(count)s tasks wait.", waiting)
    is_long = waiting > LONG_QUEUE
    return Part(
        name="broker",
        state=State.DEGRADED if is_long else State.OK,
        sentence=sentence % {"count": waiting},
        advice=_("See that the worker runs; it may need company.") if is_long else "",
        facts={"kind": settings.BROKER_URL.partition(":")[0], "waiting": waiting},
    )


def check_worker() -> Part:
    """The scheduler sends a heartbeat and the worker notes it: late, one of them is not there."""
    age = seconds_since_worker()
    if age is None:
        return down(
            "worker",
            _("No heartbeat of the worker is known."),
            _("Start the worker and its scheduler; the first heartbeat takes half a minute."),
        )
    if age > LATE_HEARTBEAT:
        return down(
            "worker",
            _("Its last heartbeat was %(minutes)s minutes ago.") % {"minutes": round(age / 60)},
            _("Start the worker. When no task waits in the queue, start its scheduler (beat)."),
            seconds=round(age),
        )
    return Part(
        name="worker",
        state=State.OK,
        sentence=_("Worker and scheduler were heard %(seconds)s seconds ago.")
        % {"seconds": round(age)},
        facts={"seconds": round(age)},
    )


def check_runner() -> Part:
    """The worker of deployments, predictions and webhooks; due every 15 seconds."""
    age = seconds_since_worker(RUNNER)
    if age is None or age > LATE_HEARTBEAT:
        return down(
            "runner",
            _("The worker that runs models was not heard lately."),
            _("Start it with the rest: make run, or as docs/running.md says for servers."),
            **({} if age is None else {"seconds": round(age)}),
        )
    return Part(
        name="runner",
        state=State.OK,
        sentence=_("It was heard %(seconds)s seconds ago.") % {"seconds": round(age)},
        facts={"seconds": round(age)},
    )


def check_cache() -> Part:
    key, value = "health", uuid.uuid4().hex
    shared_cache.set(key, value, timeout=60)
    if shared_cache.get(key) is None:
        return down(
            "cache",
            _("It does not keep what is put into it."),
            _("Run manage.py createcachetable, or set CACHE_URL to a Redis that runs."),
        )
    kind = "Redis" if settings.CACHE_URL else _("a table of the database")
    return Part(name="cache", state=State.OK, sentence=_("It answers."), facts={"kind": kind})


def check_disk() -> Part:
    usage = shutil.disk_usage(settings.VAR_DIR)
    facts = {
        "free": filesizeformat(usage.free),
        "of": filesizeformat(usage.total),
        "folder": str(settings.VAR_DIR),
    }
    if usage.free >= LITTLE_SPACE:
        sentence = _("There is space.")
        return Part(name="disk", state=State.OK, sentence=sentence, facts=facts)
    return Part(
        name="disk",
        state=State.DOWN if usage.free < NO_SPACE else State.DEGRADED,
        sentence=_("The disk with Slipway's state is nearly full."),
        advice=_("Make room on the disk, or move VAR_DIR to a larger one."),
        facts=facts,
    )


def check_imports() -> Part:
    runs = list(ImportRun.objects.order_by("-id")[:SHOWN_IMPORTS])
    unfinished = [run for run in runs if run.finished_at is None]
    facts = {
        f"{run.started_at:%Y-%m-%d %H:%M}": f"{run}: {run.created:,} created, "
        f"{run.changed:,} changed, {run.rejected:,} rejected"
        for run in runs
    }
    if unfinished:
        return Part(
            name="imports",
            state=State.DEGRADED,
            sentence=_("One is under way, or was stopped before its end."),
            advice=_("If it no longer runs, start the same import again: it carries on."),
            facts=facts,
        )
    last = runs[0].finished_at if runs else None
    sentence = (
        _("The last one ended on %(date)s.") % {"date": f"{last:%Y-%m-%d}"}
        if last
        else _("Nothing was imported yet.")
    )
    return Part(name="imports", state=State.OK, sentence=sentence, facts=facts)


def check_version() -> Part:
    facts = {
        "Slipway": version(),
        "Django": django.get_version(),
        "Python": platform.python_version(),
        "process up for": f"{(time.monotonic() - STARTED) / 3600:.1f} h",
    }
    if proxy := unheard.told():
        facts["Proxy"] = proxy
    return Part(name="web", state=State.OK, sentence=_("It answers."), facts=facts)


def queue_length() -> int:
    """Tasks that wait. Raises kombu's OperationalError when the broker cannot be reached."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=1)
        return sum(_waiting(broker, queue) for queue in QUEUES)


def _waiting(broker: Connection, queue: str) -> int:
    try:
        with broker.channel() as channel:  # type: ignore[no-untyped-call]
            return int(channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:
        return 0  # No worker was ever there to make the queue.


@cache
def version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


STARTED = time.monotonic()
NEEDED: dict[str, Check] = {  # Without these no page can be answered.
    "database": database.check,
    "migrations": database.needed_by("migrations", database.check_migrations),
}
ALL: dict[str, Check] = {
    "web": check_version,
    **NEEDED,
    "search": database.needed_by("search", search.check),
    "meaning": database.needed_by("meaning", meaning.check),
    "broker": check_broker,
    "worker": database.needed_by("worker", check_worker),
    "runner": database.needed_by("runner", check_runner),
    "cache": database.needed_by("cache", check_cache),
    "disk": check_disk,
    "imports": database.needed_by("imports", check_imports),
}
