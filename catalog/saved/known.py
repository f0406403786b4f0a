"""Ids of models that are no news for a saved search, packed: a byte or two each."""

import zlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


def packed(ids: Ids) -> bytes:
    """The steps from each id to the next are small and alike, so they shrink well."""
    return zlib.compress(np.diff(np.unique(ids), prepend=0).astype("<u4").tobytes())


def unpacked(kept: bytes | memoryview | None) -> Ids:
    if not kept:
        return np.array([], dtype=np.int64)
    return np.cumsum(np.frombuffer(zlib.decompress(kept), dtype="<u4"), dtype=np.int64)


def news(ids: Sequence[int], known: Ids) -> Ids:
    """Those that are not known, in their order."""
    found = np.array(ids, dtype=np.int64)
    return found[~np.isin(found, known)]


def as_ids(ids: Iterable[int]) -> Ids:
    return np.fromiter(ids, dtype=np.int64)


def together(one: Ids, other: Ids) -> Ids:
    return np.union1d(one, other)
