"""What came of one try to tell somebody."""

from dataclasses import dataclass

from catalog.models import Alert


@dataclass(frozen=True)
class Outcome:
    """Without a problem it arrived; a final problem is not tried again."""

    problem: str = ""
    answer: int | None = None
    detail: str = ""
    is_final: bool = False


def ended(problem: Alert.Problem) -> Outcome:
    return Outcome(problem=problem, is_final=True)
