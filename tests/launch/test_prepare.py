"""manage.py prepare: what a start brings up to date, on SQLite as it comes."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from launch.instance import ROOT

pytestmark = pytest.mark.timeout(300)  # a first start fills the catalog


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tmp_path]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk, and not in every container")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_a_disk_that_fills_up_on_the_way_is_a_sentence(small_disk: Path) -> None:
    prepared = _manage("prepare", VAR_DIR=str(small_disk))

    assert prepared.returncode == 1
    assert prepared.stderr.startswith(f"The disk that holds {small_disk} is full")
    assert len(prepared.stderr.splitlines()) == 1


def test_the_second_time_has_nothing_to_do_and_to_say(var_dir: Path) -> None:
    again = _manage("prepare", VAR_DIR=str(var_dir))

    assert again.returncode == 0, again.stderr
    assert again.stdout == ""


def test_a_price_in_another_currency_stops_the_start_and_what_is_free_follows(
    var_dir: Path,
) -> None:
    euro = {"VAR_DIR": str(var_dir), "CURRENCY": "EUR"}
    price = "from deployments.models import Hardware; Hardware.objects.update(price_per_second={})"
    _manage("shell", "-c", price.format(1), VAR_DIR=str(var_dir))

    refused = _manage("prepare", **euro)
    _manage("shell", "-c", price.format(0), **euro)
    followed = _manage("prepare", **euro)

    assert refused.returncode == 1
    said = "The currency of the hardware cpu-small is USD, and CURRENCY is EUR"
    assert refused.stderr.startswith(said)
    assert len(refused.stderr.splitlines()) == 1
    assert followed.returncode == 0, followed.stderr
    with closing(sqlite3.connect(var_dir / "slipway.sqlite3")) as found:
        rows = found.execute("SELECT DISTINCT currency FROM deployments_hardware")
        assert rows.fetchall() == [("EUR",)]


def test_a_catalog_on_postgresql_that_is_not_empty_keeps_what_it_has(
    tmp_path: Path, postgresql_url: str
) -> None:
    place = {"VAR_DIR": str(tmp_path), "DATABASE_URL": postgresql_url}
    _manage("migrate", **place)
    _manage("sample_catalog", "--models", "3", **place)

    prepared = _manage("prepare", **place)

    assert prepared.returncode == 0, prepared.stderr
    examples = len(list((ROOT / "examples").glob("*/cog.yaml")))
    assert f"\n{3 + examples} models are indexed" in prepared.stdout


def _manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *words],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
        timeout=100,
    )
