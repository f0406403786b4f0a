"""The names of facet values in the reader's language: of tasks, libraries, licenses, languages."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import Library, License, LicenseClass, Source, Task
from catalog.vocabulary import files as vocabulary

from . import figures
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
    "context_min": _("Context from"),
    "memory_max": _("Memory to"),
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
    return {value: str(text) for value, text in LicenseClass.choices}


@remembered(seconds=3600)
def sources() -> dict[str, str]:
    return {value: str(text) for value, text in Source.choices}


_NAMES = {
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
