"""What people write to make a token, and to give it another text."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import reach
from .models import User
from .scopes import Scope

DAYS = (
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
    (366, gettext_lazy("a year")),
)
OVERLAPS = (
    ("0", gettext_lazy("no time: it ends at once")),
    ("1", gettext_lazy("an hour")),
    ("24", gettext_lazy("a day")),
    ("168", gettext_lazy("a week")),
)


class TokenForm(forms.Form):
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
    organization = forms.ChoiceField(
        required=False,
        label=gettext_lazy("For whom"),
        help_text=gettext_lazy("One for an organisation reaches what that owns, nothing of yours."),
    )
    deployment = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Which deployments"),
        help_text=gettext_lazy("One for a single deployment can run that, and nothing else."),
    )
    days = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("How long it holds"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self._offer("scopes", [one for one in Scope.choices if _is_for(user, one[0])])
        self._offer("days", _days())
        self.fields["days"].initial = "90" if "90" in dict(_days()) else _days()[-1][0]
        self._organizations = {str(one.pk): one for one in reach.owners(user) if one != user}
        self._deployments = import_string(settings.LIMITABLE_DEPLOYMENTS)(user)
        named = [(pk, one.get_username()) for pk, one in self._organizations.items()]
        self._offer("organization", [("", _("Me, and the organisations that I am in")), *named])
        running = [(str(pk), name) for pk, name, _owner in self._deployments]
        self._offer("deployment", [("", _("All of them")), *running])

    def clean(self) -> dict[str, Any]:
        wanted = super().clean() or {}
        organization = self._organizations.get(wanted.get("organization") or "")
        found = [one for one in self._deployments if str(one[0]) == wanted.get("deployment")]
        if found and organization and found[0][2] != organization.pk:
            self.add_error("deployment", _("This deployment is not the organisation's."))
        wanted["organization"] = organization
        wanted["deployment"] = found[0][:2] if found else None
        return wanted

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class RotationForm(forms.Form):
    hours = forms.ChoiceField(
        choices=OVERLAPS,
        initial="24",
        label=gettext_lazy("How long the text that it has now opens yet"),
    )


def _is_for(user: User, scope: str) -> bool:
    if scope == Scope.AUDIT_READ:
        return user.is_superuser
    return user.is_staff or scope != Scope.CURATE


def _days() -> list[tuple[str, Any]]:
    most = settings.TOKEN_DAYS_MAX
    if not most:
        return [*((str(days), said) for days, said in DAYS), ("0", _("until I revoke it"))]
    allowed = [(str(days), said) for days, said in DAYS if days <= most]
    return allowed or [(str(most), _("%(days)s days") % {"days": most})]
