"""The query string of a listing of predictions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.api.parameters import refuse
from catalog.forms import sharing_fields
from deployments.api import owners
from deployments.models import Prediction
from deployments.models.predictions import PredictionQuerySet

LIMIT = 100  # as Replicate's
WEB_DAYS = 14  # by source=web, as Replicate


class MomentField(forms.CharField):
    """ISO 8601; without a zone it is UTC."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=40)

    def clean(self, value: str | None) -> datetime | None:
        if not value:
            return None
        try:
            moment = parse_datetime(value.replace(" ", "+"))
        except ValueError:
            moment = None
        if moment is None:
            raise forms.ValidationError(_("Write a time as in 2026-11-25T09:30:00Z."))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class ChoiceField(forms.CharField):
    def __init__(self, *offered: str) -> None:
        super().__init__(required=False)
        self.offered = offered

    def clean(self, value: str | None) -> str:
        if value and value not in self.offered:
            raise forms.ValidationError(_("It can be %s.") % ", ".join(self.offered))
        return value or ""


@sharing_fields
class ListingForm(owners.OwnedPageForm):
    created_after = MomentField()
    created_before = MomentField()
    source = ChoiceField(*Prediction.Source.values)
    status = ChoiceField(*Prediction.Status.values)


@dataclass(frozen=True)
class Listing:
    """A checked query string."""

    wanted: dict[str, Any]

    @property
    def cursor(self) -> str:
        return str(self.wanted["cursor"])

    @property
    def limit(self) -> int:
        return self.wanted["limit"] or LIMIT

    def narrow(self, rows: PredictionQuerySet, user: User) -> PredictionQuerySet:
        rows = owners.narrowed(rows, user, self.wanted["owner"])
        if self.wanted["created_after"]:
            rows = rows.filter(created_at__gte=self.wanted["created_after"])
        if self.wanted["created_before"]:
            rows = rows.filter(created_at__lt=self.wanted["created_before"])
        if self.wanted["source"]:
            rows = rows.filter(source=self.wanted["source"])
        if self.wanted["source"] == Prediction.Source.WEB:
            rows = rows.filter(created_at__gte=timezone.now() - timedelta(days=WEB_DAYS))
        if self.wanted["status"]:
            rows = rows.filter(status=self.wanted["status"])
        return rows


def read_listing(parameters: QueryDict) -> Listing:
    """Raises BadParameters."""
    form = ListingForm(parameters)
    refuse(parameters, form, known=tuple(form.fields))
    return Listing(form.cleaned_data)
