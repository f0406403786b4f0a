"""The orders that listings are paged in."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import AIModel, Collection, Version
from catalog.models.ai_models import AIModelQuerySet
from config.api.pages import Listing, Segment


def of_models(order: str, *, falling: bool) -> Listing:
    """Listed models, newest first unless turned round; what has no date comes at the old end."""
    listed = AIModel.objects.listed()
    if order == "model_created_at":
        return Listing(order, _by_publication(listed), falling=falling)
    latest = Segment(_latest_versions(listed), "created_at", "ai_model_id")
    unversioned = listed.filter(~Exists(Version.objects.filter(ai_model=OuterRef("pk"))))
    return Listing(order, [latest, *_by_publication(unversioned)], falling=falling)


def of_versions(ai_model: AIModel) -> Listing:
    return Listing("version_created_at", [Segment(ai_model.versions.all(), "created_at")])


def of_examples(ai_model: AIModel) -> Listing:
    dated = ai_model.examples.exclude(created_at=None)
    undated = ai_model.examples.filter(created_at=None)
    return Listing(
        "example_created_at",
        [Segment(dated, "created_at"), Segment(undated, "id", parse=int)],
    )


def of_collections() -> Listing:
    rows = Collection.objects.listed()
    return Listing("collection_name", [Segment(rows, "name", parse=str)], falling=False)


def _latest_versions(listed: AIModelQuerySet) -> QuerySet[Version]:
    """Of each listed model the version that no other follows; read along their dates."""
    following = Version.objects.filter(ai_model=OuterRef("ai_model")).filter(
        Q(created_at__gt=OuterRef("created_at"))
        | Q(created_at=OuterRef("created_at"), pk__gt=OuterRef("pk"))
    )
    of_listed = Exists(listed.filter(pk=OuterRef("ai_model_id")))
    return Version.objects.filter(of_listed, ~Exists(following))


def _by_publication(rows: AIModelQuerySet) -> list[Segment]:
    return [
        Segment(rows.exclude(published_at=None), "published_at"),
        Segment(rows.filter(published_at=None), "id", parse=int),
    ]
