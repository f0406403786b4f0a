"""The catalog's vocabularies (tasks, topics, libraries, licenses, languages, terms), and what raw
values mean in them.

Pure data and functions: no Django, no network. Whatever arrives, no function raises; None means
"not in our words".
"""

from catalog.vocabulary.abilities import is_apart, topics_of
from catalog.vocabulary.capabilities import CAPABILITIES, CapabilityEntry
from catalog.vocabulary.entries import (
    LanguageEntry,
    LibraryEntry,
    LicenseEntry,
    TaskEntry,
    TermEntry,
    TopicEntry,
)
from catalog.vocabulary.files import languages, libraries, licenses, tasks, terms, topics
from catalog.vocabulary.licensing import LICENSE_CLASSES, license_class_of, license_of
from catalog.vocabulary.names import library_of, task_of
from catalog.vocabulary.speech import language_of

__all__ = [
    "CAPABILITIES",
    "LICENSE_CLASSES",
    "CapabilityEntry",
    "LanguageEntry",
    "LibraryEntry",
    "LicenseEntry",
    "TaskEntry",
    "TermEntry",
    "TopicEntry",
    "is_apart",
    "language_of",
    "languages",
    "libraries",
    "library_of",
    "license_class_of",
    "license_of",
    "licenses",
    "task_of",
    "tasks",
    "terms",
    "topics",
    "topics_of",
]
