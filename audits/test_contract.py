"""Hostile requests made from openapi.json: no 500, and no answer that breaks the contract."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.instance import ROOT
from tests.launch.running import READY, Running, started

TOOL = Path(sys.executable).with_name("schemathesis")
# What a schema cannot say, the API refuses all the same: a cursor of another listing, `sort_by`
# together with a search. And OpenAPI 3.1 has no word for the method QUERY, which is answered and
# stands in Allow (tests/catalog/api/test_problems.py holds that header).
NOT_ASKED = "positive_data_acceptance,unsupported_method,allow_header_conformance"
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def slipway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(tmp_path_factory.mktemp("attacked")) as slipway:
        slipway.read_until(READY)
        slipway.read_on()
        yield slipway


def token_of(slipway: Running) -> str:
    made = [sys.executable, "manage.py", "make_token", "--user", "admin", "--scope", "all"]
    environment = {"VAR_DIR": str(slipway.var_dir), "PATH": "/usr/bin:/bin"}
    told = subprocess.run(made, cwd=ROOT, env=environment, capture_output=True, text=True)
    return next(line for line in told.stdout.splitlines() if line.startswith("slip_"))


@pytest.mark.parametrize("who", ["somebody", "nobody"])
def test_no_request_breaks_the_contract(slipway: Running, who: str, tmp_path: Path) -> None:
    command = [
        *(str(TOOL), "run", str(ROOT / "openapi.json")),
        *("--url", f"http://127.0.0.1:{slipway.port}", "--no-color"),
        *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "25"),
        *("--exclude-checks", NOT_ASKED, "--workers", "2", "--continue-on-failure"),
    ]
    if who == "somebody":
        command += ["--header", f"Authorization: Bearer {token_of(slipway)}"]

    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert told.returncode == 0, told.stdout
