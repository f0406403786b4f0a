"""A language model of three words: what follows the last two, as often as it did in the story."""

import random
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

from cog import BasePredictor, ConcatenateIterator, Input, streaming

TOKEN = re.compile(r"\w+|[^\w\s]")
WEIGHTS = (0.02, 0.18, 0.8)  # of what follows no, one and two words
Counts = defaultdict[tuple[str, ...], Counter[str]]


class Predictor(BasePredictor):
    def setup(self) -> None:
        text = (Path(__file__).parent / "story.txt").read_text(encoding="utf-8")
        self.counts = trained(TOKEN.findall(text))
        print(f"read {sum(self.counts[()].values())} words")

    @streaming
    def predict(
        self,
        prompt: str = Input(
            description="How the story begins", default="The harbour", max_length=2_000
        ),
        max_tokens: int = Input(description="How long it gets", default=120, ge=1, le=2_000),
        temperature: float = Input(
            description="Near 0 it keeps to the story, higher it makes things up",
            default=0.8,
            ge=0.05,
            le=2,
        ),
        tokens_per_second: float = Input(
            description="How fast it tells; 0 is as fast as it can", default=30, ge=0, le=1_000
        ),
        seed: int = Input(description="The same seed tells the same; 0: a new one", default=0),
    ) -> ConcatenateIterator[str]:
        chance = random.Random(seed or None)
        said = TOKEN.findall(prompt)
        print(f"telling {max_tokens} tokens")
        yield prompt.rstrip()
        for _ in range(max_tokens):
            token = self.next_token(said, temperature, chance)
            yield token if token in ".,?!" else f" {token}"
            said.append(token)
            if tokens_per_second:
                time.sleep(1 / tokens_per_second)

    def next_token(self, said: list[str], temperature: float, chance: random.Random) -> str:
        likely: Counter[str] = Counter()
        for order, weight in enumerate(WEIGHTS):
            before = tuple(said[len(said) - order :]) if order else ()
            found = self.counts.get(before, Counter())
            total = sum(found.values())
            for token, count in found.items():
                likely[token] += weight * count / total
        tokens = list(likely)
        return chance.choices(tokens, [likely[token] ** (1 / temperature) for token in tokens])[0]


def trained(tokens: list[str]) -> Counts:
    """How often each word followed no, one and two others."""
    counts: Counts = defaultdict(Counter)
    for at, token in enumerate(tokens):
        for order in range(min(at, len(WEIGHTS) - 1) + 1):
            counts[tuple(tokens[at - order : at])][token] += 1
    return counts
