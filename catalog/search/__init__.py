"""One find() for page, API and admin, whichever engine answers."""

from catalog.search import breaker, database
from catalog.search.engines import engine
from catalog.search.errors import Unavailable
from catalog.search.query import FACETS, SORTS, FacetValue, Query, Results

__all__ = ["FACETS", "SORTS", "FacetValue", "Query", "Results", "find"]


def find(query: Query) -> Results:
    """Ids of listed models that fit the query, best first, with the counts that it asks for.

    When the engine cannot answer, the database does, with fewer features (`is_degraded`).
    """
    if breaker.is_open():
        return database.find(query)
    try:
        results = engine().find(query)
    except Unavailable as error:
        breaker.open_for(error)
        return database.find(query)
    breaker.close()
    return results
