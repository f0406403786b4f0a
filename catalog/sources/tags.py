"""The Hub's tags taken apart: some are fields in disguise, some only repeat, the rest are tags."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from catalog import vocabulary

from . import cleaning

MOST_DATASETS = 100
RELATIONS = ("finetune", "adapter", "quantized", "merge")
# What several catalogs and listings call the same ability, in small letters with "-".
CAPABILITIES = {
    "tool-use": "tools",
    "tool-calling": "tools",
    "tools": "tools",
    "function-calling": "tools",
    "vision": "vision",
    "vision-language": "vision",
    "audio": "audio",
    "reasoning": "reasoning",
    "thinking": "reasoning",
    "lora": "lora",
    "realtime": "realtime",
    "async-queue": "batch",
    "streaming": "streaming",
    "json-mode": "json",
}
# A tag says so of these only; the others are too loose a word among free tags.
_CAPABLE_BY_TAG = frozenset({"tools", "vision", "reasoning"})
FORMATS = {
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
}
# Words of two or three letters that are languages too, but among tags never are.
_NO_LANGUAGES = frozenset(
    {
        *("act", "asr", "bas", "cv", "lua", "ml", "moe", "mos", "ner", "rag", "run"),
        *("sam", "sft", "tag", "tts", "war"),
    }
)
_ARXIV = re.compile(r"^\d{4}\.\d{4,5}(v\d+)?$")
_LISTS = {"dataset": "datasets", "license": "licenses", "region": "regions", "doi": "dois"}
# Written by the Hub or by training scripts for themselves; nobody looks for a model by them.
_MACHINERY = frozenset(
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
        "custom_code",
        "tensorboard",
    }
)
_MACHINERY_PREFIXES = ("deploy:", "template:", "dataset_size:", "loss:", "diffusers:")


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
    capabilities: list[str] = field(default_factory=list)
    dois: list[str] = field(default_factory=list)

    def without(self, repeated: Iterable[str | None]) -> list[str]:
        """The plain tags but for those that only repeat a field of the model."""
        fields = {word.lower() for word in repeated if word}
        return [tag for tag in self.plain if tag.lower() not in fields]


def sorted_out(value: Any, notes: list[str]) -> Tags:
    found = Tags()
    for tag in cleaning.words(value, "tags", notes, most=5_000, longest=300):
        _sort(tag, found)
    found.plain = cleaning.words(found.plain, "tags", notes)
    found.datasets = cleaning.words(
        found.datasets, "datasets", notes, most=MOST_DATASETS, longest=200
    )
    return found


def capability_of(word: str) -> str | None:
    return CAPABILITIES.get(word.lower().replace("_", "-"))


def _sort(tag: str, found: Tags) -> None:
    prefix, colon, rest = tag.partition(":")
    if colon and _is_field(prefix.lower(), rest.strip(), found):
        return
    lower = tag.lower()
    capability = capability_of(lower)
    if lower in FORMATS:
        found.formats.append(FORMATS[lower])
    elif capability in _CAPABLE_BY_TAG:
        found.capabilities.append(str(capability))
    elif language := _language(tag):
        found.languages.append(language)
    elif lower not in _MACHINERY and not lower.startswith(_MACHINERY_PREFIXES):
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
    """`owner/name` or `relation:owner/name`; the Hub writes both for one base."""
    relation, colon, base = rest.partition(":")
    if colon and relation in RELATIONS:
        found.relation = found.relation or relation
        found.bases.append(base)
    else:
        found.bases.append(rest)


def _language(tag: str) -> str | None:
    """The language that a tag of two or three small letters names; longer ones are words."""
    if len(tag) not in (2, 3) or not tag.islower() or tag in _NO_LANGUAGES:
        return None
    return vocabulary.language_of(tag)
