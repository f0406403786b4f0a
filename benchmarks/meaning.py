"""What search by meaning brings, what it costs, and what it takes, on the catalog at hand.

    VAR_DIR=... python benchmarks/meaning.py

Asks the sentences beside this file, which were written before anything answered them, and the
graded searches of SLIPWAY_DATA (default: ../shared beside the repository), with and without.
"""

import fnmatch
import math
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SLIPWAY_DATA", ROOT.parent / "shared"))
TOP = 10
TIMED = 3  # times that each text is asked for its cost

sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")


@dataclass(frozen=True)
class Graded:
    kind: str
    text: str
    top: int
    wanted: list[str]  # owner/name, * for anything, or task:id


@dataclass(frozen=True)
class Answer:
    query: Graded
    fits: list[bool]

    @property
    def holds(self) -> bool:
        return any(self.fits[: self.query.top])

    @property
    def ndcg(self) -> float:
        best = sum(1 / math.log2(place + 2) for place in range(TOP))
        return sum(1 / math.log2(place + 2) for place, fits in enumerate(self.fits) if fits) / best


def graded(path: Path) -> list[Graded]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    parts = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Graded(kind, text, int(top), wanted.split()) for kind, text, top, wanted in parts]


def ask(query: Graded) -> Answer:
    from catalog.models import AIModel  # noqa: PLC0415
    from catalog.search import Query, find  # noqa: PLC0415

    results = find(Query(text=query.text, limit=TOP))
    assert not results.is_degraded, "there is no index; run manage.py rebuild_index"
    rows = AIModel.objects.listed().with_card_data().in_order(results.ids)
    return Answer(query, [_fits(query, row.full_name.lower(), row.task_id) for row in rows])


def _fits(query: Graded, name: str, task: str | None) -> bool:
    return any(
        task == wanted[5:]
        if wanted.startswith("task:")
        else fnmatch.fnmatchcase(name, wanted.lower())
        for wanted in query.wanted
    )


def milliseconds(texts: list[str], forget: Callable[[], None]) -> list[float]:
    """Of find() for each text, its answer not remembered, in order from the fastest."""
    from catalog.search import Query, find  # noqa: PLC0415

    taken = []
    for text in texts * TIMED:
        forget()
        started = time.perf_counter()
        find(Query(text=text, limit=24))
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)


def measure(title: str, queries: list[Graded]) -> list[Answer]:
    from catalog.search.vectors import asking  # noqa: PLC0415

    answers = [ask(query) for query in queries]
    taken = milliseconds([query.text for query in queries], asking.forget)
    print(
        f"{title:28} {sum(answer.holds for answer in answers):3} of {len(answers):3} hold   "
        f"nDCG@10 {sum(answer.ndcg for answer in answers) / len(answers):.3f}   "
        f"p50 {taken[len(taken) // 2]:5.1f} ms   p99 {taken[-1 - len(taken) // 100]:5.1f} ms"
    )
    return answers


def main() -> None:
    import django  # noqa: PLC0415

    django.setup()
    from django.conf import settings  # noqa: PLC0415

    chosen = settings.SEARCH_EMBEDDER
    assert chosen != "off", "set SEARCH_EMBEDDER to learned, or to an address"
    sentences = graded(Path(__file__).with_name("sentences.tsv"))
    lists = {
        kind: [query for query in sentences if query.kind == kind]
        for kind in dict.fromkeys(query.kind for query in sentences)
    }
    lists["graded searches"] = graded(SHARED / "relevance" / "queries.tsv")
    for title, queries in lists.items():
        if not queries:
            continue
        settings.SEARCH_EMBEDDER = "off"
        before = measure(f"{title}, words", queries)
        settings.SEARCH_EMBEDDER = chosen
        after = measure(f"{title}, with meaning", queries)
        for one, other in zip(before, after, strict=True):
            if one.holds != other.holds:
                print(f"    {'gained' if other.holds else 'LOST'}: {one.query.text}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak:.0f} MB at most in this process")


if __name__ == "__main__":
    main()
