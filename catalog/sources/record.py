"""What every source's records become before they are written: one shape, cleaned and typed."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalog.models import Source


class Rejected(Exception):
    """This record cannot be taken; the message says why, for the people who read ImportReject."""


@dataclass(slots=True)
class CardText:
    text: str
    full_length: int
    language: str = ""


@dataclass(slots=True)
class VersionFacts:
    version_id: str
    openapi_schema: dict[str, Any]
    created_at: datetime | None = None
    cog_version: str = ""
    image: str = ""


@dataclass(slots=True)
class ExampleFacts:
    source_id: str
    version_id: str
    input: Any
    output: Any
    seconds: float | None
    created_at: datetime | None


@dataclass(slots=True)
class OfferFacts:
    provider: str
    unit: str
    amount: Decimal
    currency: str = "USD"
    context_length: int | None = None
    url: str = ""


@dataclass(slots=True)
class Record:
    """One source's word on one model.

    `values` holds the fields of AIModel that the source knows, ready for JSON: dates as ISO
    text, tasks, libraries and licenses as ids; what is empty is left out. `notes` say what was
    cut, dropped or derived, each as "field: what happened".
    """

    source: Source
    source_id: str
    owner: str
    name: str
    url: str
    read_at: datetime
    origin: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    card: CardText | None = None
    versions: list[VersionFacts] = field(default_factory=list)
    examples: list[ExampleFacts] = field(default_factory=list)
    offers: list[OfferFacts] = field(default_factory=list)
    digest: str = ""

    @property
    def key(self) -> str:
        return f"{self.owner}/{self.name}".lower()
