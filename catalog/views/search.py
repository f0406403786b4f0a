"""The search page, whole or as the part that htmx swaps in."""

from urllib.parse import parse_qsl, urlsplit

from django.http import Http404, HttpResponse
from django.http import HttpRequest as PlainHttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import conditional_page, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url, replace_url
from django_htmx.middleware import HtmxDetails

from catalog import markdown, search
from catalog.forms import SearchForm, without_controls
from catalog.pages import doors, facets, results, rows
from catalog.pages.address import Address
from catalog.search import FACETS

from .asked import a_search

MOST_VALUES = 500
LONGEST_VALUE = 100


class HttpRequest(PlainHttpRequest):
    htmx: HtmxDetails


@require_safe
@vary_on_headers("HX-Request")
def models(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return _rejected(request, form)
    if not request.htmx and _has_empty_parameters(request):
        return redirect(Address(tuple(form.parameters())).url())
    page = results.of(form)
    if page.pages.number > page.pages.count:
        return redirect(page.address.url(page=page.pages.count))
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "catalog/search.html", {"page": page})
    part = render(request, "catalog/search_part.html", {"page": page})
    return replace_url(part, page.url) if _is_typing(request) else push_url(part, page.url)


@conditional_page
@a_search
def models_markdown(request: PlainHttpRequest, form: SearchForm) -> HttpResponse:
    """A page of what fits as Markdown, one model a line."""
    query = form.query()
    found = search.find(query)
    address, number = Address(tuple(form.parameters())), form.cleaned_data["page"] or 1
    has_more = query.offset + query.limit < found.total
    with override("en"):
        text = markdown.listing(
            doors.title(address),
            rows.in_order(found.ids),
            total=found.total,
            start=query.offset + 1,
            more=address.url(route="models_markdown", page=number + 1) if has_more else "",
        )
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@require_safe
@vary_on_headers("HX-Request")
def facet(request: HttpRequest, name: str) -> HttpResponse:
    """The values of one facet, for the search of its link: all, or those that hold `values`."""
    if name not in FACETS:
        raise Http404
    form = SearchForm(request.GET)
    if not form.is_valid():
        return _rejected(request, form)
    query, address = form.query(facets=(name,), limit=1), Address(tuple(form.parameters()))
    text = without_controls(request.GET.get("values", ""))[:LONGEST_VALUE].strip()
    counted = facets.counted(name, query, text, most=MOST_VALUES)
    if request.htmx and not request.htmx.boosted:
        part = {"group": facets.group(name, query, counted, address)}
        return render(request, "includes/facet_group.html", part)
    context = {
        "text": text,
        "is_cut": len(counted) >= MOST_VALUES,
        "narrow_url": reverse("facet", args=[name]),
        "all_url": address.url(route="facet", args=(name,)),
        "group": facets.group(name, query, counted, address, shown=MOST_VALUES),
        "hidden": address.without(name).pairs,
        "back_url": address.url(),
    }
    return render(request, "catalog/facet.html", context)


def _rejected(request: HttpRequest, form: SearchForm) -> HttpResponse:
    context = {"sentences": form.sentences()}
    return render(request, "catalog/search_rejected.html", context, status=400)


def _has_empty_parameters(request: HttpRequest) -> bool:
    """A plain form sends its empty fields too; addresses that people share have none."""
    return any(
        "" in values for name, values in request.GET.lists() if name in SearchForm.base_fields
    )


def _is_typing(request: HttpRequest) -> bool:
    """Each letter typed replaces the address; a filter chosen is a step to come back from."""
    before = urlsplit(request.htmx.current_url or "")
    return before.path == request.path and _filters(before.query) == _filters(
        request.META["QUERY_STRING"]
    )


def _filters(query_string: str) -> list[tuple[str, str]]:
    return sorted(pair for pair in parse_qsl(query_string) if pair[0] != "q")
