"""Replicate's other two official clients, as their users write them, against real processes."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.deployments.predictions import clients
from tests.deployments.predictions.standing import Standing

# The standing database begins as a copy of the tests' own.
# Where they are not installed yet, the first test takes longer than others may.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

JAVASCRIPT = """
const Replicate = require("replicate");
const replicate = new Replicate({ auth: process.env.TOKEN, baseUrl: process.env.URL + "/v1" });

async function main() {
  const told = {};
  told.run = await replicate.run("slipway/hello", { input: { text: "you" } });
  told.polled = await replicate.run("slipway/hello", {
    input: { text: "you" }, wait: { mode: "poll", interval: 50 },
  });
  told.stream = "";
  for await (const event of replicate.stream("slipway/count", { input: { text: "one two" } })) {
    told.stream += String(event);
  }
  const file = new Blob(["whisper"], { type: "text/plain" });
  told.file = await replicate.run("slipway/hello", { input: { text: "x", file } });
  told.failure = await replicate
    .run("slipway/hello", { input: { text: "you", how: "fail" } }).catch((error) => error.message);
  const begun = await replicate.predictions.create({
    model: "slipway/count", input: { text: "a b c", pause: 1 },
  });
  await replicate.predictions.cancel(begun.id);
  const over = await replicate.wait(begun, { interval: 50 });
  told.canceled = over.status;
  console.log(JSON.stringify(told));
  process.exit(0); // open connections would keep it waiting
}
main().catch((error) => { console.error(error); process.exit(1); });
"""
PYTHON = """
import io, json, os
from replicate import Replicate

replicate = Replicate()
told = {}
told["run"] = replicate.run("slipway/hello", input={"text": "you"})
told["stream"] = "".join(
    str(piece) for piece in replicate.stream("slipway/count", input={"text": "one two"})
)
told["file"] = replicate.run("slipway/hello", input={"text": "x", "file": io.BytesIO(b"whisper")})
try:
    replicate.run("slipway/hello", input={"text": "you", "how": "fail"})
except Exception as error:
    told["failure"] = str(error)
begun = replicate.models.predictions.create(
    model_owner="slipway", model_name="count", input={"text": "a b c", "pause": 1}
)
told["canceled"] = replicate.predictions.cancel(prediction_id=begun.id).id == begun.id
told["listed"] = begun.id in [one.id for one in replicate.predictions.list()]
print(json.dumps(told))
"""


def said(words: list[str], standing: Standing, **settings: str) -> dict[str, Any]:
    environment = {**os.environ, "TOKEN": standing.ada, "URL": standing.url, **settings}
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_the_javascript_client_runs_streams_sends_files_and_cancels(
    standing: Standing, tmp_path: Path
) -> None:
    folder = clients.javascript()
    script = tmp_path / "ask.js"
    script.write_text(JAVASCRIPT)

    told = said(["node", str(script)], standing, NODE_PATH=str(folder / "node_modules"))

    assert told["run"] == told["polled"] == "hello you"
    assert told["stream"] == "one two "
    assert told["file"] == "WHISPER"
    assert "no greeting for you" in told["failure"]
    assert told["canceled"] == "canceled"


def test_the_python_client_2_runs_streams_sends_files_and_cancels(
    standing: Standing, tmp_path: Path
) -> None:
    python = clients.python_2()
    script = tmp_path / "ask.py"
    script.write_text(PYTHON)

    settings = {"REPLICATE_API_TOKEN": standing.ada, "REPLICATE_BASE_URL": f"{standing.url}/v1"}
    told = said([str(python), str(script)], standing, **settings)

    assert told["run"] == "hello you"
    assert told["stream"] == "one two "
    assert told["file"] == "WHISPER"
    assert "no greeting for you" in told["failure"]
    assert told["canceled"] and told["listed"]


def test_a_stream_opens_by_its_signed_address_alone(standing: Standing) -> None:
    headers = {"Authorization": f"Bearer {standing.ada}", "Prefer": "wait"}
    body = {"input": {"text": "you"}}
    told = httpx.post(
        f"{standing.url}/v1/models/slipway/hello/predictions",
        json=body,
        headers=headers,
        timeout=60,
    ).json()
    address = told["urls"]["stream"]

    assert "hello you" in httpx.get(address).text
    assert httpx.get(address.replace("signature=", "signature=x")).status_code == 404
    assert httpx.get(address.partition("?")[0]).status_code == 401
