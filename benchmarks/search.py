"""How long find() takes in process, beside the bare engine asked plainly on the same index.

    python benchmarks/search.py --models 50000    makes up a catalog in a temporary folder
    VAR_DIR=... python benchmarks/search.py       asks the catalog at hand

Each row is one kind of question, every text of TEXTS asked, without what a first answer leaves
in memory: counts are forgotten before each search. Bare is tantivy's own query parser over name,
owner, tags and text with typos in names allowed, and one aggregation for the same counts.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

FACETS = ("task", "library", "license", "publisher")
ROUNDS = 5
THREADS = 8
TEXTS = [
    "llama", "llama 3 8b instruct", "qwen", "qwen2.5 7b", "mistral", "whisper", "whisper large v3",
    "stable diffusion", "sdxl", "flux", "flux dev", "bert", "bert base uncased", "roberta",
    "gpt2", "t5 small", "deepseek r1", "gemma", "phi", "yolo", "clip", "sam", "vit base",
    "minilm", "bge large", "wav2vec2", "kokoro", "musicgen", "controlnet", "real esrgan",
    "text to speech", "tts", "asr", "speech recognition", "image captioning", "remove background",
    "upscale image", "sentence embeddings", "summarization", "translation german",
    "sentiment analysis", "object detection", "question answering", "ocr", "face swap",
    "turn speech into text", "describe what is in a picture", "make a video from a photo",
    "文本转语音", "图像放大", "中文大模型", "wisper", "stable difusion", "lama instruct",
    "openai/whisper-large-v3", "https://huggingface.co/openai/clip-vit-base-patch32",
    "finetuned model for medical text", "gguf 4bit", "a", "zzzunheard",
]  # fmt: skip

Ask = Callable[[str], object]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time searches in process.")
    parser.add_argument("--models", type=int, help="make up a catalog with as many models")
    wanted = parser.parse_args()
    if not wanted.models:
        return measure()
    with tempfile.TemporaryDirectory(prefix="slipway-search-") as folder:
        os.environ["VAR_DIR"] = folder
        manage("migrate", "--verbosity=0")
        manage("load_vocabulary")
        manage("sample_catalog", f"--models={wanted.models}")
        print(f"rebuild_index: {manage('rebuild_index'):.1f} s with the start of Python")
        return measure()


def manage(*arguments: str) -> float:
    """Run a command; returns the seconds that it took."""
    started = time.monotonic()
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def measure() -> None:
    import django  # noqa: PLC0415 - VAR_DIR was chosen just now

    django.setup()
    from catalog.search import Query, embedded, find, indexing  # noqa: PLC0415
    from catalog.search.embedded import counting  # noqa: PLC0415

    print(f"{embedded.count(embedded.current())} models; {indexing.status()['stale']} stale")

    def asking(**question: object) -> Ask:
        def ask(text: str) -> object:
            counting.forget()
            results = find(Query(text=text, **question))  # type: ignore[arg-type]
            assert not results.is_degraded
            return results

        return ask

    chosen = {"task": ("text-generation",)}
    text, counted = asking(), asking(facets=FACETS)
    filtered = asking(facets=FACETS, any_of=chosen)
    header()
    row("text", text, bare(()))
    row("text, four facets", counted, bare(FACETS))
    row("text, a filter, four facets", filtered, bare(FACETS))
    row("no text, four facets", lambda _: counted(""), lambda _: bare(FACETS)(""))
    row("sorted by likes, page 400", asking(sort="likes", offset=9600), bare(()))
    row(f"text, four facets, {THREADS} at once", counted, bare(FACETS), threads=THREADS)


def bare(facets: tuple[str, ...]) -> Ask:
    """The engine asked as its documentation shows it, on the same index."""
    import tantivy  # noqa: PLC0415

    from catalog.search.embedded import reading  # noqa: PLC0415

    index, searcher = reading.opened()
    counted = {name: {"terms": {"field": name, "size": 100}} for name in facets}
    fields = ["name", "owner", "tag_words", "prose"]

    def ask(text: str) -> object:
        typed = index.parse_query_lenient(text, fields, fuzzy_fields={"name": (True, 1, True)})[0]
        query = typed if text else tantivy.Query.all_query()
        found = searcher.search(query, limit=24)
        return found, searcher.aggregate(query, counted) if facets else None

    return ask


def header() -> None:
    print(f"{'ms':34}{'p50':>7}{'p99':>7}{'a second':>10}{'bare p50':>11}{'p99':>7}{'ratio':>8}")


def row(name: str, ask: Ask, bare_ask: Ask, *, threads: int = 1) -> None:
    ours, rate = timed(ask, threads)
    plain, _ = timed(bare_ask, threads)
    p50, bare_p50 = statistics.median(ours), statistics.median(plain)
    print(
        f"{name:34}{p50:7.1f}{p99(ours):7.1f}{rate:10.0f}"
        f"{bare_p50:11.1f}{p99(plain):7.1f}{p50 / bare_p50:8.1f}"
    )


def timed(ask: Ask, threads: int) -> tuple[list[float], float]:
    """Milliseconds of each search, and searches a second, after one round to warm up."""

    def one(text: str) -> float:
        started = time.perf_counter()
        ask(text)
        return (time.perf_counter() - started) * 1000

    texts = TEXTS * ROUNDS
    for text in TEXTS:
        one(text)
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        taken = list(pool.map(one, texts))
    return taken, len(texts) / (time.perf_counter() - started)


def p99(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=100)[98]


if __name__ == "__main__":
    main()
