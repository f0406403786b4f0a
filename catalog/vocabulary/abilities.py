"""Which topics a model fits, told from its name and the beginning of its description."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache

from catalog.vocabulary.entries import TopicEntry
from catalog.vocabulary.files import topics

READ = 400  # characters of the description; further on, texts tell what else exists

SEPARATORS = "-_/.,:;!?()[]<>|*#`\"'"  # what parts words; single replacements are the fastest way
FILED = 3  # letters under which patterns are filed, so that few of the hundreds are tried on a name

Pattern = tuple[str, str]  # the text to find, and the topic that it reveals
Files = dict[str, tuple[Pattern, ...]]


def topics_of(name: str, text: str, task: str | None) -> list[str]:
    """Ids of the topics that fit a model by its name (without the owner) and its description.

    Only the first READ characters of the description count. A known task that does not go with a
    topic rules it out: a translation model whose card praises OCR does no OCR.
    """
    found = _in_name(name, task)
    if text:
        found |= _in_text(text[:READ], task)
    return [id for id in _order() if id in found] if found else []


def is_apart(name: str, task: str) -> bool:
    """Whether a model's name says that it does something else than its task is called."""
    found = _in_name(name, task)
    return any(task in topic.apart_from for topic in topics() if topic.id in found)


@lru_cache(maxsize=8)  # asked twice in a row of each model
def _in_name(name: str, task: str | None) -> frozenset[str]:
    """Every place of the name is looked at, because names run words together: RealESRGAN."""
    words = _words(name)
    plain = f" {' '.join(words)} "
    places = {plain[at : at + FILED] for at in range(len(plain) - FILED + 1)}
    return _found(plain, places.union(words), _name_files(task))


def _in_text(text: str, task: str | None) -> frozenset[str]:
    words = _words(text)
    return _found(f" {' '.join(words)} ", {word[:FILED] for word in words}, _text_files(task))


def _words(text: str) -> list[str]:
    text = text.lower()
    for separator in SEPARATORS:
        text = text.replace(separator, " ")
    return text.split()


def _found(plain: str, places: set[str], files: Files) -> frozenset[str]:
    """The topics of those filed patterns that occur in a text whose words stand between spaces."""
    filed = [files[place] for place in files.keys() & places]
    return frozenset(id for patterns in filed for part, id in patterns if part in plain)


@cache
def _name_files(task: str | None) -> Files:
    return _filed(
        (_part(pattern, anywhere=pattern.startswith("*")), topic.id)
        for topic in _going_with(task)
        for pattern in (*topic.name_patterns, *topic.phrases)
    )


@cache
def _text_files(task: str | None) -> Files:
    return _filed(
        (_part(phrase, anywhere=False), topic.id)
        for topic in _going_with(task)
        for phrase in topic.phrases
    )


def _going_with(task: str | None) -> list[TopicEntry]:
    """The topics that a model of this task may have; any, as long as its task is not known."""
    return [topic for topic in topics() if task in (None, topic.task, *topic.other_tasks)]


def _part(pattern: str, *, anywhere: bool) -> str:
    """The text to find: ` word` for `word*`, ` word ` for `word`, `word` for `*word*`."""
    return ("" if anywhere else " ") + pattern.strip("*") + ("" if pattern.endswith("*") else " ")


def _filed(patterns: Iterable[Pattern]) -> Files:
    files: defaultdict[str, list[Pattern]] = defaultdict(list)
    for part, id in patterns:
        files[part.split()[0][:FILED]].append((part, id))
    return {place: tuple(filed) for place, filed in files.items()}


@cache
def _order() -> tuple[str, ...]:
    return tuple(topic.id for topic in topics())
