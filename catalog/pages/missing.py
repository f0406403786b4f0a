"""A model that is not here, and which ones the reader may have meant."""

from django.http import Http404

from catalog import search
from catalog.search import Query

from . import rows
from .lines import Row

SUGGESTED = 6


class NoSuchModel(Http404):
    """No model of this name that this reader may see."""

    def __init__(self, owner: str, name: str) -> None:
        super().__init__(f"{owner}/{name}")


def near(path: str) -> list[Row]:
    """Models whose name is near to the one that an address ends in."""
    name = path.rstrip("/").rsplit("/", 1)[-1].replace("\0", "")[:200]
    found = search.find(Query(text=name, limit=SUGGESTED)) if name else None
    return rows.in_order(found.ids) if found else []
