"""What stands in the logs, and what never does."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from launch.instance import ROOT
from tests import servers

GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "python:config.web"]

FAILING = """
import logging
from config import logs

def sign_in(password):
    raise ValueError("no such user")

logs.configure(level="INFO", is_json={is_json})
try:
    sign_in("-".join(["open", "sesame"]))
except ValueError:
    logging.getLogger("accounts").exception("sign-in failed")
logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header")
"""


@pytest.mark.parametrize("is_json", [True, False])
def test_a_traceback_tells_the_place_but_no_values(is_json: bool) -> None:
    logged = _logged(is_json=is_json)

    assert "no such user" in logged
    assert "sign_in" in logged
    assert "open-sesame" not in logged


def test_each_line_is_one_event_as_json() -> None:
    (event,) = [json.loads(line) for line in _logged(is_json=True).splitlines()]

    assert event["event"] == "sign-in failed"
    assert event["logger"] == "accounts"
    assert event["level"] == "error"


def test_a_strangers_host_header_leaves_no_trace() -> None:
    assert "HTTP_HOST" not in _logged(is_json=False)


def _logged(*, is_json: bool) -> str:
    return _run(FAILING.format(is_json=is_json))


def _run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    ).stderr


def test_a_token_that_slips_into_a_log_line_does_not_get_out() -> None:
    slipping = """
import logging
from config import logs

logs.configure(level="INFO", is_json={is_json})
text = "slip_" + "A1b2C3d4E5f6" * 3
secret = "whsec_" + "A1b2C3d4E5f6" * 3
try:
    raise ValueError(f"cannot read {text} nor {secret}")
except ValueError:
    logging.getLogger("accounts").exception("with %s", text)
"""
    for is_json in ("True", "False"):
        logged = _run(slipping.replace("{is_json}", is_json))
        assert "slip_A1b2C3d..." in logged
        assert "whsec_..." in logged
        assert "A1b2C3d4" not in logged


WHEREVER = """
import logging, os, threading, warnings
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["VAR_DIR"] = {var_dir!r}
import django
django.setup()
from config.celery import app
from gunicorn.config import Config
from config.web import Logger
app.log.setup()
text = "slip_" + "A1b2C3d4E5f6" * 3
for name in ("", "django.request", "django.db.backends", "celery.worker", "celery.task", "kombu",
             "urllib3", "accounts.tokens", "anything"):
    logging.getLogger(name).error("%s says %s", name or "root", text)
Logger(Config()).error("gunicorn says %s", text)
warnings.warn("a warning with " + text)
def fail():
    raise ValueError("a thread with " + text)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
"""


def test_no_logger_of_any_part_lets_a_token_out(tmp_path: Path) -> None:
    logged = _run(WHEREVER.replace("{var_dir!r}", repr(str(tmp_path))))

    for said in ("root", "django.request", "celery.worker", "kombu", "gunicorn"):
        assert f"{said} says slip_A1b2C3d..." in logged
    assert "a warning with slip_A1b2C3d..." in logged
    assert "a thread with slip_A1b2C3d..." in logged
    assert "A1b2C3d4" not in logged


HOSTILE = """
import logging, os, threading, warnings
os.environ.update(VAR_DIR=VAR_DIR, LOG_JSON=IS_JSON, DJANGO_SETTINGS_MODULE="config.settings")
import django
django.setup()
import structlog
from django.http import HttpResponse
from django.test import RequestFactory
from config.celery import app
from config.middleware import request_id
from config.web import Logger
from gunicorn.config import Config
app.log.setup()
line = '{"event": "forged", "level": "critical"}'
bad = f"x\\r\\n{line}\\n2026-11-25T00:00:00Z [critical ] forged\\x1b[2J\\x1b]0;t\\x07\\x9b1m"
bad += '\\u2028\\u202e\\0", "level": "critical'
class Named:
    __repr__ = lambda self: f"<Model {bad}>"
request_id(lambda request: HttpResponse())(RequestFactory().get("/models/" + bad))
for name in ("accounts", "deployments.webhooks", "celery.task", "celery.worker", "django.request"):
    logging.getLogger(name).error("%s", bad)
    log = structlog.get_logger(name)
    log.warning("call refused", error=bad, about={"name": bad}, model=Named(), many=[bad])
    log.warning(bad, failed=ValueError(bad))
try:
    try:
        raise ValueError(bad)
    except ValueError as error:
        error.add_note(bad)
        raise OSError(bad) from error
except OSError:
    logging.getLogger("accounts").exception(bad)
    structlog.get_logger("catalog").exception("import failed", name=bad)
    Logger(Config()).exception("Invalid request %s", bad)
logging.getLogger("django.security.csrf").error("why", stack_info=True)
settled = Config()
settled.set("accesslog", "-")
Logger(settled).access_log.info(bad)
warnings.warn(bad)
def fail():
    raise ValueError(bad)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
"""
BEGINNING = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z \[\w+ *\] ")
ENDS = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")  # of lines, to readers and terminals
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def _hostile(tmp_path: Path, *, is_json: bool) -> list[str]:
    given = f"VAR_DIR, IS_JSON = {str(tmp_path)!r}, {str(is_json)!r}\n"
    logged = _run(given + HOSTILE)
    assert len(logged) > 5_000, logged
    return [line for line in ENDS.split(logged) if line]


def test_nothing_from_outside_forges_a_line_for_people(tmp_path: Path) -> None:
    lines = _hostile(tmp_path, is_json=False)

    assert [line for line in lines if CONTROLS.search(line)] == []
    assert [line for line in lines if not (BEGINNING.match(line) or line.startswith("    "))] == []
    assert [line for line in lines if re.match(r"\S+ \[critical", line)] == []


def test_nothing_from_outside_forges_a_line_for_machines(tmp_path: Path) -> None:
    lines = _hostile(tmp_path, is_json=True)

    events = [json.loads(line) for line in lines]
    assert [line for line in lines if CONTROLS.search(line)] == []
    assert {event["level"] for event in events} == {"info", "warning", "error"}
    assert [event for event in events if event["event"] == "forged"] == []


def _environment(tmp_path: Path, **given: str) -> dict[str, str]:
    told = {"VAR_DIR": str(tmp_path), "PORT": str(servers.free_port()), "LOG_JSON": "true"}
    return {**os.environ, **told, **given}


def _events(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_gunicorn_tells_of_a_request_that_it_cannot_read_as_json(tmp_path: Path) -> None:
    log, environment = tmp_path / "log", _environment(tmp_path)
    with log.open("wb") as written:
        web = subprocess.Popen(
            GUNICORN, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=written
        )
    try:
        assert web.stdout
        assert web.stdout.readline() == b"ready\n"

        with socket.create_connection(("127.0.0.1", int(environment["PORT"])), timeout=30) as sent:
            sent.sendall(b"GET / HTTP/1.1\r\nA header: slip_" + b"A1b2C3d4E5f6" * 3 + b"\r\n\r\n")
            assert b" 400 " in sent.recv(100)
        servers.wait_until(lambda: "Invalid request" in log.read_text(), "the line of the log")
    finally:
        web.terminate()
        web.communicate(timeout=30)

    (event,) = [one for one in _events(log) if "Invalid request" in one["event"]]
    assert (event["logger"], event["level"]) == ("gunicorn.error", "warning")
    assert "A1b2C3d4" not in log.read_text()


def test_gunicorn_tells_as_json_why_it_cannot_begin(tmp_path: Path) -> None:
    wrong = _environment(tmp_path, PUBLIC_URL="nowhere")
    ended = subprocess.run(
        GUNICORN, cwd=ROOT, env=wrong, capture_output=True, text=True, timeout=60
    )

    # It prints the reason, too, for who sits there: that is no line of its log.
    printed = [line for line in ended.stderr.splitlines() if line.startswith("PUBLIC_URL is")]
    lines = [line for line in ended.stderr.splitlines() if line not in printed]
    events = [json.loads(line) for line in lines]
    assert ended.returncode != 0
    assert len(printed) == 1
    assert "PUBLIC_URL is not an address" in events[0]["exception"][0]["exc_value"]
    assert {event["logger"] for event in events} == {"gunicorn.error"}
