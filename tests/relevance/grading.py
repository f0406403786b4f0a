"""How well an answer serves a graded search, and the golden file that shows every change of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from tests.relevance import catalog

QUERIES = Path(__file__).with_name("queries.tsv")
TOP = 10
NONSENSE = "nonsense"


@dataclass(frozen=True)
class Graded:
    kind: str
    text: str
    grades: tuple[tuple[str, int], ...]  # the first pattern that fits a name counts

    def grade_of(self, name: str) -> int:
        lowered = name.lower()
        return next((grade for pattern, grade in self.grades if fnmatchcase(lowered, pattern)), 0)

    @property
    def best_gain(self) -> float:
        """What an answer gains that has the best ten of the catalog in order."""
        return _gain(sorted(map(self.grade_of, _names()), reverse=True)[:TOP])


@dataclass(frozen=True)
class Answer:
    query: Graded
    names: Sequence[str]
    is_partial: bool

    @property
    def ndcg(self) -> float:
        """1 when the best of the catalog come first; of nonsense, when it is told apart."""
        if self.query.kind == NONSENSE:
            return float(not self.names or self.is_partial)
        return _gain([self.query.grade_of(name) for name in self.names]) / self.query.best_gain


def graded() -> list[Graded]:
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Graded(kind, text, _grades(written)) for kind, text, written in parts]


def mean(answers: Sequence[Answer]) -> float:
    return sum(answer.ndcg for answer in answers) / len(answers)


def empty(answers: Sequence[Answer]) -> list[Answer]:
    """Those that found nothing though something was meant."""
    return [answer for answer in answers if not answer.names and answer.query.kind != NONSENSE]


def report(answers: Sequence[Answer]) -> str:
    """The golden file: figures by kind, then for each search what came, with its grades."""
    kinds = dict.fromkeys(answer.query.kind for answer in answers)
    by_kind = {kind: [one for one in answers if one.query.kind == kind] for kind in kinds}
    lines = [f"{'kind':16} searches  nDCG@10  found nothing"]
    lines += [_summary(kind, of_kind) for kind, of_kind in {**by_kind, "all": answers}.items()]
    for answer in answers:
        lines += ["", *_shown(answer)]
    return "\n".join(lines) + "\n"


def _summary(kind: str, answers: Sequence[Answer]) -> str:
    return f"{kind:16} {len(answers):8}  {mean(answers):7.3f}  {len(empty(answers)):13}"


def _shown(answer: Answer) -> list[str]:
    partial = ", partial" if answer.is_partial else ""
    head = f"{answer.query.kind}: {answer.query.text} ({answer.ndcg:.3f}{partial})"
    return [head, *(f"  {answer.query.grade_of(name)} {name}" for name in answer.names)]


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _grades(written: str) -> tuple[tuple[str, int], ...]:
    if written == "-":
        return ()
    parts = (part.rpartition(":") for part in written.split())
    return tuple((pattern.lower(), int(grade)) for pattern, _, grade in parts)


@cache
def _names() -> list[str]:
    return catalog.names()
