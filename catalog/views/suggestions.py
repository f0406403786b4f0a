"""What may be meant, while it is being typed into a search box: a part of a page, or JSON."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.forms import TextSoFarForm
from catalog.pages import suggestions as offered
from catalog.pages.suggestions import Suggestions
from config.api.problems import problem

KEPT = 60  # seconds, in the reader's own browser: deleting a letter asks for nothing anew


@require_safe
@vary_on_headers("Accept", "Accept-Language", "Cookie")
def suggestions(request: HttpRequest) -> HttpResponse:
    form = TextSoFarForm(request.GET)
    if not form.is_valid():
        return _rejected(request, form)
    found = offered.of(form.cleaned_data["q"])
    answer = (
        JsonResponse(_shape(found), json_dumps_params={"ensure_ascii": False})
        if _wants_json(request)
        else render(request, "catalog/suggestions.html", {"found": found})
    )
    patch_cache_control(answer, private=True, max_age=KEPT)
    return answer


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _rejected(request: HttpRequest, form: TextSoFarForm) -> HttpResponse:
    errors = [
        {"field": field, "detail": str(sentence)}
        for field, sentences in form.errors.items()
        for sentence in sentences
    ]
    detail = " ".join(f"{error['field']}: {error['detail']}" for error in errors)
    if _wants_json(request):
        return problem(request, 400, detail, errors)
    return HttpResponse(detail, status=400, content_type="text/plain; charset=utf-8")


def _shape(found: Suggestions) -> dict[str, Any]:
    return {
        "query": found.text,
        "total": found.total,
        "url": found.all_url,
        "suggestions": [
            {"kind": group.kind, "title": one.title, "detail": one.detail, "url": one.url}
            for group in found.groups
            for one in group.suggestions
        ],
    }
