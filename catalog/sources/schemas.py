"""What a callable model's schema tells: which task it does, and what must be cut to be kept."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson

from catalog import vocabulary

LARGEST_SCHEMA = 1_000_000
LARGEST_EXAMPLE = 64_000
# Limits of text and of list entries, tried one after the other until an example is small enough.
_LIMITS = ((4_000, 100), (1_000, 30), (200, 10), (60, 3))
_DEEPEST = 20

_KINDS = {
    "image": re.compile(r"image|img|photo|picture|face|mask|selfie|person|garm"),
    "audio": re.compile(r"audio|voice|speech|song|music|speaker|sound|wav"),
    "video": re.compile(r"video|movie"),
}
_TEXTS = frozenset({"prompt", "text", "question", "query", "input_text", "caption", "messages"})
_KIND_OF_SUFFIX = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp", ".svg"), "image"),
    **dict.fromkeys((".mp4", ".webm", ".mov", ".gif"), "video"),
    **dict.fromkeys((".wav", ".mp3", ".flac", ".ogg", ".m4a"), "audio"),
    **dict.fromkeys((".glb", ".obj", ".ply", ".stl"), "3d"),
}
# By what must go in and what comes out; the first row whose inputs are all there counts.
_TASKS = {
    "image": [("image", "image-to-image"), ("text", "text-to-image")],
    "video": [
        ("video", "video-to-video"),
        ("image", "image-to-video"),
        ("text", "text-to-video"),
    ],
    "audio": [("audio", "audio-to-audio"), ("text", "text-to-audio")],
    "3d": [("image", "image-to-3d"), ("text", "text-to-3d")],
    "text": [
        ("video text", "video-text-to-text"),
        ("image text", "image-text-to-text"),
        ("audio", "automatic-speech-recognition"),
        ("image", "image-to-text"),
        ("text", "text-generation"),
    ],
    "embedding": [("text", "feature-extraction"), ("image", "image-feature-extraction")],
}


def task_of(schema: dict[str, Any], output: Any, name: str, description: str) -> str | None:
    """The task that a model's inputs, outputs and name agree on, or None when in doubt.

    `output` is that of an example, whose files' endings tell what a URL holds.
    """
    inputs = _parts(schema).get("Input", {}).get("properties", {})
    kind = _kind_of_output(_parts(schema).get("Output", {}), output, inputs)
    taken = _kinds_of_input(schema, inputs)
    by_types = _by_types(kind, taken)
    by_types = _by_words(f"{name} {description}".lower(), taken, by_types)
    return _by_topic(name, description, by_types) or by_types


def capabilities_of(schema: dict[str, Any], notes: list[str]) -> list[str]:
    """Whether its answer comes piece by piece: an iterator of Cog's, or a switch among inputs."""
    parts = _parts(schema)
    inputs = parts.get("Input", {}).get("properties")
    is_iterator = parts.get("Output", {}).get("x-cog-array-type") == "iterator"
    if not is_iterator and not (isinstance(inputs, dict) and "stream" in inputs):
        return []
    notes.append("capabilities: streaming, read from its schema")
    return ["streaming"]


def shortened(value: Any, field: str, notes: list[str]) -> Any:
    """`value` with its long texts and lists cut so that as JSON it stays below 64 kB."""
    size = _size(value)
    if size <= LARGEST_EXAMPLE:
        return value
    notes.append(f"{field}: cut from {size} bytes to less than {LARGEST_EXAMPLE}")
    for text, entries in _LIMITS:
        cut = _cut(value, text, entries, _DEEPEST)
        if _size(cut) <= LARGEST_EXAMPLE:
            return cut
    return None


def within_limits(value: Any, notes: list[str]) -> dict[str, Any] | None:
    """The schema, of a very large one only input and output, or None if that is too large too."""
    if not isinstance(value, dict):
        return None
    size = _size(value)
    if size <= LARGEST_SCHEMA:
        return value
    parts = _parts(value)
    least = {name: parts[name] for name in ("Input", "Output") if name in parts}
    cut = {"components": {"schemas": least}}
    if _size(cut) > LARGEST_SCHEMA:
        notes.append(f"versions: schema of {size} bytes left out, more than {LARGEST_SCHEMA}")
        return None
    notes.append(f"versions: schema of {size} bytes cut to its input and output")
    return cut


def _by_types(kind: str | None, taken: set[str]) -> str | None:
    for needed, task in _TASKS.get(kind or "", []):
        if set(needed.split()) <= taken:
            return task
    return None


def _by_words(words: str, taken: set[str], by_types: str | None) -> str | None:
    """What types leave open and plain words tell: speech among sounds, sight among chats."""
    if by_types == "text-to-audio" and re.search(r"speech|tts|voice", words):
        return "text-to-speech"
    if by_types == "text-generation" and re.search(r"llava|vision|multimodal|-vl\b", words):
        return "image-text-to-text"
    if by_types is None and "audio" in taken and re.search(r"whisper|transcri|speech.*text", words):
        return "automatic-speech-recognition"
    return by_types


def _by_topic(name: str, description: str, by_types: str | None) -> str | None:
    """What the name says more exactly, if it goes with the types: image to text may be tags."""
    topics = {topic.id: topic for topic in vocabulary.topics()}
    found = vocabulary.topics_of(name, description, by_types)
    if not found:
        return None
    task = topics[found[0]].task
    if by_types is None or _modality_out(task) == _modality_out(by_types):
        return task
    return None


def _modality_out(task_id: str) -> tuple[str, ...]:
    return next((task.modality_out for task in vocabulary.tasks() if task.id == task_id), ())


def _kinds_of_input(schema: dict[str, Any], inputs: Any) -> set[str]:
    """What must be given; where nothing must, the text if there is one, else anything."""
    if not isinstance(inputs, dict):
        return set()
    required = _parts(schema).get("Input", {}).get("required") or []
    kinds = {name: _kind_of_input(name, entry) for name, entry in inputs.items()}
    taken = {str(kinds[name]) for name in required if kinds.get(name)}
    if "image" in taken or "video" in taken or "audio" in taken:
        return taken | ({"text"} & set(map(str, kinds.values())))
    if "text" in kinds.values():
        return taken | {"text"}
    return taken or {kind for kind in kinds.values() if kind}


def _kind_of_input(name: str, entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return None
    lower = name.lower()
    if entry.get("format") == "uri" or _item(entry).get("format") == "uri":
        return next((kind for kind, words in _KINDS.items() if words.search(lower)), None)
    return "text" if lower in _TEXTS else None


def _kind_of_output(entry: Any, example: Any, inputs: Any) -> str | None:
    if not isinstance(entry, dict):
        return None
    innermost = _item(entry) or entry
    if innermost.get("format") == "uri" or any(_addresses(example)):
        return _kind_of_files(example) or _kind_by_formats(inputs)
    if innermost.get("type") == "string" and entry.get("type") in ("string", "array"):
        return "text"
    if innermost.get("type") == "number" or _item(innermost).get("type") == "number":
        return "embedding"
    return None


def _kind_of_files(example: Any) -> str | None:
    for address in _addresses(example):
        suffix = re.search(r"\.\w+$", urlsplit(address).path.lower())
        if suffix and suffix[0] in _KIND_OF_SUFFIX:
            return _KIND_OF_SUFFIX[suffix[0]]
    return None


def _kind_by_formats(inputs: Any) -> str | None:
    """Of an output without example: what its settings are about."""
    names = set(inputs) if isinstance(inputs, dict) else set()
    if names & {"fps", "num_frames", "video_length", "frame_rate"}:
        return "video"
    if names & {"width", "height", "num_outputs", "aspect_ratio", "output_quality"}:
        return "image"
    return None


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(("http://", "https://")) and len(value) < 2_000:
            yield value
    elif isinstance(value, list | dict):
        inner = value if isinstance(value, list) else list(value.values())
        for item in inner[:5]:
            yield from _addresses(item)


def _parts(schema: dict[str, Any]) -> dict[str, Any]:
    components = schema.get("components")
    parts = components.get("schemas") if isinstance(components, dict) else None
    found = parts if isinstance(parts, dict) else {}
    return {name: part for name, part in found.items() if isinstance(part, dict)}


def _item(entry: dict[str, Any]) -> dict[str, Any]:
    item = entry.get("items")
    return item if isinstance(item, dict) else {}


def _cut(value: Any, text: int, entries: int, depth: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= text else value[:text] + "…"
    if depth == 0:
        return None
    if isinstance(value, list):
        return [_cut(item, text, entries, depth - 1) for item in value[:entries]]
    if isinstance(value, dict):
        kept = list(value.items())[:entries]
        return {name[:text]: _cut(item, text, entries, depth - 1) for name, item in kept}
    return value


def _size(value: Any) -> int:
    """Bytes as JSON."""
    return len(orjson.dumps(value))
