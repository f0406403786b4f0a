"""What it takes to hand out all of a catalog: exports, feeds, site map; seconds and memory.

    python benchmarks/exports.py                 # 50,000 models, made once and kept (catalogs.py)
    VAR_DIR=... python benchmarks/exports.py     # an existing catalog; nothing in it is changed

Starts Slipway's own web process and asks it over HTTP. Memory is what the web process held at most
of its own while it answered, and how much more that was than before.
"""

import http.client
import re
import time
from pathlib import Path

from catalogs import at_hand
from processes import pace, processes_of, slipway

PATHS = (
    ("/models.csv", "identity"),
    ("/models.jsonl", "identity"),
    ("/models.jsonl", "gzip"),
    ("/models.jsonl?q=model", "identity"),
    ("/models.jsonl?tag=conversational", "identity"),
    ("/models.atom", "identity"),
    ("/models.atom?q=llama", "identity"),
    ("/models.atom?tag=conversational", "identity"),
    ("/sitemap.xml", "identity"),
    ("/sitemaps/models-1.xml", "identity"),
    ("/sitemaps/publishers-1.xml", "identity"),
)
PIECE = 1 << 16


def main() -> None:
    print(f"This machine counts to ten million in {pace():.2f} s (processor time, plain Python).")
    with slipway(VAR_DIR=str(at_hand())) as served:
        measure(served.port, processes_of(served.pid, "web"))


def measure(port: int, web: list[int]) -> None:
    for path, _ in PATHS[:3]:  # opens the index, and lets the allocator take what it keeps
        get(port, f"{path}?q=llama&license=mit", "identity", web)
    print(f"{'':42}{'MB':>8}{'seconds':>9}{'MB held':>9}{'more':>6}")
    for path, encoding in PATHS:
        before = held(web)
        started = time.perf_counter()
        size, most = get(port, path, encoding, web)
        seconds = time.perf_counter() - started
        shown = path if encoding == "identity" else f"{path}, {encoding}"
        print(
            f"{shown:42}{size / 1e6:8.1f}{seconds:9.2f}"
            f"{most / 1000:9.0f}{(most - before) / 1000:6.0f}",
            flush=True,
        )


def get(port: int, path: str, encoding: str, web: list[int]) -> tuple[int, int]:
    """Bytes of the answer, and the most memory that was held while it came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    answer = connection.getresponse()
    size, most = 0, held(web)
    while piece := answer.read(PIECE):
        size += len(piece)
        most = max(most, held(web))
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}.")
    return size, most


def held(pids: list[int]) -> int:
    """Kilobytes of their own, without the database's file, which the system keeps in memory."""
    return sum(_kilobytes(pid, "RssAnon") for pid in pids)


def _kilobytes(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.M)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    main()
