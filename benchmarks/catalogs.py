"""Catalogs to measure: real models, as many as wanted, made once and kept in a folder.

Up to as many as SLIPWAY_DATA (default: ../shared) holds: the most downloaded of the Hub's, the
others by the hash of their name, and all of Replicate's. More: the real ones again under changed
names. Without SLIPWAY_DATA: made-up ones.
"""

import gzip
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from processes import ROOT, manage, said_by

INPUT = Path(os.environ.get("SLIPWAY_DATA", ROOT.parent / "shared")) / "data"
KEPT = ROOT / "var/benchmarks"
REPLICATE, ALL = 3_808, 112_635
MOST_DOWNLOADED = 10_000

COLUMNS = """
from catalog.models import AIModel, Card
for model in (AIModel, Card):
    print(model._meta.db_table, *(field.column for field in model._meta.local_fields))
"""


@dataclass(frozen=True)
class Catalog:
    models: int
    folder: Path  # the VAR_DIR

    @property
    def database(self) -> Path:
        return self.folder / "slipway.sqlite3"

    @property
    def made_of(self) -> str:
        return (self.folder / "made_of").read_text()


def at_hand() -> Path:
    """VAR_DIR, or that of a catalog of 50,000 models with its index."""
    if "VAR_DIR" in os.environ:
        return Path(os.environ["VAR_DIR"])
    found = catalog(50_000, KEPT).folder
    manage("rebuild_index", VAR_DIR=str(found))
    return found


def catalog(models: int, folder: Path) -> Catalog:
    """Made when it is not there yet; the tables of an older Slipway are migrated."""
    found = Catalog(models, folder / f"catalog-{models}")
    if not (found.folder / "made_of").exists():
        print(f"making a catalog of {models:,} models", flush=True)
        shutil.rmtree(found.folder, ignore_errors=True)
        found.folder.mkdir(parents=True)
        (found.folder / "made_of").write_text(_make(found, folder))
    else:
        manage("migrate", "--verbosity=0", VAR_DIR=str(found.folder))
    return found


def _make(wanted: Catalog, folder: Path) -> str:
    """Returns what it was made of."""
    if not INPUT.is_dir():
        _prepare(wanted)
        manage("sample_catalog", f"--models={wanted.models}", VAR_DIR=str(wanted.folder))
        return "made-up models"
    if wanted.models > ALL:
        return _multiply(catalog(ALL, folder), wanted)
    _prepare(wanted)
    _import(wanted)
    return "real models"


def _prepare(wanted: Catalog) -> None:
    manage("migrate", "--verbosity=0", VAR_DIR=str(wanted.folder))
    manage("load_vocabulary", VAR_DIR=str(wanted.folder))


def _import(wanted: Catalog) -> None:
    lines = wanted.folder / "hub.jsonl"
    lines.write_bytes(b"".join(_chosen(wanted.models - REPLICATE)))
    where = {"VAR_DIR": str(wanted.folder)}
    cards = INPUT / "hf_descriptions.jsonl.gz"
    manage("import_models", "replicate", INPUT / "replicate/models.json.gz", **where)
    manage("import_models", "jsonl", lines, "--cards", cards, **where)
    lines.unlink()


def _chosen(count: int) -> Iterator[bytes]:
    with gzip.open(INPUT / "hf_models.jsonl.gz") as file:
        lines = list(file)
    if count >= len(lines):
        return iter(lines)
    records = [orjson.loads(line) for line in lines]
    by_use = sorted(range(len(lines)), key=lambda at: -(records[at]["downloads"] or 0))
    used = min(MOST_DOWNLOADED, count)
    by_hash = sorted(by_use[used:], key=lambda at: _hash(records[at]["id"]))
    chosen = {*by_use[:used], *by_hash[: count - used]}
    return (lines[at] for at in sorted(chosen))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _multiply(real: Catalog, wanted: Catalog) -> str:
    """The rows and their cards once more, -again-1 behind each name, then -again-2, and so on."""
    tables = said_by(COLUMNS, VAR_DIR=str(real.folder)).splitlines()
    with sqlite3.connect(real.database) as source:
        source.execute("VACUUM INTO ?", [str(wanted.database)])
    rows = sqlite3.connect(wanted.database)
    (held, last) = rows.execute("SELECT count(*), max(id) FROM catalog_aimodel").fetchone()
    for number in range(1, -(-wanted.models // held)):
        most = min(held, wanted.models - number * held)
        for table, *columns in map(str.split, tables):
            rows.execute(_copying(table, columns, number, last, most))
    rows.execute("ANALYZE")
    rows.commit()
    rows.close()
    return f"{held:,} real models, and the same again under changed names"


def _copying(table: str, columns: list[str], number: int, last: int, most: int) -> str:
    suffix = f"-again-{number}"
    changed = {
        "id": f"id + {number * last}",
        "ai_model_id": f"ai_model_id + {number * last}",
        "name": f"name || '{suffix}'",
        "key": f"key || '{suffix}'",
        "indexed_as_of": "NULL",
    }
    row = "ai_model_id" if "ai_model_id" in columns else "id"
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {', '.join(changed.get(name, name) for name in columns)} FROM {table} "
        f"WHERE {row} IN "
        f"(SELECT id FROM catalog_aimodel WHERE id <= {last} ORDER BY id LIMIT {most})"
    )
