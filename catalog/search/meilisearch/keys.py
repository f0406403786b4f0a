"""The three keys that Slipway needs at Meilisearch, each with the least rights that will do."""

import uuid
from typing import Any

import meilisearch
from django.conf import settings
from meilisearch.errors import MeilisearchApiError

from catalog.search.meilisearch import client

NAMESPACE = uuid.UUID("6d0c8b0e-5f0b-4a0e-9d57-3c1f8f4f6f10")
WATCHING = ["indexes.get", "stats.get", "version"]
WRITING = [
    *("documents.add", "documents.get", "documents.delete"),
    *("indexes.create", "indexes.get", "indexes.delete", "indexes.swap"),
    *("settings.get", "settings.update", "stats.get", "tasks.get", "version"),
]


def make(master_key: str) -> dict[str, str]:
    """The value of each setting. Made when missing; the same each time, while the master key is.

    Raises Unavailable, with the cause KEY for a wrong master key.
    """
    live = settings.SEARCH_INDEX
    beside = [live, f"{live}_build_*", f"{live}_old_*"]
    with client.official(master_key) as engine:
        return {
            "SEARCH_KEY": _key(engine, "search", ["search"], [live]),
            "SEARCH_INDEX_KEY": _key(engine, "index", WRITING, beside),
            "SEARCH_WATCH_KEY": _key(engine, "watch", WATCHING, [live]),
        }


def _key(engine: meilisearch.Client, use: str, actions: list[str], indexes: list[str]) -> str:
    """Its value follows from its uid and the master key, so it is the same when made anew."""
    uid = str(uuid.uuid5(NAMESPACE, f"{settings.SEARCH_INDEX} {use}"))
    known = _known(engine, uid)
    if known is not None:
        if set(known.actions) == set(actions) and set(known.indexes) == set(indexes):
            return str(known.key)
        engine.delete_key(uid)  # What a key may do cannot be changed.
    made = {
        "uid": uid,
        "name": f"Slipway {settings.SEARCH_INDEX}: {use}",
        "description": "Made by manage.py search_keys.",
        "actions": actions,
        "indexes": indexes,
        "expiresAt": None,
    }
    return str(engine.create_key(made).key)


def _known(engine: meilisearch.Client, uid: str) -> Any:
    try:
        return engine.get_key(uid)
    except MeilisearchApiError as error:
        if error.code != "api_key_not_found":
            raise
        return None
