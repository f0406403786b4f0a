"""Which models mean what was typed: the nearest vectors, and how much each of them counts."""

import time
from collections import OrderedDict
from threading import Lock

import structlog

from catalog.search.typed import Typed
from catalog.search.vectors import choice, matrix, trouble
from catalog.search.vectors.interface import Refused, Unavailable, Vectors, sound
from catalog.search.vectors.matrix import Matrix, Stamp

log = structlog.get_logger(__name__)

NEAREST = 100
# Of the fit of a word in a name: what is only alike comes after what was named.
FIT = 0.35
MOST_WORDS = 6  # of a text; a longer one does not mean more
KEPT = 512  # answers of recent texts, since pages of one search ask for the same
SPARED = 10.0  # seconds after a failure in which the embedder is not asked

Nearest = list[tuple[int, float]]

_answers: OrderedDict[tuple[Stamp, str], Nearest] = OrderedDict()
_lock = Lock()
_spared_until = 0.0


def nearest(typed: Typed) -> Nearest:
    """Ids of models with what each adds to its fit, best first.

    Empty when there are no vectors or nobody can say: then the words answer alone.
    """
    kept = None if choice.is_off() else matrix.current()
    if kept is None or not len(kept.ids):
        return []
    key = (kept.stamp, typed.text)
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            return _answers[key]
    vector = _vector_of(typed.text, kept)
    if vector is None:
        return []
    found = _counted(kept, vector, typed) if vector.any() else []
    with _lock:
        _answers[key] = found
        while len(_answers) > KEPT:
            _answers.popitem(last=False)
    return found


def forget() -> None:
    """Ask anew, as after a failure, and as tests and measuring need."""
    global _spared_until  # noqa: PLW0603 one memory a process is the point
    with _lock:
        _answers.clear()
    _spared_until = 0.0


def _counted(kept: Matrix, vector: Vectors, typed: Typed) -> Nearest:
    ids, likeness = kept.nearest(vector, NEAREST)
    most = FIT * min(len(typed.places), MOST_WORDS)
    return [
        (int(id), most * float(alike)) for id, alike in zip(ids, likeness, strict=True) if alike > 0
    ]


def _vector_of(text: str, kept: Matrix) -> Vectors | None:
    global _spared_until  # noqa: PLW0603
    if time.monotonic() < _spared_until:
        return None
    try:
        embedder = choice.named(kept.embedder)
        if embedder is None:
            return None
        answer = embedder.embed([text], is_asked=True)
        vector: Vectors = sound(answer, count=1, dimensions=kept.vectors.shape[1])[0]
        return vector
    except (Unavailable, Refused) as error:
        log.warning("the words answer without the embedder", reason=str(error))
        trouble.note(str(error))
        _spared_until = time.monotonic() + SPARED
        return None
