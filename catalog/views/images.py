"""Pictures of cards, from here."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from catalog.images import addresses, keeping

A_DAY, AN_HOUR = 86_400, 3600
SANDBOX = "sandbox; default-src 'none'"


@require_safe
def image(request: HttpRequest) -> HttpResponseBase:
    """Only what an address of ours was made for: nobody makes us fetch what they like."""
    url, signature = request.GET.get("of", ""), request.GET.get("signature", "")
    if not addresses.is_signed(url, signature):
        return _none(404, "No page of ours shows this picture.", kept=0)
    try:
        found = keeping.picture(url)
        content = found.path.open("rb") if found else None
    except keeping.Busy:
        return _none(503, "Too many pictures are being fetched; load the page again.", kept=0)
    except FileNotFoundError:  # it had to make room for another just now
        content = None
    if found is None or content is None:
        return _none(404, "There is no picture here that can be shown.", kept=AN_HOUR)
    response = FileResponse(content, content_type=f"image/{found.kind}")
    response["Content-Disposition"] = f'inline; filename="picture.{found.kind}"'
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response


def _none(status: int, sentence: str, *, kept: int) -> HttpResponse:
    response = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain")
    response["Cache-Control"] = f"public, max-age={kept}" if kept else "no-store"
    return response
