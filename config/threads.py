"""The pool of the worker whose tasks are threads: Celery's own, which can be stopped at any moment.

Celery stops a pool inside its signal handler. A signal that comes while a task is being handed to
the threads would then wait for the lock that the interrupted line holds, for ever.
"""

from typing import Any

from celery.concurrency.thread import TaskPool


class StoppablePool(TaskPool):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._is_handing_over = False
        self._stops_afterwards = False

    def on_apply(self, *args: Any, **options: Any) -> Any:
        self._is_handing_over = True
        try:
            return super().on_apply(*args, **options)
        finally:
            self._is_handing_over = False
            if self._stops_afterwards:
                super().on_stop()

    def on_stop(self) -> None:
        if self._is_handing_over:
            self._stops_afterwards = True
        else:
            super().on_stop()
