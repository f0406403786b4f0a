"""Logs by what their readers see, with files as the keeper writes them."""

import json
from itertools import islice
from pathlib import Path

import pytest

from deployments import logs
from deployments.logs import Log


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log((tmp_path / "log.1.jsonl", tmp_path / "log.jsonl"))


def say(path: Path, *texts: str, stream: str = "out", **more: str) -> None:
    with path.open("a") as file:
        for text in texts:
            said = {"at": "2026-11-25T12:00:00.000Z", "stream": stream, "text": text, **more}
            file.write(json.dumps(said) + "\n")


def turn_over(log: Log) -> None:
    log.current.replace(log.files[0])


def texts(page: logs.Page) -> list[str]:
    return [line.text for line in page.lines]


def test_a_log_that_is_not_there_is_empty(log: Log) -> None:
    page = logs.read(log)

    assert (page.lines, page.before, page.end) == ([], "", "")


def test_the_last_lines_are_read_across_files_and_then_those_before(log: Log) -> None:
    say(log.current, "one", "two")
    turn_over(log)
    say(log.current, "three", "four")

    last = logs.read(log, most=3)
    first = logs.read(log, before=last.before, most=3)

    assert texts(last) == ["two", "three", "four"]
    assert (texts(first), first.before) == (["one"], "")


def test_a_place_holds_while_the_file_is_turned_over(log: Log) -> None:
    say(log.current, "one", "two", "three")
    last = logs.read(log, most=1)
    turn_over(log)
    say(log.current, "four")

    assert texts(logs.read(log, before=last.before)) == ["one", "two"]


def test_only_lines_that_hold_what_is_searched_for_are_shown(log: Log) -> None:
    say(log.current, "Loading weights", "ready", "WEIGHTS loaded")
    say(log.current, "asked", prediction="abc")

    assert texts(logs.read(log, search="weights")) == ["Loading weights", "WEIGHTS loaded"]
    assert texts(logs.read(log, search="abc")) == ["asked"]


def test_what_is_no_line_and_what_is_half_written_is_left_out(log: Log) -> None:
    say(log.current, "one")
    with log.current.open("a") as file:
        file.write('no json\n[]\n{"at": 1}\n{"at": "2026", "stream": "out", "te')

    assert texts(logs.read(log)) == ["one"]


def test_following_gives_what_comes_and_goes_on_in_the_next_file(log: Log) -> None:
    say(log.current, "old")
    following = logs.follow(log, logs.read(log).end)
    say(log.current, "new")
    first = next(following)
    say(log.current, "last of this file")
    turn_over(log)
    say(log.current, "first of the next")

    said = [line.text for _, line in islice(following, 2) if line]

    assert first[1] is not None and first[1].text == "new"
    assert said == ["last of this file", "first of the next"]


def test_following_goes_on_from_a_place_in_a_file_that_was_turned_over(log: Log) -> None:
    say(log.current, "seen")
    place = logs.read(log).end
    say(log.current, "missed")
    turn_over(log)
    say(log.current, "new")

    said = [line.text for _, line in islice(logs.follow(log, place), 2) if line]

    assert said == ["missed", "new"]


@pytest.mark.parametrize("place", ["", "x", "1", "-", "9-9", "٣-٤", "1" * 50 + "-0"])
def test_following_from_nowhere_begins_with_the_current_file(log: Log, place: str) -> None:
    say(log.current, "one")

    assert [line.text for _, line in islice(logs.follow(log, place), 1) if line] == ["one"]


def test_following_what_is_not_there_yet_waits_for_it(log: Log) -> None:
    following = logs.follow(log)
    assert next(following) == ("", None)
    say(log.current, "one")

    assert next(line.text for _, line in following if line) == "one"


def test_the_whole_log_is_text_from_its_beginning(log: Log) -> None:
    say(log.current, "one")
    turn_over(log)
    say(log.current, "two", stream="err")

    assert list(logs.whole(log)) == [
        "2026-11-25T12:00:00.000Z out     one\n",
        "2026-11-25T12:00:00.000Z err     two\n",
    ]
