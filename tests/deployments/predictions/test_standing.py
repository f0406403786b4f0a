"""Web and worker together: queues, waits, streams, cancels, and Replicate's own client."""

import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from replicate.client import Client as Replicate
from replicate.exceptions import ModelError

from tests.deployments.predictions.standing import Standing

# Its database begins as a copy of the tests' own.
pytestmark = pytest.mark.django_db


@pytest.fixture
def http(standing: Standing) -> httpx.Client:
    headers = {"Authorization": f"Bearer {standing.ada}"}
    return httpx.Client(base_url=standing.url, headers=headers, timeout=60)


@pytest.fixture
def replicate(standing: Standing) -> Replicate:
    return Replicate(base_url=standing.url, api_token=standing.ada)


def ask(http: httpx.Client, name: str, *, wait: str = "", **input: Any) -> dict[str, Any]:
    path = f"/v1/models/slipway/{name}/predictions"
    headers = {"Prefer": wait} if wait else {}
    answer = http.post(path, json={"input": input}, headers=headers)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def once(
    http: httpx.Client, told: dict[str, Any], is_so: Callable[[dict[str, Any]], Any]
) -> dict[str, Any]:
    ends_at = time.monotonic() + 30
    while not is_so(told):
        assert time.monotonic() < ends_at, told
        time.sleep(0.05)
        told = http.get(f"/v1/predictions/{told['id']}").json()
    return told


def ended(http: httpx.Client, told: dict[str, Any]) -> dict[str, Any]:
    return once(http, told, lambda now: now["status"] not in ("starting", "processing"))


def events(http: httpx.Client, id: str, **headers: str) -> list[tuple[int, str, str]]:
    """Number, kind and text of each, as a plain reader of such streams has them."""
    found, number, kind, lines = [], 0, "", list[str]()
    accept = {"Accept": "text/event-stream", **headers}
    with http.stream("GET", f"/v1/predictions/{id}/stream", headers=accept) as answer:
        assert answer.status_code == 200, answer.read()
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                number = int(value)
            elif name == "event":
                kind = value
            elif name == "data":
                lines.append(value)
            elif not line and lines:
                found.append((number, kind, "\n".join(lines)))
                lines = []
    return found


def test_the_official_client_runs_a_model_in_one_line(replicate: Replicate) -> None:
    assert replicate.run("slipway/hello", input={"text": "you"}) == "hello you"


def test_the_official_client_is_told_of_a_failure(replicate: Replicate) -> None:
    with pytest.raises(ModelError, match="no greeting for you"):
        replicate.run("slipway/hello", input={"text": "you", "how": "fail"})


def test_the_official_client_streams(replicate: Replicate) -> None:
    pieces = replicate.stream("slipway/count", input={"text": "one two three"})

    assert "".join(str(piece) for piece in pieces) == "one two three "


def test_the_official_client_runs_a_version_that_iterates(replicate: Replicate) -> None:
    latest = replicate.models.get("slipway/count").latest_version
    version = latest.id if latest else ""

    pieces = list(replicate.run(f"slipway/count:{version}", input={"text": "one two"}))

    assert pieces == ["one ", "two "]


def test_the_official_client_waits_in_the_background(replicate: Replicate) -> None:
    prediction = replicate.models.predictions.create("slipway/hello", input={"text": "you"})
    assert prediction.status == "starting"

    prediction.wait()

    assert prediction.output == "hello you"
    assert prediction.id in {each.id for each in replicate.predictions.list()}


def test_a_wait_that_runs_out_answers_starting_and_it_goes_on(http: httpx.Client) -> None:
    told = ask(http, "hello", wait="wait=1", text="you", seconds=1.5)

    assert told["status"] == "starting"
    assert ended(http, told)["output"] == "hello you"


def test_who_finds_no_slot_waits_for_one(http: httpx.Client) -> None:
    first = ask(http, "hello", text="first", seconds=0.5)
    second = ask(http, "hello", wait="wait=20", text="second")

    assert second["status"] == "succeeded"
    assert ended(http, first)["completed_at"] < second["completed_at"]


def test_an_owner_of_many_does_not_stand_before_the_others(
    http: httpx.Client, standing: Standing
) -> None:
    many = [ask(http, "hello", text=str(number), seconds=0.3) for number in range(6)]
    headers = {"Authorization": f"Bearer {standing.bob}"}
    with httpx.Client(base_url=standing.url, headers=headers, timeout=60) as bobs:
        one = ask(bobs, "hello", wait="wait", text="bob")

    assert one["status"] == "succeeded"
    assert one["completed_at"] < ended(http, many[-1])["completed_at"]


def test_a_stream_tells_pieces_as_they_come_and_again_afterwards(http: httpx.Client) -> None:
    told = ask(http, "count", text="one two three four", pause=0.2)
    live = events(http, told["id"])
    again = events(http, told["id"])
    rest = events(http, told["id"], **{"Last-Event-ID": str(live[2][0])})

    output = "".join(text for _, kind, text in live if kind == "output")
    assert output == "one two three four "
    assert [kind for _, kind, _ in live][-1] == "done"
    assert [number for number, _, _ in live] == list(range(1, len(live) + 1))
    assert again == live
    assert rest == live[3:]
    assert ended(http, told)["output"] == ["one ", "two ", "three ", "four "]


def test_a_running_stream_is_polled_with_what_it_has_said(http: httpx.Client) -> None:
    told = ask(http, "count", text="one two", pause=1.0)
    seen = once(http, told, lambda now: now["output"])

    assert seen["status"] == "processing"
    assert seen["output"] == ["one "]
    assert ended(http, told)["output"] == ["one ", "two "]


def test_what_runs_is_cancelled_and_its_stream_says_so(http: httpx.Client) -> None:
    told = ask(http, "count", text="one two three", pause=5)
    found: list[tuple[int, str, str]] = []
    listener = threading.Thread(target=lambda: found.extend(events(http, told["id"])))
    listener.start()
    once(http, told, lambda now: now["output"])

    http.post(f"/v1/predictions/{told['id']}/cancel")
    listener.join(10)

    assert ended(http, told)["status"] == "canceled"
    assert found[-1][1:] == ("done", '{"reason": "canceled"}')
    assert ask(http, "count", wait="wait", text="next")["status"] == "succeeded"


def test_a_stream_of_what_is_not_streamed_tells_it_whole(http: httpx.Client) -> None:
    done = ask(http, "hello", wait="wait", text="a\nb")
    failed = ask(http, "hello", wait="wait", text="you", how="fail")

    assert events(http, done["id"])[1:] == [(2, "output", "hello a\nb"), (3, "done", "{}")]
    kinds = [kind for _, kind, _ in events(http, failed["id"])]
    assert kinds[-2:] == ["error", "done"]
    assert events(http, failed["id"])[-1][2] == '{"reason": "error"}'


def test_files_of_a_model_are_handed_out(http: httpx.Client, replicate: Replicate) -> None:
    told = ask(http, "paint", wait="wait", text="blue")

    first, second = told["output"]
    assert httpx.get(first).text == "blue 1"
    assert httpx.get(second).text == "blue 2"


def test_an_uploaded_file_reaches_the_model(replicate: Replicate, tmp_path: Any) -> None:
    path = tmp_path / "note.txt"
    path.write_text("whisper")

    with path.open("rb") as file:
        assert replicate.run("slipway/hello", input={"text": "x", "file": file}) == "WHISPER"


def test_a_data_url_reaches_the_model(http: httpx.Client) -> None:
    told = ask(http, "hello", wait="wait", text="x", file="data:text/plain;base64,aGVsbG8=")

    assert told["output"] == "HELLO"
