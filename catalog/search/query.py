"""What can be asked of a search, and what it answers; the same for every engine."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog import memory, prices
from catalog.search.errors import Cause

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
    "price",  # the only one with the least first
)
# What a model's document holds in whole numbers, to be asked for from a least to a most.
NUMBERS = (
    "parameters",
    "active_parameters",
    "context_length",
    "memory_bytes",
    *(f"memory_at_{context}" for context in memory.CONTEXTS),
    *(f"price_{unit}" for unit in prices.UNITS),
)
ANY_DEVICE = "any"
FLAGS = ("is_runnable", "is_sized", "is_priced")

Bounds = tuple[int | None, int | None]


@dataclass(frozen=True, kw_only=True)
class Query:
    """One question. Filters of one name are alternatives, filters of several names all hold."""

    text: str = ""
    any_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    none_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters_min: int | None = None
    parameters_max: int | None = None
    active_parameters_min: int | None = None
    active_parameters_max: int | None = None
    context_min: int | None = None
    context_max: int | None = None
    memory_min: int | None = None  # bytes, as the model's source says
    memory_max: int | None = None
    fits: int | None = None  # bytes in which it runs, as reckoned by memory.py
    context: int = memory.USUAL_CONTEXT  # tokens to reckon with, one of memory.CONTEXTS
    devices: tuple[str, ...] | None = None  # kinds of hardware at hand; None: whatever it takes
    price_min: int | None = None  # billionths of a dollar for one price_unit
    price_max: int | None = None
    price_unit: str = prices.USUAL_UNIT
    updated_since: str = ""  # ISO date
    is_runnable: bool | None = None
    is_sized: bool | None = None  # whether the memory that it takes can be reckoned
    is_priced: bool | None = None  # whether somebody offers it for a price
    changed_after: int = 0  # version: microseconds of a row's updated_at, see documents.py
    sort: str = "relevance"
    offset: int = 0
    limit: int = 24
    facets: tuple[str, ...] = ()  # names out of FACETS to count
    collapse: bool = False  # copies of a model under their original, see folding.py
    facet_text: str = ""  # count only the values that hold this
    facet_limit: int = 100  # values at most of each facet

    @property
    def ranges(self) -> dict[str, Bounds]:
        """The bounds that are asked for, by name out of NUMBERS."""
        bounds = {
            "parameters": (self.parameters_min, self.parameters_max),
            "active_parameters": (self.active_parameters_min, self.active_parameters_max),
            "context_length": (self.context_min, self.context_max),
            "memory_bytes": (self.memory_min, self.memory_max),
            f"memory_at_{self.context}": (None, self.fits),
            f"price_{self.price_unit}": (self.price_min, self.price_max),
        }
        return {name: both for name, both in bounds.items() if both != (None, None)}

    @property
    def flags(self) -> dict[str, bool]:
        """What has to be so or not, by name out of FLAGS."""
        asked = {name: getattr(self, name) for name in FLAGS}
        return {name: is_so for name, is_so in asked.items() if is_so is not None}


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
    # When collapsed: copies by the original that they stand under, and how many of the total do,
    # on all pages.
    variants: dict[int, list[int]] = field(default_factory=dict)
    folded: int = 0
    is_partial: bool = False  # nothing has all the words; these have most of them
    is_degraded: bool = False  # answered by the database, with fewer features
    cause: Cause | None = None  # why, when it is degraded


@dataclass(frozen=True)
class AllIds:
    """Everything that fits, in order. Eight bytes a model, so that all can be held at once."""

    ids: "array[int]"
    is_degraded: bool = False  # answered by the database, by the words as they stand
