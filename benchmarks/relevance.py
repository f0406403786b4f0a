"""How many of the graded searches find what people mean, and what comes instead when not.

    python benchmarks/relevance.py               makes a catalog of the real input, and removes it
    VAR_DIR=... python benchmarks/relevance.py   asks the catalog at hand

The real input and the searches lie in SLIPWAY_DATA (default: ../shared beside the repository).
Ends with an error when fewer hold than the bar asks for.
"""

import fnmatch
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SLIPWAY_DATA", ROOT.parent / "shared"))
QUERIES = SHARED / "relevance" / "queries.tsv"
BAR = 29
SHOWN = 5

sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")


@dataclass(frozen=True)
class Graded:
    kind: str
    text: str
    top: int
    wanted: list[str]  # owner/name, * for anything; one of them is enough

    def is_met_by(self, names: list[str]) -> bool:
        return any(
            fnmatch.fnmatchcase(name.lower(), pattern.lower())
            for name in names[: self.top]
            for pattern in self.wanted
        )


def graded() -> list[Graded]:
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Graded(kind, text, int(top), wanted.split()) for kind, text, top, wanted in parts]


@contextmanager
def catalog() -> Iterator[None]:
    """The catalog that VAR_DIR names, or one of the real input that is thrown away."""
    if "VAR_DIR" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="slipway-relevance-") as folder:
        os.environ["VAR_DIR"] = folder
        fill()
        yield


def fill() -> None:
    inputs = SHARED / "data"
    manage("migrate", "--verbosity=0")
    manage("load_vocabulary")
    manage("import_models", "replicate", str(inputs / "replicate" / "models.json.gz"))
    manage(
        "import_models",
        "jsonl",
        str(inputs / "hf_models.jsonl.gz"),
        f"--cards={inputs / 'hf_descriptions.jsonl.gz'}",
    )
    manage("rebuild_index")


def manage(*arguments: str) -> None:
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    print(f"{arguments[0]}: {time.monotonic() - started:.0f} s", flush=True)


def score() -> int:
    """Print each search's verdict; returns how many hold."""
    import django  # noqa: PLC0415 - VAR_DIR was chosen just now

    django.setup()

    held = 0
    for query in graded():
        names, milliseconds, total = ask(query)
        is_met = query.is_met_by(names)
        held += is_met
        print(f"{'holds' if is_met else 'MISSES':7} {query.kind:24} {query.text:38} ", end="")
        print(f"{total:6} found {milliseconds:6.1f} ms")
        if not is_met:
            print(f"        came: {', '.join(names[:SHOWN])}")
    print(f"{held} of {len(graded())} hold; the bar is {BAR}.")
    return held


def ask(query: Graded) -> tuple[list[str], float, int]:
    from catalog.models import AIModel  # noqa: PLC0415
    from catalog.search import Query, find  # noqa: PLC0415

    started = time.perf_counter()
    results = find(Query(text=query.text, limit=max(query.top, SHOWN)))
    milliseconds = (time.perf_counter() - started) * 1000
    assert not results.is_degraded, "there is no index; run manage.py rebuild_index"
    models = AIModel.objects.listed().with_card_data().in_order(results.ids)
    return [model.full_name for model in models], milliseconds, results.total


def main() -> None:
    if not QUERIES.exists():
        sys.exit(f"{QUERIES} is missing; set SLIPWAY_DATA to the folder with the real input.")
    with catalog():
        held = score()
    sys.exit(held < BAR)


if __name__ == "__main__":
    main()
