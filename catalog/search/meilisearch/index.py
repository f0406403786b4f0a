"""The live index as searches ask it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# A path below the engine's address, and a body that is sent as JSON.
Search = Callable[[str, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Index:
    search: Search
    uid: str

    def multi(self, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answer to each of the requests, which travel together."""
        if not requests:
            return []
        queries = [{"indexUid": self.uid, **request} for request in requests]
        answers: list[dict[str, Any]] = self.search("/multi-search", {"queries": queries})[
            "results"
        ]
        return answers

    def values_near(self, field: str, text: str) -> dict[str, int]:
        """How many models hold each value of a field that begins with the text, slips forgiven."""
        body = {"facetName": field, "facetQuery": text}
        answer = self.search(f"/indexes/{self.uid}/facet-search", body)
        return {str(hit["value"]): int(hit["count"]) for hit in answer["facetHits"]}
