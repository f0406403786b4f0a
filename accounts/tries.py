"""How often a door may be tried: counted strictly, by address and by account, right tries too.

A right one forgets what its account was tried, never what its address tried, or whoever has an
account of their own would sign in between two guesses. What cannot be counted is refused.
"""

from dataclasses import dataclass

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config import addresses

from . import audit, limits
from .models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """So many tries in so many seconds."""

    name: str
    most: int
    seconds: int


# Of one account: from one address, and from all, so that a stranger's tries lock out nobody soon.
PASSWORD = Door(name="password", most=5, seconds=300)
PASSWORD_ANYWHERE = Door(name="password-anywhere", most=20, seconds=3600)
PASSWORD_BY_ADDRESS = Door(name="password-address", most=30, seconds=600)
# A guess of a code hits with three in a million.
CODE = Door(name="code", most=5, seconds=300)
CODE_DAILY = Door(name="code-daily", most=50, seconds=86_400)
KEY_BY_ADDRESS = Door(name="key-address", most=30, seconds=600)
SIGN_UP_BY_ADDRESS = Door(name="sign-up-address", most=20, seconds=3600)
# E-mail, to one address and because of one: it must not become somebody's weapon.
MAIL = Door(name="mail", most=10, seconds=3600)
MAIL_BY_ADDRESS = Door(name="mail-address", most=30, seconds=3600)


def count(door: Door, about: str, *, account: Model | None = None) -> None:
    """One more; raises LimitReached, which pages and API tell with the time to wait."""
    verdict = limits.strict(_key(door, about), door.most, door.seconds)
    if verdict.is_allowed and verdict.left == 0:
        audit.note("door.closed", about=account, after={"door": door.name}, is_refused=True)
    if verdict.is_allowed:
        return
    said = _("Too many tries. It opens again in %(minutes)s minutes.")
    said %= {"minutes": -(-verdict.reset_in // 60)}
    raise limits.reached(said, verdict, name=door.name, most=door.most)


def count_address(door: Door, request: HttpRequest) -> None:
    count(door, _address(request))


def count_password(request: HttpRequest, login: str, user: User | None) -> None:
    whose = _whose(login, user)
    count(PASSWORD, f"{whose}@{_address(request)}", account=user)
    count_address(PASSWORD_BY_ADDRESS, request)
    count(PASSWORD_ANYWHERE, whose, account=user)


def forget_password(request: HttpRequest, login: str, user: User | None) -> None:
    whose = _whose(login, user)
    limits.forget(_key(PASSWORD, f"{whose}@{_address(request)}"))
    limits.forget(_key(PASSWORD_ANYWHERE, whose))


def count_code(user: User) -> None:
    count(CODE, str(user.pk), account=user)
    count(CODE_DAILY, str(user.pk), account=user)


def forget_code(user: User) -> None:
    limits.forget(_key(CODE, str(user.pk)))


def _whose(login: str, user: User | None) -> str:
    """One count for username and addresses of an account, and one for a name that nobody has."""
    return f"user {user.pk}" if user else f"nobody {login.lower()}"


def _address(request: HttpRequest) -> str:
    return addresses.counted(addresses.of(request))


def _key(door: Door, about: str) -> str:
    return f"door:{door.name}:{about}"
