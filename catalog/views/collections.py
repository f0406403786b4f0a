"""Models picked by people."""

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog.models import AIModel, Collection
from catalog.pages import picks

LISTED = Q(ai_models__status__in=AIModel.LISTED)


@require_safe
def collections(request: HttpRequest) -> HttpResponse:
    found = Collection.objects.listed().annotate(model_count=Count("ai_models", filter=LISTED))
    return render(request, "catalog/collections.html", {"collections": found})


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    found = Collection.objects.listed().filter(slug__iexact=slug).first()
    if found is None:
        raise Http404
    if found.slug != slug:
        return redirect(found, permanent=True)
    context = {"collection": found, "rows": picks.rows_of(found)}
    return render(request, "catalog/collection.html", context)
