"""A model's family: what it was made from, and what was made from it."""

from dataclasses import dataclass

from django.db.models import Count

from catalog.models import AIModel

from . import figures, rows
from .rows import Row

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
    base = ai_model.base_model if ai_model.base_model and ai_model.base_model.is_listed else None
    known = base.full_name.lower() if base else ""
    return Family(
        relation=ai_model.get_base_relation_display() if ai_model.base_relation else "",
        bases=rows.in_order([base.pk]) if base else [],
        unknown_bases=[name for name in ai_model.base_model_names if str(name).lower() != known],
        branches=_branches(ai_model),
    )


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
