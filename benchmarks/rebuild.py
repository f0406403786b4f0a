"""How long a rebuild at Meilisearch takes beside the bare engine loading the same documents.

    SEARCH_URL=http://127.0.0.1:7700 VAR_DIR=somewhere python benchmarks/rebuild.py

Both fill an empty index with the same settings, one after the other, at the same server.
The bare engine gets the documents ready made, in requests as large as ours.
"""

import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from catalog.models import AIModel  # noqa: E402
from catalog.search import documents, indexing, meilisearch  # noqa: E402
from catalog.search.meilisearch import client, tasks, writing  # noqa: E402


def main() -> None:
    models = AIModel.objects.listed().count()
    bare = measured(load_bare)
    before = peak()
    ours = measured(indexing.rebuild)
    print(f"{models:,} models; the bare engine {bare:.1f} s, our rebuild {ours:.1f} s", end=", ")
    print(f"{ours / bare:.2f} times; {before:,} MB before our rebuild, {peak():,} MB at most")


def load_bare() -> float:
    """Seconds from the first request to the last document."""
    rows = documents.read(AIModel.objects.listed().order_by("pk"))
    requests = list(writing._files(map(writing._line, rows)))
    generation = meilisearch.start()
    started = time.monotonic()
    path = f"/indexes/{generation.name}/documents"
    sent = [client.written("POST", path, body, kind=client.LINES) for body in requests]
    for answer in sent:
        tasks.finish(int(answer["taskUid"]), seconds=3600)
    took = time.monotonic() - started
    meilisearch.remove(generation)
    return took


def measured(step: object) -> float:
    started = time.monotonic()
    told = step()  # type: ignore[operator]
    return told if isinstance(told, float) else time.monotonic() - started


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
