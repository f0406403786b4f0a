"""The small fixed catalog that the graded searches are asked of: originals, and their many copies.

Models are imported where they are used: this file is read before the settings are.
"""
# ruff: noqa: PLC0415

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management import call_command

MODELS = Path(__file__).with_name("models.tsv")
# Who copies what everybody uses, and what they add to its name; none for the same name again.
COPIES = (
    ("quantworks", "-GGUF", ("gguf",)),
    ("moretunes", "", ()),
    ("apple-desk", "-4bit", ("mlx",)),
    ("finetuners", "-finetuned-support-tickets", ()),
    ("awq-bench", "-AWQ", ("awq",)),
    ("hobby-lab", "-GGUF", ("gguf", "imatrix")),
    ("edge-ports", "-onnx", ("onnx",)),
    ("lora-shelf", "-LoRA-v2", ("lora",)),
)
# The first copies are used nearly as much as the original; nobody knows the last.
FIRST_STEP, STEP = 0.2, 0.5


def fill() -> None:
    from catalog.models import AIModel, Publisher

    call_command("load_vocabulary", verbosity=0)
    rows = list(_rows())
    slugs = {row["owner"].lower(): row["owner"] for row in rows}
    Publisher.objects.bulk_create(Publisher(slug=slug, key=key) for key, slug in slugs.items())
    publishers = Publisher.objects.in_bulk(field_name="key")
    AIModel.objects.bulk_create(
        AIModel(
            publisher=publishers[row["owner"].lower()],
            key=f"{row['owner']}/{row['name']}".lower(),
            **{name: value for name, value in row.items() if name != "owner"},
        )
        for row in rows
    )


def names() -> list[str]:
    """owner/name of every model, copies among them."""
    return [f"{row['owner']}/{row['name']}" for row in _rows()]


def _rows() -> Iterator[dict[str, Any]]:
    for line in MODELS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        full_name, task, popularity, languages, tags, copies, summary = line.split("\t")
        owner, name = full_name.split("/")
        row = {
            "owner": owner,
            "name": name,
            "task_id": task,
            "popularity": float(popularity),
            "languages": languages.split(",") if languages else [],
            "tags": tags.split(",") if tags else [],
            "summary": summary,
        }
        yield row
        yield from islice(_copies(row), int(copies or 0))


def _copies(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place, (owner, ending, tags) in enumerate(COPIES):
        yield {
            **row,
            "owner": owner,
            "name": row["name"] + ending,
            "popularity": max(row["popularity"] - FIRST_STEP - STEP * place, 0),
            "tags": [*row["tags"], *tags],
            "summary": "",
            "base_model_names": [f"{row['owner']}/{row['name']}"],
        }
