"""An import that is killed at any moment and run again ends in the same rows."""

import gzip
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.own_database]

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("SLIPWAY_DATA", ROOT.parent / "shared"))
# Ids and times differ from run to run; what is said of which model may not.
TABLES = {
    "aimodel": "key, name, summary, task_id, license_id, tags, likes, downloads, popularity, "
    "source, source_id, last_seen_at, base_model_names, "
    "(SELECT key FROM catalog_aimodel base WHERE base.id = catalog_aimodel.base_model_id)",
    "sourcerecord": 'source, source_id, "values", notes, read_at, digest, '
    "(SELECT key FROM catalog_aimodel one WHERE one.id = ai_model_id)",
    "publisher": "key, slug",
    "card": "text, full_length, (SELECT key FROM catalog_aimodel one WHERE one.id = ai_model_id)",
    "importreject": "position, reason, digest",
}


def environment(var_dir: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "VAR_DIR": str(var_dir), "PYTHONUNBUFFERED": "1"}


def started(var_dir: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(var_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(var_dir: Path, *arguments: str) -> str:
    process = started(var_dir, *arguments)
    out, error = process.communicate(timeout=100)
    assert process.returncode == 0, error
    return out


def rows(var_dir: Path) -> dict[str, list[Any]]:
    with sqlite3.connect(var_dir / "slipway.sqlite3") as database:
        return {
            table: sorted(database.execute(f"SELECT {columns} FROM catalog_{table}"), key=repr)  # noqa: S608
            for table, columns in TABLES.items()
        }


def position(var_dir: Path) -> int:
    with sqlite3.connect(var_dir / "slipway.sqlite3") as database:
        found = database.execute("SELECT max(position) FROM catalog_importrun").fetchone()[0]
        return int(found or 0)


@pytest.fixture
def inputs(tmp_path: Path) -> tuple[str, ...]:
    """Models with bases that come later, an id twice, a broken line, and cards."""
    records = [
        {"id": f"owner{number % 40}/model-{number}", "likes": number, "tags": [f"t{number % 9}"]}
        | (
            {"base_model": f"owner{(number + 7) % 40}/model-{number + 7}"}
            if number % 5 == 0
            else {}
        )
        for number in range(4_000)
    ]
    lines = [json.dumps(record) for record in records]
    lines[2_500:2_500] = ["broken {", lines[10].replace('"likes": 10', '"likes": 11')]
    models, cards = tmp_path / "models.jsonl.gz", tmp_path / "cards.jsonl"
    models.write_bytes(gzip.compress("\n".join(lines).encode()))
    texts = ({"id": record["id"], "text": f"Card of {record['id']}"} for record in records[::3])
    cards.write_text("\n".join(map(json.dumps, texts)))
    return ("import_models", "jsonl", str(models), "--cards", str(cards))


@pytest.fixture
def new_folder(empty_database: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A state folder of this name with an empty catalog."""

    def new(name: str) -> Path:
        var_dir = tmp_path / name
        var_dir.mkdir()
        shutil.copy(empty_database, var_dir)
        return var_dir

    return new


@pytest.fixture
def var_dir(new_folder: Callable[[str], Path]) -> Path:
    return new_folder("var")


def test_killed_at_random_moments_it_ends_in_the_same_rows(
    new_folder: Callable[[str], Path], inputs: tuple[str, ...]
) -> None:
    killed, whole = new_folder("killed"), new_folder("whole")
    finished(whole, *inputs)

    seen = set()
    for _ in range(2):
        before = position(killed)
        process = started(killed, *inputs)
        deadline = time.monotonic() + 30
        while position(killed) == before and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(random.uniform(0.0, 0.2))  # noqa: S311
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen.add(position(killed))
    said = finished(killed, *inputs)

    assert len(seen) > 1
    assert "Carried on after" in said
    assert rows(killed) == rows(whole)
    assert "0 created, 0 changed" in finished(killed, *inputs)
    assert rows(killed) == rows(whole)


def test_ctrl_c_ends_with_a_sentence_and_is_carried_on(
    var_dir: Path, inputs: tuple[str, ...]
) -> None:
    process = started(var_dir, *inputs)
    deadline = time.monotonic() + 30
    while position(var_dir) == 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "carries on from there" in error
    assert "Traceback" not in error
    assert "Carried on after" in finished(var_dir, *inputs)


def test_memory_stays_flat_on_the_real_listing(var_dir: Path) -> None:
    listing = SHARED / "data" / "hf_models.jsonl.gz"
    if not listing.exists():
        pytest.skip(f"the real listing {listing} is not here")
    command = (
        "import resource, runpy, sys; sys.argv[0] = 'manage.py'\n"
        "try: runpy.run_path('manage.py', run_name='__main__')\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    arguments = ("import_models", "jsonl", str(listing))
    found = []
    for limit in ("1000", "12000"):
        process = subprocess.run(
            [sys.executable, "-c", command, *arguments, "--limit", limit],
            cwd=ROOT,
            env=environment(var_dir),
            capture_output=True,
            text=True,
            timeout=100,
        )
        found.append(int(process.stdout.split()[-1]))

    assert found[1] < 1.25 * found[0]
