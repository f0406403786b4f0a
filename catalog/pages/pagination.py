"""Where a page of a longer list stands in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page

from . import figures


@dataclass(frozen=True, slots=True)
class Pages:
    number: int
    count: int
    previous_url: str
    next_url: str
    first_number: int
    first: str
    last: str
    total: str


def place_of(page: Page[Any], url: Callable[[int], str]) -> Pages:
    """`url` gives the address of a page by its number, the first being 1."""
    return Pages(
        number=page.number,
        count=page.paginator.num_pages,
        previous_url=url(page.number - 1) if page.has_previous() else "",
        next_url=url(page.number + 1) if page.has_next() else "",
        first_number=page.start_index(),
        first=figures.whole(page.start_index()),
        last=figures.whole(page.end_index()),
        total=figures.whole(page.paginator.count),
    )
