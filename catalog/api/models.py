"""GET and QUERY /v1/models, GET /v1/models/{owner}/{name} and its readme."""

from typing import Any

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import provenance, search
from catalog.api import contract, listings, naming, parameters, shapes
from catalog.models import Card
from catalog.pages import notices
from config.api import pages
from config.api.bodies import FastJSONRenderer, JSONTextParser, TextParser, TextRenderer


class ModelList(APIView):
    """All models in Replicate's order, or the answer to a search."""

    http_method_names = ["get", "head", "query"]
    parser_classes = [TextParser, JSONTextParser]

    @contract.list_models
    def get(self, request: Request) -> Response:
        wanted = parameters.read(request.query_params)
        if wanted.is_search:
            return Response(_found(request, wanted))
        listing = listings.of_models(wanted.order, falling=wanted.is_falling)
        page = listing.page(wanted.cursor, wanted.limit)
        results = shapes.models(page.keys, origin=pages.origin(request), expand=wanted.expand)
        return Response(pages.answer(request, page, list(results.values())))

    @contract.search_models
    def query(self, request: Request) -> Response:
        """The text is the body; without one it is `q`, as in the address of a next page."""
        asked = request.query_params.copy()
        if request.data:
            asked["q"] = str(request.data)
        return Response(_found(request, parameters.read(asked, is_search=True)))


class ModelDetail(APIView):
    """One model with everything that is known of it."""

    @contract.get_model
    def get(self, request: Request, owner: str, name: str) -> HttpResponseBase:
        found = naming.find(owner, name)
        pk = found.ai_model.pk
        model = shapes.models([pk], origin=pages.origin(request), expand=parameters.EXPANSIONS)[pk]
        model["provenance"] = shapes.origins(model, provenance.of(found.ai_model))
        return naming.answer(request, found, Response(model))


class ModelReadme(APIView):
    """The card's text as it was written: Markdown, untrusted."""

    renderer_classes = [TextRenderer, FastJSONRenderer]

    @contract.get_readme
    def get(self, request: Request, owner: str, name: str) -> HttpResponseBase:
        found = naming.find(owner, name)
        card = naming.get_or_404(
            Card.objects.filter(ai_model=found.ai_model),
            f"The model {found.ai_model} has no readme here.",
        )
        return naming.answer(request, found, Response(card.text))


def _found(request: Request, wanted: parameters.Wanted) -> dict[str, Any]:
    query = wanted.query()
    results = search.find(query)
    models = shapes.models(results.ids, origin=pages.origin(request), expand=wanted.expand)
    return {
        "next": _neighbour(request, query, parameters.next_cursor(query, results.total)),
        "previous": _neighbour(request, query, parameters.previous_cursor(query)),
        "total": results.total,
        "facets": {
            name: [{"value": found.value, "count": found.count} for found in values]
            for name, values in results.facets.items()
        },
        "is_degraded": results.is_degraded,
        **({"notice": notices.of(results.cause)} if results.is_degraded else {}),
        "results": list(models.values()),
    }


def _neighbour(request: Request, query: search.Query, cursor: str | None) -> str | None:
    """The address of a page nearby. It holds the text, whether that came as `q` or as a body."""
    if cursor is None:
        return None
    return pages.address(request, q=query.text or None, cursor=cursor)
