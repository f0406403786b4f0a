"""What ten times the models cost: made-up catalogs of both sizes, indexed and searched.

    python benchmarks/scale.py                   50,000 and 500,000 models
    python benchmarks/scale.py --models 5000     5,000 and 50,000

Each step is a process of its own; memory is the most it held. Bare is the engine alone taking in
the same documents, already made. Searches are those of benchmarks/search.py.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from processes import ROOT, manage, pace

BARE = """
import time, django
django.setup()
from catalog.models import AIModel
from catalog.search import embedded, indexing
made = list(indexing._all_documents(AIModel.objects.listed().count(), None))
started = time.perf_counter()
generation = embedded.start()
embedded.fill(generation, made)
print(time.perf_counter() - started)
embedded.remove(generation)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a catalog and one ten times as large.")
    parser.add_argument("--models", type=int, default=50_000)
    models = parser.parse_args().models
    print(f"This machine counts to ten million in {pace():.2f} s (processor time, plain Python).")
    for count in (models, models * 10):
        with tempfile.TemporaryDirectory(prefix="slipway-scale-") as folder:
            os.environ["VAR_DIR"] = folder
            measure(count, Path(folder))


def measure(count: int, folder: Path) -> None:
    print(f"\n{count:,} models{'':10}{'seconds':>9}{'processor':>11}{'MB':>7}", flush=True)
    manage("migrate", "--verbosity=0")
    manage("load_vocabulary")
    show("sample_catalog", manage("sample_catalog", f"--models={count}"))
    rebuilt = manage("rebuild_index")
    show("rebuild_index", rebuilt)
    bare = float(python("-c", BARE))
    print(f"the engine alone {bare:15.1f}   ratio {rebuilt[0] / bare:.1f}")
    size = sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file())
    print(f"index on disk {size / 1e6:18.0f} MB")
    print(python(str(ROOT / "benchmarks/search.py")), flush=True)


def show(name: str, figures: tuple[float, float, float]) -> None:
    seconds, processor, memory = figures
    print(f"{name:24}{seconds:9.1f}{processor:11.1f}{memory:7.0f}", flush=True)


def python(*words: str) -> str:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, *words]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


if __name__ == "__main__":
    main()
