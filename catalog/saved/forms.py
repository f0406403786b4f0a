"""How a search is saved, and what its owner wants to be told by."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.forms import SearchForm, without_controls
from catalog.models import SavedSearch
from catalog.models.saved import NAME_LIMIT, URL_LIMIT
from catalog.pages.address import Address
from config import outbound

QUERY_LIMIT = 20_000


def parsed(query_string: str) -> SearchForm:
    """The search of a saved query string; valid unless it was saved by another release."""
    return SearchForm(QueryDict(query_string, mutable=False))


class NameField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return " ".join(without_controls(super().to_python(value) or "").split())


class AddressField(forms.CharField):
    """The address of a search as it stands in the browser, or what follows its `?`; canonical."""

    def clean(self, value: Any) -> str:
        text = without_controls(str(value or "")).strip()
        if len(text) > QUERY_LIMIT:
            raise ValidationError(
                _("This search is too long to be saved; drop some of its values.")
            )
        written = text if "?" not in text and "://" not in text else urlsplit(text).query
        form = parsed(written.removeprefix("/models"))
        if not form.is_valid():
            raise ValidationError(form.sentences())
        return Address(tuple(form.parameters())).query_string


class WebhookField(forms.CharField):
    def clean(self, value: Any) -> str:
        url = str(super().clean(value)).strip()
        if not url:
            return ""
        try:
            outbound.check(url)
        except outbound.Refused as error:
            raise ValidationError(str(error)) from error
        return url


class SavedSearchForm(forms.Form):
    name = NameField(
        max_length=NAME_LIMIT,
        label=gettext_lazy("Name"),
        error_messages={"required": gettext_lazy("Give the search a name.")},
    )
    query = AddressField(
        required=False,
        label=gettext_lazy("Search"),
        help_text=gettext_lazy(
            "Its address, as the search page shows it. With another one it starts anew."
        ),
    )
    mailing = forms.ChoiceField(
        choices=SavedSearch.Mailing.choices,
        initial=SavedSearch.Mailing.OFF,
        widget=forms.RadioSelect,
        label=gettext_lazy("E-mail"),
    )
    webhook_url = WebhookField(
        required=False,
        max_length=URL_LIMIT,
        label=gettext_lazy("Webhook"),
        help_text=gettext_lazy(
            "An address of yours that is called with the new models as JSON, "
            "signed as Standard Webhooks says. Leave empty for none."
        ),
        widget=forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "https://", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
