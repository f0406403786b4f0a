"""What makes vectors out of texts, whichever kind it is, and what its answers must be like."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

STORED = np.dtype("<f2")
LEAST_LENGTH = 1e-6


class Unavailable(Exception):
    """The embedder cannot answer now; the words can."""


class Refused(Exception):
    """The embedder cannot make a usable vector of one of these texts; of others it may."""


class Embedder(Protocol):
    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text would get another vector."""

    @property
    def reads_vocabulary(self) -> bool:
        """Whether it knows only words that it has read, so that synonyms help it."""

    def embed(self, texts: Sequence[str], *, is_asked: bool = False) -> Vectors:
        """One row a text, of unit length, or of zeros where nothing is said.

        `is_asked`: somebody waits, so better no answer than a late one.
        Raises Unavailable or Refused.
        """


def sound(answer: Any, *, count: int, dimensions: int | None = None) -> Vectors:
    """The answer as rows of unit length. Raises Unavailable or Refused when it cannot be used."""
    try:
        rows = np.asarray(answer, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise Unavailable("The embedder answered something other than rows of numbers.") from error
    if rows.ndim != 2 or rows.shape[0] != count or not rows.shape[1]:
        raise Unavailable(f"The embedder answered {rows.shape} where {count} vectors were due.")
    if dimensions and rows.shape[1] != dimensions:
        raise Unavailable(
            f"The embedder answered vectors of {rows.shape[1]} dimensions; those kept have "
            f"{dimensions}. Give the other model another name in SEARCH_EMBEDDER_MODEL."
        )
    if not np.isfinite(rows).all():
        raise Refused("The embedder answered numbers that are not finite.")
    return unit(rows)


def unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(lengths > LEAST_LENGTH, rows / np.maximum(lengths, LEAST_LENGTH), 0).astype(
        np.float32
    )


def stored(row: Vectors) -> bytes:
    """As ModelVector keeps it: empty for zeros."""
    return row.astype(STORED).tobytes() if row.any() else b""
