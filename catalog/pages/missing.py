"""A model that is not here, and which ones the reader may have meant."""

from django.http import Http404

from catalog import search
from catalog.search import Query

from . import rows
from .rows import Row

SUGGESTED = 6


class NoSuchModel(Http404):
    """No model of this name that this reader may see."""

    def __init__(self, owner: str, name: str) -> None:
        super().__init__(f"{owner}/{name}")


def near(path: str) -> list[Row]:
    """Models whose name is near to the last words of an address that leads nowhere."""
    text = path.strip("/").removeprefix("models/").replace("/", " ")[:200]
    found = search.find(Query(text=text, limit=SUGGESTED)) if text else None
    return rows.in_order(found.ids) if found else []
