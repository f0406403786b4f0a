"""Models picked by people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog.collecting import pages
from catalog.models import Collection
from catalog.pages import picks


@require_safe
def collections(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/collections.html", {"page": pages.listed()})


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    curated = Collection.objects.curated().filter(visibility__in=Collection.OPEN)
    found = curated.filter(slug__iexact=slug).first()
    if found is None:
        raise Http404
    if found.slug != slug:
        return redirect(found, permanent=True)
    context = {"collection": found, "rows": picks.rows_of(found)}
    return render(request, "catalog/collection.html", context)
