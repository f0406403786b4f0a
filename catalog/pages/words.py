"""The names of facet values in the reader's language: of tasks, libraries, licenses, languages."""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import Library, License, LicenseClass, Source, Task

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
    known = _LABELS.get(name)
    return known().get(value, value) if known else value


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
    named = {code: entry["name"] for code, entry in LANG_INFO.items() if "name" in entry}
    return {code: gettext(name) for code, name in named.items()} | {"zh": gettext("Chinese")}


@remembered(seconds=3600)
def license_classes() -> dict[str, str]:
    return {value: str(text) for value, text in LicenseClass.choices}


@remembered(seconds=3600)
def sources() -> dict[str, str]:
    return {value: str(text) for value, text in Source.choices}


_LABELS = {
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
