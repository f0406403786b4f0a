"""What stands in the logs, and what never does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from launch.instance import ROOT

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
