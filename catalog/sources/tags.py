"""The Hub's tags taken apart: some are fields in disguise, some only repeat, the rest are tags."""

import re
from dataclasses import dataclass, field
from typing import Any

from catalog import vocabulary

from . import cleaning

MOST_DATASETS = 100
_ARXIV = re.compile(r"^\d{4}\.\d{4,5}(v\d+)?$")
RELATIONS = ("finetune", "adapter", "quantized", "merge")
_FORMATS = {
    "pytorch": "pytorch",
    "tf": "tensorflow",
    "jax": "jax",
    "safetensors": "safetensors",
    "gguf": "gguf",
    "ggml": "ggml",
    "onnx": "onnx",
    "openvino": "openvino",
    "coreml": "coreml",
    "mlx": "mlx",
    "tflite": "tflite",
    "rust": "rust",
    "tensorboard": "",
}
# Written by the Hub about its own services; nobody looks for a model by them.
_ABOUT_THE_HUB = frozenset(
    {
        "endpoints_compatible",
        "autotrain_compatible",
        "autonlp_compatible",
        "infinity_compatible",
        "has_space",
        "model-index",
        "model_hub_mixin",
        "pytorch_model_hub_mixin",
        "generated_from_trainer",
        "generated_from_keras_callback",
    }
)
_LISTS = {"dataset": "datasets", "license": "licenses", "region": "regions", "doi": "dois"}
_PREFIXES_LEFT_OUT = ("deploy:", "template:", "dataset_size:", "loss:", "diffusers:")


@dataclass(slots=True)
class Tags:
    """What a list of the Hub's tags says, sorted by what it is."""

    plain: list[str] = field(default_factory=list)
    datasets: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    relation: str = ""
    licenses: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    dois: list[str] = field(default_factory=list)


def sorted_out(value: Any, notes: list[str]) -> Tags:
    found = Tags()
    for tag in cleaning.words(value, "tags", notes, most=5_000, longest=300):
        _sort(tag, found)
    found.plain = cleaning.words(found.plain, "tags", notes)
    found.datasets = cleaning.words(
        found.datasets, "datasets", notes, most=MOST_DATASETS, longest=200
    )
    return found


def _sort(tag: str, found: Tags) -> None:
    prefix, colon, rest = tag.partition(":")
    if colon and _is_field(prefix.lower(), rest.strip(), found):
        return
    lower = tag.lower()
    if lower in _FORMATS:
        if _FORMATS[lower]:
            found.formats.append(_FORMATS[lower])
    elif language := _language(tag):
        found.languages.append(language)
    elif lower not in _ABOUT_THE_HUB and not lower.startswith(_PREFIXES_LEFT_OUT):
        found.plain.append(tag)


def _is_field(prefix: str, rest: str, found: Tags) -> bool:
    """Whether a tag with this prefix is a field; if so, it is noted in `found`."""
    if prefix == "base_model":
        _note_base(rest, found)
    elif prefix == "arxiv":
        if _ARXIV.match(rest):
            found.papers.append(rest)
    elif prefix in _LISTS:
        getattr(found, _LISTS[prefix]).append(rest)
    else:
        return False
    return True


def _note_base(rest: str, found: Tags) -> None:
    """`owner/name` or `relation:owner/name`, both of which the Hub writes for one base."""
    relation, colon, base = rest.partition(":")
    if colon and relation in RELATIONS:
        found.relation = found.relation or relation
        found.bases.append(base)
    else:
        found.bases.append(rest)


def _language(tag: str) -> str | None:
    """The language that a tag of two or three letters names; longer ones are words."""
    if len(tag) not in (2, 3) or not tag.islower():
        return None
    return vocabulary.language_of(tag)
