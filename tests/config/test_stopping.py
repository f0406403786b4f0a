"""A worker ends when it is told to, whatever it is doing at that moment."""

import signal
import subprocess
import sys
from types import FrameType

from config import celery as config_celery
from config.threads import StoppablePool

HANGS = """
import signal, time
from config import celery

signal.signal(signal.SIGTERM, lambda number, frame: time.sleep(60))
celery.LONGEST_END = 1
celery.end_for_certain()
signal.raise_signal(signal.SIGTERM)
"""


def test_a_pool_that_is_stopped_while_it_takes_a_task_stops_after_it() -> None:
    pool = StoppablePool(1)

    def stop_inside(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code.co_name == "_adjust_thread_count":
            pool.on_stop()  # where a signal may interrupt: the executor's locks are held

    sys.setprofile(stop_inside)
    try:
        pool.on_apply(lambda *_: None, (), {}, callback=lambda *_: None)
    finally:
        sys.setprofile(None)

    assert pool.executor._shutdown
    assert not [thread for thread in pool.executor._threads if thread.is_alive()]


def test_a_worker_that_hangs_while_it_stops_is_ended() -> None:
    assert config_celery.app.conf.worker_soft_shutdown_timeout < config_celery.LONGEST_END

    ended = subprocess.run([sys.executable, "-c", HANGS], timeout=30, check=False)

    assert ended.returncode == -signal.SIGALRM
