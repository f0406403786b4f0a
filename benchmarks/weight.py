"""What the search page weighs, and what Slipway holds in memory while nobody asks for anything.

python benchmarks/weight.py                 50,000 models, made once and kept (catalogs.py)
VAR_DIR=... python benchmarks/weight.py     an existing catalog; nothing in it is changed
"""

import re
import time
from statistics import median

from asking import Client, decoded
from catalogs import at_hand
from processes import memory_of, slipway

IDLE_SECONDS = 20


def main() -> None:
    with slipway(VAR_DIR=str(at_hand())) as served:
        print_weight(Client(served.port))
        time.sleep(IDLE_SECONDS)
        print_memory(typical_memory(served.pid))


def print_weight(client: Client) -> None:
    """As a browser with an empty cache loads it: the page and each file that it names."""
    page = client.get("/models?q=llama")
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', decoded(page).decode())))
    sizes = {"/models?q=llama": len(page[0])}
    sizes |= {path: len(client.get(path)[0]) for path in files}
    counted = [size for path, size in sizes.items() if path.endswith(("llama", "css", "js"))]
    for path, size in sizes.items():
        print(f"{size / 1000:6.1f} kB  {path}")
    print(f"{sum(counted) / 1000:6.1f} kB  HTML + CSS + JS, compressed   budget 100 kB")
    print(f"{len(sizes):6} requests                        budget 12")


def typical_memory(supervisor: int) -> dict[str, float]:
    """Of five seconds: a sweep of the worker maps 50 MB of the index for a third of one."""
    readings = []
    for _ in range(5):
        readings.append(memory_of(supervisor))
        time.sleep(1)
    return {part: median(each.get(part, 0) for each in readings) for part in readings[0]}


def print_memory(sizes: dict[str, float]) -> None:
    for part, size in sorted(sizes.items()):
        print(f"{size:6.0f} MB  {part}, idle (PSS)")
    both = sizes.get("web", 0) + sizes.get("worker", 0)
    print(f"{both:6.0f} MB  web + worker                   budget 400 MB")


if __name__ == "__main__":
    main()
