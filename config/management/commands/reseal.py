"""Seals every secret anew with the first of SEALING_KEYS, so that the others can be taken out."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import BaseCommand, CommandError
from django.db import models, transaction

from config import sealing


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        done = failed = 0
        for model, names in _places():
            for pk in model._base_manager.order_by("pk").values_list("pk", flat=True).iterator():
                try:
                    done += _reseal(model, pk, names)
                except sealing.Unopenable:
                    failed += 1
                    self.stderr.write(f"{model._meta.label} {pk} cannot be opened.")
        self.stdout.write(f"{done} secrets are sealed with the first of SEALING_KEYS.")
        if failed:
            raise CommandError(
                f"{failed} rows could not be opened with any of SEALING_KEYS; "
                "add the key that they were sealed with, and run this again."
            )


def _places() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every table that may hold sealed texts, with its columns."""
    for model in apps.get_models():
        if names := [field.attname for field in model._meta.concrete_fields if _may_hold(field)]:
            yield model, names


def _may_hold(field: "models.Field[Any, Any]") -> bool:
    """Fields of ours say so; allauth's JSON and Django's sessions cannot."""
    is_of_signing_in = field.model._meta.app_label == "mfa"
    return (
        isinstance(field, sealing.SealedField)
        or (is_of_signing_in and isinstance(field, models.JSONField))
        or (field.model is Session and field.attname == "session_data")
    )


def _reseal(model: type[models.Model], pk: object, names: list[str]) -> int:
    """Row by row under a lock, so that nothing that is changed meanwhile is written back."""
    with transaction.atomic():
        row = model._base_manager.select_for_update().filter(pk=pk).values(*names).first()
        changed = {name: _anew(value) for name, value in (row or {}).items() if _count(value)}
        if changed:
            model._base_manager.filter(pk=pk).update(**changed)
    return sum(map(_count, changed.values()))


def _anew(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _anew(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_anew(inner) for inner in value]
    return sealing.resealed(value) if sealing.is_sealed(value) else value


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_count, value.values()))
    if isinstance(value, list):
        return sum(map(_count, value))
    return int(sealing.is_sealed(value))
