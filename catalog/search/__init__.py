"""One find() for page, API and admin, whichever engine answers."""

from . import database
from .query import FACETS, SORTS, FacetValue, Query, Results

__all__ = ["FACETS", "SORTS", "FacetValue", "Query", "Results", "find"]


def find(query: Query) -> Results:
    """Ids of listed models that fit the query, best first, with the counts that it asks for."""
    return database.find(query)
