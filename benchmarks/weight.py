"""What the search page weighs, and what Slipway holds in memory while nobody asks for anything.

python benchmarks/weight.py                 50,000 models, made once and kept (catalogs.py)
VAR_DIR=... python benchmarks/weight.py     an existing catalog; nothing in it is changed
"""

import re
import time

from asking import Client, decoded
from catalogs import at_hand
from processes import memory_of, slipway

IDLE_SECONDS = 20


def main() -> None:
    with slipway(VAR_DIR=str(at_hand())) as served:
        print_weight(Client(served.port))
        time.sleep(IDLE_SECONDS)
        print_memory(served.pid)


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


def print_memory(supervisor: int) -> None:
    sizes = memory_of(supervisor)
    for part, size in sorted(sizes.items()):
        print(f"{size:6.0f} MB  {part}, idle (PSS)")
    both = sizes.get("web", 0) + sizes.get("worker", 0)
    print(f"{both:6.0f} MB  web + worker                   budget 400 MB")


if __name__ == "__main__":
    main()
