"""The words that the catalog sorts models by; their entries come from catalog/vocabulary."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class LicenseClass(models.TextChoices):
    """What a license permits, coarsely; catalog/vocabulary/licenses.json says what each means."""

    OPEN = "open", _("Open")
    CONDITIONAL = "conditional", _("Conditional")
    NON_COMMERCIAL = "non-commercial", _("Non-commercial")
    UNKNOWN = "unknown", _("Unknown")


class Task(models.Model):
    """What a model does. The ids are the Hugging Face Hub's."""

    id = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=100)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    summary = models.CharField(max_length=300, blank=True)
    summary_zh = models.CharField(_("Chinese summary"), max_length=300, blank=True)
    group = models.CharField(max_length=40)
    modality_in = models.JSONField(default=list)
    modality_out = models.JSONField(default=list)
    synonyms = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if _is_chinese() else self.name

    @property
    def explanation(self) -> str:
        return self.summary_zh if _is_chinese() else self.summary


class Library(models.Model):
    """The software that a model is loaded with."""

    id = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=100)
    url = models.URLField(blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "libraries"

    def __str__(self) -> str:
        return self.name


class License(models.Model):
    """A license that is known by name; any other text stays on the model as it came."""

    id = models.CharField(primary_key=True, max_length=100)
    name = models.CharField(max_length=200)
    spdx_id = models.CharField("SPDX id", max_length=64, blank=True)
    license_class = models.CharField(max_length=16, choices=LicenseClass)
    url = models.URLField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(license_class__in=LicenseClass.values), name="license_class_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
