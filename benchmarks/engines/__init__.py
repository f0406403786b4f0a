"""The search engines, each started, filled and asked without Slipway too."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from asking import Asked
from catalogs import Catalog
from processes import Settings

from .embedded import Embedded
from .meilisearch import Meilisearch


class Engine(Protocol):
    """What search.py asks of one; times in seconds, sizes in MB."""

    settings: Settings  # of a Slipway that uses it

    def running(self) -> AbstractContextManager[None]: ...
    def rebuild(self) -> float: ...
    def fill_bare(self) -> float:
        """The engine alone, taking in the same documents, already made."""

    def forget(self) -> None:
        """Count anew: what is remembered of earlier searches would flatter the later ones."""

    def bare(self) -> Asked: ...
    def memory(self) -> float: ...
    def on_disk(self) -> float: ...


ENGINES: dict[str, Callable[[Catalog], Engine]] = {
    "embedded": Embedded,
    "meilisearch": Meilisearch,
}
