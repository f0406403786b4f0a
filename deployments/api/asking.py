"""What a request for a prediction says in its body and its headers, checked all at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from config import outbound
from config.api.problems import BadParameters
from deployments.predictions.checking import BadInput

WEBHOOK_EVENTS = ("start", "output", "logs", "completed")
WAIT = re.compile(r"wait(?:\s*=\s*(\d+))?")
WAIT_SECONDS = 60
DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")
CANCEL_AFTER_LEAST = 5
MOST_KEPT = 10 * 366 * 86_400


@dataclass(frozen=True)
class Asked:
    """`version` is empty where the address says what to run."""

    version: str
    input: Any
    webhook: str
    webhook_events: list[str]
    is_stream: bool
    wait_seconds: int
    cancel_after: int | None
    keep_seconds: int | None
    idempotency_key: str

    def wishes(self) -> dict[str, Any]:
        """For actions.create, beside who asks and what."""
        return {
            "input": self.input,
            "webhook": self.webhook,
            "webhook_events": self.webhook_events,
            "is_stream": self.is_stream,
            "wait_seconds": self.wait_seconds,
            "cancel_after": self.cancel_after,
            "keep_seconds": self.keep_seconds,
            "idempotency_key": self.idempotency_key,
        }


def read(request: Request, *, has_version: bool = False) -> Asked:
    """Raises BadInput for the body, BadParameters for headers."""
    wait_seconds, cancel_after = _wait(request), _cancel_after(request)
    key = _key(request)
    body = request.data
    if not isinstance(body, Mapping):
        raise BadInput({"input": [_('Send an object, as in {"input": {}}.')]})
    known = ["input", "webhook", "webhook_events_filter", "stream", "keep_seconds"]
    known += ["version"] if has_version else []
    wrong = {
        name: [_("There is no such field; there are %s.") % ", ".join(known)]
        for name in body
        if name not in known and name != "version"
    }
    version = body.get("version") or ""
    if has_version and not (isinstance(version, str) and version):
        wrong["version"] = [_("Say which version, as in owner/name:id, or owner/name.")]
    webhook = body.get("webhook") or ""
    wrong |= _wrong_webhook(webhook)
    events = body.get("webhook_events_filter") or []
    if not isinstance(events, list) or any(event not in WEBHOOK_EVENTS for event in events):
        wrong["webhook_events_filter"] = [_("Send a list out of %s.") % ", ".join(WEBHOOK_EVENTS)]
    keep = body.get("keep_seconds")
    if keep is not None and not (type(keep) is int and 0 <= keep <= MOST_KEPT):
        wrong["keep_seconds"] = [_("Give whole seconds, or nothing for what is usual here.")]
    if wrong:
        raise BadInput(wrong)
    return Asked(
        version=version if has_version else "",
        input=body.get("input", {}),
        webhook=webhook,
        webhook_events=events,
        is_stream=bool(body.get("stream")),
        wait_seconds=wait_seconds,
        cancel_after=cancel_after,
        keep_seconds=keep,
        idempotency_key=key,
    )


def _wrong_webhook(webhook: Any) -> dict[str, list[str]]:
    if not webhook:
        return {}
    if not isinstance(webhook, str) or len(webhook) > 1000:
        return {"webhook": [_("Give an address of at most 1,000 characters.")]}
    try:
        outbound.check(webhook)
    except outbound.Refused as refused:
        return {"webhook": [str(refused)]}
    return {}


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 255 or not key.isprintable():
        raise BadParameters({"Idempotency-Key": [_("Use at most 255 characters of text.")]})
    return key


def _wait(request: Request) -> int:
    """Seconds; 0: not at all. Preferences that are not ours are ignored, as RFC 7240 wants."""
    for preference in request.headers.get("Prefer", "").split(","):
        match = WAIT.fullmatch(preference.strip())
        if match is None:
            continue
        seconds = int(match[1] or WAIT_SECONDS) if len(match[1] or "") < 6 else 0
        if not 1 <= seconds <= WAIT_SECONDS:
            raise BadParameters({"Prefer": [_("Wait 1 to 60 seconds, as in wait=30.")]})
        return seconds
    return 0


def _cancel_after(request: Request) -> int | None:
    said = request.headers.get("Cancel-After", "").strip()
    if not said:
        return None
    match = DURATION.fullmatch(said) if len(said) < 20 else None
    if match is None:
        sentence = _("Say for how long, as in 30s, 5m or 1h30m.")
        raise BadParameters({"Cancel-After": [sentence]})
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    length = hours * 3600 + minutes * 60 + seconds
    if not CANCEL_AFTER_LEAST <= length <= 7 * 86_400:
        raise BadParameters({"Cancel-After": [_("Give 5 seconds at least and a week at most.")]})
    return length
