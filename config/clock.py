"""The clock that sends periodic tasks, as a thread of a worker: a process of its own takes 60 MB.

`celery worker --clock` has it. Elsewhere `celery beat` is the same clock, alone.
"""

from typing import Any

from celery import Celery, bootsteps
from celery.beat import EmbeddedService
from click import Option


class Clock(bootsteps.StartStopStep):  # type: ignore[misc]
    label = "Clock"

    def __init__(self, worker: Any, clock: bool = False, **options: Any) -> None:
        self.enabled = clock
        super().__init__(worker, **options)

    def include_if(self, worker: Any) -> bool:
        return self.enabled

    def create(self, worker: Any) -> Any:
        return EmbeddedService(worker.app, thread=True, schedule_filename=worker.schedule_filename)


def offer(app: Celery) -> None:
    app.user_options["worker"].add(Option(["--clock"], is_flag=True, help="Have the clock here."))
    app.steps["worker"].add(Clock)
