"""Steps between a right password and being signed in, where allauth's own do not fit."""

from typing import Any

from allauth.account import stages
from allauth.account.models import EmailAddress

from .models import User


class ConfirmAddressStage(stages.EmailVerificationStage):  # type: ignore[misc]
    """Only whoever signed up and never came in confirms an address first.

    Whom an administrator made has none to confirm, and who was in before is not kept out later
    because e-mail was set up meanwhile, or because it fails today.
    """

    def handle(self) -> Any:
        if self.login.user and not _is_new(self.login.user):
            return None, True
        return super().handle()


def _is_new(user: User) -> bool:
    return user.last_login is None and EmailAddress.objects.filter(user=user).exists()
