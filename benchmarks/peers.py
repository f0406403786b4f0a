"""What people would use instead, on the same models: MLflow's registry search, and Datasette."""

import hashlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import orjson
from asking import BROWSED, FILTERED, LIMIT, WORDS, Asked, Client, Kind, Question
from catalogs import Catalog
from processes import free_port, memory_of, served, size_on_disk

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements-peers.txt"

# One table with full-text search, indexes on what is counted, and popular models first.
TABLE = """
ATTACH ? AS slipway
---
CREATE TABLE models (
    id INTEGER PRIMARY KEY, name TEXT, owner TEXT, summary TEXT, card TEXT, tags TEXT,
    task TEXT, library TEXT, license TEXT, language TEXT, downloads INTEGER
)
---
INSERT INTO models
SELECT model.id, model.name, publisher.slug, model.summary, substr(card.text, 1, 600), model.tags,
    task_id, library_id, license_id, languages, coalesce(downloads, runs, 0)
FROM slipway.catalog_aimodel AS model
JOIN slipway.catalog_publisher AS publisher ON publisher.id = model.publisher_id
LEFT JOIN slipway.catalog_card AS card ON card.ai_model_id = model.id
WHERE model.status IN ('listed', 'deprecated')
---
CREATE INDEX models_task ON models (task)
---
CREATE INDEX models_library ON models (library)
---
CREATE INDEX models_license ON models (license)
---
CREATE INDEX models_downloads ON models (downloads)
---
CREATE VIRTUAL TABLE models_fts
USING fts5(name, owner, tags, summary, card, content="models", content_rowid="id")
---
INSERT INTO models_fts (models_fts) VALUES ('rebuild')
---
ANALYZE
"""
# Its own limits would leave slow counts out, and its guesses at facets would only slow it down.
SETTINGS = {
    "sql_time_limit_ms": "60000",
    "facet_time_limit_ms": "60000",
    "suggest_facets": "off",
}


@dataclass(frozen=True)
class Peer:
    asked: Asked
    pid: int
    load: float  # seconds
    file: Path

    def figures(self) -> dict[str, float]:
        return {
            "load": self.load,
            "memory": sum(memory_of(self.pid).values()),
            "disk": size_on_disk(self.file),
        }


@contextmanager
def peers(catalog: Catalog, folder: Path) -> Iterator[list[Peer]]:
    python = _environment(folder)
    with ExitStack() as servers:
        yield [servers.enter_context(start(catalog, python)) for start in (_datasette, _mlflow)]


def _environment(folder: Path) -> Path:
    """The Python of an environment that holds what requirements-peers.txt names."""
    python = folder / "peers/bin/python"
    stamp = folder / "peers/stamp"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        print("installing Datasette and MLflow", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder / "peers"], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS]
        subprocess.run(install, check=True)
        stamp.write_text(wanted)
    return python


@contextmanager
def _datasette(catalog: Catalog, python: Path) -> Iterator[Peer]:
    file = catalog.folder / "datasette.db"
    load = _made(file, lambda: _fill_table(catalog, file))
    port = free_port()
    words = [str(python), "-m", "datasette", "serve", "--immutable", str(file), "--port", str(port)]
    for name, value in SETTINGS.items():
        words += ["--setting", name, value]
    with served(words, port, "/-/versions.json") as found:
        yield Peer(_asked_of_datasette(port), found.pid, load, file)


def _fill_table(catalog: Catalog, file: Path) -> None:
    rows = sqlite3.connect(file, isolation_level=None)
    attach, *steps = TABLE.split("---")
    rows.execute(attach, [str(catalog.database)])
    for step in steps:
        rows.execute(step)
    rows.close()


def _asked_of_datasette(port: int) -> Asked:
    client = Client(port)

    def ask(question: Question) -> tuple[bytes, str]:
        words = {"_search": question.text} if question.text else {}
        words |= {"task": question.task} if question.task else {}
        asked = [*words.items(), ("_size", LIMIT), ("_sort_desc", "downloads")]
        facets = [name for name in question.facets if name != "language"]
        asked += [("_facet", name) for name in facets]
        asked += [("_facet_array", "language")] * (len(facets) < len(question.facets))
        return client.get(f"/datasette/models.json?{urlencode(asked)}")

    return Asked(
        "Datasette", ask, lambda answer: orjson.loads(answer[0])["filtered_table_rows_count"]
    )


@contextmanager
def _mlflow(catalog: Catalog, python: Path) -> Iterator[Peer]:
    file = catalog.folder / "mlflow.db"
    script = [str(python), str(HERE / "mlflow_registry.py")]
    load = _made(
        file, lambda: subprocess.run([*script, "fill", file, catalog.database], check=True)
    )
    port = free_port()
    with served([*script, "serve", str(file), str(port)], port, "/") as found:
        yield Peer(_asked_of_mlflow(port), found.pid, load, file)


def _asked_of_mlflow(port: int) -> Asked:
    """It counts nothing, and its filters know LIKE only: the words have to come in this order."""
    client = Client(port)

    def ask(question: Question) -> tuple[bytes, str]:
        words = "%".join(question.text.replace("'", " ").replace("%", " ").split())
        filters = [f"name ILIKE '%{words}%'"] if words else []
        filters += [f"tags.task = '{question.task}'"] if question.task else []
        asked = {"filter": " AND ".join(filters), "max_results": LIMIT}
        return client.get(f"/?{urlencode(asked)}")

    kinds: tuple[Kind, ...] = (WORDS, FILTERED, BROWSED)
    return Asked("MLflow", ask, lambda answer: int(answer[0]), kinds)


def _made(file: Path, make: Callable[[], object]) -> float:
    """Seconds that making it took; a file that is whole is kept, with its time."""
    note = file.with_suffix(".seconds")
    if not note.exists():
        file.unlink(missing_ok=True)
        started = time.perf_counter()
        make()
        note.write_text(f"{time.perf_counter() - started}")
    return float(note.read_text())
