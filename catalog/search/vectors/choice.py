"""Which embedder the settings choose."""

from functools import lru_cache

from django.conf import settings

from catalog.search.vectors import learned
from catalog.search.vectors.endpoint import Endpoint
from catalog.search.vectors.interface import Embedder

OFF, LEARNED = "off", "learned"


def is_off() -> bool:
    return bool(settings.SEARCH_EMBEDDER == OFF)


def is_learned() -> bool:
    return bool(settings.SEARCH_EMBEDDER == LEARNED)


def name() -> str:
    """For people: off, learned, or what the model at the endpoint is called."""
    return str(
        settings.SEARCH_EMBEDDER if is_off() or is_learned() else settings.SEARCH_EMBEDDER_MODEL
    )


def chosen() -> Embedder | None:
    """What makes vectors now; None when it is off, or when nothing was learned yet."""
    if is_off():
        return None
    return learned.newest() if is_learned() else _endpoint()


def named(fingerprint: str) -> Embedder | None:
    """What made the vectors that answer, if it can still be asked. Raises Unavailable."""
    if is_off():
        return None
    if is_learned():
        return learned.named(fingerprint)
    endpoint = _endpoint()
    return endpoint if endpoint.fingerprint == fingerprint else None


def _endpoint() -> Endpoint:
    return _endpoint_at(
        settings.SEARCH_EMBEDDER, settings.SEARCH_EMBEDDER_MODEL, settings.SEARCH_EMBEDDER_KEY
    )


@lru_cache(maxsize=4)
def _endpoint_at(address: str, model: str, key: str) -> Endpoint:
    """One a process, so that its connections are kept."""
    return Endpoint(address, model=model, key=key)
