"""Who publishes models."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from catalog.kept import keeping
from catalog.models import AIModel, Publisher
from catalog.pages import doors, makers, rows
from catalog.pages.address import Address

PER_PAGE = 60
MOST_MODELS = 30
LISTED = Q(ai_models__status__in=AIModel.LISTED)


@require_safe
def publishers(request: HttpRequest) -> HttpResponse:
    """The publishers with the most models first, or those whose name holds `q`."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = Publisher.objects.annotate(model_count=Count("ai_models", filter=LISTED))
    found = found.filter(model_count__gt=0).order_by("-model_count", "key")
    if text:
        found = found.filter(Q(key__contains=text.lower()) | Q(name__icontains=text))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"entries": makers.entries(page), "pages": makers.pages(page, text), "text": text}
    return render(request, "catalog/publishers.html", context)


@require_safe
def publisher(request: HttpRequest, slug: str) -> HttpResponse:
    found = Publisher.objects.named(slug).filter(ai_models__status__in=AIModel.SHOWN).first()
    if found is None:
        raise Http404
    if found.slug != slug:
        return redirect(found, permanent=True)
    models = rows.listed().filter(publisher=found).by_popularity()[:MOST_MODELS]
    totals = makers.totals(found)
    context = {
        "publisher": found,
        "keeping": keeping.of_publisher(request.user, found),
        "rows": rows.of(models),
        "totals": totals,
        "doors": doors.of(Address((("publisher", found.slug),)), totals.models),
    }
    return render(request, "catalog/publisher.html", context)
