"""The Hub's wire format (of its API, of pages and of crawls) turned into a normalised line.

Names are the Hub's own (lastModified, cardData, siblings); all but the id are optional, and
nearly every one has been seen as null.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from . import jsonl
from .record import Record

_FORMAT_OF_SUFFIX = {
    ".safetensors": "safetensors",
    ".gguf": "gguf",
    ".onnx": "onnx",
    ".tflite": "tflite",
    ".mlmodel": "coreml",
    ".mlpackage": "coreml",
    ".msgpack": "jax",
    ".h5": "tensorflow",
    ".pt": "pytorch",
    ".pth": "pytorch",
    ".ckpt": "pytorch",
    ".nemo": "nemo",
}
# Weights in PyTorch's own format, beside which all sorts of .bin files exist.
_PYTORCH_NAMES = ("pytorch_model", "model.bin", "diffusion_pytorch_model", "adapter_model")


def normalise(value: dict[str, Any], read_at: datetime) -> Record:
    """The record of one model as the Hub's API writes it. Raises Rejected without an id."""
    record = jsonl.normalise(line_of(value), read_at)
    record.notes += [
        f"offers: {provider} runs it, price not told" for provider in _providers(value)
    ]
    return record


def id_of(value: dict[str, Any]) -> Any:
    return value.get("id") or value.get("modelId")


def line_of(value: dict[str, Any]) -> dict[str, Any]:
    """A normalised line, as jsonl.py takes it, with what this wire record knows."""
    card = _object(value.get("cardData"))
    gguf = _object(value.get("gguf"))
    line = {
        "id": id_of(value),
        "pipeline_tag": value.get("pipeline_tag") or card.get("pipeline_tag"),
        "library_name": value.get("library_name") or card.get("library_name"),
        "tags": value.get("tags") or card.get("tags"),
        "downloads": value.get("downloads"),
        "likes": value.get("likes"),
        "trending_score": value.get("trendingScore"),
        "created_at": value.get("createdAt"),
        "last_modified": value.get("lastModified"),
        "sha": value.get("sha"),
        "private": value.get("private"),
        "disabled": value.get("disabled"),
        "gated": value.get("gated"),
        "license": _license(card),
        "license_link": card.get("license_link"),
        "languages": card.get("language"),
        "datasets": card.get("datasets"),
        "parameters": _object(value.get("safetensors")).get("total") or gguf.get("total"),
        "context_length": gguf.get("context_length"),
        "storage_bytes": value.get("usedStorage"),
        "formats": formats_of(value.get("siblings")),
        "card": value.get("readme") or value.get("card"),
    }
    return {**line, **_base(value, card)}


def formats_of(siblings: Any) -> list[str]:
    """The formats of the weights among a model's files, of which there may be thousands."""
    if not isinstance(siblings, list):
        return []
    names = (_object(sibling).get("rfilename") for sibling in siblings)
    found = (_format_of(name) for name in names if isinstance(name, str))
    return sorted({name for name in found if name})


def _format_of(name: str) -> str | None:
    path = PurePosixPath(name)
    if path.suffix == ".bin":
        return "pytorch" if path.name.startswith(_PYTORCH_NAMES) else None
    return _FORMAT_OF_SUFFIX.get(path.suffix)


def _license(card: dict[str, Any]) -> Any:
    """The license, or its own name where the Hub's list does not have it ("other")."""
    name = card.get("license_name")
    return name if card.get("license") == "other" and name else card.get("license")


def _base(value: dict[str, Any], card: dict[str, Any]) -> dict[str, Any]:
    """What it was made from: the Hub's own graph knows best, then the card."""
    bases = _object(value.get("baseModels"))
    models = bases.get("models")
    if isinstance(models, list) and models:
        names = [_object(model).get("id") for model in models]
        return {"base_model": names, "base_relation": bases.get("relation")}
    return {
        "base_model": card.get("base_model"),
        "base_relation": card.get("base_model_relation"),
    }


def _providers(value: dict[str, Any]) -> Iterable[str]:
    """Who runs it for the Hub: an object by provider in one model, a list in a listing."""
    mapping = value.get("inferenceProviderMapping")
    if isinstance(mapping, dict):
        return sorted(str(provider)[:100] for provider in mapping)
    if isinstance(mapping, list):
        return sorted(str(_object(entry).get("provider", ""))[:100] for entry in mapping)
    return []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
