"""The shape of one row of each vocabulary."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A task by the Hub's id. `mapped` holds what other catalogs call it."""

    id: str
    name: str
    name_zh: str
    summary: str
    summary_zh: str
    modality_in: tuple[str, ...]
    modality_out: tuple[str, ...]
    group: str
    synonyms: tuple[str, ...]
    synonyms_zh: tuple[str, ...]
    mapped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A finer ability than a task. `task` is the usual one, `other_tasks` go with it too.

    A model with it may carry one of the tasks in `apart_from` without doing what that is called.
    """

    id: str
    name: str
    name_zh: str
    task: str
    other_tasks: tuple[str, ...]
    synonyms: tuple[str, ...]
    synonyms_zh: tuple[str, ...]
    name_patterns: tuple[str, ...]
    phrases: tuple[str, ...]
    apart_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermEntry:
    """Another spelling: what is typed, and the words that names hold."""

    spelled: str
    means: str


@dataclass(frozen=True, slots=True)
class LicenseEntry:
    """A license. `spdx_id` is None where SPDX lists none; `license_class`: LICENSE_CLASSES."""

    id: str
    name: str
    spdx_id: str | None
    license_class: str
    url: str | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """What loads or runs a model's files. `url` is None where no home is known."""

    id: str
    name: str
    url: str | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LanguageEntry:
    """A language by its ISO 639 code; `code-REGION` means it too, for each of `regions`."""

    id: str
    name: str
    name_zh: str
    aliases: tuple[str, ...]
    regions: tuple[str, ...]
