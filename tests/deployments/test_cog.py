"""How Cog's server is asked: a real one, and sockets that answer as no good server would."""

import base64
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from deployments import cog
from deployments.runtimes.interface import State
from deployments.runtimes.local.runtime import LocalRuntime
from tests.deployments import cog_environment, instances

PLAIN = """
    import os
    import tempfile
    import time
    from typing import Any
    from cog import BasePredictor, Input, Path

    class Predictor(BasePredictor):
        def predict(self, what: str = Input(), amount: int = Input(default=0)) -> Any:
            return globals()[what](amount)

    def hello(_):
        print("greeting")
        return {"hello": "you"}

    def large(megabytes):
        return "x" * megabytes * 2**20

    def files(count):
        found = []
        for number in range(count):
            path = Path(tempfile.mkdtemp()) / f"{number}.txt"
            path.write_text(f"file {number}")
            found.append(path)
        return found

    def fail(_):
        raise ValueError("no luck today")

    def wait(seconds):
        for _ in range(seconds * 20):
            time.sleep(0.05)
        return "waited"

    def die(_):
        os._exit(3)
"""
STREAMING = """
    import time
    from collections.abc import Iterator
    import cog
    from cog import BasePredictor, Input

    class Predictor(BasePredictor):
        @cog.streaming
        def predict(
            self, words: str = Input(default="one two"), pause: float = Input(default=0)
        ) -> Iterator[str]:
            for word in words.split():
                print("saying", word)
                yield word
                time.sleep(pause)
"""

Events = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRuntime]:
    runtime = LocalRuntime(folder=tmp_path_factory.mktemp("cog") / "instances")
    yield runtime
    for key in sorted(runtime.keys()):
        instances.stopped(runtime, key)


@pytest.fixture(scope="module")
def start(runtime: LocalRuntime) -> Callable[[str], str]:
    """Its address."""

    def start(code: str) -> str:
        key = f"cog-{secrets.token_hex(4)}"
        bundle = instances.bundle(runtime.folder.parent / "bundles" / key, code)
        environment = cog_environment.made()
        instances.write_schema(bundle, environment)
        runtime.start(instances.wanted(key, bundle, environment))
        seen = instances.settled(runtime, key)
        assert seen.state is State.READY, seen.detail
        return seen.address

    return start


@pytest.fixture(scope="module")
def plain(start: Callable[[str], str]) -> str:
    return start(PLAIN)


@pytest.fixture(scope="module")
def streaming(start: Callable[[str], str]) -> str:
    return start(STREAMING)


def asked(address: str, what: str, amount: int = 0, **options: Any) -> cog.Answer:
    options.setdefault("seconds", 30)
    return cog.predict(address, secrets.token_hex(8), {"what": what, "amount": amount}, **options)


def test_an_answer_has_output_logs_and_the_time_it_took(plain: str) -> None:
    answer = asked(plain, "hello")

    assert answer.status == "succeeded"
    assert answer.output == {"hello": "you"}
    assert answer.logs == "greeting\n"
    assert answer.metrics["predict_time"] > 0


def test_files_come_as_addresses_with_their_content(plain: str) -> None:
    answer = asked(plain, "files", 2)

    assert [base64.b64decode(file.partition(",")[2]) for file in answer.output] == [
        b"file 0",
        b"file 1",
    ]
    assert all(file.startswith("data:text/plain;base64,") for file in answer.output)


def test_what_a_model_raises_is_a_failed_answer_in_its_own_words(plain: str) -> None:
    answer = asked(plain, "fail")

    assert (answer.status, answer.output) == ("failed", None)
    assert "no luck today" in answer.error
    assert not answer.error.startswith("Prediction failed")


def test_the_slot_that_is_freed_after_an_answer_is_waited_for(plain: str) -> None:
    assert {asked(plain, "hello").status for _ in range(100)} == {"succeeded"}


def test_a_taken_slot_is_busy_until_what_it_runs_is_cancelled(plain: str) -> None:
    id = secrets.token_hex(8)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(cog.predict, plain, id, {"what": "wait", "amount": 60})
        instances.until(lambda: cog.health(plain).status == "BUSY")

        with pytest.raises(cog.Busy):
            asked(plain, "hello")
        assert cog.cancel(plain, id)

        assert first.result().status == "canceled"
    assert not cog.cancel(plain, id)
    assert asked(plain, "hello").status == "succeeded"


def test_who_waits_no_longer_frees_the_slot(plain: str) -> None:
    with pytest.raises(cog.TimedOut, match=r"longer than the 0\.3 seconds"):
        asked(plain, "wait", 60, seconds=0.3)

    instances.until(lambda: cog.health(plain).status == "READY")


def test_an_answer_that_is_too_large_fails_with_the_limit(plain: str) -> None:
    answer = asked(plain, "large", 5, most_bytes=2**20)

    assert answer.status == "failed"
    assert "larger than the 1 MB" in answer.error


def test_a_model_that_dies_is_gone_and_its_server_says_so_from_then_on(
    start: Callable[[str], str],
) -> None:
    address = start(PLAIN)

    with pytest.raises(cog.Gone, match="died"):
        asked(address, "die")

    instances.until(lambda: cog.health(address).status in ("UNHEALTHY", "DEFUNCT"))
    with pytest.raises((cog.Gone, cog.Busy)):
        asked(address, "hello")


def test_pieces_and_lines_of_a_stream_come_while_it_runs(streaming: str) -> None:
    events: Events = []
    halfway = threading.Event()

    def note(kind: str, piece: Any) -> None:
        events.append((kind, piece))
        if ("output", "b") in events:
            halfway.set()

    with ThreadPoolExecutor(1) as other:
        running = other.submit(
            cog.predict,
            *(streaming, secrets.token_hex(8), {"words": "a b " + "c " * 40, "pause": 0.05}),
            is_stream=True,
            on_event=note,
        )
        assert halfway.wait(20)
        assert not running.done()
        answer = running.result()

    assert answer.status == "succeeded"
    assert answer.output[:3] == ["a", "b", "c"]
    assert [piece for kind, piece in events if kind == "output"] == answer.output
    assert "saying a" in "".join(piece for kind, piece in events if kind == "log")


def test_a_stream_can_be_asked_for_as_one_answer(streaming: str) -> None:
    answer = cog.predict(streaming, secrets.token_hex(8), {"words": "a b"})

    assert answer.output == ["a", "b"]


def test_who_cannot_stream_answers_as_a_whole(plain: str) -> None:
    assert asked(plain, "hello", is_stream=True).output == {"hello": "you"}


def test_what_a_listener_raises_ends_the_stream_and_frees_the_slot(streaming: str) -> None:
    def refuse(kind: str, piece: Any) -> None:
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        cog.predict(
            *(streaming, secrets.token_hex(8), {"words": "a " * 600, "pause": 0.1}),
            is_stream=True,
            on_event=refuse,
        )

    instances.until(lambda: cog.health(streaming).status == "READY")


def test_a_stream_can_be_cancelled(streaming: str) -> None:
    id = secrets.token_hex(8)

    answer = cog.predict(
        *(streaming, id, {"words": "a " * 600, "pause": 0.05}),
        is_stream=True,
        on_event=lambda kind, piece: cog.cancel(streaming, id) and None,
    )

    assert answer.status == "canceled"


@pytest.fixture
def says() -> Iterator[Callable[..., str]]:
    """An address that answers each request with these bytes, a pause after each piece."""
    servers: list[socket.socket] = []

    def serve(listener: socket.socket, pieces: tuple[bytes, ...], pause: float) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                threading.Thread(target=answer, args=(near, pieces, pause), daemon=True).start()

    def answer(near: socket.socket, pieces: tuple[bytes, ...], pause: float) -> None:
        with suppress(OSError), near:
            end = b"}}" if (asked := near.recv(3)) == b"PUT" else b"\r\n\r\n"
            while not asked.endswith(end):  # whoever closes on unread bytes resets
                asked += near.recv(65536)
            for piece in pieces:
                near.sendall(piece)
                time.sleep(pause)

    def start(*pieces: bytes, pause: float = 0) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        servers.append(listener)
        threading.Thread(target=serve, args=(listener, pieces, pause), daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server in servers:
        server.close()


def whole(body: bytes, kind: bytes = b"application/json") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return head % (kind, len(body)) + body


EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b"{}", b'{"status": "starting"}', b"[" * 100_000, b"\xff\xfe"]
)
def test_an_answer_without_sense_fails_and_says_so(says: Callable[..., str], body: bytes) -> None:
    answer = asked(says(whole(body)), "hello")

    assert answer.status == "failed"
    assert answer.error.startswith("The model's server answered what is no ")


def test_bytes_that_trickle_end_at_the_deadline(says: Callable[..., str]) -> None:
    address = says(*(bytes([byte]) for byte in whole(b'{"status": "succeeded"}')), pause=0.05)

    with pytest.raises(cog.TimedOut):
        asked(address, "hello", seconds=0.5)


def test_a_stream_that_falls_silent_ends_by_its_own_limit(says: Callable[..., str]) -> None:
    address = says(EVENTS, b'event: output\ndata: {"chunk": "a"}\n\n', b"", pause=5)

    with pytest.raises(cog.TimedOut):
        asked(address, "hello", is_stream=True, idle_seconds=0.2)


def test_a_stream_without_an_end_is_gone(says: Callable[..., str]) -> None:
    events: Events = []

    with pytest.raises(cog.Gone, match="middle of its stream"):
        asked(
            says(EVENTS, b'event: output\ndata: {"chunk": "a"}\n\n'),
            "hello",
            is_stream=True,
            on_event=lambda kind, piece: events.append((kind, piece)),
        )
    assert events == [("output", "a")]


def test_a_stream_without_limit_is_cut(says: Callable[..., str]) -> None:
    piece = b'event: output\ndata: {"chunk": "%s"}\n\n' % (b"x" * 100_000)

    answer = asked(says(EVENTS, *[piece] * 50), "hello", is_stream=True, most_bytes=2**20)

    assert answer.status == "failed"
    assert "larger than the 1 MB" in answer.error


def test_nobody_there_is_gone(tmp_path: Path) -> None:
    nowhere = f"unix:{tmp_path}/socket"

    with pytest.raises(cog.Gone):
        cog.health(nowhere)
    with pytest.raises(cog.Gone):
        cog.cancel(nowhere, "a")
    with pytest.raises(cog.Gone):
        asked(nowhere, "hello")


@pytest.mark.parametrize("body", [b"{}", b"[]", b'"READY"', b"no"])
def test_a_health_check_without_sense_is_gone(says: Callable[..., str], body: bytes) -> None:
    with pytest.raises(cog.Gone):
        cog.health(says(whole(body)))
