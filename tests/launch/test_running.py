"""The real processes, started and stopped as `make run` does."""

import os
import signal
from pathlib import Path

import pytest
import requests

from launch import broker
from tests import servers
from tests.launch.running import READY, Running, started

pytestmark = pytest.mark.timeout(300)  # a first start fills the catalog


def test_the_last_line_says_where_to_look_and_a_page_answers_there(slipway: Running) -> None:
    last_line = next(line for line in slipway.said if READY in line)

    address = last_line.split("open ")[1].split()[0]
    assert address == f"http://127.0.0.1:{slipway.port}/"
    assert requests.get(f"{address}admin/login/", timeout=10).status_code == 200


@pytest.mark.parametrize(("length", "status"), [(1_000, 200), (10_000, 400)])
def test_a_long_search_is_answered_or_told_what_is_too_long(
    slipway: Running, length: int, status: int
) -> None:
    response = requests.get(
        f"http://127.0.0.1:{slipway.port}/v1/models", params={"q": "模" * length}, timeout=20
    )

    assert response.status_code == status
    assert ("at most 1000" in response.text) is (status == 400)


def test_a_second_one_on_the_same_state_says_who_runs_already(slipway: Running) -> None:
    with started(slipway.var_dir, owns_state=False) as second:
        said = second.read_to_the_end()

    assert second.process.returncode == 1
    assert f"process {slipway.process.pid} at http://127.0.0.1:{slipway.port}/" in said
    assert "make run VAR_DIR=somewhere" in said
    assert len(said.splitlines()) == 1


def test_a_port_that_is_taken_is_named_with_a_free_one(slipway: Running, tmp_path: Path) -> None:
    with started(tmp_path / "other", port=slipway.port) as second:
        said = second.read_to_the_end()

    assert second.process.returncode == 1
    assert said.startswith(f"Port {slipway.port} is taken by another program; choose another: ")
    assert not servers.is_listening(int(said.rpartition("PORT=")[2]))


@pytest.mark.parametrize("part", ["celery", "gunicorn", "redis-server"])
def test_a_part_that_dies_is_started_again(slipway: Running, part: str) -> None:
    before = slipway.family()
    victim = slipway.one_of_the_family(part)

    os.kill(victim, signal.SIGKILL)

    slipway.read_until("starting it again")
    servers.wait_until(
        lambda: any(
            part in command for number, command in slipway.family().items() if number not in before
        ),
        f"another {part}",
    )
    assert victim not in slipway.family()
    servers.wait_until(lambda: servers.is_listening(slipway.port), "the page again")


def test_a_signal_to_stop_leaves_nothing_behind_in_a_state_folder_with_a_very_long_name(
    template: Path, tmp_path: Path
) -> None:
    var_dir = tmp_path / ("long" * 30)
    var_dir.symlink_to(template)

    with started(var_dir) as slipway:
        slipway.read_until(READY)
        assert slipway.has_socket()
        slipway.process.send_signal(signal.SIGINT)
        said = slipway.read_to_the_end()

        assert slipway.family() == {}
    assert said.endswith("Slipway has stopped.")
    assert slipway.process.returncode == 0
    assert not broker.socket_path(var_dir).parent.exists()
    assert not servers.is_listening(slipway.port)


def test_it_starts_again_after_a_kill_and_children_end_with_a_supervisor_that_is_killed(
    var_dir: Path,
) -> None:
    with started(var_dir) as first:
        first.read_until(READY)
        for number in first.family():
            os.kill(number, signal.SIGKILL)

    with started(var_dir) as second:
        second.read_until(READY)

        second.process.kill()

        second.wait_until_nothing_is_left()
    assert not second.has_socket()


def test_it_can_be_stopped_while_it_is_still_starting(var_dir: Path) -> None:
    with started(var_dir) as slipway:
        servers.wait_until(lambda: len(slipway.family()) > 1, "its first child")
        slipway.process.send_signal(signal.SIGINT)
        slipway.read_to_the_end()

        assert slipway.family() == {}
    assert not slipway.has_socket()


def test_a_wrong_setting_is_a_sentence(tmp_path: Path) -> None:
    with started(tmp_path / "var", DATABASE_URL="mysql://localhost/slipway") as slipway:
        said = slipway.read_to_the_end()

    assert slipway.process.returncode == 1
    assert "DATABASE_URL is not an address that can be used here" in said
    assert "Traceback" not in said


def test_a_database_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    nowhere = f"postgresql://slipway@127.0.0.1:{servers.free_port()}/slipway"

    with started(tmp_path / "var", DATABASE_URL=nowhere) as slipway:
        said = slipway.read_to_the_end()

    assert slipway.process.returncode == 1
    assert "The database (DATABASE_URL) cannot be used" in said
    assert "Traceback" not in said
