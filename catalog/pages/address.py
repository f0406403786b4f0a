"""The state of a search as an address: every link of the search page is made here."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from catalog.forms import SearchForm

ORDER = {name: position for position, name in enumerate(SearchForm.base_fields)}

Pair = tuple[str, str]


@dataclass(frozen=True)
class Address:
    """The parameters of a search in their canonical order, without the page."""

    pairs: tuple[Pair, ...]

    def url(self, *, page: int = 1, route: str = "models", args: tuple[str, ...] = ()) -> str:
        pairs = [*self.pairs, *([("page", str(page))] if page > 1 else [])]
        path = _path(route, args)
        return f"{path}?{_written(pairs)}" if pairs else path

    @property
    def query_string(self) -> str:
        return _written(self.pairs)

    def without(self, name: str, value: str | None = None) -> "Address":
        """Without this filter, or without this one value of it."""
        return Address(
            tuple(pair for pair in self.pairs if pair[0] != name or value not in (None, pair[1]))
        )

    def having(self, name: str, value: str) -> "Address":
        """With this value in place of all of that name; an empty one takes them away."""
        rest = self.without(name)
        if not value:
            return rest
        return Address(tuple(sorted((*rest.pairs, (name, value)), key=lambda pair: ORDER[pair[0]])))

    def only(self, names: Iterable[str]) -> "Address":
        kept = set(names)
        return Address(tuple(pair for pair in self.pairs if pair[0] in kept))

    def get(self, name: str) -> str:
        return next((value for key, value in self.pairs if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]


def _written(pairs: Iterable[Pair]) -> str:
    return "&".join(map(_pair, pairs))


@lru_cache(maxsize=4096)
def _pair(pair: Pair) -> str:
    """The links of a page repeat the same few."""
    return urlencode([pair])


@cache
def _path(route: str, args: tuple[str, ...]) -> str:
    return reverse(route, args=args)


def searching(**filters: str) -> str:
    """The search page with these filters."""
    return Address(tuple(filters.items())).url()
