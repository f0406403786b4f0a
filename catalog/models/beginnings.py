"""Which rows begin with a text, worded so that each database looks it up in its index."""

from django.db import connection
from django.db.models import Q

LAST = "\U0010ffff"  # no sign comes after it


def begins(field: str, text: str) -> Q:
    """For columns with a unique index; with regard to case.

    PostgreSQL answers LIKE from the index that Django makes for such columns, and orders texts by
    language, so that a range would miss some. SQLite orders by code points, and reads every row
    for a LIKE.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + LAST})
