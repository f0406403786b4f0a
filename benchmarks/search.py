"""What a search costs: bare engine, API, page, and two things that people would use instead.

    python benchmarks/search.py                    all of it, in about an hour on a quiet machine
    python benchmarks/search.py --models 50000 --engine embedded --no-peers

Asks the 200 texts of queries.tsv, with and without facets and a filter, as one client and as
eight, over HTTP, of a Slipway of its own; catalogs.py says which models it holds. One client asks
everybody in turns, so that ratios hold on a busy machine. Writes results/search-<models>.json and
.txt, and the picture of the README. What was made (catalogs, other databases) is kept in --folder.
"""

import argparse
import os
import platform
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asking
import drawing
import reports
from catalogs import KEPT, Catalog, catalog
from engines import ENGINES, Engine
from peers import peers
from processes import memory_of, pace, size_on_disk, slipway

SIZES = (50_000, 112_635, 500_000)


def main() -> None:
    wanted = _parsed()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    for models in wanted.models:
        found = catalog(models, wanted.folder)
        for name in wanted.engine:
            measured = measure(found, ENGINES[name](found), wanted)
            print(reports.keep(found, name, measured), flush=True)
    drawing.write()


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, nargs="+", default=SIZES)
    parser.add_argument("--engine", nargs="+", choices=ENGINES, default=tuple(ENGINES))
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--folder", type=Path, default=KEPT, help=f"default: {KEPT}")
    return parser.parse_args()


def measure(models: Catalog, engine: Engine, wanted: argparse.Namespace) -> dict[str, Any]:
    """Everything about one engine with one catalog, as it goes into the results."""
    with ExitStack() as running:
        running.enter_context(engine.running())
        made = {"rebuild": engine.rebuild(), "fill_bare": engine.fill_bare()}
        served = running.enter_context(slipway(**engine.settings))
        others = running.enter_context(peers(models, wanted.folder)) if wanted.peers else []
        everybody = [
            engine.bare(),
            *asking.slipway(served.port),
            *(other.asked for other in others),
        ]
        before = os.getloadavg()[0]
        answers = [_shown(row) for row in asking.rows(everybody, engine.forget)]
        return {
            **_conditions(models, before),
            **made,
            "disk": {"index": engine.on_disk(), "database": size_on_disk(models.database)},
            "memory": {**memory_of(served.pid), "engine": engine.memory()},
            "peers": {other.asked.name: other.figures() for other in others},
            "rows": answers,
        }


def _shown(row: asking.Row) -> dict[str, Any]:
    """As it goes into the results; told at once, for all of them take a while."""
    found = asking.as_json(row)
    print(reports.line(found), flush=True)
    return found


def _conditions(models: Catalog, load: float) -> dict[str, Any]:
    return {
        "made_of": models.made_of,
        "measured_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "pace": pace(),
        "load": [load, os.getloadavg()[0]],
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
    }


if __name__ == "__main__":
    sys.exit(main())
