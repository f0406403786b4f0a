"""manage.py prepare: what a start brings up to date, on SQLite as it comes."""

import os
import subprocess
import sys
from collections.abc import Iterator
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
