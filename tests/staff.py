"""Staff as the admin wants them: with a second factor."""

from typing import TYPE_CHECKING

from django.test import Client

if TYPE_CHECKING:
    from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_second_factor(user: "User") -> "User":
    from allauth.mfa.totp.internal.auth import TOTP  # noqa: PLC0415

    TOTP.activate(user, SECRET)
    return user


def at_the_desk(user: "User") -> Client:
    """A browser in which somebody of the staff came in with both factors."""
    client = Client()
    client.force_login(with_second_factor(user))
    session = client.session
    session["second_factor_proven"] = True
    session.save()
    return client


def code_now(secret: str = SECRET) -> str:
    """What an app shows."""
    from allauth.mfa.totp.internal import auth  # noqa: PLC0415

    _before, now, _after = auth.yield_hotp_counters_from_time()
    return auth.format_hotp_value(auth.hotp_value(secret, now))
