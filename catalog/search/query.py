"""What can be asked of a search, and what it answers; the same for every engine."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

# Filters whose values are counted; the names are those of the query parameters.
FACETS = (
    "task",
    "library",
    "license",
    "license_class",
    "language",
    "publisher",
    "source",
    "tag",
    "capability",
)
SORTS = (
    "relevance",
    "trending",
    "runs",
    "downloads",
    "likes",
    "created",
    "updated",
    "size",
)


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question. Filters of one name are alternatives, filters of several names all hold."""

    text: str = ""
    any_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    none_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters_min: int | None = None
    parameters_max: int | None = None
    context_min: int | None = None
    memory_max: int | None = None  # bytes
    updated_since: str = ""  # ISO date
    is_runnable: bool | None = None
    sort: str = "relevance"
    offset: int = 0
    limit: int = 24
    facets: tuple[str, ...] = ()  # names out of FACETS to count


@dataclass(frozen=True)
class FacetValue:
    value: str
    count: int
    is_selected: bool = False  # asked for, so it is listed even when nothing has it


@dataclass(frozen=True, kw_only=True)
class Results:
    """Ids in order, how many there are in all, and the counts per facet, largest first."""

    ids: list[int]
    total: int
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)
    is_partial: bool = False  # nothing has all the words; these have most of them
    is_degraded: bool = False  # answered by the database, with fewer features


@dataclass(frozen=True)
class AllIds:
    """Everything that fits, in order. Eight bytes a model, so that all can be held at once."""

    ids: "array[int]"
    is_degraded: bool = False  # answered by the database, by the words as they stand
