"""The results of search.py: kept as JSON, one file a catalog, and printed as a table."""

import json
from pathlib import Path
from typing import Any

from catalogs import Catalog

RESULTS = Path(__file__).parent / "results"

Measured = dict[str, Any]


def keep(catalog: Catalog, engine: str, measured: Measured) -> str:
    """Write it beside what other engines measured; returns its table."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"search-{catalog.models}.json"
    engines = json.loads(file.read_text()) if file.exists() else {}
    engines[engine] = measured
    file.write_text(json.dumps(engines, indent=1, ensure_ascii=False) + "\n")
    tables = {name: table(catalog.models, name, engines[name]) for name in sorted(engines)}
    file.with_suffix(".txt").write_text("\n\n".join(tables.values()) + "\n")
    return tables[engine]


def kept() -> dict[int, dict[str, Measured]]:
    """All results by number of models and engine."""
    files = RESULTS.glob("search-*.json")
    found = {int(file.stem.partition("-")[2]): json.loads(file.read_text()) for file in files}
    return dict(sorted(found.items()))


def table(models: int, engine: str, measured: Measured) -> str:
    load = " to ".join(f"{each:.1f}" for each in measured["load"])
    lines = [
        f"{models:,} models ({measured['made_of']}), {engine} engine, {measured['measured_at']}",
        f"{measured['machine']}; counts to ten million in {measured['pace']:.2f} s; load {load}",
        "",
        f"{'':32}{'clients':>8}{'asked':>7}{'p50 ms':>9}{'p99 ms':>9}"
        f"{'a second':>10}{'x bare':>8}{'found':>7}",
    ]
    kind = ""
    for row in measured["rows"]:
        if row["kind"] != kind:
            kind = row["kind"]
            lines.append(kind)
        lines.append(line(row))
    return "\n".join([*lines, "", *_sizes(measured)])


def line(row: dict[str, Any]) -> str:
    found = "" if row["found"] is None else row["found"]
    return (
        f"  {row['who']:30}{row['clients']:8}{row['asked']:7}{row['p50']:9.1f}{row['p99']:9.1f}"
        f"{row['a_second']:10.0f}{row['ratio']:8.1f}{found:>7}"
    )


def _sizes(measured: Measured) -> list[str]:
    rebuild, bare = measured["rebuild"], measured["fill_bare"]
    disk, memory = measured["disk"], measured["memory"]
    parts = ", ".join(f"{part} {size:.0f}" for part, size in memory.items() if size)
    return [
        f"rebuild {rebuild:.1f} s, {rebuild / bare:.1f} x the engine alone ({bare:.1f} s)",
        f"on disk: index {disk['index']:.0f} MB, database {disk['database']:.0f} MB",
        f"memory after the searches, MB (PSS): {parts}",
        *[
            f"{name}: loaded in {peer['load']:.0f} s, {peer['disk']:.0f} MB on disk, "
            f"{peer['memory']:.0f} MB of memory"
            for name, peer in measured["peers"].items()
        ],
    ]
