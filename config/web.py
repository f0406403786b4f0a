"""How gunicorn serves the pages: one process of several threads; more processes in production."""

import os
import sys
from typing import Any

from gunicorn.glogging import Logger as Plain
from gunicorn.http import message
from gunicorn.workers.base import Worker

from config import logs, slow_clients

wsgi_app = "config.wsgi"
bind = [f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"]
workers = int(os.environ.get("WEB_PROCESSES", "1"))
worker_class = "config.slow_clients.Worker"
# Most of them wait: for a prediction, or in an open stream. They are started as they are needed.
threads = 256
timeout = 60
graceful_timeout = 8
keepalive = 5
slow_clients.FIRST_SECONDS = float(os.environ.get("REQUEST_SECONDS", "15"))
loglevel = "warning"


class Logger(Plain):  # type: ignore[misc]
    """What gunicorn says of a request that it cannot read may hold anything, a token too."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        formatter = logs.formatter(is_json=logs.wants_json())
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(formatter)


logger_class = Logger
control_socket_disable = True
# By default whoever reaches us from this host says by SCRIPT_NAME below which path we are served,
# and a proxy here may hand on what a client wrote: each link of a page would begin with that.
forwarder_headers = ""
# Its own most, 8,190 bytes, is less than a search of 1,000 Chinese characters takes in an address.
# What is longer than Slipway reads must reach it, to be told what would be right.
message.MAX_REQUEST_LINE = limit_request_line = 131_072


def post_worker_init(worker: Worker) -> None:
    """The supervisor waits for this word."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
