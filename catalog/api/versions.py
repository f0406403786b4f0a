"""GET /v1/models/{owner}/{name}/versions, one of them, and the model's examples."""

from urllib.parse import quote

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import contract, listings, naming, parameters, shapes
from config.api import pages


class VersionList(APIView):
    """Newest first, each with its whole schema."""

    @contract.list_versions
    def get(self, request: Request, owner: str, name: str) -> HttpResponseBase:
        cursor, limit = parameters.read_page(request.query_params)
        found = naming.find(owner, name)
        page = listings.of_versions(found.ai_model).page(cursor, limit)
        rows = found.ai_model.versions.in_bulk(page.keys)
        results = [shapes.version(rows[pk]) for pk in page.keys if pk in rows]
        return naming.answer(request, found, Response(pages.answer(request, page, results)))


class VersionDetail(APIView):
    @contract.get_version
    def get(self, request: Request, owner: str, name: str, version_id: str) -> HttpResponseBase:
        found = naming.find(owner, name)
        version = naming.get_or_404(
            found.ai_model.versions.filter(version_id=version_id.replace("\0", "")),
            f"The model {found.ai_model} has no version {version_id}.",
        )
        return naming.answer(request, found, Response(shapes.version(version)))


class ExampleList(APIView):
    """What the model was given elsewhere and what it answered, as predictions."""

    @contract.list_examples
    def get(self, request: Request, owner: str, name: str) -> HttpResponseBase:
        cursor, limit = parameters.read_page(request.query_params)
        found = naming.find(owner, name)
        page = listings.of_examples(found.ai_model).page(cursor, limit)
        rows = found.ai_model.examples.in_bulk(page.keys)
        full_name = found.ai_model.full_name
        url = f"{shapes.pages_at(pages.origin(request))}{quote(full_name)}"
        results = [shapes.example(rows[pk], full_name, url) for pk in page.keys if pk in rows]
        return naming.answer(request, found, Response(pages.answer(request, page, results)))
