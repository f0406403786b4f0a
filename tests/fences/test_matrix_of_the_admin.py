"""Who may do what in the admin: each table, each thing that can be done there, asked as staff.

`admin.txt` holds a line for each. What is registered anew, a new action or a new page of a table
fails here until somebody has said in a line who may.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import desk
from .desk import Question, questions
from .world import World, build

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
FILE = Path(__file__).parent / "admin.txt"
QUESTIONS = list(questions())
Key = tuple[str, ...]
TO_LOOK_AT = ("accounts.auditevent", "accounts.invitation", "accounts.closing")


def _table() -> dict[Key, list[str]]:
    lines = [line.split() for line in FILE.read_text().splitlines()]
    return {tuple(of[:3]): of[3:] for of in lines if of and of[0] != "#"}


TABLE = _table()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    from django.db import transaction  # noqa: PLC0415

    logging.disable()
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        made = build()
        desk.furnish(made)
        yield made
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: " ".join(question.key))
def test_who_of_the_staff_may_do_what(world: World, question: Question) -> None:
    answered = desk.answers(world, question)

    line = " ".join([*question.key, *answered])
    said = TABLE.get(question.key)
    assert said, f"Add a line to tests/fences/{FILE.name}, once it is right: {line}"
    assert answered == said


def test_each_line_is_about_something_that_there_is() -> None:
    gone = set(TABLE) - {question.key for question in QUESTIONS}

    assert not gone, f"Nobody can ask this any more; take the lines out of {FILE.name}: {gone}"


# What the table says must be so, whoever wrote its lines.


def test_no_line_gives_more_than_its_reader_has() -> None:
    wrong = [
        f"{' '.join(key)}: {sentence}"
        for key, statuses in TABLE.items()
        for sentence in _wrong(*key, *statuses)
    ]

    assert not wrong, "\n".join(wrong)


def _wrong(
    about: str, name: str, method: str, staff: str, looker: str, curator: str, administrator: str
) -> Iterator[str]:
    if staff != "403":
        yield "without permissions there is nothing."
    if looker.endswith("+"):
        yield "who may look writes nothing."
    if not about.startswith("catalog.") and curator != "403":
        yield "a curator reaches the catalog alone."
    if about in TO_LOOK_AT and administrator.endswith("+"):
        yield "nobody changes it."
    if method == "GET" and "+" in administrator:
        yield "looking writes nothing."
    if name in ("add", "change", "delete") and administrator not in ("403", "302+"):
        yield "what was sent is wrong, so that the line tells nothing."
