"""Everything that a search fits, as a file to keep."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog import exports, search
from catalog.forms import SearchForm

from .asked import a_search, plain

LONGEST_NAME = 80
RETRY_SECONDS = 20


@a_search
def models_csv(request: HttpRequest, form: SearchForm) -> HttpResponseBase:
    return _download(request, form, exports.CSV)


@a_search
def models_jsonl(request: HttpRequest, form: SearchForm) -> HttpResponseBase:
    return _download(request, form, exports.JSON_LINES)


def _download(
    request: HttpRequest, form: SearchForm, file_format: exports.Format
) -> HttpResponseBase:
    found = search.all_ids(form.query())
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse(content_type=file_format.content_type)
        return _described(response, form, found, file_format.suffix)
    try:
        export = exports.Export(found.ids, file_format, origin=settings.PUBLIC_URL)
    except exports.TooMany:
        return _busy()
    response = StreamingHttpResponse(export, content_type=file_format.content_type)
    return _described(response, form, found, file_format.suffix)


def _described(
    response: HttpResponseBase, form: SearchForm, found: search.AllIds, suffix: str
) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{_name(form)}.{suffix}"
    )
    response["Cache-Control"] = "no-store"
    response["X-Total"] = str(len(found.ids))
    if found.is_degraded:
        response["X-Degraded"] = "the search index did not answer; words are matched as they are"
    return response


def _name(form: SearchForm) -> str:
    """As in: models-whisper-text-to-speech-2026-11-25."""
    asked = " ".join(value for _, value in form.parameters())
    words = slugify(asked, allow_unicode=True)[:LONGEST_NAME].strip("-")
    return "-".join(filter(None, ["models", words, f"{timezone.now():%Y-%m-%d}"]))


def _busy() -> HttpResponse:
    response = plain(
        _("Several exports are being written already; ask again in %(seconds)s seconds.")
        % {"seconds": RETRY_SECONDS},
        status=503,
    )
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
