"""Calls an owner's webhook with new models, signed as Standard Webhooks says."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from django.utils import timezone

from catalog.models import Alert
from catalog.saved import news, tokens
from catalog.saved.outcomes import Outcome, ended
from config import outbound

Problem = Alert.Problem


def prepared(alert: Alert) -> Callable[[], Outcome]:
    """The call, ready to be made without the database."""
    saved = alert.saved_search
    if not saved.webhook_url or (saved.webhook_ended_at and not alert.is_test):
        return partial(ended, Problem.SWITCHED_OFF)
    body = orjson.dumps(_body(alert))
    return partial(_call, saved.webhook_url, body=body, headers=_headers(alert, body))


def _headers(alert: Alert, body: bytes) -> dict[str, str]:
    id, timestamp = f"msg_{alert.pk.hex}", int(time.time())
    signatures = tokens.webhook_signatures(
        alert.saved_search, id=id, timestamp=timestamp, body=body
    )
    return {
        "Content-Type": "application/json",
        "User-Agent": "Slipway",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures,
    }


def _body(alert: Alert) -> dict[str, Any]:
    saved, told = alert.saved_search, news.of(alert)
    return {
        "type": "saved_search.test" if alert.is_test else "saved_search.matched",
        "timestamp": timezone.now().isoformat(timespec="seconds"),
        "data": {
            "saved_search": {
                "id": saved.pk,
                "name": saved.name,
                "url": told.page_url,
                "search_url": told.search_url,
            },
            "total": told.total,
            "models": [
                {
                    "id": row.id,
                    "owner": row.owner,
                    "name": row.name,
                    "url": news.at_home(row.url),
                }
                for row in told.rows
            ],
        },
    }


def _call(url: str, *, body: bytes, headers: dict[str, str]) -> Outcome:
    try:
        status = outbound.post(url, body=body, headers=headers)
    except outbound.Refused:
        return ended(Problem.WRONG_URL)
    except outbound.Failed as failed:
        is_final = failed.trouble == outbound.Trouble.INNER
        return Outcome(str(failed.trouble), detail=failed.detail, is_final=is_final)
    return _outcome(status)


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(answer=status)
    if status == 410:
        return Outcome(Problem.GONE, answer=status, is_final=True)
    problem = Problem.REDIRECTED if 300 <= status < 400 else Problem.REFUSED
    return Outcome(problem, answer=status)
