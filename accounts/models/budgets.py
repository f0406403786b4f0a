"""What a token, an organisation or a person may spend, and has spent; see accounts/budgets.py."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import User
from .tokens import Token

BILLION = 10**9


class BudgetQuerySet(models.QuerySet["Budget"]):
    def of(self, token: Token | int | None, owner: User | int | None) -> Self:
        """In one order, so that two who take from the same ones never wait for each other.

        Imposed ones first: what refuses is told, and those are the ones that one cannot raise.
        """
        whose = Q(token=token) if token is not None else Q(pk__in=[])
        if owner is not None:
            whose |= Q(owner=owner)
        return self.filter(whose).order_by("-is_imposed", "pk")

    def money(self) -> Self:
        return self.filter(unit=Budget.Unit.MONEY)

    def used_up(self) -> Self:
        """By the database's clock."""
        return self.filter(Q(used__gte=F("most"), ends_at__gt=Now()) | Q(most=0))

    def overdrawn(self) -> Self:
        return self.filter(used__gt=F("most"), ends_at__gt=Now())


class Budget(models.Model):
    """Counted in whole requests or in billionths of the money's unit, exactly, on any database."""

    class Unit(models.TextChoices):
        REQUESTS = "requests", _("Requests")
        MONEY = "money", _("Money")

    class Period(models.TextChoices):
        """Of the calendar, in UTC."""

        DAY = "day", _("Day")
        MONTH = "month", _("Month")

    token = models.ForeignKey(Token, models.CASCADE, null=True, related_name="budgets")
    owner = models.ForeignKey(User, models.CASCADE, null=True, related_name="budgets")
    unit = models.CharField(max_length=8, choices=Unit)
    period = models.CharField(max_length=5, choices=Period)
    is_imposed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="By an administrator: beside the owner's own, who sees it and cannot change it.",
    )
    most = models.PositiveBigIntegerField()
    used = models.PositiveBigIntegerField(default=0)
    ends_at = models.DateTimeField(help_text="What was used counts until then.")
    created_at = models.DateTimeField(default=timezone.now)
    is_refusal_noted = models.BooleanField(default=False, help_text="In the audit log, once.")

    objects = BudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(token__isnull=True) ^ Q(owner__isnull=True), name="budget_of_one"
            ),
            models.CheckConstraint(
                condition=Q(unit__in=["requests", "money"]) & Q(period__in=["day", "month"]),
                name="budget_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(token__isnull=True) | Q(is_imposed=False),
                name="budget_imposed_on_owners",
            ),
            models.UniqueConstraint(
                fields=["token", "unit", "period"],
                condition=Q(owner__isnull=True),
                name="one_budget_of_a_kind_per_token",
            ),
            models.UniqueConstraint(
                fields=["owner", "unit", "period", "is_imposed"],
                condition=Q(token__isnull=True),
                name="one_budget_of_a_kind_on_an_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} a {self.period} of {self.token or self.owner}"

    @property
    def used_now(self) -> int:
        """What was used before the period began counts no more."""
        return 0 if self._is_over() else self.used

    @property
    def resets_at(self) -> datetime:
        return ending(self.period, timezone.now()) if self._is_over() else self.ends_at

    def take(self, amount: int) -> bool:
        """Use so much more, if there is room; with 0 only whether there is any. One statement."""
        is_over = Q(ends_at__lte=Now())
        least = max(amount, 1)
        room = Q(used__lte=F("most") - least) | (is_over & Q(most__gte=least))
        return bool(self._row().filter(room).update(**self._counted(is_over, amount, amount)))

    def charge(self, amount: int, *, instead_of: int = 0, since: datetime | None = None) -> None:
        """Use so much, room or not; a part that was taken before, in this period, counts once."""
        if since is not None and (since < self._began() or since < self.created_at):
            instead_of = 0
        change = amount - instead_of
        self._row().update(**self._counted(Q(ends_at__lte=Now()), max(0, amount), change))

    def give_back(self, amount: int) -> None:
        """Unless the period in which it was taken is over."""
        self._row().filter(ends_at=self.ends_at, used__gte=amount).update(used=F("used") - amount)

    def _row(self) -> models.QuerySet["Budget"]:
        return Budget.objects.filter(pk=self.pk)

    def _counted(self, is_over: Q, anew: int, change: int) -> dict[str, Case]:
        """The new values: in a new period anew, else on top of what was used."""
        ends_at = ending(self.period, timezone.now())
        # A database of unsigned numbers would not go below 0 and come back.
        rest = Greatest(F("used") + change, 0) if change < 0 else F("used") + change
        return {
            "used": Case(When(is_over, then=Value(anew)), default=rest),
            "ends_at": Case(When(is_over, then=Value(ends_at)), default=F("ends_at")),
            "is_refusal_noted": Case(
                When(is_over, then=Value(False)), default=F("is_refusal_noted")
            ),
        }

    def _is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    def _began(self) -> datetime:
        return beginning(self.period, timezone.now())


class Reservation(models.Model):
    """Money that was taken for what is not over yet, by the name of that."""

    key = models.CharField(primary_key=True, max_length=64)
    token = models.ForeignKey(Token, models.CASCADE, null=True, related_name="+")
    owner = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    amount = models.PositiveBigIntegerField(help_text="In billionths.")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.key


def beginning(period: str, moment: datetime) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if period == Budget.Period.DAY else midnight.replace(day=1)


def ending(period: str, moment: datetime) -> datetime:
    begun = beginning(period, moment)
    if period == Budget.Period.DAY:
        return begun + timedelta(days=1)
    return (begun + timedelta(days=32)).replace(day=1)
