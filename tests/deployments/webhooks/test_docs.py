"""What docs/webhooks.md tells receivers to do works, word for word."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from deployments import tasks
from deployments.webhooks import keys
from tests.receiving import Receiver

from .conftest import Told

pytestmark = [pytest.mark.django_db, pytest.mark.own_database]
DOCS = Path(__file__).parents[3] / "docs" / "webhooks.md"


@pytest.fixture
def call(told: Told, hook: Receiver, ada: User) -> tuple[dict[str, str], bytes, list[str]]:
    """Headers and body of a call after the secret was renewed, and both secrets."""
    secrets = [keys.of(ada).secret, keys.renew(ada).secret]
    told(body='{"output": "你好"}')
    tasks.send_webhooks()
    [(headers, body)] = hook.got
    return {name.lower(): value for name, value in headers.items()}, body, secrets


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert found
    return found.group(1)


def test_in_python(call: tuple[dict[str, str], bytes, list[str]]) -> None:
    headers, body, secrets = call
    names: dict[str, Any] = {}
    exec(snippet("python"), names)  # noqa: S102
    is_from_slipway = names["is_from_slipway"]

    assert all(is_from_slipway(headers, body, secret) for secret in secrets)
    assert not is_from_slipway(headers, body + b" ", secrets[0])
    assert not is_from_slipway(headers, body, "whsec_" + "A" * 32)
    assert not is_from_slipway({**headers, "webhook-timestamp": "1"}, body, secrets[0])


@pytest.mark.skipif(not shutil.which("node"), reason="no Node here")
def test_in_javascript(call: tuple[dict[str, str], bytes, list[str]], tmp_path: Path) -> None:
    headers, body, secrets = call
    (tmp_path / "receiver.mjs").write_text(
        f"{snippet('javascript')}\n"
        f"const headers = {json.dumps(headers)}, body = {json.dumps(body.decode())};\n"
        f"console.log({json.dumps(secrets)}.map((one) => isFromSlipway(headers, body, one)),\n"
        f'  isFromSlipway(headers, body + " ", "{secrets[0]}"));\n'
    )

    said = subprocess.run(
        ["node", "receiver.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert said.stdout.split() == ["[", "true,", "true", "]", "false"]
