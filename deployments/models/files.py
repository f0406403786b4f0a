"""Files that people sent for predictions, and files that models made."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts import reach
from accounts.models import Role, User
from accounts.reach import Who

from .predictions import Prediction, new_id


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, user: Who) -> Self:
        return self.filter(reach.owned_by(user), _within(user))

    def changeable_by(self, user: Who) -> Self:
        return self.filter(reach.owned_by(user, least=Role.DEVELOPER), _within(user))


def _within(user: Who) -> Q:
    """A token that is limited to a deployment sees what that made, and what itself uploaded."""
    only = reach.within(user, "prediction__deployment")
    token = user.token if isinstance(user, User) else None
    return only | Q(uploaded_with=token.pk) if only and token else only


class StoredFile(models.Model):
    """The bytes lie in VAR_DIR/files below the id."""

    id = models.CharField(primary_key=True, max_length=26, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="files")
    prediction = models.ForeignKey(
        Prediction, models.CASCADE, null=True, related_name="files", help_text="That made it."
    )
    uploaded_with = models.BigIntegerField(null=True, help_text="The token's id.")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127, default="application/octet-stream")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, db_index=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name
