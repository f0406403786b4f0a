"""Second factors: sealed where they are kept, and asked of all staff before the admin opens."""

import hashlib
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidSignature
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from config import sealing

from . import audit, limits, sessions, tries
from .models import User

CODE_HOLDS = 120  # seconds, and some more
UNREADABLE = (
    *(KeyError, TypeError, ValueError, IndexError, AttributeError),
    *(struct.error, InvalidSignature),
)
PROVEN = "second_factor_proven"
MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This does not fit. Codes of an app change every 30 seconds, and each opens once."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.opened(encrypted_text)

    def get_totp_issuer(self) -> str:
        return f"Slipway {self._get_site_name()}"

    def get_totp_label(self, user: User) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Key %(number)s") % {"number": count + 1}


def checked(user: User, check: Callable[[], str]) -> str:
    """A code that allauth's `check` takes, once: one of an app holds for 90 seconds, of which
    allauth remembers 30 that it was used. However it is spelled: 123-456 is 123456."""
    tries.count_code(user)
    code: str = normalize_user_code(check())
    key = hashlib.sha256(f"{user.pk}:{code}".encode()).hexdigest()
    if not limits.strict(f"second-factor-used:{key}", 1, CODE_HOLDS).is_allowed:
        raise get_adapter().validation_error("incorrect_code")
    tries.forget_code(user)
    return code


@contextmanager
def readable() -> Iterator[None]:
    """What a browser says of a key may be anything, and neither library expects all of that."""
    try:
        yield
    except UNREADABLE as error:
        raise get_adapter().validation_error("incorrect_code") from error


def is_proven(request: HttpRequest) -> bool:
    """Whether this session came in with a second factor, or its person has set one up since.

    Kept in the session, so that pages of the admin cost no query for it.
    """
    user: User = request.user  # type: ignore[assignment]
    records = get_authentication_records(request, user)
    if request.session.get(PROVEN) or any(record["method"] == "mfa" for record in records):
        return True
    if has_one(user):
        request.session[PROVEN] = True
    return PROVEN in request.session


def is_shown(request: Request) -> bool:
    """To the API, of what is staff's alone: a token stands for its owner, who must have one too."""
    if request.auth is None:
        return is_proven(request._request)
    return has_one(request.user)  # type: ignore[arg-type]


def note_removal(request: HttpRequest) -> None:
    """Without any factor left this session proves nothing more."""
    if not has_one(request.user):  # type: ignore[arg-type]
        request.session.pop(PROVEN, None)
        request.session.pop(AUTHENTICATION_METHODS_SESSION_KEY, None)


def has_one(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=MAIN).exists())


def forget(user: User) -> int:
    """For whoever lost phone, keys and codes, and showed otherwise who they are. Says how many."""
    count: int = Authenticator.objects.filter(user=user).delete()[0]
    if count:
        sessions.end_others(user, but=None)
        audit.note("second_factor.forgotten", about=user, before={"count": count})
    return count
