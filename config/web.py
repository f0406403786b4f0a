"""How gunicorn serves the pages: one process of several threads; more processes in production."""

import os
import sys

from gunicorn.workers.base import Worker

wsgi_app = "config.wsgi"
bind = [f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"]
workers = int(os.environ.get("WEB_PROCESSES", "1"))
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 8
keepalive = 5
loglevel = "warning"
control_socket_disable = True


def post_worker_init(worker: Worker) -> None:
    """The supervisor waits for this word."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
