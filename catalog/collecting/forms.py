"""What somebody writes about a collection."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.forms import without_controls
from catalog.models import Collection
from catalog.models.collections import DESCRIPTION_LIMIT, NAME_LIMIT
from catalog.saved.forms import NameField


class CollectionForm(forms.Form):
    name = NameField(label=_("Name"), max_length=NAME_LIMIT)
    description = forms.CharField(
        label=_("Description"),
        max_length=DESCRIPTION_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What it is for. Markdown; links work, pictures become links."),
    )
    visibility = forms.ChoiceField(
        label=_("Who sees it"),
        choices=Collection.Visibility.choices,
        widget=forms.RadioSelect,
        initial=Collection.Visibility.PRIVATE,
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not name:
            raise forms.ValidationError(_("Give it a name, so that it can be told from others."))
        return name

    def clean_description(self) -> str:
        text: str = self.cleaned_data["description"]
        return "\n".join(without_controls(line) for line in text.splitlines()).strip()


class NewCollectionForm(CollectionForm):
    """With a choice of whose it is, for who may make things for an organisation."""

    def __init__(self, *args: Any, owners: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {owner.get_username(): owner for owner in owners}
        if len(owners) > 1:
            self.fields["owner"] = forms.ChoiceField(
                label=_("Whose it is"),
                choices=[(name, name) for name in self.owners],
                initial=owners[0].get_username(),
                help_text=_("What belongs to an organisation, its developers change."),
            )

    def chosen_owner(self) -> User:
        wanted = self.cleaned_data.get("owner")
        return self.owners[wanted] if wanted else next(iter(self.owners.values()))
