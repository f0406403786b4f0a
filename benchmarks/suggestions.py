"""How long the server takes to suggest while somebody types, on the catalog at hand.

    VAR_DIR=... python benchmarks/suggestions.py

What is typed are the beginnings, from two letters on, of names that people look for: the most
popular models (with and without their owner), publishers, and what tasks are called in both
languages. Each is asked once through the whole stack of middleware, as it would come over HTTP.
The budget is 50 ms at 112,000 models. Beside the time on the clock stands that of the processor,
which says more while other programs run.
"""

import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from catalog.models import AIModel, Task  # noqa: E402

POPULAR = 200
ASKED = 600
LONGEST = 14
BUDGET = 50


def main() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    texts = beginnings()
    client = Client()
    for path in ("/suggestions?q=warm", "/suggestions?q=up"):
        client.get(path)
    for language in ("en", "zh-hans"):
        taken = [timed(client, text, language) for text in texts]
        report(language, texts, *zip(*taken, strict=True))


def beginnings() -> list[str]:
    """A few hundred of them, the same in each run on the same catalog."""
    keys = AIModel.objects.listed().by_popularity().values_list("key", flat=True)[:POPULAR]
    names = [*keys, *(key.partition("/")[2] for key in keys)]
    names += [name for task in Task.objects.all() for name in (task.name, *task.synonyms)]
    found = {name[:end] for name in names for end in range(2, min(len(name), LONGEST) + 1)}
    return random.Random(1).sample(sorted(found), min(ASKED, len(found)))


def timed(client: Client, text: str, language: str) -> tuple[float, float]:
    """Milliseconds on the clock, and of the processor."""
    started, used = time.perf_counter(), time.process_time()
    answer = client.get("/suggestions", {"q": text}, headers={"accept-language": language})
    assert answer.status_code == 200, answer
    return (time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000


def report(
    language: str, texts: list[str], taken: tuple[float, ...], used: tuple[float, ...]
) -> None:
    over = sum(one > BUDGET for one in taken)
    print(f"{AIModel.objects.count():,} models, {len(texts)} beginnings, {language}")
    for name, measured in (("clock", taken), ("processor", used)):
        percentiles = statistics.quantiles(measured, n=100)
        print(
            f"  {name:10} p50 {percentiles[49]:5.1f} ms   p99 {percentiles[98]:5.1f} ms   "
            f"worst {max(measured):5.1f} ms"
        )
    slowest = sorted(zip(taken, texts, strict=True), reverse=True)[:5]
    print(f"  {over} over {BUDGET} ms; slowest:", *(f"{text!r} {one:.0f}" for one, text in slowest))


if __name__ == "__main__":
    main()
