"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from catalog.pages import counts, figures, highlights


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "catalog/home.html",
        {
            "model_count": figures.whole(counts.models()),
            "publisher_count": figures.whole(counts.publishers()),
            "sources": counts.by_source(),
            "task_groups": counts.task_groups(),
            "highlights": highlights.all_lists(),
            "origins": highlights.starter_origins(),
        },
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it where a page names no icon, as the admin does not."""
    return redirect(static("img/logo.svg"))
