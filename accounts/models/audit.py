"""What was done here, by whom, from where: written once, never changed; see accounts/audit.py."""

from django.db import models
from django.db.models.functions import Now


class AuditEvent(models.Model):
    """No foreign keys: it outlives what it tells of. The database refuses to change it."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    what = models.CharField(max_length=64, help_text="As in token.made.")
    is_refused = models.BooleanField(default=False, help_text="It was tried, and not allowed.")
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, blank=True, help_text="Nobody: the system.")
    token_id = models.BigIntegerField(null=True)
    token_prefix = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    about_type = models.CharField(max_length=64, blank=True)
    about_id = models.CharField(max_length=64, blank=True)
    about_name = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["what", "-id"], name="audit_by_what"),
            models.Index(fields=["actor_name", "-id"], name="audit_by_actor"),
            models.Index(fields=["about_type", "about_id", "-id"], name="audit_by_about"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.what} by {self.actor_name or 'the system'}"
