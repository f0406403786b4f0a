"""Where a test goes, and which deliveries are listed."""

from django import forms
from django.utils.translation import gettext_lazy

from catalog.saved.forms import WebhookField
from deployments.models import Delivery


class TestForm(forms.Form):
    url = WebhookField(
        max_length=1000,
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("It is called as when a prediction is done."),
        error_messages={"required": gettext_lazy("Enter the address of your receiver.")},
        widget=forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "https://", "spellcheck": "false"}
        ),
    )


class ListForm(forms.Form):
    """A wrong value lists everything, as a link that somebody shortened should."""

    owner = forms.CharField(max_length=150, required=False)
    status = forms.ChoiceField(choices=Delivery.Status.choices, required=False)
    prediction = forms.SlugField(max_length=26, required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)
