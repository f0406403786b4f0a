"""One figure for how much a model is used, comparable between its sources.

The Hub counts downloads of the last 30 days and likes, Replicate counts runs since the model
was published. Each is turned into uses a month: a download is one, a run one twelfth (as if
the count had grown over a year), a like a hundred (few people like what many use). Popularity is
the logarithm to base 10 of one more than their sum: 0 for what nobody uses, 6 for a million
uses a month; one more is ten times as many.
"""

import math

RUNS_IN_MONTHS = 12
USES_OF_A_LIKE = 100


def popularity_of(*, downloads: int | None, likes: int | None, runs: int | None) -> float:
    uses = (downloads or 0) + (runs or 0) / RUNS_IN_MONTHS + USES_OF_A_LIKE * (likes or 0)
    return round(math.log10(1 + uses), 4)
