"""What the supervisor does with parts that misbehave. The parts are small real processes."""

import os
import signal
import sys
from pathlib import Path

import pytest

from launch import commands, instance, supervisor
from launch.refusal import Refused
from launch.supervisor import Part, Stopped, Supervisor
from tests import servers

STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    signal.pause()
print("child", flush=True)
signal.pause()
"""


def part(code: str, **fields: object) -> Part:
    command = [sys.executable, "-u", "-c", code]
    return Part(name="part", command=command, environment=dict(os.environ), **fields)  # type: ignore[arg-type]


def test_what_a_part_says_is_shown_line_by_line_with_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Supervisor() as running:
        status = running.run_once(part("print('one'); print('hush'); print('two', end='')"))

    assert status == 0
    assert [line.split("| ")[1] for line in capsys.readouterr().out.splitlines()] == [
        "one",
        "hush",
        "two",
    ]


def test_a_hushed_line_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with Supervisor() as running:
        running.run_once(part("print('one'); print('hush now')", hushed=("hush",)))

    assert "hush" not in capsys.readouterr().out


def test_a_part_that_keeps_dying_is_given_up_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 0.01)

    with pytest.raises(Refused, match="part died 5 times within seconds"), Supervisor() as running:
        running.keep(part("print('no luck'); exit(3)", is_ready=lambda _: False))

    said = capsys.readouterr().out
    assert said.count("no luck") == 5
    assert "part ended (status 3); starting it again." in said


def test_a_part_and_its_children_that_ignore_the_request_are_ended(tmp_path: Path) -> None:
    stubborn = part(STUBBORN, is_ready=lambda p: "child" in p.said, seconds_to_stop=0.2)

    with Supervisor() as running:
        running.keep(stubborn)
        assert stubborn.process
        group = stubborn.process.pid

    servers.wait_until(lambda: not _is_alive(group), "the end of the group")


@pytest.mark.parametrize("number", supervisor.STOP_SIGNALS)
def test_a_signal_stops_the_watch(number: signal.Signals) -> None:
    with pytest.raises(Stopped), Supervisor() as running:
        running.keep(part("import signal; signal.pause()"))
        os.kill(os.getpid(), number)
        running.watch()

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_program_that_is_not_there_is_a_sentence() -> None:
    missing = Part(name="part", command=["/nowhere/program"], environment={})

    with (
        pytest.raises(Refused, match="/nowhere/program cannot be started"),
        Supervisor() as running,
    ):
        running.keep(missing)


def test_a_part_that_dies_of_a_full_disk_is_not_started_again(tmp_path: Path) -> None:
    wanted = instance.Instance(tmp_path, "127.0.0.1", 8000)
    dying = part("exit('OSError: [Errno 28] No space left on device')")

    with (
        pytest.raises(Refused, match=f"The disk that holds {tmp_path} is full or nearly so"),
        Supervisor(explain_death=lambda dead: commands.explain(dead, wanted)) as running,
    ):
        running.keep(dying)
        running.watch()

    assert dying.quick_deaths == 0


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
