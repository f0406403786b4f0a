"""What people write to make an organisation, and to invite somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts import names
from accounts.models import Role

WRITTEN_EXACTLY = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}


class ShownNameForm(forms.Form):
    shown_name = forms.CharField(
        max_length=150,
        required=False,
        label=gettext_lazy("Shown name"),
        help_text=gettext_lazy("As people know it. Empty: the name is shown."),
    )


class OrganizationForm(ShownNameForm):
    name = forms.CharField(
        max_length=150,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy(
            "It stands in addresses and before the models that its developers push, and stays."
        ),
        error_messages={"required": gettext_lazy("Give the organisation a name.")},
        widget=forms.TextInput(attrs=WRITTEN_EXACTLY),
    )

    field_order = ("name", "shown_name")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        names.check(name)
        return name


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        choices=Role.choices,
        initial=Role.DEVELOPER,
        label=gettext_lazy("Role"),
        error_messages={"invalid_choice": gettext_lazy("Choose viewer, developer or admin.")},
    )

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("E-mail address"),
        error_messages={
            "required": gettext_lazy("Write whom you invite."),
            "invalid": gettext_lazy("Write an address as in ada@example.org."),
        },
    )

    field_order = ("email", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "off"
