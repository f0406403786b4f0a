"""What is asked of who closes something: whom to hand it to, and the name once more."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User


class ClosingForm(forms.Form):
    hand_over_to = forms.ChoiceField(
        required=False, label=gettext_lazy("What becomes of it"), widget=forms.RadioSelect
    )
    name = forms.CharField(
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, owner: User, receivers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        self.receivers = {str(one.pk): one for one in receivers}
        delete = ("", _("Everything is deleted"))
        give = [(pk, _said(one)) for pk, one in self.receivers.items()]
        self.fields["hand_over_to"].choices = [delete, *give]  # type: ignore[attr-defined]
        said = _("Type %(name)s to show that you mean it")
        self.fields["name"].label = said % {"name": owner.get_username()}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if name != self.owner.get_username():
            raise forms.ValidationError(_("This is another name."))
        return name

    @property
    def chosen(self) -> User | None:
        """Call it when it is valid."""
        return self.receivers.get(self.cleaned_data["hand_over_to"])


def _said(receiver: User) -> str:
    return _("What can be handed over goes to %(name)s") % {"name": receiver.get_username()}
