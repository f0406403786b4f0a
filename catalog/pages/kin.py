"""A model's family: what it was made from, and what was made from it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from catalog.models import AIModel

from . import figures, rows
from .lines import Row

SHOWN_OF_EACH = 12


@dataclass(frozen=True, slots=True)
class Branch:
    relation: str
    label: str
    count: str
    rows: list[Row]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Family:
    relation: str  # of this model to its base
    bases: list[Row]
    unknown_bases: list[str]  # named by the source, not in this catalog
    branches: list[Branch]


def of(ai_model: AIModel) -> Family:
    named = {str(name).lower(): str(name) for name in ai_model.base_model_names}
    known = _known_bases(ai_model, named)
    return Family(
        relation=ai_model.get_base_relation_display() if ai_model.base_relation else "",
        bases=rows.in_order(known.values()),
        unknown_bases=[name for key, name in named.items() if key not in known],
        branches=_branches(ai_model),
    )


def _known_bases(ai_model: AIModel, named: Iterable[str]) -> dict[str, int]:
    """Those that everybody may see, by key: a merge has several, a curator may have set another."""
    either = Q(key__in=list(named)) | Q(pk=ai_model.base_model_id)
    found = AIModel.objects.listed().filter(either).by_popularity()
    return dict(found.values_list("key", "pk"))


def _branches(ai_model: AIModel) -> list[Branch]:
    listed = ai_model.variants.listed()
    counted = listed.values_list("base_relation").annotate(count=Count("pk")).order_by("-count")
    labels = dict(AIModel.BaseRelation.choices)
    return [
        Branch(
            relation=relation,
            label=str(labels.get(relation, "")),
            count=figures.whole(count),
            rows=rows.of(
                rows.listed()
                .filter(base_model=ai_model, base_relation=relation)
                .by_popularity()[:SHOWN_OF_EACH]
            ),
            has_more=count > SHOWN_OF_EACH,
        )
        for relation, count in counted
    ]
