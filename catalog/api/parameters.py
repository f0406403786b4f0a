"""The query string of an API listing: the search page's parameters and the API's own."""

from dataclasses import dataclass
from difflib import get_close_matches

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from catalog.forms import (
    PAGE_SIZE_LIMIT,
    SearchForm,
    SparseForm,
    TextField,
    WholeNumberField,
    sharing_fields,
)
from catalog.search import FACETS, Query
from config.api import pages
from config.api.problems import BadParameters

# Counted when a search does not say what to count; `facets=` with nothing counts nothing.
USUAL_FACETS = ("task", "library", "license", "language")
EXPANSIONS = ("schema", "example")


class WordsField(forms.CharField):
    """Words out of a few, separated by commas; missing is None, empty is none of them."""

    def __init__(self, *, offered: tuple[str, ...]) -> None:
        super().__init__(required=False, empty_value=None)
        self.offered = offered

    def clean(self, value: str | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        words = tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
        for word in words:
            if word not in self.offered:
                raise forms.ValidationError(
                    _("“%(value)s” is not known here; it can be %(offered)s.")
                    % {"value": word[:40], "offered": ", ".join(self.offered)}
                )
        return words


class OneOfField(forms.CharField):
    """One word out of a few, or the first of them."""

    def __init__(self, *offered: str) -> None:
        super().__init__(required=False)
        self.offered = offered

    def clean(self, value: str | None) -> str:
        word = value or self.offered[0]
        if word not in self.offered:
            raise forms.ValidationError(
                _("“%(value)s” is not known here; it can be %(offered)s.")
                % {"value": word[:40], "offered": ", ".join(self.offered)}
            )
        return word


@sharing_fields
class ListingForm(SparseForm):
    """What the API takes beside the search page's parameters."""

    sort_by = OneOfField("latest_version_created_at", "model_created_at")
    sort_direction = OneOfField("desc", "asc")
    facets = WordsField(offered=FACETS)
    expand = WordsField(offered=EXPANSIONS)
    cursor = forms.CharField(required=False, max_length=2000)


@sharing_fields
class PageForm(SparseForm):
    """What a listing takes that nothing can be searched in."""

    cursor = forms.CharField(required=False, max_length=2000)
    limit = WholeNumberField(limit=PAGE_SIZE_LIMIT)


@sharing_fields
class TextForm(SparseForm):
    """What GET /v1/search takes, with Replicate's limits."""

    query = TextField(error_messages={"required": _lazy("Write what to search for.")})
    limit = WholeNumberField(limit=50)


SEARCH_NAMES = tuple(name for name in SearchForm.base_fields if name not in ("page", "limit"))
KNOWN_NAMES = (*SEARCH_NAMES, "limit", *ListingForm.base_fields)


@dataclass(frozen=True)
class Wanted:
    """A checked query string."""

    search: SearchForm
    listing: ListingForm
    is_search: bool

    @property
    def limit(self) -> int:
        return self.search.cleaned_data["limit"] or pages.LIMIT

    @property
    def cursor(self) -> str:
        return str(self.listing.cleaned_data["cursor"])

    @property
    def expand(self) -> tuple[str, ...]:
        return self.listing.cleaned_data["expand"] or ()

    @property
    def order(self) -> str:
        return str(self.listing.cleaned_data["sort_by"])

    @property
    def is_falling(self) -> bool:
        return bool(self.listing.cleaned_data["sort_direction"] == "desc")

    def query(self) -> Query:
        facets = self.listing.cleaned_data["facets"]
        return self.search.query(
            facets=USUAL_FACETS if facets is None else facets,
            offset=_offset(self.cursor),
            limit=self.limit,
        )


def read(parameters: QueryDict, *, is_search: bool = False) -> Wanted:
    """Check everything at once, so that one answer names all that is wrong."""
    search, listing = SearchForm(parameters), ListingForm(parameters)
    refuse(parameters, search, listing, known=KNOWN_NAMES)
    is_search = is_search or any(name in parameters for name in (*SEARCH_NAMES, "facets"))
    if is_search and ("sort_by" in parameters or "sort_direction" in parameters):
        raise BadParameters(
            {"sort_by": [_("It orders the plain listing; together with a search use sort.")]}
        )
    return Wanted(search=search, listing=listing, is_search=is_search)


def read_page(parameters: QueryDict) -> tuple[str, int]:
    """Cursor and limit, for listings that take nothing else."""
    form = PageForm(parameters)
    refuse(parameters, form, known=tuple(form.fields))
    return form.cleaned_data["cursor"], form.cleaned_data["limit"] or pages.LIMIT


def read_search(parameters: QueryDict) -> Query:
    """What GET /v1/search takes."""
    form = TextForm(parameters)
    refuse(parameters, form, known=tuple(form.fields))
    return Query(text=form.cleaned_data["query"], limit=form.cleaned_data["limit"] or 20)


def next_cursor(query: Query, total: int) -> str | None:
    reached = query.offset + query.limit
    return pages.encode(["search", reached]) if reached < total else None


def previous_cursor(query: Query) -> str | None:
    return pages.encode(["search", max(0, query.offset - query.limit)]) if query.offset else None


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    match pages.decode(cursor):
        case ["search", int(offset)]:
            return offset
        case _:
            raise pages.bad_cursor()


def refuse(parameters: QueryDict, *checked: forms.Form, known: tuple[str, ...]) -> None:
    """A misspelt filter that is ignored would silently answer with everything: say so instead."""
    wrong = {name: [unknown(name, known)] for name in parameters if name not in known}
    for form in checked:
        for field, found in form.errors.items():
            wrong.setdefault(field, []).extend(str(sentence) for sentence in found)
    if wrong:
        raise BadParameters(wrong)


def unknown(name: str, known: tuple[str, ...]) -> str:
    """What is said of a parameter that does not exist."""
    if name == "page":
        return _("The API pages by cursor: follow `next` of each answer, or give cursor.")
    close = get_close_matches(name, known, n=1)
    if close:
        return _("There is no such parameter; %(close)s was perhaps meant.") % {"close": close[0]}
    return _("There is no such parameter; there are %(known)s.") % {"known": ", ".join(known)}
