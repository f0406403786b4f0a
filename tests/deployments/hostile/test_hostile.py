"""What a hostile model gets at, as root and as an ordinary user; docs/isolation.md has the table.

`OPEN` is what is known to be open: a test that finds one of them closed says so as well.
"""

# ruff: noqa: PLC0415

import os
import secrets
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from .conftest import Attacker

HAS_VIEW = not subprocess.run(
    ["unshare", "--mount", *(["--user"] if os.geteuid() else []), "true"], capture_output=True
).returncode
# By isolation and by whose user it runs as; then what is closed where the kernel gives it a view
# of the files of its own.
OPEN = {
    ("bubblewrap", "own"): set[str](),
    ("bubblewrap", "ours"): set[str](),
    ("landlock", "own"): set[str](),
    ("landlock", "ours"): {"unix"},
    ("none", "own"): {"tcp", "abstract"},
    ("none", "ours"): {"tcp", "abstract", "unix", "read", "write", "elsewhere", "bundle"},
}
PLACES = "/tmp,/dev/shm,/,/src,/dev,/var/tmp,/run"  # noqa: S108
HIDDEN = {"read", "write", "unix"}


def assert_held(attacker: Attacker, what: str, outcome: str) -> None:
    """Unless it is one of those that docs/isolation.md says to be open."""
    is_open = what in OPEN[attacker.isolation, attacker.user]
    is_open = is_open and not (HAS_VIEW and what in HIDDEN)
    assert outcome.startswith("got it") == is_open, f"{what}: {outcome}"


@pytest.mark.parametrize("name", ["slipway.sqlite3", "secret_key", "instances/other/log.jsonl"])
def test_it_does_not_read_the_database_the_key_or_another_model(
    attacker: Attacker, place: Path, name: str
) -> None:
    assert_held(attacker, "read", attacker.tries("read", str(place / name)))


def test_it_does_not_read_private_files_elsewhere(attacker: Attacker, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.write_text("a secret")
    private.chmod(0o600)

    assert_held(attacker, "elsewhere", attacker.tries("read", str(private)))


def test_it_does_not_write_to_slipway_s_folders_or_its_own_bundle(
    attacker: Attacker, place: Path
) -> None:
    assert_held(attacker, "write", attacker.tries("write", str(place / "secret_key")))
    own = "/src/card.md" if attacker.isolation == "bubblewrap" else "card.md"
    assert_held(attacker, "bundle", attacker.tries("write", own))


def test_it_finds_no_secret_in_the_environment_of_others(attacker: Attacker) -> None:
    word = secrets.token_hex(12)
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], env={"SECRET_KEY": word}, stdin=subprocess.PIPE
    ) as other:
        outcome = attacker.tries("environments", word)
        other.communicate(b"\n")

    if attacker.isolation == "none" and os.geteuid():
        return  # open where the kernel lets it make no user namespace of its own
    assert_held(attacker, "environments", outcome)


def test_its_own_environment_holds_nothing_of_slipway(
    attacker: Attacker,
) -> None:
    names = set(attacker.tries("own_environment").split())

    assert not names & {"SECRET_KEY", "VAR_DIR", "DATABASE_URL", "BROKER_URL"}
    assert len(names) < 40


def test_it_reaches_no_service_of_this_machine(attacker: Attacker, neighbour: str) -> None:
    assert_held(attacker, "tcp", attacker.tries("tcp", neighbour))


def test_it_sends_no_datagram_to_a_service_of_this_machine(attacker: Attacker) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.5)
        attacker.tries("udp", f"127.0.0.1:{server.getsockname()[1]}")
        try:
            outcome = "got it" if server.recv(10) else ""
        except TimeoutError:
            outcome = "failed"

    assert_held(attacker, "udp", outcome)


def test_it_sends_nothing_to_the_internet(attacker: Attacker) -> None:
    """An address that is kept for documentation: whoever may send to it may send anywhere."""
    assert_held(attacker, "udp", attacker.tries("udp", "192.0.2.1:53"))


def test_it_reaches_no_socket_of_slipway_in_the_file_system(
    attacker: Attacker, place: Path
) -> None:
    path = str(place / attacker.isolation)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        outcome = attacker.tries("unix", path)

    assert_held(attacker, "unix", outcome)


def test_it_reaches_no_abstract_socket(attacker: Attacker) -> None:
    name = secrets.token_hex(8)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{name}")
        server.listen()
        outcome = attacker.tries("unix", f"@{name}")

    assert_held(attacker, "abstract", outcome)


def test_it_does_not_fork_without_end(attacker: Attacker) -> None:
    """Where nothing of the kernel's counts them, their keeper does, and ends them all."""
    from deployments import cog
    from deployments.runtimes.interface import State
    from tests.deployments.instances import until

    try:
        forked = attacker.tries("fork", seconds=60)
    except cog.Gone:
        until(lambda: attacker.seen.state is State.EXITED)
        assert "more than" in attacker.seen.detail
        return
    assert int(forked.split()[0]) < 400


def test_it_does_not_fill_the_disk(attacker: Attacker, place: Path) -> None:
    from deployments import cog
    from deployments.runtimes.interface import State
    from tests.deployments.instances import until

    if attacker.isolation == "bubblewrap":
        _fills_what_is_in_memory(attacker)
        return
    scratch = place / "instances" / attacker.key / "scratch"
    with pytest.raises(cog.Gone):
        attacker.tries("fill", str(scratch), seconds=60)

    until(lambda: attacker.seen.state is State.EXITED)
    assert not scratch.exists()
    assert "wrote more than 256 MB" in attacker.seen.detail


def _fills_what_is_in_memory(attacker: Attacker) -> None:
    """Under bubblewrap there is no disk to write to: its private files count as its memory."""
    from deployments import cog

    try:
        written = attacker.tries("fill", PLACES, seconds=60)
    except cog.Gone:
        assert attacker.seen.is_out_of_memory
        return
    assert int(written) <= 512


@pytest.mark.parametrize("attack", ["eat", "eat_together"])
def test_it_does_not_eat_the_memory(attacker: Attacker, attack: str) -> None:
    from deployments import cog
    from deployments.runtimes.interface import State
    from tests.deployments.instances import until

    try:
        outcome = attacker.tries(attack, "2000", seconds=30)
    except cog.Gone:
        until(lambda: attacker.seen.state in (State.UNHEALTHY, State.EXITED))
        assert attacker.seen.is_out_of_memory
        return
    assert outcome.startswith("failed"), outcome
    assert (attacker.seen.memory_used or 0) <= 310 * 2**20


def test_it_does_not_outlive_its_stop(attacker: Attacker) -> None:
    from tests.deployments.instances import alive, stopped

    word = f"hostile-{secrets.token_hex(8)}"
    assert attacker.tries("outlive", word) == "got it"
    assert alive(word)

    stopped(attacker.runtime, attacker.key, seconds=1)

    assert not alive(word)


def test_it_can_neither_mount_nor_become_root(attacker: Attacker) -> None:
    assert attacker.tries("mount").startswith("failed")
    if (attacker.isolation, attacker.user, os.geteuid()) != ("none", "ours", 0):
        assert attacker.tries("become_root").startswith("failed")


def test_it_cannot_kill_who_is_not_its_own(attacker: Attacker) -> None:
    """It is the end of the model itself at most."""
    from deployments import cog
    from deployments.runtimes.interface import State

    if attacker.isolation == "none":
        pytest.skip("it would kill the tests: without isolation this is open")
    attacker.is_spent = True
    with suppress(cog.Gone, cog.TimedOut):
        attacker.tries("kill", seconds=5)

    assert attacker.seen.state in (State.READY, State.UNHEALTHY, State.EXITED)
    assert os.getppid() > 0
