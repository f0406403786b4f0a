"""What can go wrong with an engine, as its callers need to tell it apart."""

from enum import StrEnum


class Cause(StrEnum):
    """Why an engine cannot answer, for programs; its people read catalog/pages/notices.py."""

    BROKEN = "broken"  # the index cannot be read
    MISSING = "missing"  # the engine has no index of that name
    DOWN = "down"
    SLOW = "slow"
    KEY = "key"
    VERSION = "version"
    FULL = "full"
    REFUSED = "refused"  # an error of the engine's own


class Unavailable(Exception):
    """The engine cannot answer now; the database can."""

    def __init__(self, sentence: str, cause: Cause = Cause.BROKEN) -> None:
        super().__init__(sentence)
        self.cause = cause

    @property
    def is_mended_by_rebuilding(self) -> bool:
        return self.cause in (Cause.BROKEN, Cause.MISSING)


class Rejected(Exception):
    """The engine does not take at least one of these documents; the message has its words."""


class Busy(Exception):
    """Somebody else is writing or rebuilding, or the engine is still at work; try later."""
