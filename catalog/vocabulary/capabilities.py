"""What models can do beside their task, and what of it their task, tags and name imply."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from catalog.vocabulary.files import tasks


class CapabilityEntry(NamedTuple):
    id: str
    name: str
    name_zh: str


CAPABILITIES = (
    CapabilityEntry("tools", "Calls tools", "调用工具"),
    CapabilityEntry("vision", "Understands images", "理解图像"),
    CapabilityEntry("audio", "Hears or makes sound", "处理声音"),
    CapabilityEntry("reasoning", "Reasons step by step", "逐步推理"),
    CapabilityEntry("embeddings", "Makes embeddings", "生成向量"),
    CapabilityEntry("streaming", "Streams its answer", "流式输出"),
    CapabilityEntry("json", "Keeps to JSON", "按 JSON 输出"),
    CapabilityEntry("lora", "Takes LoRA adapters", "支持 LoRA 适配器"),
    CapabilityEntry("batch", "Works through batches", "批量处理"),
    CapabilityEntry("realtime", "Answers in real time", "实时应答"),
)

# Words of a name or a tag that say so, whoever uses them.
_TOLD_BY_WORD = {
    "reasoning": re.compile(r"(?<![a-z0-9])(?:thinking|reasoning|reasoner|r1|qwq)(?![a-z0-9])"),
    "embeddings": re.compile(r"(?<![a-z0-9])embeddings?(?![a-z0-9])"),
}
_SEEN, _HEARD = {"image", "video"}, {"audio"}
_TOLD = {"text", "embedding"}


def with_implied(
    said: Iterable[str], *, task: str | None, tags: Iterable[object], name: str
) -> list[str]:
    """What a source says that a model can do, and what follows from the rest of it."""
    words = " ".join([name, *map(str, tags)]).lower()
    implied = (*_of_task(task), *(id for id, told in _TOLD_BY_WORD.items() if told.search(words)))
    return list(dict.fromkeys((*said, *implied)))


@cache
def _of_task(task: str | None) -> tuple[str, ...]:
    entry = next((entry for entry in tasks() if entry.id == task), None)
    if entry is None:
        return ()
    taken, given = set(entry.modality_in), set(entry.modality_out)
    implied = {
        "vision": taken & _SEEN and given & _TOLD,
        "audio": (taken | given) & _HEARD,
        "embeddings": "embedding" in given,
    }
    return tuple(id for id, is_so in implied.items() if is_so)
