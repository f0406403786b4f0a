"""How search by meaning stands, for /status."""

from dataclasses import dataclass
from datetime import UTC, datetime

from catalog.models import LearnedEmbedder
from catalog.search.vectors import choice, keeping, learned, matrix, trouble


@dataclass(frozen=True)
class Standing:
    embedder: str  # off, learned, or the model's name at the endpoint
    described: int  # models that say something about themselves
    in_step: int  # of these, whose vector is of their present text
    shown: int  # vectors that answer searches on this host
    built_at: datetime | None
    learned_at: datetime | None
    trouble: str  # what the embedder said when it failed lately

    @property
    def is_off(self) -> bool:
        return self.embedder == choice.OFF

    @property
    def is_too_small(self) -> bool:
        return self.embedder == choice.LEARNED and self.described < learned.LEAST_TEXTS


def standing() -> Standing:
    shown = matrix.current()
    described = 0 if choice.is_off() else keeping.described().count()
    return Standing(
        embedder=choice.name(),
        described=described,
        in_step=described - _waiting(described),
        shown=len(shown.ids) if shown else 0,
        built_at=datetime.fromtimestamp(shown.built_at, UTC) if shown else None,
        learned_at=_learned_at() if choice.is_learned() else None,
        trouble="" if choice.is_off() else trouble.last(),
    )


def _waiting(described: int) -> int:
    embedder = choice.chosen() if described else None
    return keeping.stale(embedder).count() if embedder else described


def _learned_at() -> datetime | None:
    dates = LearnedEmbedder.objects.order_by("-learned_at").values_list("learned_at", flat=True)
    return dates.first()
