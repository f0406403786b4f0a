"""The query string of a search, parsed and checked once for page, API, feeds and exports."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog import hardware, memory, prices, vocabulary
from catalog.search import FACETS, SORTS, Query

TEXT_LIMIT = 1000
VALUE_LIMIT = 200
VALUES_PER_FILTER = 50
# Deeper than this nobody pages by hand; whole listings come from the export.
PAGE_LIMIT = 100_000
PAGE_SIZE = 24
PAGE_SIZE_LIMIT = 100
NUMBER_LIMIT = 2**63 - 1

AMOUNT = re.compile(r"(\d{1,19}(?:\.\d{1,9})?)\s*([a-z]*)", re.IGNORECASE | re.ASCII)
COUNT_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
BYTE_UNITS = {
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
PRICE = re.compile(r"\$?(\d{1,7}(?:\.\d{1,9})?)", re.ASCII)
BOUNDED = ("params", "active_params", "context", "memory", "price")
Form = TypeVar("Form", bound=forms.Form)
# What goes without saying, in a URL.
USUAL = {("sort", "relevance"), ("variants", "folded")}
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def without_controls(text: str) -> str:
    """The text with control characters as spaces and without what UTF-8 cannot hold."""
    sound = text.encode("utf-8", "ignore").decode()
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in sound)


@dataclass(frozen=True)
class Filter:
    """The values asked for under one name, and those ruled out with a `-`."""

    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


class TextField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return " ".join(without_controls(super().to_python(value) or "").split())

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > TEXT_LIMIT:
            raise ValidationError(
                _("The text has %(length)s characters; at most %(limit)s are searched for."),
                params={"length": len(value), "limit": TEXT_LIMIT},
            )


class FilterField(forms.Field):
    """Repeated values; `-` before one means not.

    `id_of` knows other spellings of the values, as in apache-2 for apache-2.0.
    """

    widget = forms.MultipleHiddenInput

    def __init__(self, *, id_of: Callable[[object], str | None] = lambda _: None) -> None:
        super().__init__(required=False)
        self.id_of = id_of

    def clean(self, value: Any) -> Filter:
        values = [value] if isinstance(value, str) else list(value or [])
        words = list(dict.fromkeys(without_controls(str(word)).strip() for word in values))
        words = [word for word in words if word]
        if len(words) > VALUES_PER_FILTER:
            raise ValidationError(
                _("%(count)s values are given; at most %(limit)s can be."),
                params={"count": len(words), "limit": VALUES_PER_FILTER},
            )
        for word in words:
            _check_value(word)
        return Filter(
            any_of=self._ids(word for word in words if not word.startswith("-")),
            none_of=self._ids(word[1:] for word in words if word.startswith("-")),
        )

    def _ids(self, words: Iterable[str]) -> tuple[str, ...]:
        """What is in no vocabulary stays as it was written, and finds nothing."""
        return tuple(dict.fromkeys(self.id_of(word) or word for word in words))


class AmountField(forms.Field):
    """A whole number that may carry a unit, as in 7B or 24GB."""

    def __init__(self, *, units: dict[str, int], example: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.units = units
        self.example = example

    def to_python(self, value: Any) -> int | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        match = AMOUNT.fullmatch(text)
        if not match or match[2].lower() not in self.units:
            raise ValidationError(
                _("“%(value)s” is no amount; write one as in %(example)s."),
                params={"value": text[:40], "example": self.example},
            )
        amount = int(Decimal(match[1]) * self.units[match[2].lower()])
        if amount > NUMBER_LIMIT:
            raise ValidationError(
                _("That is more than can be asked for; write an amount as in %(example)s."),
                params={"example": self.example},
            )
        return amount


class PriceField(forms.Field):
    """Dollars, as billionths of one, which is what offers are kept to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        match = PRICE.fullmatch(text)
        if not match:
            raise ValidationError(
                _("“%(value)s” is no price in dollars; write one as in 0.5, without a currency."),
                params={"value": text[:40]},
            )
        return int(Decimal(match[1]) * prices.NANO)


class WordField(forms.Field):
    """One word out of a few, or nothing."""

    def __init__(self, *, meanings: Mapping[str, Any], offered: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.meanings = meanings
        self.offered = offered

    def to_python(self, value: Any) -> Any:
        text = str(value if value is not None else "").strip().lower()
        if not text:
            return None
        if text not in self.meanings:
            raise ValidationError(
                _("“%(value)s” is not known here; it can be %(offered)s."),
                params={"value": text[:40], "offered": self.offered},
            )
        return self.meanings[text]


class WholeNumberField(forms.IntegerField):
    def __init__(self, *, limit: int) -> None:
        wrong = _("Write a whole number from 1 to %(limit)s.") % {"limit": limit}
        super().__init__(
            required=False,
            min_value=1,
            max_value=limit,
            error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
        )

    def to_python(self, value: Any) -> int | None:
        # Digits without end would be slow to read, and are wrong anyway.
        if len(str(value if value is not None else "")) > 20:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class SharedFields(dict[str, forms.Field]):
    """Fields that no form changes, so that they need no copy for each request, as Django makes."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "SharedFields":
        return self


class SparseForm(forms.Form):
    """Cleans what is given: a search names two or three of some thirty fields."""

    def _clean_fields(self) -> None:
        every = self.fields
        given = {name: one for name, one in every.items() if one.required or name in self.data}
        self.fields = given
        try:
            super()._clean_fields()  # type: ignore[misc]
        finally:
            self.fields = every
        nothing = _cleaned_of_nothing(type(self))
        self.cleaned_data |= {name: nothing[name] for name in every if name not in given}


@cache
def _cleaned_of_nothing(form: type[forms.Form]) -> dict[str, Any]:
    return {name: one.clean(None) for name, one in form.base_fields.items() if not one.required}


def sharing_fields(form: type[Form]) -> type[Form]:
    form.base_fields = SharedFields(form.base_fields)
    return form


@sharing_fields
class TextSoFarForm(SparseForm):
    """What stands in a search box while somebody types."""

    q = TextField(required=False)


@sharing_fields
class SearchForm(SparseForm):
    """Unknown parameters are ignored; a wrong value is an error under its field's name."""

    q = TextField(required=False)
    task = FilterField(id_of=vocabulary.task_of)
    library = FilterField(id_of=vocabulary.library_of)
    license = FilterField(id_of=vocabulary.license_of)
    license_class = FilterField()
    language = FilterField(id_of=vocabulary.language_of)
    publisher = FilterField()
    source = FilterField()
    tag = FilterField()
    capability = FilterField()
    params_min = AmountField(units=COUNT_UNITS, example="7B")
    params_max = AmountField(units=COUNT_UNITS, example="7B")
    active_params_min = AmountField(units=COUNT_UNITS, example="3B")
    active_params_max = AmountField(units=COUNT_UNITS, example="3B")
    context_min = AmountField(units=COUNT_UNITS, example="128k")
    context_max = AmountField(units=COUNT_UNITS, example="128k")
    memory_min = AmountField(units=BYTE_UNITS, example="24GB")
    memory_max = AmountField(units=BYTE_UNITS, example="24GB")
    fits = AmountField(units=BYTE_UNITS, example="24GB")
    context = AmountField(units=COUNT_UNITS, example="32k")
    runs_here = WordField(
        meanings={**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, None)},
        offered="true, false",
    )
    price_min = PriceField()
    price_max = PriceField()
    price_unit = WordField(
        meanings={unit: unit for unit in prices.UNITS}, offered=", ".join(prices.UNITS)
    )
    has_price = WordField(
        meanings={**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)},
        offered="true, false",
    )
    updated_since = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write a date as in 2026-01-31.")},
    )
    runnable = WordField(
        meanings={**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)},
        offered="true, false",
    )
    sort = WordField(meanings={sort: sort for sort in SORTS}, offered=", ".join(SORTS))
    variants = WordField(meanings={"folded": "folded", "all": "all"}, offered="folded, all")
    page = WholeNumberField(limit=PAGE_LIMIT)
    limit = WholeNumberField(limit=PAGE_SIZE_LIMIT)

    def clean(self) -> dict[str, Any]:
        wanted: dict[str, Any] = super().clean() or self.cleaned_data
        for name in BOUNDED:
            least, most = wanted.get(f"{name}_min"), wanted.get(f"{name}_max")
            if least is not None and most is not None and least > most:
                self.add_error(f"{name}_min", _("The least must not be more than the most."))
        return wanted

    def query(
        self,
        *,
        facets: tuple[str, ...] = (),
        offset: int | None = None,
        limit: int | None = None,
        may_collapse: bool = False,
    ) -> Query:
        """The question as every engine takes it; only after is_valid().

        With `may_collapse`, copies stand under their originals unless the form wants all.
        """
        wanted = self.cleaned_data
        size = limit or wanted["limit"] or PAGE_SIZE
        since = wanted["updated_since"]
        return Query(
            text=wanted["q"],
            any_of={name: wanted[name].any_of for name in FACETS if wanted[name].any_of},
            none_of={name: wanted[name].none_of for name in FACETS if wanted[name].none_of},
            parameters_min=wanted["params_min"],
            parameters_max=wanted["params_max"],
            active_parameters_min=wanted["active_params_min"],
            active_parameters_max=wanted["active_params_max"],
            context_min=wanted["context_min"],
            context_max=wanted["context_max"],
            memory_min=wanted["memory_min"],
            memory_max=wanted["memory_max"],
            context=memory.step(wanted["context"] or memory.USUAL_CONTEXT),
            price_min=wanted["price_min"],
            price_max=wanted["price_max"],
            price_unit=wanted["price_unit"] or prices.USUAL_UNIT,
            updated_since=since.isoformat() if since else "",
            is_runnable=wanted["runnable"],
            is_priced=wanted["has_price"],
            **self._machine(),
            sort=wanted["sort"] or "relevance",
            offset=((wanted["page"] or 1) - 1) * size if offset is None else offset,
            limit=size,
            facets=facets,
            collapse=may_collapse and wanted["variants"] != "all",
        )

    def _machine(self) -> dict[str, Any]:
        """The memory and the devices that models are to run with, here or as they are told."""
        fits = self.cleaned_data["fits"]
        if not self.cleaned_data["runs_here"]:
            return {"fits": fits}
        here = hardware.here()
        return {
            "fits": here.budget if fits is None else min(fits, here.budget),
            "devices": here.devices,
        }

    def parameters(self) -> list[tuple[str, str]]:
        """What was asked for, in the order of the fields and as it was written: a URL's state.

        Without page and limit, which belong to one view of it; only after is_valid().
        """
        pairs = [
            (name, value)
            for name in self.fields
            if name not in ("page", "limit")
            for value in self._written(name)
        ]
        return [pair for pair in pairs if pair not in USUAL]

    def sentences(self) -> list[str]:
        """Each error with the name of its field in front."""
        return [f"{name}: {message}" for name, found in self.errors.items() for message in found]

    def _written(self, name: str) -> list[str]:
        wanted = self.cleaned_data[name]
        if isinstance(wanted, Filter):
            return [*wanted.any_of, *(f"-{value}" for value in wanted.none_of)]
        if wanted in (None, ""):
            return []
        return [wanted if name == "q" else str(self.data.get(name, "")).strip()]


def _check_value(word: str) -> None:
    if word == "-":
        raise ValidationError(_("A value is missing after the -."))
    if len(word) > VALUE_LIMIT:
        raise ValidationError(
            _("A value has %(length)s characters; at most %(limit)s are possible."),
            params={"length": len(word), "limit": VALUE_LIMIT},
        )
