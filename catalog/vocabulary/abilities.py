"""Which topics a model fits, told from its name and the beginning of its description."""

from collections import defaultdict
from functools import cache

from catalog.vocabulary.files import topics

READ = 400  # characters of the description; further on, texts tell what else exists

SEPARATORS = str.maketrans(dict.fromkeys("-_/.,:;!?()[]{}<>|\"'`*#+=~@&\n\t\r", " "))
FIRST = 3  # letters under which the patterns are filed


def topics_of(name: str, text: str, task: str | None) -> list[str]:
    """Ids of the topics that fit a model by its name (without the owner) and its description.

    Only the first READ characters of the description count. A known task that does not go with a
    topic rules it out: a translation model whose card praises OCR does no OCR.
    """
    found = _in_name(_plain(name)) | _in_text(_plain(text[:READ]))
    if not found:
        return []
    return [id for id in _order() if id in found and (task is None or task in _tasks()[id])]


def _plain(text: str) -> str:
    """Small letters, one space between words and at both ends, so that ` word ` finds a word."""
    return f" {' '.join(text.lower().translate(SEPARATORS).split())} "


def _in_name(plain: str) -> set[str]:
    found = {id for inside, id in _anywhere() if inside in plain}
    return found | _in_text(plain)


def _in_text(plain: str) -> set[str]:
    filed = _by_beginning()
    return {
        id
        for beginning in {word[:FIRST] for word in plain.split()}
        if beginning in filed
        for pattern, id in filed[beginning]
        if pattern in plain
    }


@cache
def _by_beginning() -> dict[str, tuple[tuple[str, str], ...]]:
    """(text to find, topic) by the first letters of the pattern's first word."""
    filed: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for topic in topics():
        for pattern in topic.name_patterns:
            words = pattern.strip("*")
            filed[words.split()[0][:FIRST]].append(
                (f" {words}" + ("" if pattern.endswith("*") else " "), topic.id)
            )
    return {beginning: tuple(pairs) for beginning, pairs in filed.items()}


@cache
def _anywhere() -> tuple[tuple[str, str], ...]:
    """(text to find, topic) of the patterns that may begin within a word of a name."""
    return tuple(
        (pattern.strip("*") + ("" if pattern.endswith("*") else " "), topic.id)
        for topic in topics()
        for pattern in topic.name_patterns
        if pattern.startswith("*")
    )


@cache
def _order() -> tuple[str, ...]:
    return tuple(topic.id for topic in topics())


@cache
def _tasks() -> dict[str, frozenset[str]]:
    return {topic.id: frozenset((topic.task, *topic.other_tasks)) for topic in topics()}
