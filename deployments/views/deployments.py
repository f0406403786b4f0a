"""The list of one's deployments, and the pages about one of them."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from deployments import metrics
from deployments.models import Deployment
from deployments.pages import charts, frame, listing, offers, owners, releases
from deployments.views.found import page_of_a_deployment

USUAL_SPAN = "24h"


@never_cache
@login_required
@require_safe
def deployments(request: HttpRequest) -> HttpResponse:
    choice = owners.choice(request)
    visible = owners.narrowed(Deployment.objects.visible_to(request.user), choice)
    shown, pages = listing.paged(request, listing.rows(visible))
    context = {
        "rows": [listing.row(each) for each in shown],
        "pages": pages,
        "owners": choice,
        "offers": offers.rows(request.user),
    }
    return render(request, "deployments/list.html", context)


@page_of_a_deployment
def deployment(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    has_all = request.GET.get("events") == "all"
    context = {
        "frame": frame.of(request.user, deployment, "deployment"),
        "seen": frame.seen(deployment, has_all_events=has_all),
    }
    return render(request, "deployments/one.html", context)


@page_of_a_deployment
def deployment_part(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    """What of the page changes while somebody looks at it."""
    context = {
        "frame": frame.of(request.user, deployment, "deployment"),
        "seen": frame.seen(deployment),
    }
    return render(request, "deployments/seen.html", context)


@page_of_a_deployment
def deployment_metrics(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    asked = request.GET.get("span", USUAL_SPAN)
    span = asked if asked in metrics.SPANS else USUAL_SPAN
    context = {
        "frame": frame.of(request.user, deployment, "deployment_metrics"),
        "span": span,
        "spans": [*metrics.SPANS],
        "drawn": charts.of(metrics.read(deployment, span), settings.CURRENCY),
    }
    return render(request, "deployments/metrics.html", context)


@page_of_a_deployment
def deployment_releases(request: HttpRequest, deployment: Deployment) -> HttpResponse:
    shown, pages = listing.paged(request, releases.rows(deployment))
    context = {
        "frame": frame.of(request.user, deployment, "deployment_releases"),
        "releases": [releases.row(each, deployment) for each in shown],
        "pages": pages,
    }
    return render(request, "deployments/releases.html", context)
