"""The text of a token: how one is written, made, found again, and told to be none.

`slip_`, 30 random characters, 6 of checksum, as GitHub's: a scanner of leaked secrets knows it by
its looks, and what was mistyped or cut off is refused without asking the database. Only its
sha-256 is stored; 178 random bits need no slow hash.
"""

import hashlib
import re
import secrets
import string
import zlib
from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from config.worded import Blank, Question

from .models import Token, User

log = structlog.get_logger(__name__)

BEGINNING = "slip_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM, CHECKSUM = 30, 6
WRITTEN = re.compile(rf"{BEGINNING}[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}")
SHOWN = 12  # characters that are kept to know it by
DAYS = 90
MOST_DAYS = 366
MOST_PER_PERSON = 100
NOTED_EVERY = timedelta(minutes=1)
_USABLE = Question(
    lambda: Token.objects.usable().select_related("user").filter(digest=Blank("digest"))[:1]
)


class TooMany(Exception):
    """This person has as many tokens as one may have."""


def new_text() -> str:
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return BEGINNING + random + _checksum(random)


def is_well_formed(text: str) -> bool:
    """Whether it could be a token of any installation, by its looks alone."""
    if not WRITTEN.fullmatch(text):
        return False
    random = text.removeprefix(BEGINNING)[:RANDOM]
    return text.endswith(_checksum(random))


def make(user: User, *, name: str, scopes: list[str], days: int | None = DAYS) -> tuple[Token, str]:
    """The row, and the text, which nobody can tell again. No days: it never expires."""
    if user.tokens.usable().count() >= MOST_PER_PERSON:
        raise TooMany
    text = new_text()
    token = Token.objects.create(
        user=user,
        name=name,
        prefix=text[:SHOWN],
        digest=digest(text),
        scopes=scopes,
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    log.info("token made", token=token.pk, prefix=token.prefix, scopes=scopes, by=user.pk)
    return token, text


def revoke(token: Token) -> None:
    """It opens nothing from the next request on."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
        log.info("token revoked", token=token.pk, prefix=token.prefix, by=token.user_id)


def find(text: str) -> Token | None:
    """The token that this is, usable or not, with its user."""
    return Token.objects.select_related("user").filter(digest=digest(text)).first()


def find_usable(text: str) -> Token | None:
    """By the database's clock, in one query; in none for what is no token at all."""
    if not is_well_formed(text):
        return None
    return _USABLE.first(digest=digest(text))


def why_not(text: str) -> str:
    """What is wrong with a text that is no usable token, and what to do, for its sender."""
    make_one = f"Make one at {settings.PUBLIC_URL}/account/tokens."
    if not is_well_formed(text):
        return (
            f"This is no token of this catalog: one begins with {BEGINNING} and has "
            f"{len(BEGINNING) + RANDOM + CHECKSUM} characters. Was it cut off? {make_one}"
        )
    token = find(text)
    if token is None:
        return f"This token is not known here. Was it made by another installation? {make_one}"
    if token.revoked_at:
        return f"The token {token} was revoked. {make_one}"
    if not token.user.is_active:
        return "The account of this token is closed; ask whoever runs this installation."
    return f"The token {token} expired on {token.expires_at:%Y-%m-%d}. {make_one}"


def note_use(token: Token) -> None:
    """At most once a minute, so that reading stays reading."""
    if token.used_at and timezone.now() - token.used_at < NOTED_EVERY:
        return
    long_ago = Q(used_at=None) | Q(used_at__lt=Now() - NOTED_EVERY)
    Token.objects.filter(long_ago, pk=token.pk).update(used_at=Now())


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(random: str) -> str:
    """CRC-32 in base 62, filled up with zeros."""
    rest, digits = zlib.crc32(random.encode()), ""
    while rest:
        rest, digit = divmod(rest, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(CHECKSUM, ALPHABET[0])
