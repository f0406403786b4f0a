"""Accounts and organisations that are being closed, or were; see accounts/closing."""

from django.db import models

from .people import User


class Closing(models.Model):
    """What is left to do is worked on until it is done; the row of the account stays, emptied."""

    user = models.OneToOneField(User, models.CASCADE, related_name="closing")
    hand_over_to = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"closing of {self.user}"
