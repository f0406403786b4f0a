"""How long the real catalog takes to import, and again, beside the bare database.

    SLIPWAY_DATA=... python benchmarks/imports.py                     on SQLite
    SLIPWAY_DATA=... DATABASE_URL=... python benchmarks/imports.py    on an empty PostgreSQL

SLIPWAY_DATA (default: the folder `shared` beside the repository) holds the 112,635 records with
their cards. Bare is the least that any importer does: parse each line, write it into one table of
SQLite without an index. Each step is a process of its own; memory is the most it held.
"""

import os
import sys
import tempfile
from pathlib import Path

from processes import ROOT, Figures, manage, pace, timed

BARE = """
import gzip, itertools, sqlite3, sys
import orjson
rows = sqlite3.connect(sys.argv[1])
rows.execute("PRAGMA journal_mode=WAL")
rows.execute("CREATE TABLE record (id TEXT, line TEXT)")
for path in sys.argv[2:]:
    lines = gzip.open(path, "rt", encoding="utf-8")
    while batch := list(itertools.islice(lines, 1000)):
        rows.executemany("INSERT INTO record VALUES (?, ?)",
                         [(orjson.loads(line)["id"], line) for line in batch])
        rows.commit()
"""


def main() -> None:
    folder = Path(os.environ.get("SLIPWAY_DATA", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        sys.exit(f"{folder} is not there; set SLIPWAY_DATA to the folder that holds data/.")
    hub = ["jsonl", folder / "hf_models.jsonl.gz", "--cards", folder / "hf_descriptions.jsonl.gz"]
    replicate = ["replicate", folder / "replicate/models.json.gz"]
    replicate += ["--stats", folder / "replicate/stats.json.gz"]
    print(f"This machine counts to ten million in {pace():.2f} s (processor time, plain Python).")
    print(f"{'':24}{'seconds':>9}{'processor':>11}{'MB':>7}{'x bare':>8}")
    with tempfile.TemporaryDirectory(prefix="slipway-imports-") as var_dir:
        os.environ["VAR_DIR"] = var_dir
        manage("migrate", "--verbosity=0")
        bare = timed([sys.executable, "-c", BARE, f"{var_dir}/bare", hub[1], hub[3]])
        show("bare, Hub and cards", bare, bare[0])
        for again in ("", " again"):
            steps = [manage("import_models", *step) for step in (hub, replicate)]
            show(f"Hub and cards{again}", steps[0], bare[0])
            show(f"Replicate and runs{again}", steps[1], bare[0])
            show(f"both{again}", together(steps), bare[0])


def together(steps: list[Figures]) -> Figures:
    seconds, processor, memory = zip(*steps, strict=True)
    return sum(seconds), sum(processor), max(memory)


def show(name: str, figures: Figures, bare: float) -> None:
    seconds, processor, memory = figures
    print(f"{name:24}{seconds:9.1f}{processor:11.1f}{memory:7.0f}{seconds / bare:8.1f}", flush=True)


if __name__ == "__main__":
    main()
