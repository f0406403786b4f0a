"""What a search costs through real HTTP, what the search page weighs, and what idles in memory.

    python benchmarks/over_http.py                 # 50,000 made-up models in a folder of its own
    VAR_DIR=... python benchmarks/over_http.py     # an existing catalog; nothing in it is changed

Starts Slipway's own web and worker processes on a free port and stops them again. The bare engine
is asked the same questions in the same minutes, so that the ratios hold on any machine.
"""

import argparse
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote_plus

ROOT = Path(__file__).resolve().parent.parent
FACETS = ("task", "library", "license", "language")
TEXTS = (
    "llama",
    "whisper large",
    "image upscaler",
    "text to speech chinese",
    "bert",
    "gguf 7b",
    "code completion",
    "stable difusion",
    "sentence embeddings",
    "q",
)
CLIENTS = 8
START_SECONDS = 180
IDLE_SECONDS = 20


@dataclass(frozen=True)
class Times:
    """Milliseconds of many answers."""

    what: str
    each: list[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.each)

    @property
    def p99(self) -> float:
        return sorted(self.each)[int(len(self.each) * 0.99)]


def main() -> None:
    arguments = parsed()
    with tempfile.TemporaryDirectory(prefix="slipway-benchmark-") as folder:
        os.environ.setdefault("VAR_DIR", folder)
        if os.environ["VAR_DIR"] == folder:
            make_catalog(arguments.models)
        with serving() as (port, supervisor):
            measure(port, supervisor, arguments.requests)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=50_000)
    parser.add_argument("--requests", type=int, default=300, help="of each kind")
    return parser.parse_args()


def make_catalog(models: int) -> None:
    for command in (
        ["migrate", "-v0"],
        ["load_vocabulary"],
        ["sample_catalog", "--models", str(models)],
        ["rebuild_index"],
    ):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """The port of a Slipway that is ready, and the process id of its supervisor."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "launch", "serve"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "LOG_LEVEL": "WARNING"},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if get(port, "/v1")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.3)
    sys.exit("Slipway did not start; its words are above.")


def measure(port: int, supervisor: int, requests: int) -> None:
    ask = bare_engine()
    api = f"/v1/models?facets={','.join(FACETS)}&limit=25&q="
    print(f"{total(port):,} models")
    for path, budget in ((api, "8 ms"), ("/models?q=", "15 ms, p99 50 ms")):
        what = path.partition("?")[0]
        bare, one = side_by_side(ask, lambda text, path=path: fetch(port, path, text), requests)
        print_times(bare, Times(f"GET {what}, one client", one), budget)
        many = at_once(port, path, requests)
        print_times(bare, Times(f"GET {what}, {CLIENTS} clients", many), "")
    print_weight(port)
    time.sleep(IDLE_SECONDS)
    print_memory(supervisor)


def bare_engine() -> Callable[[str], object]:
    """The engine's own call with the same facets, in this process, without web or database."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django  # noqa: PLC0415 - VAR_DIR was settled just now

    django.setup()
    from catalog.search import Query, embedded  # noqa: PLC0415

    return lambda text: embedded.find(Query(text=text, facets=FACETS, limit=25))


def side_by_side(
    bare: Callable[[str], object], ours: Callable[[str], object], requests: int
) -> tuple[Times, list[float]]:
    """In turns, so that whatever else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for text in islice(cycle(TEXTS), len(TEXTS)):
        bare(text), ours(text)
    for text in islice(cycle(TEXTS), requests):
        for found, call in zip(times, (bare, ours), strict=True):
            found.append(timed(call, text))
    return Times("the bare engine", times[0]), times[1]


def at_once(port: int, path: str, requests: int) -> list[float]:
    """Every client waits for its answer before it asks again."""

    def client(number: int) -> list[float]:
        own = islice(cycle(TEXTS), number, number + requests // CLIENTS)
        return [timed(lambda text: fetch(port, path, text), text) for text in own]

    with ThreadPoolExecutor(CLIENTS) as clients:
        return [each for found in clients.map(client, range(CLIENTS)) for each in found]


def timed(call: Callable[[str], object], text: str) -> float:
    started = time.perf_counter()
    call(text)
    return (time.perf_counter() - started) * 1000


def fetch(port: int, path: str, text: str) -> bytes:
    status, body, _ = get(port, path + quote_plus(text))
    if status != 200:
        sys.exit(f"{path}{text} answered {status}: {body[:300]!r}")
    return body


def get(port: int, path: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": "br, gzip"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, {name.lower(): value for name, value in answer.getheaders()}


def total(port: int) -> int:
    _, answer, headers = get(port, "/v1/models?facets=&limit=1")
    found = re.search(r'"total":\s*(\d+)', decoded(answer, headers))
    return int(found[1]) if found else 0


def print_times(bare: Times, ours: Times, budget: str) -> None:
    ratio = ours.p50 / bare.p50
    print(
        f"{ours.what:32} p50 {ours.p50:6.1f} ms  p99 {ours.p99:6.1f} ms"
        f"   {ratio:4.1f} x the bare engine ({bare.p50:.1f} ms)   {budget and 'budget ' + budget}"
    )


def print_weight(port: int) -> None:
    """As a browser with an empty cache loads it: the page and each file that it names."""
    _, page, headers = get(port, "/models?q=llama")
    text = decoded(page, headers)
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text)))
    sizes = {path: len(get(port, path)[1]) for path in files}
    counted = len(page) + sum(size for path, size in sizes.items() if path.endswith(("css", "js")))
    print(
        f"search page: HTML {len(page) / 1000:.1f} kB ({headers.get('content-encoding', 'plain')})"
    )
    for path, size in sizes.items():
        print(f"  {size / 1000:6.1f} kB  {path}")
    print(f"  {counted / 1000:6.1f} kB  HTML + CSS + JS   budget 100 kB")
    print(f"  {len(files) + 1:6} requests            budget 12")


def decoded(body: bytes, headers: dict[str, str]) -> str:
    if headers.get("content-encoding") == "gzip":
        import gzip  # noqa: PLC0415

        body = gzip.decompress(body)
    if headers.get("content-encoding") == "br":
        import brotli  # noqa: PLC0415

        body = brotli.decompress(body)
    return body.decode()


def print_memory(supervisor: int) -> None:
    """Proportional set size: what processes share is split among them."""
    kilobytes: dict[str, int] = {}
    for pid in descendants(supervisor):
        kind = kind_of(pid)
        kilobytes[kind] = kilobytes.get(kind, 0) + pss(pid)
    for kind, size in sorted(kilobytes.items()):
        print(f"memory, idle: {kind:8} {size / 1024:6.1f} MiB")
    both = kilobytes.get("web", 0) + kilobytes.get("worker", 0)
    print(f"memory, idle: web + worker {both * 1024 / 1e6:.0f} MB   budget 400 MB")


def descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from descendants(int(child))


def kind_of(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    kinds = {b"gunicorn": "web", b"celery": "worker", b"redis": "queue"}
    return next((kind for word, kind in kinds.items() if word in command), "other")


def pss(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()
