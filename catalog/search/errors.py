"""What can go wrong with an engine, as its callers need to tell it apart."""


class Unavailable(Exception):
    """The engine cannot answer now; the database can."""


class Busy(Exception):
    """Somebody else is writing or rebuilding; try later."""
