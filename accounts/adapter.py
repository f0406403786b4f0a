"""What django-allauth asks of Slipway: who may sign up, by which steps, and how mail goes out."""

import time
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config import addresses

from . import audit, second_factor, sessions, tries
from .models import User

log = structlog.get_logger(__name__)

OUR_STAGES = {
    "allauth.account.stages.EmailVerificationStage": "accounts.stages.ConfirmAddressStage",
}


LOOPBACK = "127.0.0.1"
# Of what is told to the account's owner, the name in the audit log.
CHANGES = {
    "account/email/password_changed": "password.changed",
    "account/email/password_reset": "password.reset",
    "account/email/password_set": "password.set",
    "account/email/email_changed": "address.changed",
    "account/email/email_deleted": "address.removed",
    "mfa/email/totp_activated": "second_factor.added",
    "mfa/email/totp_deactivated": "second_factor.removed",
    "mfa/email/webauthn_added": "second_factor.added",
    "mfa/email/webauthn_removed": "second_factor.removed",
    "mfa/email/recovery_codes_generated": "recovery_codes.made",
    "socialaccount/email/account_connected": "service.connected",
    "socialaccount/email/account_disconnected": "service.disconnected",
}
REMOVALS = {"mfa/email/totp_deactivated", "mfa/email/webauthn_removed"}
WRONG = gettext_lazy("This name and this password do not go together.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "username_taken": gettext_lazy("This name is taken. Choose another one."),
        "email_taken": gettext_lazy("This address belongs to another account."),
        "duplicate_email": gettext_lazy("Your account has this address already."),
        "enter_current_password": gettext_lazy("This is not the password that you have now."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "incorrect_code": gettext_lazy("This is not the code that was sent last."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP == "open")

    def get_login_stages(self) -> list[str]:
        return [OUR_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Of two who want one name at the same moment, the second is told like everybody."""
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)  # type: ignore[no-any-return]
        except IntegrityError as error:
            messages.error(request, self.error_messages["username_taken"])
            raise ImmediateHttpResponse(redirect(request.path)) from error

    def get_client_ip(self, request: HttpRequest) -> str:
        return addresses.of(request) or LOOPBACK  # a socket of this host has none

    def pre_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse | None:
        if user.is_organization:  # has no password; nothing that gives it one opens it either
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]
        return super().pre_login(request, user, **hooks)  # type: ignore[no-any-return]

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request)
        records = get_authentication_records(request, user)
        how = [record.get("type") or record["method"] for record in records]
        audit.note("session.begun", about=user, by=user, after={"by": how})

    def logout(self, request: HttpRequest) -> None:
        audit.note("session.ended", about=request.user)  # type: ignore[arg-type]
        super().logout(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The one place where a password is compared, whichever page it was typed on."""
        login, owner = _login(credentials), _owner(credentials)
        tries.count_password(request, login, owner)
        user: User | None = super().authenticate(request, **credentials)
        if user:
            tries.forget_password(request, login, owner)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Whom it was about, if anybody: what was typed may be a password in the wrong field."""
        audit.note("session.refused", about=_owner(credentials), is_refused=True)

    def is_reauthentication_required(self, *, app: str, **about: Any) -> bool:
        """Not of somebody who came in just now, whom allauth would ask for the password again."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **about)  # type: ignore[no-any-return]

    def set_password(self, user: User, password: str) -> None:
        """Whoever came in with the old one is out: all sessions end but the one that changed it."""
        super().set_password(user, password)
        is_own = self.request.user == user
        sessions.end_others(user, but=sessions.key_of(self.request) if is_own else None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_change_password")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Below PUBLIC_URL, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PUBLIC_URL}{path.replace('UID-KEY', key)}"

    def send_confirmation_mail(self, request: HttpRequest, confirmation: Any, signup: bool) -> None:
        if settings.EMAIL_URL:
            super().send_confirmation_mail(request, confirmation, signup)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: Any = None, email: str | None = None
    ) -> None:
        """allauth calls this for each change that its owner must hear of: so it is noted here."""
        audit.note(CHANGES[template_prefix], about=user, by=user, after=context)
        if template_prefix in REMOVALS:
            second_factor.note_removal(self.request)
        super().send_notification_mail(template_prefix, user, context, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What cannot be sent now is told on the next page, and asked for again there."""
        if template_prefix not in CHANGES:  # what is asked for, by anybody
            tries.count_address(tries.MAIL_BY_ADDRESS, self.request)
            tries.count(tries.MAIL, email.lower())
        try:
            super().send_mail(template_prefix, email, {"origin": settings.PUBLIC_URL, **context})
        except (SMTPException, OSError) as error:
            log.warning("e-mail of an account not sent", template=template_prefix, error=str(error))
            messages.error(
                self.request,
                _("The e-mail could not be sent just now. Try again in a few minutes."),
            )


def _login(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "")


def _owner(credentials: dict[str, Any]) -> User | None:
    """Whom allauth would take it for, by username or by one of the addresses."""
    login = _login(credentials)
    by_name = get_user_by_username(login)
    found = [by_name] if by_name else filter_users_by_email(login, prefer_verified=True)
    return found[0] if found else None
