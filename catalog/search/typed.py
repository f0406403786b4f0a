"""A typed text as every engine searches for it, and how much each way to fit it counts."""

from dataclasses import dataclass

from catalog.search.meaning import Meaning, Named, meanings, named, parted
from catalog.search.words import STOP_WORDS, STOP_WORDS_ZH, joined, words

MOST_WORDS = 12
NAME_WORDS = 6  # more than these, or stop words among them, are a sentence
ALL_REQUIRED = 3  # words of a sentence; of longer ones most are enough

# How well a word fits by where it stands. Popularity multiplies the sum (documents.weight_of).
FIT = {
    "name": 1.0,
    "runs": 0.95,
    "named": 0.95,
    "start": 0.8,
    "owner": 0.75,
    "owner_whole": 0.75,
    "meaning": 0.75,
    "slip": 0.45,
    "besides": 0.5,
    "version": 0.6,
    "typo": 0.6,
    "typos": 0.45,
    "tag_words": 0.5,
    "about": 0.5,
    "prose": 0.6,
}
PROSE_LEAST = 0.15
WHOLE_MEANING = 0.95
SLIP_OF_MANY = 0.65
# What a fit of the whole text adds, for each of its words.
EXACT_NAME = 0.7
EXACT_WORD = 0.3  # a name of one word is easily also somebody's word for something else
NAME_RUN = 0.3
OWNER = 0.3
EXACT_ID = 1000.0
TYPO_FROM, TYPOS_FROM = 4, 9  # letters
TYPO_UP_TO = 150  # names; what more of them hold is a word, not a slip


@dataclass(frozen=True)
class Typed:
    """A text as it is searched for."""

    text: str
    words: list[str]
    places: list[int]  # of the words that say something
    meant: list[Meaning]
    named: list[Named]

    @property
    def whole(self) -> str:
        """All of it run together, as a name may be."""
        return joined(words(self.text)[:MOST_WORDS])

    @property
    def wholly_named(self) -> list[Named]:
        """Other names for all of it, not just for a word."""
        return [other for other in self.named if other.covered.issuperset(self.places)]

    @property
    def is_sentence(self) -> bool:
        return len(self.places) < len(self.words) or len(self.places) > NAME_WORDS

    @property
    def needs(self) -> list[int]:
        """How many words have to fit, and how many will do when nothing has so many."""
        count = len(self.places)
        fewer = max(1, count - 1 if count <= ALL_REQUIRED else count // 2)
        return sorted({self._needed, min(self._needed, fewer), 1}, reverse=True)

    @property
    def _needed(self) -> int:
        """All of a name, most of a sentence."""
        count = len(self.places)
        if not self.is_sentence:
            return count
        if self.meant:
            # What is wanted is understood; the other words choose among what does it.
            return max(-(-count // 2), *(len(meaning.covered) for meaning in self.meant))
        return count if count <= ALL_REQUIRED else -(-count * 2 // 3)

    def meaning_fit(self, meaning: Meaning) -> float:
        """As good as a name when all of the text, not just a word, is what a task is called."""
        said = set(self.places)
        is_whole = len(said) > 1 and any(said <= other.covered for other in self.meant)
        if meaning.slips:
            # A word that was typed right vouches for the other; two slips may be anything.
            return SLIP_OF_MANY if is_whole and meaning.slips < meaning.covered else FIT["slip"]
        return WHOLE_MEANING if is_whole else FIT["meaning"]

    def is_phrased(self, at: int) -> bool:
        """Whether the word means something together with others: speech in text to speech."""
        return any(at in meaning.covered and len(meaning.covered) > 1 for meaning in self.meant)


def read(text: str) -> Typed:
    typed = parted(text)
    places = list(range(len(typed)))
    said = [at for at in places if typed[at] not in STOP_WORDS and typed[at] not in STOP_WORDS_ZH]
    # Stop words count when nothing else was typed.
    said = (said or places)[:MOST_WORDS]
    return Typed(text, typed, said, meanings(typed), named(typed))
