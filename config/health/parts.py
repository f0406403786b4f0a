"""What is known of one part of Slipway at this moment, and how it is asked within a time limit."""

import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
from django.db import connections
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)

SECONDS = 2.5  # A part that has not answered by then counts as down.


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


NAMES = {
    "web": gettext_lazy("Web"),
    "database": gettext_lazy("Database"),
    "migrations": gettext_lazy("Migrations"),
    "search": gettext_lazy("Search"),
    "meaning": gettext_lazy("Search by meaning"),
    "broker": gettext_lazy("Queue"),
    "worker": gettext_lazy("Worker"),
    "runner": gettext_lazy("Worker of models"),
    "cache": gettext_lazy("Cache"),
    "disk": gettext_lazy("Disk"),
    "imports": gettext_lazy("Imports"),
}
STATES = {
    State.OK: gettext_lazy("well"),
    State.DEGRADED: gettext_lazy("not at its best"),
    State.DOWN: gettext_lazy("down"),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """`sentence` and `advice` are for everybody and name no host or path; `facts` is for staff."""

    name: str
    state: State
    sentence: str
    advice: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name for people, in their language; `name` is for programs."""
        return str(NAMES.get(self.name, self.name))

    @property
    def how_it_is(self) -> str:
        return str(STATES[self.state])


Check = Callable[[], Part]


def ask(checks: Mapping[str, Check]) -> list[Part]:
    """All parts at once, each in a thread of its own: the slowest decides, up to SECONDS."""
    pool = ThreadPoolExecutor(max_workers=len(checks), thread_name_prefix="health")
    asked = {
        name: pool.submit(contextvars.copy_context().run, _alone, check, get_language() or "en")
        for name, check in checks.items()
    }
    parts = [_answer(name, future) for name, future in asked.items()]
    pool.shutdown(wait=False)
    return parts


def down(name: str, sentence: str, advice: str, **facts: object) -> Part:
    return Part(name=name, state=State.DOWN, sentence=sentence, advice=advice, facts=facts)


def _alone(check: Check, language: str) -> Part:
    # A thread starts in English, whatever its context says.
    try:
        with override(language):
            return check()
    finally:
        connections.close_all()  # This thread's own.


def _answer(name: str, asked: "Future[Part]") -> Part:
    try:
        return asked.result(timeout=SECONDS)
    except TookTooLong:
        return down(
            name,
            _("It did not answer within %(seconds)s seconds.") % {"seconds": SECONDS},
            _("See whether it runs and is not overloaded."),
        )
    except Exception as error:
        log.warning("part is not well", part=name, error=repr(error))
        return down(
            name,
            _("It does not answer as it should."),
            _("The log has the error, at the time of this page."),
            error=repr(error),
        )
