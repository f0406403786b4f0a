"""The parameter and field `owner`: whose things are listed, and whom a new one belongs to."""

from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter

from accounts import reach
from accounts.models import User
from catalog.api.parameters import PageForm, refuse
from catalog.forms import sharing_fields
from config.api import pages
from config.api.problems import BadParameters

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
OWNER = OpenApiParameter(
    "owner", str, description="Only what this one owns: you, or an organisation of yours."
)


@sharing_fields
class OwnedPageForm(PageForm):
    owner = forms.CharField(required=False, max_length=150)


def read_page(parameters: QueryDict) -> tuple[str, int, str]:
    """Cursor, limit and owner. Raises BadParameters."""
    form = OwnedPageForm(parameters)
    refuse(parameters, form, known=tuple(form.fields))
    said = form.cleaned_data
    return said["cursor"], said["limit"] or pages.LIMIT, said["owner"]


def narrowed(rows: Rows, user: User, name: str) -> Rows:
    """Raises BadParameters."""
    return rows.filter(owner=_named(user, name)) if name else rows


def of_new(user: User, name: str = "") -> User:
    """Raises BadParameters for a stranger's name, PermissionDenied for a role that is too small."""
    owner = _named(user, name) if name else reach.acting_owner(user)
    reach.require(user, owner)
    return owner


def _named(user: User, name: str) -> User:
    owners = {owner.get_username(): owner for owner in reach.owners(user)}
    if name not in owners:
        raise BadParameters({"owner": [_("It can be %s.") % ", ".join(owners)]})
    return owners[name]
