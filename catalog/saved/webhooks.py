"""Calls an owner's webhook with new models, signed as Standard Webhooks says."""

from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from django.utils import timezone

from catalog.models import Alert
from catalog.saved import news, tokens
from catalog.saved.outcomes import ended
from config import webhooks
from config.webhooks import Outcome

Problem = Alert.Problem


def prepared(alert: Alert) -> Callable[[], Outcome]:
    """The call, ready to be made without the database."""
    saved = alert.saved_search
    if not saved.webhook_url or (saved.webhook_ended_at and not alert.is_test):
        return partial(ended, Problem.SWITCHED_OFF)
    body = orjson.dumps(_body(alert))
    headers = tokens.webhook_key(saved).headers(f"msg_{alert.pk.hex}", body)
    return partial(webhooks.call, saved.webhook_url, body=body, headers=headers)


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
