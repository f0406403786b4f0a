"""All vectors of this host in one file that its processes share: who is nearest, by looking at all.

Derived from the ModelVector rows, replaced whole, and looked at without copying.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum
from numpy.typing import NDArray

from catalog.models import AIModel, ModelVector
from catalog.search.vectors.interface import STORED, Vectors

CHUNK = 5000
YOUNG = 60.0  # seconds that a replaced file stays, for who is just opening it

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Matrix:
    embedder: str  # fingerprint
    ids: NDArray[np.int64]
    vectors: Vectors  # a row a model, unit length
    built_at: float  # seconds since 1970
    mark: str  # of the rows that it holds
    stamp: Stamp

    def nearest(self, vector: Vectors, count: int) -> tuple[NDArray[np.int64], Vectors]:
        """The ids of the models that are most alike, and how much, best first."""
        # Not @: BLAS takes three times the work for it, to have two cores wait for the memory.
        likeness = np.einsum("ij,j->i", self.vectors, vector)
        some = min(count, len(likeness))
        best = np.argpartition(-likeness, some - 1)[:some]
        best = best[np.argsort(-likeness[best], kind="stable")]
        return self.ids[best], likeness[best]


_lock = Lock()
_opened: Matrix | None = None


def folder() -> Path:
    return Path(settings.SEARCH_VECTORS_DIR)


def current() -> Matrix | None:
    """What lies there now, opened once a process; None when there is none. Costs one look-up."""
    try:
        found = (folder() / "CURRENT").stat()
    except OSError:
        return None
    stamp = (found.st_mtime_ns, found.st_ino)
    if _opened and _opened.stamp == stamp:
        return _opened
    return _open(stamp)


def write_if_changed(embedder: str) -> None:
    """Replace the file unless it holds just what the rows of this embedder do."""
    mark = _mark_of(embedder)
    kept = current()
    if kept is None or kept.mark != mark:
        _write(embedder, mark)


def _rows(embedder: str) -> QuerySet[ModelVector]:
    rows = ModelVector.objects.filter(embedder=embedder, ai_model__status__in=AIModel.LISTED)
    return rows.exclude(vector=b"")


def _mark_of(embedder: str) -> str:
    """Changes whenever a vector does: it is made anew only for a newer version of its row."""
    found = _rows(embedder).aggregate(count=Count("pk"), newest=Max("as_of"), all=Sum("pk"))
    return f"{embedder} {found['count']} {found['all']} {found['newest']}"


def _write(embedder: str, mark: str) -> None:
    pairs = _rows(embedder).order_by("pk").values_list("pk", "vector").iterator(chunk_size=CHUNK)
    ids: list[int] = []
    kept = bytearray()
    for id, vector in pairs:
        ids.append(id)
        kept += vector
    vectors = np.frombuffer(kept, dtype=STORED).reshape(len(ids), -1) if ids else np.zeros((0, 1))
    _replace(embedder, mark, np.array(ids, dtype=np.int64), vectors.astype(np.float32))


def _replace(embedder: str, mark: str, ids: NDArray[np.int64], vectors: Vectors) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}-{os.getpid()}"
    np.save(folder() / f"{name}.vectors.npy", vectors)
    np.save(folder() / f"{name}.ids.npy", ids)
    notes = {"name": name, "embedder": embedder, "mark": mark, "built_at": time.time()}
    draft = folder() / f"CURRENT.{os.getpid()}"
    draft.write_text(json.dumps(notes))
    draft.replace(folder() / "CURRENT")
    _remove_others(name)


def _remove_others(name: str) -> None:
    """What was replaced, and what writers that were killed left behind."""
    for path in folder().glob("*.npy"):
        with suppress(FileNotFoundError):
            if not path.name.startswith(f"{name}.") and time.time() - path.stat().st_mtime > YOUNG:
                path.unlink()


def _open(stamp: Stamp) -> Matrix | None:
    global _opened  # noqa: PLW0603 one opened matrix a process is the point
    with _lock, suppress(OSError, ValueError, KeyError):
        if _opened and _opened.stamp == stamp:
            return _opened
        notes: dict[str, Any] = json.loads((folder() / "CURRENT").read_text())
        path = folder() / str(notes["name"])
        ids = np.load(f"{path}.ids.npy", mmap_mode="r", allow_pickle=False)
        vectors = np.load(f"{path}.vectors.npy", mmap_mode="r", allow_pickle=False)
        if vectors.ndim != 2 or len(ids) != len(vectors):
            return None
        _opened = Matrix(
            embedder=str(notes["embedder"]),
            ids=ids,
            vectors=vectors,
            built_at=float(notes["built_at"]),
            mark=str(notes["mark"]),
            stamp=stamp,
        )
        return _opened
    return None
