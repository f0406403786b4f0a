"""Who runs a model for what price. A model and an offer of it are separate things."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import models
from django.db.models import Q

from catalog import prices

from .ai_models import AIModel


class Offer(models.Model):
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="offers")
    provider = models.CharField(max_length=100, help_text="Who runs it.")
    unit = models.CharField(max_length=100, help_text="What is paid for: per M input tokens, ...")
    amount = models.DecimalField(max_digits=18, decimal_places=9)
    currency = models.CharField(max_length=3, default="USD")
    context_length = models.BigIntegerField(null=True, blank=True)
    tokens_per_second = models.FloatField(null=True, blank=True)
    source = models.CharField(max_length=100)
    url = models.URLField(max_length=500, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["provider", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ai_model", "provider", "unit"], name="one_price_per_provider_and_unit"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="offer_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.unit} at {self.provider}"

    @classmethod
    def lowest_of(cls, ids: Sequence[int]) -> dict[int, dict[str, int]]:
        """By model and unit, as prices.least() tells it; models without an offer are left out."""
        found: defaultdict[int, list[tuple[str, str, Decimal]]] = defaultdict(list)
        rows = cls.objects.filter(ai_model__in=ids).order_by()
        for pk, *told in rows.values_list("ai_model_id", "unit", "currency", "amount"):
            found[pk].append((told[0], told[1], told[2]))
        return {pk: prices.least(told) for pk, told in found.items()}
