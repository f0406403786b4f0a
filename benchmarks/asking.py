"""The questions of search.py, and how long whoever is asked takes to answer them."""

import json
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from gzip import decompress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import brotli

FACETS = ("task", "library", "license", "language")
LIMIT = 25
CLIENTS = 8
SECONDS = 10.0  # for one row of the table: who is slow is asked fewer of the questions
WARM = ("warm up", "another model", "large", "tiny", "vision")
HEADERS = {"Accept-Encoding": "br, gzip", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Question:
    text: str = ""
    task: str = ""
    facets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One way to ask all of the texts."""

    name: str
    has_text: bool = True
    has_task: bool = False
    facets: tuple[str, ...] = ()

    def questions(self, asked: Sequence[tuple[str, str]]) -> list[Question]:
        each = [
            Question(text * self.has_text, task * self.has_task, self.facets)
            for text, task in asked
        ]
        return list(dict.fromkeys(each))


WORDS = Kind("words")
COUNTED = Kind("words, four facets", facets=FACETS)
FILTERED = Kind("words, a task, four facets", has_task=True, facets=FACETS)
BROWSED = Kind("no words, a task, four facets", has_text=False, has_task=True, facets=FACETS)
KINDS = (WORDS, COUNTED, FILTERED, BROWSED)


@dataclass(frozen=True)
class Asked:
    """Somebody who answers. `total` reads from an answer how many models were found."""

    name: str
    ask: Callable[[Question], Any]
    total: Callable[[Any], int] | None = None
    kinds: tuple[Kind, ...] = KINDS


@dataclass
class Row:
    """Milliseconds of the answers to one kind of question."""

    who: str
    kind: str
    clients: int
    asked: int
    p50: float
    p99: float
    a_second: float
    found: int | None = None  # questions with at least one model
    ratio: float | None = None  # p50 beside the bare engine's


@dataclass
class _Times:
    each: list[float] = field(default_factory=list)
    found: int = 0


def texts() -> list[tuple[str, str]]:
    """Text and task of the 200 lines, mixed, so that a part of them is like the whole."""
    lines = (Path(__file__).parent / "queries.tsv").read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if not line.startswith("#")]
    asked = [(text, task) for _, text, task in parts]
    random.Random(3).shuffle(asked)
    return asked


def rows(targets: Sequence[Asked], forget: Callable[[], None]) -> Iterator[Row]:
    """Every kind of question, one client and then eight; the bare engine stands first.

    `forget` makes an engine that remembers answers count anew, as it must after each change.
    """
    asked = texts()
    for kind in KINDS:
        fit = [target for target in targets if kind in target.kinds]
        questions = kind.questions(asked)
        for measure in (_in_turns, _at_once):
            forget()
            _warm_up(fit, kind)
            found = measure(fit, kind, questions)
            for row in found:
                row.ratio = row.p50 / found[0].p50
                yield row


def _warm_up(targets: Sequence[Asked], kind: Kind) -> None:
    for target in targets:
        for question in kind.questions([(text, "text-generation") for text in WARM]):
            target.ask(question)


def _in_turns(targets: Sequence[Asked], kind: Kind, questions: list[Question]) -> list[Row]:
    """One client asks one after the other: what else the machine does falls on all of them."""
    taken = {target.name: _Times() for target in targets}
    for question in questions:
        for target in targets:
            times = taken[target.name]
            if sum(times.each) < SECONDS * 1000:
                milliseconds, answer = _timed(target, question)
                times.each.append(milliseconds)
                times.found += bool(target.total and target.total(answer))
    return [
        _row(target, kind, 1, times.each, sum(times.each) / 1000, times.found)
        for target, times in zip(targets, taken.values(), strict=True)
    ]


def _at_once(targets: Sequence[Asked], kind: Kind, questions: list[Question]) -> list[Row]:
    """Every client waits for its answer before it asks again."""
    return [_eight(target, kind, questions) for target in targets]


def _eight(target: Asked, kind: Kind, questions: list[Question]) -> Row:
    started = time.perf_counter()
    left, lock = iter(questions), threading.Lock()

    def client(_: int) -> list[float]:
        own = []
        while time.perf_counter() - started < SECONDS:
            with lock:
                question = next(left, None)
            if question is None:
                break
            own.append(_timed(target, question)[0])
        return own

    with ThreadPoolExecutor(CLIENTS) as clients:
        taken = [each for own in clients.map(client, range(CLIENTS)) for each in own]
    return _row(target, kind, CLIENTS, taken, time.perf_counter() - started, None)


def _row(
    target: Asked, kind: Kind, clients: int, taken: list[float], seconds: float, found: int | None
) -> Row:
    p99 = sorted(taken)[int(len(taken) * 0.99)]
    found = found if target.total and kind is WORDS else None
    return Row(
        who=target.name,
        kind=kind.name,
        clients=clients,
        asked=len(taken),
        p50=statistics.median(taken),
        p99=p99,
        a_second=len(taken) / seconds,
        found=found,
    )


def _timed(target: Asked, question: Question) -> tuple[float, Any]:
    started = time.perf_counter()
    answer = target.ask(question)
    return (time.perf_counter() - started) * 1000, answer


def as_json(row: Row) -> dict[str, Any]:
    return {
        name: round(value, 2) if isinstance(value, float) else value
        for name, value in asdict(row).items()
    }


class Client:
    """Asks over HTTP; each thread keeps its connection."""

    def __init__(self, port: int, **headers: str) -> None:
        self.port = port
        self.headers = {**HEADERS, **headers}
        self.own = threading.local()

    def get(self, path: str) -> tuple[bytes, str]:
        return self.send("GET", path)

    def post(self, path: str, body: object) -> tuple[bytes, str]:
        return self.send("POST", path, json.dumps(body).encode())

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[bytes, str]:
        """The body as it came, and its encoding."""
        try:
            return self._send(method, path, body, headers)
        except (HTTPException, ConnectionError):
            self.own.connection.close()  # the server ended what had been idle
            return self._send(method, path, body, headers)

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[bytes, str]:
        if not hasattr(self.own, "connection"):
            self.own.connection = HTTPConnection("127.0.0.1", self.port, timeout=300)
        self.own.connection.request(method, path, body, {**self.headers, **headers})
        answer = self.own.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{path} answered {answer.status}: {content[:500]!r}")
        return content, answer.getheader("Content-Encoding", "")


def decoded(answer: tuple[bytes, str]) -> bytes:
    content, encoding = answer
    if encoding == "gzip":
        return decompress(content)
    return brotli.decompress(content) if encoding == "br" else content


def slipway(port: int) -> list[Asked]:
    """Our API and our page. The page counts all of its filters, whatever is asked."""
    client = Client(port)

    def api(question: Question) -> tuple[bytes, str]:
        asked = {"facets": ",".join(question.facets), "limit": LIMIT}
        return client.get(f"/v1/models?{urlencode(_words(question) | asked)}")

    def page(question: Question) -> tuple[bytes, str]:
        return client.get(f"/models?{urlencode(_words(question))}")

    return [
        Asked("Slipway API", api, lambda answer: json.loads(decoded(answer))["total"]),
        Asked("Slipway page", page, kinds=(COUNTED, FILTERED, BROWSED)),
    ]


def _words(question: Question) -> dict[str, str | int]:
    words = {"q": question.text, "task": question.task}
    return {name: word for name, word in words.items() if word}
