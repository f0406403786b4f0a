"""What is claimed before anything slow begins: the state folder and the port."""

import ast
import os
import runpy
import socket
import sys
from pathlib import Path

import pytest

from launch import broker, instance
from launch.instance import ROOT, Instance
from launch.refusal import Refused
from tests import servers


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.5"])
def test_a_wrong_port_is_named_with_what_would_be_right(port: str) -> None:
    with pytest.raises(Refused, match=r"PORT is .*; set it to a number from 1 to 65535"):
        instance.from_environment({"PORT": port})


def test_without_settings_it_is_this_machine_and_the_usual_port() -> None:
    wanted = instance.from_environment({})

    assert wanted == Instance(ROOT / "var", "127.0.0.1", 8000)
    assert wanted.address == "http://127.0.0.1:8000/"


def test_an_open_address_is_shown_as_one_that_can_be_opened() -> None:
    wanted = instance.from_environment({"HOST": "::"})

    assert wanted.address == "http://[::1]:8000/"


def test_an_address_that_is_not_of_this_machine_is_refused(tmp_path: Path) -> None:
    elsewhere = Instance(tmp_path, "192.0.2.1", servers.free_port())

    with pytest.raises(Refused, match=r"HOST is '192.0.2.1', which is no address of this machine"):
        instance.check_port(elsewhere)


def test_a_taken_port_does_not_stop_the_next_try(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        wanted = Instance(tmp_path, "127.0.0.1", other.getsockname()[1])
        with pytest.raises(Refused, match="is taken"), instance.claimed(wanted):
            pass

    with instance.claimed(wanted):
        assert str(os.getpid()) in (tmp_path / "lock").read_text()


def test_a_state_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    wanted = Instance(tmp_path / "file" / "var", "127.0.0.1", servers.free_port())

    refused = pytest.raises(Refused, match=r"cannot be written to .* make run VAR_DIR=somewhere")
    with refused, instance.claimed(wanted):
        pass


def test_a_nearly_full_disk_is_told_before_anything_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "LEAST_FREE", 2**60)
    wanted = Instance(tmp_path, "127.0.0.1", servers.free_port())

    refused = pytest.raises(Refused, match=f"The disk that holds {tmp_path} is full or nearly so")
    with refused, instance.claimed(wanted):
        pass


def test_the_socket_lies_in_the_state_folder_unless_its_path_is_too_long(tmp_path: Path) -> None:
    longer = tmp_path / ("x" * 120)

    assert broker.socket_path(tmp_path) == tmp_path / "redis.sock"
    assert len(os.fsencode(broker.socket_path(longer))) < broker.LONGEST_SOCKET_PATH
    assert broker.socket_path(longer) == broker.socket_path(longer)
    assert broker.socket_path(longer) != broker.socket_path(longer / "y")


def test_a_socket_folder_that_others_may_open_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = broker.socket_path(tmp_path / ("x" * 120))
    path.parent.mkdir(mode=0o755)

    with pytest.raises(Refused, match="belongs to somebody else"):
        broker.make_private_folder(path)


def test_an_old_python_can_read_what_tells_it_that_it_is_too_old() -> None:
    for name in ("__init__.py", "__main__.py"):
        ast.parse((ROOT / "launch" / name).read_text(), feature_version=(3, 4))


def test_an_old_python_is_told_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(ROOT / "launch" / "__main__.py"))

    assert str(stopped.value).startswith("Slipway needs Python 3.11 or newer, and this is 3.9.")
