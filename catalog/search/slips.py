"""Slips of the fingers in words of the vocabulary: speach is speech."""

LEAST = 6  # letters; shorter words are near too many others


def mended(word: str, known: frozenset[str]) -> str:
    """The one known word that a single slip turns into this one; the word itself when none does."""
    if len(word) < LEAST or word in known or not word.isalpha():
        return word
    near = [other for other in known if other[:1] == word[0] and is_slip(word, other)]
    return near[0] if len(near) == 1 else word


def is_slip(one: str, other: str) -> bool:
    """Whether one letter is missing, too much or another, or two neighbours changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return len(one) != len(other)
    rest, other_rest = one[start:], other[start:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
    )
