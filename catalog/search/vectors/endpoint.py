"""An embedder behind an OpenAI-shaped address: POST {address}/embeddings, with model and key."""

import hashlib
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import requests

from catalog.search.vectors.interface import Refused, Unavailable, Vectors, sound

BATCH = 64  # texts a request
LONGEST = 2000  # characters of a text; about 500 tokens
SECONDS_ASKED = 0.5  # somebody waits for the page
SECONDS = 60.0
TRIES = 3
PAUSE = 1.0  # seconds before the second try, doubled before each further one
ERROR_SHOWN = 200  # characters
THIS_TEXT = (400, 413, 422)  # too long, or not to its taste


class Endpoint:
    reads_vocabulary = False

    def __init__(self, address: str, *, model: str, key: str = "") -> None:
        self._address = f"{address.rstrip('/')}/embeddings"
        self._model = model
        self._session = requests.Session()
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"

    @property
    def fingerprint(self) -> str:
        """The address may move: the model's name is what its vectors depend on."""
        return hashlib.sha256(f"endpoint {self._model}".encode()).hexdigest()[:16]

    def embed(self, texts: Sequence[str], *, is_asked: bool = False) -> Vectors:
        parts = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
        answers = [self._batch(part, is_asked=is_asked) for part in parts]
        return np.concatenate(answers) if answers else np.zeros((0, 1), dtype=np.float32)

    def _batch(self, texts: Sequence[str], *, is_asked: bool) -> Vectors:
        if is_asked:
            return self._answer(texts, seconds=SECONDS_ASKED)
        for again in range(TRIES - 1):
            try:
                return self._answer(texts, seconds=SECONDS)
            except Unavailable:
                time.sleep(PAUSE * 2**again)
        return self._answer(texts, seconds=SECONDS)

    def _answer(self, texts: Sequence[str], *, seconds: float) -> Vectors:
        # Some servers refuse an empty text.
        asked = {"model": self._model, "input": [text[:LONGEST].strip() or "-" for text in texts]}
        try:
            answer = self._session.post(self._address, json=asked, timeout=seconds)
        except requests.RequestException as error:
            raise Unavailable(
                f"The embedder cannot be reached ({type(error).__name__})."
            ) from error
        if answer.status_code in THIS_TEXT:
            raise Refused(f"The embedder answered {answer.status_code}: {_said(answer)}")
        if not answer.ok:
            raise Unavailable(
                f"The embedder answered {answer.status_code}: {_said(answer)} "
                "See SEARCH_EMBEDDER, SEARCH_EMBEDDER_MODEL and SEARCH_EMBEDDER_KEY."
            )
        return sound(_rows_of(answer), count=len(texts))


def _said(answer: requests.Response) -> str:
    return " ".join(answer.text[:ERROR_SHOWN].split())


def _rows_of(answer: requests.Response) -> list[Any]:
    """In the order of the texts, whichever order they were answered in."""
    try:
        found = sorted(answer.json()["data"], key=lambda row: int(row["index"]))
        return [row["embedding"] for row in found]
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable("The embedder does not answer as OpenAI's does.") from error
