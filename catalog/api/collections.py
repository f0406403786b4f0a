"""GET /v1/collections and one of them with its models."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import contract, listings, naming, parameters, shapes
from catalog.models import Collection
from config.api import pages


class CollectionList(APIView):
    @contract.list_collections
    def get(self, request: Request) -> Response:
        cursor, limit = parameters.read_page(request.query_params)
        page = listings.of_collections().page(cursor, limit)
        rows = Collection.objects.in_bulk(page.keys)
        results = [shapes.collection(rows[pk]) for pk in page.keys if pk in rows]
        return Response(pages.answer(request, page, results))


class CollectionDetail(APIView):
    """A collection with all its models in their order."""

    @contract.get_collection
    def get(self, request: Request, slug: str) -> Response:
        collection = naming.get_or_404(
            Collection.objects.listed().filter(slug__iexact=slug),
            f"There is no collection {slug} here. GET /v1/collections lists them.",
        )
        notes = dict(collection.items.values_list("ai_model_id", "note"))
        models = shapes.models(list(notes), origin=pages.origin(request))
        return Response(
            {
                **shapes.collection(collection),
                "full_description": collection.description,
                "models": [{**model, "note": notes[pk]} for pk, model in models.items()],
            }
        )
