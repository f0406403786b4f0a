"""What each app does when an account closes. They say so in their AppConfig.ready(): see PARTS."""

from dataclasses import dataclass
from typing import Protocol

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """What there is of one kind; `is_kept` when it is handed over instead, if that is chosen."""

    count: int
    text: str
    is_kept: bool = False


class Part(Protocol):
    """A module with these. Each may be called again after it was interrupted anywhere."""

    def told(self, owner: User) -> list[Line]:
        """What there is now."""

    def hand_over(self, owner: User, to: User) -> None:
        """What an organisation may have too."""

    def end(self, owner: User) -> bool:
        """Stop and delete; True when nothing is left, else it is called again a little later."""


PARTS: list[Part] = []
