"""The embedder that is learned from the catalog's own texts: needs numpy alone to be asked.

A text is a bag of terms; each term has a row of the projection, which training.py makes. What is
kept is numpy's .npz without pickled objects, in the database, so that every host has the same.
"""

import hashlib
import io
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from catalog.models import LearnedEmbedder
from catalog.search.vectors.interface import Unavailable, Vectors, unit
from catalog.search.vectors.terms import terms

Projection = NDArray[np.float16]

LEAST_TEXTS = 20  # models; from fewer nothing can be learned
MOST_TEXTS = 40_000  # the most popular ones; more make it no better
GROWN = 1.5  # times as many models as it was learned from


class Learned:
    reads_vocabulary = True

    def __init__(self, fingerprint: str, known: list[str], projection: Projection) -> None:
        self.fingerprint = fingerprint
        self._places = {term: place for place, term in enumerate(known)}
        self._projection = projection

    def embed(self, texts: Sequence[str], *, is_asked: bool = False) -> Vectors:
        rows = np.zeros((len(texts), self._projection.shape[1]), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._add(text, row)
        return unit(rows)

    def _add(self, text: str, row: NDArray[np.float32]) -> None:
        counted = Counter(
            place for term in terms(text) if (place := self._places.get(term)) is not None
        )
        if not counted:
            return
        weights = np.array([1 + math.log(n) for n in counted.values()], dtype=np.float32)
        row += weights @ self._projection[list(counted)].astype(np.float32)


def newest() -> Learned | None:
    """What was learned last; None before anything was."""
    fingerprint = (
        LearnedEmbedder.objects.order_by("-learned_at")
        .values_list("fingerprint", flat=True)
        .first()
    )
    return named(fingerprint) if fingerprint else None


@lru_cache(maxsize=2)
def named(fingerprint: str) -> Learned:
    """Kept in this process. Raises Unavailable when it is gone or cannot be read."""
    try:
        kept = LearnedEmbedder.objects.get(pk=fingerprint)
        return unpacked(bytes(kept.payload))
    except (LearnedEmbedder.DoesNotExist, BadZipFile, ValueError, KeyError) as error:
        raise Unavailable("What was learned from the catalog's texts is gone.") from error


def keep(payload: bytes, *, texts: int) -> Learned:
    """Make it what is used from now on, whole or not at all."""
    found = unpacked(payload)
    LearnedEmbedder.objects.update_or_create(
        fingerprint=found.fingerprint,
        defaults={
            "texts": texts,
            "payload": payload,
            "layout": layout(),
            "learned_at": timezone.now(),
        },
    )
    return found


def is_due(described: int) -> bool:
    """Whether to learn, or to learn anew: the code reads otherwise now, or there is much more."""
    last = LearnedEmbedder.objects.order_by("-learned_at").values("layout", "texts").first()
    if last is None:
        return described >= LEAST_TEXTS
    return last["layout"] != layout() or (
        last["texts"] < MOST_TEXTS and described > GROWN * last["texts"] + LEAST_TEXTS
    )


@cache
def layout() -> str:
    """Changes with the code and the vocabulary that texts are read with."""
    package = Path(__file__).parent
    sources = [package / name for name in ("terms.py", "texts.py", "training.py")]
    vocabulary = sorted((package.parent.parent / "vocabulary").glob("*.json"))
    digest = hashlib.sha256()
    for source in [*sources, package.parent / "words.py", *vocabulary]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def packed(known: list[str], projection: NDArray[np.float32]) -> bytes:
    file = io.BytesIO()
    spelled = np.frombuffer("\n".join(known).encode(), dtype=np.uint8)
    np.savez(file, terms=spelled, projection=projection.astype(np.float16))
    return file.getvalue()


def unpacked(payload: bytes) -> Learned:
    with np.load(io.BytesIO(payload), allow_pickle=False) as file:
        known = file["terms"].tobytes().decode().split("\n")
        projection = file["projection"]
    if projection.ndim != 2 or len(known) != len(projection):
        raise ValueError("terms and projection do not fit together")
    return Learned(hashlib.sha256(payload).hexdigest()[:16], known, projection)
