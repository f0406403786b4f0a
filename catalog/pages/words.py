"""The names of facet values in the reader's language: of tasks, libraries, licenses, languages."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog import hardware, vocabulary
from catalog.models import Library, License, Source, Task

from . import figures, memory
from .remembered import remembered

FACET_TITLES = {
    "task": _("Task"),
    "library": _("Library"),
    "license": _("License"),
    "license_class": _("What the license permits"),
    "language": _("Language"),
    "publisher": _("Publisher"),
    "source": _("Source"),
    "tag": _("Tag"),
    "capability": _("Capability"),
}
AMOUNT_TITLES = {
    "params_min": _("Parameters from"),
    "params_max": _("Parameters to"),
    "active_params_min": _("Active parameters from"),
    "active_params_max": _("Active parameters to"),
    "context_min": _("Context from"),
    "context_max": _("Context to"),
    "memory_min": _("Memory told by its source from"),
    "memory_max": _("Memory told by its source to"),
    "fits": _("Fits in"),
    "context": _("Reckoned with a context of"),
    "runs_here": _("Fits this machine"),
    "price_min": _("Price from, in dollars"),
    "price_max": _("Price to, in dollars"),
    "price_unit": _("Price for"),
    "has_price": _("Has a price"),
    "updated_since": _("Updated since"),
    "runnable": _("Can run here"),
}
SORT_TITLES = {
    "relevance": _("Best match"),
    "trending": _("Trending"),
    "runs": _("Most run"),
    "downloads": _("Most downloaded"),
    "likes": _("Most liked"),
    "created": _("Newest"),
    "updated": _("Recently updated"),
    "size": _("Largest"),
    "price": _("Cheapest"),
}
LICENSE_CLASSES = {
    "open": _("Commercial use allowed"),
    "conditional": _("Commercial use with conditions"),
    "non-commercial": _("No commercial use"),
    "unknown": _("License unknown"),
}
PRICE_UNITS = {
    "input_tokens": _("a million tokens read"),
    "output_tokens": _("a million tokens written"),
    "image": _("an image"),
    "audio_minute": _("a minute of audio"),
    "second": _("a second of run time"),
    "request": _("a request"),
}
YES_OR_NO = {
    **dict.fromkeys(("1", "true", "yes", "on"), _("yes")),
    **dict.fromkeys(("0", "false", "no", "off"), _("no")),
}
LICENSE_CLASS_MEANINGS = {
    "open": gettext_lazy("Use, change and sell, with little more than attribution."),
    "conditional": gettext_lazy("Commercial use is possible, with conditions to read."),
    "non-commercial": gettext_lazy("No commercial use."),
    "unknown": gettext_lazy("No license that is known here: ask the publisher."),
}


def title(name: str) -> str:
    """What a query parameter is called on the page."""
    return str(FACET_TITLES.get(name) or AMOUNT_TITLES.get(name) or name)


def label(name: str, value: str) -> str:
    """What one value of a facet is called; the value itself when it has no other name."""
    return names(name).get(value, value)


def names(name: str) -> Mapping[str, str]:
    """What the values of a facet are called; a value that is missing here has no other name."""
    known = _NAMES.get(name)
    return known() if known else {}


@remembered(seconds=60)
def tasks() -> dict[str, str]:
    return {task.id: task.label for task in Task.objects.all()}


@remembered(seconds=60)
def libraries() -> dict[str, str]:
    return dict(Library.objects.values_list("id", "name"))


@remembered(seconds=60)
def licenses() -> dict[str, str]:
    return dict(License.objects.values_list("id", "name"))


@remembered(seconds=3600)
def languages() -> dict[str, str]:
    is_chinese = figures.is_chinese()
    return {one.id: one.name_zh if is_chinese else one.name for one in vocabulary.languages()}


@remembered(seconds=3600)
def license_classes() -> dict[str, str]:
    return {value: str(text) for value, text in LICENSE_CLASSES.items()}


@remembered(seconds=3600)
def sources() -> dict[str, str]:
    return {value: str(text) for value, text in Source.choices}


@remembered(seconds=3600)
def capabilities() -> dict[str, str]:
    is_chinese = figures.is_chinese()
    return {one.id: one.name_zh if is_chinese else one.name for one in vocabulary.CAPABILITIES}


@remembered(seconds=3600)
def price_units() -> dict[str, str]:
    return {value: str(text) for value, text in PRICE_UNITS.items()}


def yes_or_no() -> dict[str, str]:
    return {value: str(text) for value, text in YES_OR_NO.items()}


def this_machine() -> dict[str, str]:
    """Whichever word asked for it, the chip says what it means."""
    return dict.fromkeys(("1", "true", "yes", "on"), memory.machine(hardware.here()))


_NAMES = {
    "capability": capabilities,
    "price_unit": price_units,
    "has_price": yes_or_no,
    "runnable": yes_or_no,
    "runs_here": this_machine,
    "task": tasks,
    "library": libraries,
    "license": licenses,
    "license_class": license_classes,
    "language": languages,
    "source": sources,
}


def task_group(group: str) -> str:
    """The vocabulary's groups have English names; these are theirs in the reader's language."""
    named = {
        "Text": _("Text"),
        "Vision": _("Vision"),
        "Images": _("Images"),
        "Audio": _("Audio"),
        "Video": _("Video"),
        "Multimodal": _("Multimodal"),
        "Tabular": _("Tabular"),
        "Other": _("Other"),
    }
    return str(named.get(group, group))


def modalities(names: list[str]) -> str:
    """What a task takes or gives, in the reader's language."""
    named = {
        "text": _("text"),
        "image": _("image"),
        "audio": _("audio"),
        "video": _("video"),
        "tabular": _("table"),
        "3d": _("3D model"),
    }
    return ", ".join(str(named.get(name, name)) for name in names)
