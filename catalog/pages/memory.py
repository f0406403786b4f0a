"""The arithmetic of what a model takes to run, in words, and this installation's hardware."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import hardware, memory

from . import figures

# Of these lengths a model's page shows what they take; more would only fill the table.
SHOWN_CONTEXTS = (2_048, 8_192, 32_768, 131_072, 1_048_576)
# Bits of a weight in copies that others make of a model, the largest first.
COPIES = (16.0, 8.0, memory.FOUR_BITS)


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    sizes: tuple[str, ...]
    is_as_published: bool


@dataclass(frozen=True, slots=True)
class Table:
    contexts: tuple[str, ...]
    lines: list[Line]


def about(size: int) -> str:
    """An estimated number of bytes, marked as one."""
    return f"≈ {figures.size(size)}"


def total(found: Mapping[str, Any], context: int = memory.USUAL_CONTEXT) -> int | None:
    """Bytes, from a row's weight_bytes, token_bytes and context_length."""
    if found["weight_bytes"] is None:
        return None
    return memory.needed(
        found["weight_bytes"], found["token_bytes"] or 0, context, found["context_length"]
    )


def arithmetic(found: Mapping[str, Any], context: int = memory.USUAL_CONTEXT) -> str:
    """As in: 18.8 GB = 8B × 2 bytes + 1.1 GB for 8K of context + 10 %. Empty when not known."""
    size = total(found, context)
    if size is None:
        return ""
    kept = min(context, found["context_length"] or context)
    parts = [_weights(found["weight_bytes"], found["weight_bits"])]
    if found["token_bytes"]:
        words = {"size": figures.size(found["token_bytes"] * kept), "length": figures.tokens(kept)}
        parts.append(_("%(size)s for %(length)s of context") % words)
    parts.append(f"{memory.OVERHEAD_PERCENT} %")
    return f"{figures.size(size)} = {' + '.join(parts)}"


def table(found: Mapping[str, Any]) -> Table | None:
    """What it takes at several lengths, as published and as the copies that others make."""
    if found["weight_bytes"] is None:
        return None
    own = found["context_length"]
    contexts = [size for size in SHOWN_CONTEXTS if not own or size <= own]
    contexts = (contexts or [own]) if found["token_bytes"] else [memory.USUAL_CONTEXT]
    return Table(
        contexts=tuple(map(figures.tokens, contexts)) if found["token_bytes"] else ("",),
        lines=[_line(found, bits, contexts) for bits in _precisions(found["weight_bits"])],
    )


def machine(here: hardware.Hardware) -> str:
    """As in: 2 CPUs, 24 GB, no GPU."""
    cpus = ngettext("%(count)s CPU", "%(count)s CPUs", here.cpus) % {"count": here.cpus}
    return ", ".join([cpus, figures.size(here.memory), _gpus(here.gpus)])


def _gpus(sizes: tuple[int, ...]) -> str:
    if not sizes:
        return _("no GPU")
    count = ngettext("%(count)s GPU", "%(count)s GPUs", len(sizes)) % {"count": len(sizes)}
    return _("%(gpus)s of %(size)s") % {"gpus": count, "size": figures.size(max(sizes))}


def _weights(size: int, bits: float | None) -> str:
    if bits is None:
        return _("%(size)s of files") % {"size": figures.size(size)}
    words = {"count": figures.parameters(round(size * 8 / bits)), "bytes": f"{bits / 8:.2g}"}
    return _("%(count)s × %(bytes)s bytes") % words


def _precisions(bits: float | None) -> list[float | None]:
    """As published first, then the copies that are smaller."""
    return [bits, *(copy for copy in COPIES if bits and copy < bits)]


def _line(found: Mapping[str, Any], bits: float | None, contexts: list[int]) -> Line:
    own = found["weight_bits"]
    weights = round(found["weight_bytes"] * bits / own) if bits and own else found["weight_bytes"]
    row = {**found, "weight_bytes": weights}
    return Line(
        title=_title(bits),
        sizes=tuple(figures.size(total(row, context)) for context in contexts),
        is_as_published=bits == own,
    )


def _title(bits: float | None) -> str:
    return _("%(bits)s bits") % {"bits": f"{bits:g}"} if bits else _("Its files")
