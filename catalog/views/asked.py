"""A search that a program asks for; what is wrong with it is said in plain text."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from catalog.api import parameters
from catalog.forms import SearchForm
from config import preferences

Answer = Callable[[HttpRequest, SearchForm], HttpResponseBase]


def a_search(answer: Answer) -> Callable[..., HttpResponseBase]:
    """Read the search in the address as the search page does, but refuse what does not exist:

    a misspelt filter that is ignored would answer with everything, and no program sees that.
    """

    @require_safe
    @wraps(answer)
    def respond(request: HttpRequest) -> HttpResponseBase:
        form = SearchForm(request.GET)
        known = (*form.fields, *preferences.choices())
        wrong = [
            f"{name}: {parameters.unknown(name, tuple(form.fields))}"
            for name in request.GET
            if name not in known
        ]
        sentences = [*wrong, *form.sentences()]
        if sentences:
            return plain("\n".join(sentences), status=400)
        return answer(request, form)

    return respond


def plain(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
