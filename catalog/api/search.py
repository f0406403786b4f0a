"""GET /v1/search: models, collections and pages for one text, in Replicate's shape."""

from typing import Any

from django.db.models import Prefetch, Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import search
from catalog.api import contract, listings, parameters, shapes
from catalog.models import AIModel, Collection
from config.api import pages

COLLECTIONS_MAX = 5


class Search(APIView):
    @contract.search_all
    def get(self, request: Request) -> Response:
        query = parameters.read_search(request.query_params)
        results = search.find(query)
        rows = listings.rows(results.ids)
        models = shapes.models(rows, origin=pages.origin(request))
        return Response(
            {
                "query": query.text,
                "models": [
                    {"model": model, "metadata": _metadata(row)}
                    for row, model in zip(rows, models, strict=True)
                ],
                "collections": _collections(query.text),
                "pages": [],
            }
        )


def _metadata(row: AIModel) -> dict[str, Any]:
    """Nothing is generated here: the score is the model's own popularity, the text its summary."""
    return {
        "tags": row.tags,
        "score": None,
        "generated_description": None,
    }


def _collections(text: str) -> list[dict[str, Any]]:
    words = [Q(name__icontains=word) | Q(description__icontains=word) for word in text.split()]
    if not words:
        return []
    listed = AIModel.objects.listed().select_related("publisher")
    rows = Collection.objects.listed().filter(*words)[:COLLECTIONS_MAX]
    return [
        {
            **shapes.collection(row),
            "models": [model.full_name for model in row.ai_models.all()],
        }
        for row in rows.prefetch_related(Prefetch("ai_models", listed))
    ]
