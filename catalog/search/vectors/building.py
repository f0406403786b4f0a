"""When vectors are made, by whom: a few by the worker itself, many by a process of their own.

Learning needs scikit-learn and 500 MB for a minute. The worker must stay small, and go on indexing.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import structlog
from django.conf import settings

from catalog.search.errors import Busy
from catalog.search.vectors import choice, keeping, learned, texts, trouble
from catalog.search.vectors.interface import Unavailable
from launch.processes import end_with_parent

log = structlog.get_logger(__name__)

A_FEW = 500  # stale models that a sweep sees to itself

Train = Callable[[Iterator[str]], bytes | None]
Start = Callable[[], None]


def sweep() -> int:
    """Bring changed models in step, or start a build; returns how many models were looked at."""
    if choice.is_off():
        return 0
    try:
        return _sweep()
    except Busy:
        return 0
    except Unavailable as error:
        trouble.note(str(error))
        log.warning("vectors stay as they are", reason=str(error))
        return 0


def build(train: Train, report: keeping.Report | None = None) -> int:
    """Learn when that is due, then make every vector that is missing.

    Raises Busy while another build runs, and Unavailable when the embedder cannot answer; what
    was made until then stays, and the next build carries on.
    """
    with keeping.build_lock():
        if choice.is_learned() and learned.is_due(keeping.described().count()):
            _learn(train)
        embedder = choice.chosen()
        if embedder is None:
            return 0
        done = keeping.bring_in_step(embedder, report)
        if choice.is_learned():
            keeping.remove_old(embedder)
    trouble.forget()
    return done


def _sweep() -> int:
    if choice.is_learned() and learned.is_due(keeping.described().count()):
        _start()
        return 0
    embedder = choice.chosen()
    if embedder is None:
        return 0
    if keeping.stale(embedder)[: A_FEW + 1].count() > A_FEW:
        _start()
        return 0
    with keeping.build_lock():
        done = keeping.bring_in_step(embedder)
    if done:
        trouble.forget()
    return done


def _learn(train: Train) -> None:
    popular = keeping.described().order_by("-popularity", "pk")[: learned.MOST_TEXTS]
    read = [model.text for model in texts.read(popular, with_vocabulary=True)]
    payload = train(iter([*read, *texts.vocabulary()]))
    if payload:
        learned.keep(payload, texts=len(read))


_started: subprocess.Popen[bytes] | None = None


def _start() -> None:
    """In a process of its own, which ends with this one; the next sweep starts it again then."""
    global _started  # noqa: PLW0603 one a process is the point
    if _started and _started.poll() is None:
        return
    with suppress(Busy), keeping.build_lock():
        _started = subprocess.Popen(
            [sys.executable, "manage.py", "build_vectors"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - a worker's process has one thread
        )
