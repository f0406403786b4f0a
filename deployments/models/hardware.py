"""Hardware that models may be given: the administrator's table, with its prices."""

from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _


def own_currency() -> str:
    return str(settings.CURRENCY)


class Hardware(models.Model):
    """A kind of place for one instance. `count` of them can be taken at a time."""

    sku = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    cpus = models.DecimalField(max_digits=6, decimal_places=2, help_text="Processors, as in 0.5.")
    memory = models.BigIntegerField(help_text="Bytes that one instance may use.")
    accelerator = models.CharField(max_length=80, blank=True, help_text="As in NVIDIA L4.")
    accelerator_memory = models.BigIntegerField(default=0, help_text="Bytes.")
    price_per_second = models.DecimalField(
        max_digits=14, decimal_places=9, default=Decimal(0), help_text="0 when it costs nothing."
    )
    currency = models.CharField(max_length=3, default=own_currency)
    count = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many at a time; empty: as the host's memory holds."
    )
    is_enabled = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "hardware"
        constraints = [
            models.CheckConstraint(
                condition=Q(cpus__gt=0) & Q(memory__gt=0) & Q(price_per_second__gte=0),
                name="hardware_amounts_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.currency != settings.CURRENCY:
            said = _("All prices here are in %(currency)s (CURRENCY): write this one in it too.")
            raise ValidationError({"currency": said % {"currency": settings.CURRENCY}})

    @property
    def price_per_hour(self) -> Decimal:
        return self.price_per_second * 3600

    @property
    def price_per_day(self) -> Decimal:
        return self.price_per_second * 86_400
