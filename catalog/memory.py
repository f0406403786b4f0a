"""How much memory a model takes to run, reckoned from what is known of it.

    memory = (weights + context x bytes a token) + 10 %

Weights are parameters times the bits of one, which name, tags and formats tell; where no
parameters are known, the files at their source are the upper bound. Tokens are reckoned from the
size, as published models with grouped-query attention keep them. All of it is an estimate; the
pages show the arithmetic, and a curator may lock `memory_bytes` to say better.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Context lengths that are reckoned in advance, so that a search asks for one range.
CONTEXTS: tuple[int, ...] = tuple(2**power for power in range(11, 21))
USUAL_CONTEXT = 8192
OVERHEAD_PERCENT = 10

GPU, APPLE = "gpu", "apple"

# Of the columns that size_of() takes.
COLUMNS = (
    "name",
    "parameters",
    "active_parameters",
    "formats",
    "tags",
    "library_id",
    "task_id",
    "context_length",
    "memory_bytes",
    "storage_bytes",
    "base_relation",
    "locked_fields",
)

DERIVED = ("weight_bytes", "weight_bits", "token_bytes", "device")

USUAL_BITS = 16.0
FOUR_BITS = 4.5  # with the scales that every group of weights has
GGUF_BITS = {"1": 1.8, "2": 2.9, "3": 3.9, "4": 4.85, "5": 5.7, "6": 6.6, "8": 8.5}
# The file of a GGUF repository that most people take.
USUAL_GGUF_BITS = GGUF_BITS["4"]

_GGUF = re.compile(r"(?<![a-z0-9])i?q([1-68])(?:_[a-z0-9_]+)?(?![a-z0-9])")
_BITS_PER_WEIGHT = re.compile(r"(?<![a-z0-9.])(\d(?:\.\d+)?)[-_ ]?bpw")
_SOME_BITS = re.compile(r"(?<![a-z0-9.])([1-8])[-_ ]?bits?(?![a-z])")
_FOUR = re.compile(
    r"(?<![a-z0-9])(?:(?:nv|mx|rocm|n)?fp?4|int4|w4a\d+|u?int4|awq|gptq|exl[23])(?![a-z0-9])"
)
_EIGHT = re.compile(r"(?<![a-z0-9])(?:mx)?(?:fp8|int8|w8a\d+|f8)(?![a-z0-9])")
_THIRTY_TWO = re.compile(r"(?<![a-z0-9])(?:fp?32|float32)(?![a-z0-9])")
_NAMED_SIZE = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:\.\d{1,3})?)b(?![a-z0-9])")

_NEEDS_GPU = re.compile(
    r"(?<![a-z0-9])(?:awq|gptq|exl[23]|nvfp4|mxfp[48]|fp8|bnb|bitsandbytes|marlin|w[48]a\d+"
    r"|tensorrt|autoround|modelopt)(?![a-z0-9])"
)
_NEEDS_APPLE = re.compile(r"(?<![a-z0-9])(?:mlx|coreml)(?![a-z0-9])")
# Files that run on any machine, whatever else a repository holds.
_RUNS_ANYWHERE = frozenset({"gguf", "ggml", "onnx", "openvino", "tflite"})

# What writes text token by token, and so keeps every token of its context in memory.
_WRITERS = frozenset(
    {
        "text-generation",
        "image-text-to-text",
        "video-text-to-text",
        "audio-text-to-text",
        "any-to-any",
    }
)
_WRITERS_FORMATS = frozenset({"gguf", "ggml"})
_WRITERS_CONTEXT = 2048
# Bytes a token by parameters (of a mixture of experts the active ones): layers x heads of keys
# and values x their size x 2 (keys and values) x 2 bytes, as published models have them.
_TOKEN_BYTES = (
    (10**9, 50_000),
    (4 * 10**9, 110_000),
    (10 * 10**9, 130_000),
    (20 * 10**9, 170_000),
    (40 * 10**9, 260_000),
    (100 * 10**9, 330_000),
)
_MOST_TOKEN_BYTES = 500_000
# Below this share of what its parameters would take, files cannot be all of the weights.
_LEAST_SHARE = 0.2
_LEAST_STORAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """`weight_bits` is None where the weights are no product: files, or a curator's figure."""

    weight_bytes: int
    weight_bits: float | None
    token_bytes: int


def derived(row: Mapping[str, Any]) -> dict[str, Any]:
    """What AIModel keeps of it, from the values of COLUMNS."""
    size = size_of(row)
    return {
        "weight_bytes": size.weight_bytes if size else None,
        "weight_bits": size.weight_bits if size else None,
        "token_bytes": size.token_bytes if size else None,
        "device": device_of(row),
    }


def step(context: int) -> int:
    """The reckoned context length that this one is asked at: the next larger."""
    return next((size for size in CONTEXTS if size >= context), CONTEXTS[-1])


def needed(weight_bytes: int, token_bytes: int, context: int, own: int | None) -> int:
    """Bytes to run it with that much context; a model's own length is the most that it keeps."""
    kept = min(context, own) if own else context
    return with_overhead(weight_bytes + token_bytes * kept)


def with_overhead(size: int) -> int:
    return size * (100 + OVERHEAD_PERCENT) // 100


def without_overhead(memory: int) -> int:
    """The most that weights and context together may take within this memory."""
    return (memory * 100 + 99) // (100 + OVERHEAD_PERCENT)


def size_of(row: Mapping[str, Any]) -> Size | None:
    """What the COLUMNS of a model tell; None when they tell too little.

    An adapter's own files say nothing of the model that it is put on.
    """
    if row["base_relation"] == "adapter" or row["library_id"] == "peft":
        return None
    token_bytes = _token_bytes(row)
    if row["memory_bytes"] and "memory_bytes" in row["locked_fields"]:
        return Size(row["memory_bytes"] * 100 // (100 + OVERHEAD_PERCENT), None, token_bytes)
    if row["parameters"]:
        return _by_parameters(row, token_bytes)
    files = row["storage_bytes"] or 0
    return Size(files, None, token_bytes) if files >= _LEAST_STORAGE else None


def device_of(row: Mapping[str, Any]) -> str | None:
    """The kind of hardware without which its files cannot run, as far as their format tells."""
    if _RUNS_ANYWHERE.intersection(row["formats"]):
        return None
    said = _said(row)
    if _NEEDS_APPLE.search(said):
        return APPLE
    return GPU if _NEEDS_GPU.search(said) else None


def bits_of(row: Mapping[str, Any]) -> float:
    """Bits of one weight as the files hold it."""
    name, said = row["name"].lower(), _said(row)
    if match := _BITS_PER_WEIGHT.search(name):
        return float(match[1])
    if match := _GGUF.search(name):
        return GGUF_BITS[match[1]]
    if match := _SOME_BITS.search(name):
        return _grouped(int(match[1]))
    if _WRITERS_FORMATS.intersection(row["formats"]):
        return USUAL_GGUF_BITS
    if _FOUR.search(said):
        return FOUR_BITS
    if _EIGHT.search(said):
        return 8.0
    if match := _SOME_BITS.search(said):
        return _grouped(int(match[1]))
    return 32.0 if _THIRTY_TWO.search(name) else USUAL_BITS


def _grouped(bits: int) -> float:
    return 8.0 if bits == 8 else bits + 0.5


def _said(row: Mapping[str, Any]) -> str:
    words: Iterable[Any] = (row["name"], row["library_id"] or "", *row["formats"], *row["tags"])
    return " ".join(map(str, words)).lower()


def _by_parameters(row: Mapping[str, Any], token_bytes: int) -> Size:
    bits = bits_of(row)
    product = round(_unpacked(row, bits) * bits / 8)
    files = row["storage_bytes"] or 0
    if product * _LEAST_SHARE <= files < product:
        return Size(files, None, token_bytes)
    return Size(product, bits, token_bytes)


def _unpacked(row: Mapping[str, Any], bits: float) -> int:
    """Parameters; those of packed files are counted by the byte, and the name tells more."""
    parameters = int(row["parameters"])
    match = _NAMED_SIZE.search(row["name"].lower())
    named = round(float(match[1]) * 10**9) if match and bits <= 8 else 0
    return named if parameters < named * 0.8 and named < parameters * 9 else parameters


def _token_bytes(row: Mapping[str, Any]) -> int:
    """Zero for what keeps no context, such as models of images and of embeddings."""
    if not _writes(row["task_id"], row["formats"], row["context_length"]):
        return 0
    size = row["active_parameters"] or row["parameters"] or 0
    return next((bytes for most, bytes in _TOKEN_BYTES if size <= most), _MOST_TOKEN_BYTES)


def _writes(task: str | None, formats: Collection[str], context: int | None) -> bool:
    if task:
        return task in _WRITERS
    return bool(_WRITERS_FORMATS.intersection(formats)) or (context or 0) >= _WRITERS_CONTEXT
