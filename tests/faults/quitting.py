"""The Celery application of a worker that is told to stop at its n-th write on a deployment."""

import itertools
import os
import signal
from typing import Any

from django.db.backends.utils import CursorWrapper

from config.celery import app

__all__ = ["app"]

WRITES = ('INSERT INTO "deployments_', 'UPDATE "deployments_')

_writes = itertools.count(1)
_execute = CursorWrapper.execute


def _quit_and_execute(cursor: CursorWrapper, sql: Any, params: Any = None) -> Any:
    if str(sql).startswith(WRITES) and next(_writes) == int(os.environ["QUIT_AT_WRITE"]):
        os.kill(os.getpid(), signal.SIGTERM)
    return _execute(cursor, sql, params)


CursorWrapper.execute = _quit_and_execute
