"""How often something was tried within its window; see accounts/limits.py."""

from django.db import models


class LimitCount(models.Model):
    key = models.CharField(primary_key=True, max_length=120)
    used = models.PositiveBigIntegerField()
    ends_at = models.BigIntegerField(
        db_index=True, help_text="Seconds since 1970, by the database's clock."
    )

    def __str__(self) -> str:
        return self.key
