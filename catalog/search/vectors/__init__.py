"""Search by meaning: vectors of what models are described as, and which are nearest to a text."""

from typing import TYPE_CHECKING

from catalog.search.typed import Typed
from catalog.search.vectors.wanted import means_something

if TYPE_CHECKING:
    from catalog.search.vectors.asking import Nearest


def meant(typed: Typed, *, is_partial: bool) -> "Nearest":
    """asking.nearest() for a text that is to be taken by its meaning, and for others nothing.

    `is_partial`: no model has all the words.
    """
    if not means_something(typed, is_partial=is_partial):
        return []
    from catalog.search.vectors import asking  # noqa: PLC0415 - with numpy it takes 10 MB

    return asking.nearest(typed)
