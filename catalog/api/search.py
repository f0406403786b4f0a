"""GET /v1/search: models, collections and pages for one text, in Replicate's shape."""

from typing import Any

from django.db.models import Prefetch, Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import search
from catalog.api import contract, parameters, shapes
from catalog.models import AIModel, Collection
from config.api import pages

COLLECTIONS_MAX = 5


class Search(APIView):
    @contract.search_all
    def get(self, request: Request) -> Response:
        query = parameters.read_search(request.query_params)
        results = search.find(query)
        models = shapes.models(results.ids, origin=pages.origin(request))
        return Response(
            {
                "query": query.text,
                "models": [
                    {"model": model, "metadata": _metadata(model)} for model in models.values()
                ],
                "collections": _collections(query.text),
                "pages": [],
            }
        )


def _metadata(model: shapes.Shape) -> shapes.Shape:
    """Nothing is generated here, and scores of different engines cannot be compared."""
    return {"tags": model["tags"], "score": None, "generated_description": None}


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
