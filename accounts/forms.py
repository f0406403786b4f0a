"""What people write to sign in, and to make a token."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy

from .scopes import Scope


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["required"] = True
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class TokenForm(forms.Form):
    DAYS = (
        ("30", gettext_lazy("30 days")),
        ("90", gettext_lazy("90 days")),
        ("366", gettext_lazy("a year")),
        ("0", gettext_lazy("until I revoke it")),
    )

    name = forms.CharField(
        max_length=80,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("To know it by: what it is for, or where it is kept."),
        error_messages={"required": gettext_lazy("Give the token a name.")},
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        initial=[Scope.PREDICTIONS_WRITE, Scope.FILES_WRITE],
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("What it may do"),
        error_messages={"required": gettext_lazy("Choose at least one thing that it may do.")},
    )
    days = forms.ChoiceField(
        choices=DAYS,
        initial="90",
        widget=forms.RadioSelect,
        label=gettext_lazy("How long it holds"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
