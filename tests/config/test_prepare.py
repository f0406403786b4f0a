"""manage.py prepare: what a start brings up to date, on SQLite as it comes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.instance import ROOT


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tmp_path]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk, and not in every container")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_a_disk_that_fills_up_on_the_way_is_a_sentence(small_disk: Path) -> None:
    prepared = _prepare(VAR_DIR=str(small_disk))

    assert prepared.returncode == 1
    assert prepared.stderr.startswith(f"The disk that holds {small_disk} is full")
    assert len(prepared.stderr.splitlines()) == 1


def test_the_second_time_has_nothing_to_do_and_to_say(tmp_path: Path) -> None:
    first = _prepare(VAR_DIR=str(tmp_path))
    second = _prepare(VAR_DIR=str(tmp_path))

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert "Preparing the database" in first.stdout
    assert second.stdout == ""


def test_on_postgresql_it_prepares_as_well(tmp_path: Path, postgresql_url: str) -> None:
    prepared = _prepare(VAR_DIR=str(tmp_path), DATABASE_URL=postgresql_url)

    assert prepared.returncode == 0, prepared.stderr
    assert "Preparing the database" in prepared.stdout


def _prepare(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "prepare"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
        timeout=110,
    )
