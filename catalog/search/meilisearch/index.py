"""The live index as searches ask it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

# A path below the engine's address, and a body that is sent as JSON.
Search = Callable[[str, dict[str, Any]], dict[str, Any]]
Request = dict[str, Any]
Answer = dict[str, Any]

THREADS = 16  # for what is asked beside; each waits for the engine and does nothing else

_beside = ThreadPoolExecutor(THREADS, thread_name_prefix="search")


@dataclass(frozen=True)
class Index:
    search: Search
    uid: str

    def multi(self, requests: Sequence[Request]) -> list[Answer]:
        """The answer to each of the requests, which travel together."""
        if not requests:
            return []
        queries = [{"indexUid": self.uid, **request} for request in requests]
        answers: list[Answer] = self.search("/multi-search", {"queries": queries})["results"]
        return answers

    def at_once(self, *groups: Sequence[Request]) -> list[list[Answer]]:
        """The answers to each group; the engine works on the groups side by side."""
        others = [_beside.submit(self.multi, group) for group in groups[1:]]
        first = self.multi(groups[0])
        return [first, *(other.result() for other in others)]

    def values_near(self, field: str, text: str, filters: Sequence[str] = ()) -> dict[str, int]:
        """How many models hold each value of a field that begins with the text, slips forgiven."""
        body = {"facetName": field, "facetQuery": text, "filter": [*filters]}
        answer = self.search(f"/indexes/{self.uid}/facet-search", body)
        return {str(hit["value"]): int(hit["count"]) for hit in answer["facetHits"]}
