"""Where a page of a longer list stands in it."""

from dataclasses import dataclass


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
