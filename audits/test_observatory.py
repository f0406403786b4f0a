"""Mozilla's HTTP Observatory grades our headers, over TLS, as it grades any site."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from audits import tls
from launch.instance import ROOT
from tests import servers
from tests.launch.running import READY, started

PACKAGE = "@mdn/mdn-http-observatory@1.4.8"
FOLDER = ROOT / ".venv" / "observatory"
SCAN = FOLDER / "node_modules/@mdn/mdn-http-observatory/src/scan.js"
PAGES = ["/", "/models", "/account/login", "/docs/api", "/v1/models", "/status"]
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def scanner() -> Path:
    """Fetched once; the list of preloaded sites, which it would download, is not needed."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed, which fetches the scanner.")
    if not SCAN.exists():
        FOLDER.mkdir(exist_ok=True)
        install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run([*install, "--prefix", str(FOLDER), PACKAGE], check=True)
    (SCAN.parents[1] / "conf" / "hsts-preload.json").write_text("{}")
    return SCAN


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Host and port of a Slipway behind TLS, and the certificate to trust."""
    folder, port = tmp_path_factory.mktemp("observed"), servers.free_port()
    pem = tls.certificate(folder)
    public = {
        "PUBLIC_URL": f"https://localhost:{port}",
        "SECRET_KEY": "observed-" * 8,
        "SEALING_KEYS": "observed-" * 8,
    }
    with started(folder / "var", **public) as slipway:
        slipway.read_until(READY)
        slipway.read_on()
        with tls.in_front_of(slipway.port, port, pem):
            yield f"localhost:{port}", pem


@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_is_graded_a_plus(
    scanner: Path, site: tuple[str, Path], path: str
) -> None:
    host, pem = site
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": str(pem)}
    command = ["node", str(scanner), f"{host}{path}"]

    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    found = json.loads(told.stdout)
    failed = {name: test["result"] for name, test in found["tests"].items() if not test["pass"]}
    assert not failed
    assert found["scan"]["grade"] == "A+"
