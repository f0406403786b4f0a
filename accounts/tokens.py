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
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from config.worded import Blank, Question

from . import audit, limits, reach
from .models import Role, Token, User
from .scopes import Scope

log = structlog.get_logger(__name__)

BEGINNING = "slip_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM, CHECKSUM = 30, 6
WRITTEN = re.compile(rf"{BEGINNING}[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}")
SHOWN = 12  # characters that are kept to know it by
DAYS = 90
MOST_DAYS = 366
MOST_PER_PERSON = 100
MADE_PER_HOUR = 60
OVERLAP = timedelta(hours=24)
NOTED_EVERY = timedelta(minutes=1)
_USABLE = Question(
    lambda: Token.objects.usable().select_related("user").written(Blank("digest"))[:1]
)


class TooMany(Exception):
    """This person has as many tokens as one may have."""


class Ended(Exception):
    """It was revoked or expired meanwhile, and cannot be rotated."""


class NotAllowed(Exception):
    """More than its maker may do themselves; the message says what."""


def new_text() -> str:
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return BEGINNING + random + _checksum(random)


def is_well_formed(text: str) -> bool:
    """Whether it could be a token of any installation, by its looks alone."""
    if not WRITTEN.fullmatch(text):
        return False
    random = text.removeprefix(BEGINNING)[:RANDOM]
    return text.endswith(_checksum(random))


def is_one_in(text: str) -> bool:
    """Whether a token stands somewhere in it, as in the query of an address."""
    return BEGINNING in text and any(map(is_well_formed, WRITTEN.findall(text)))


def make(
    user: User,
    *,
    name: str,
    scopes: list[str],
    days: int | None = DAYS,
    organization: User | None = None,
    deployment: tuple[int, str] | None = None,
) -> tuple[Token, str]:
    """The row, and the text, which nobody can tell again. No days: it never expires.

    With an organisation it reaches that alone, with a deployment (its id and name) only that.
    Raises TooMany, NotAllowed or LimitReached.
    """
    _check_allowed(user, scopes, organization)
    _count_making(user)
    if user.tokens.usable().count() >= MOST_PER_PERSON:
        raise TooMany
    text = new_text()
    days = within_the_most(days)
    deployment_id, deployment_name = deployment or (None, "")
    with transaction.atomic():
        token = Token.objects.create(
            user=user,
            organization=organization,
            deployment_id=deployment_id,
            deployment_name=deployment_name,
            name=name,
            prefix=text[:SHOWN],
            digest=digest(text),
            scopes=scopes,
            expires_at=timezone.now() + timedelta(days=days) if days else None,
        )
        audit.note("token.made", about=token, after=_told(token), by=user)
    log.info("token made", token=token.pk, prefix=token.prefix, scopes=scopes, by=user.pk)
    return token, text


def rotate(token: Token, *, overlap: timedelta = OVERLAP) -> str:
    """Another text, under which it holds as long anew; the one before opens for the overlap yet.

    A text from before that one opens nothing any more. Raises Ended or LimitReached.
    """
    _count_making(token.user)
    text = new_text()
    with transaction.atomic():
        held = Token.objects.usable().select_for_update(of=("self",)).filter(pk=token.pk).first()
        if held is None:
            raise Ended
        now = timezone.now()
        held.earlier_prefix, held.earlier_digest = held.prefix, held.digest
        held.earlier_until, held.earlier_used_at = now + overlap, held.used_at
        held.prefix, held.digest = text[:SHOWN], digest(text)
        if held.expires_at:
            held.expires_at = now + (held.expires_at - (held.rotated_at or held.created_at))
        held.rotated_at = now
        held.save()
        after = {"earlier": held.earlier_prefix, "earlier_until": held.earlier_until}
        audit.note("token.rotated", about=held, after=after)
    return text


def end_earlier(token: Token) -> None:
    """The text from before the rotation opens nothing from the next request on."""
    rows = Token.objects.filter(pk=token.pk).exclude(earlier_digest=None)
    with transaction.atomic():
        if rows.update(earlier_digest=None, earlier_until=Now()):
            audit.note("token.earlier_ended", about=token, before={"text": token.earlier_prefix})


def revoke(token: Token) -> None:
    """It opens nothing from the next request on, by neither of its texts."""
    with transaction.atomic():
        if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now()):
            audit.note("token.revoked", about=token, before=_told(token))
            log.info("token revoked", token=token.pk, prefix=token.prefix, by=token.user_id)


def within_the_most(days: int | None) -> int | None:
    """The administrator's most comes first, for what should never expire too."""
    most: int = settings.TOKEN_DAYS_MAX
    return min(days or most, most) if most else days


def find(text: str) -> Token | None:
    """The token that this is, usable or not, with its user."""
    written = Q(digest=digest(text)) | Q(earlier_digest=digest(text))
    return Token.objects.select_related("user").filter(written).first()


def find_usable(text: str) -> Token | None:
    """By the database's clock, in one query; in none for what is no token at all."""
    if not is_well_formed(text):
        return None
    sent = digest(text)
    token = _USABLE.first(digest=sent)
    if token is not None:
        token.is_by_earlier_text = token.digest != sent
    return token


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
    if token.digest != digest(text) and token.earlier_until:
        ended = f"{token.earlier_until:%Y-%m-%d %H:%M} UTC"
        return f"This text of the token {token} ended on {ended}: it was rotated. Use the new one."
    if not token.user.is_active:
        return "The account of this token is closed; ask whoever runs this installation."
    return f"The token {token} expired on {token.expires_at:%Y-%m-%d}. {make_one}"


def note_use(token: Token, address: str) -> None:
    """At most once a minute, so that reading stays reading."""
    is_early = token.is_by_earlier_text
    seen_at = token.earlier_used_at if is_early else token.used_at
    if seen_at and timezone.now() - seen_at < NOTED_EVERY:
        return
    name = "earlier_used_at" if is_early else "used_at"
    long_ago = Q(**{name: None}) | Q(**{f"{name}__lt": Now() - NOTED_EVERY})
    noted = {"used_at": Now(), "address": address[:45], name: Now()}
    Token.objects.filter(long_ago, pk=token.pk).update(**noted)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _check_allowed(user: User, scopes: list[str], organization: User | None) -> None:
    """What reaches too far is refused when it is made; reach and scopes hold it at each use, too.

    Raises NotAllowed.
    """
    if Scope.CURATE in scopes and not user.is_staff:
        raise NotAllowed(_("Only curators may make a token that curates."))
    if organization is None:
        return
    role = reach.role_in(user, organization)
    if role is None:
        raise NotAllowed(_("You are no member of this organisation."))
    if role == Role.VIEWER and any(scope.endswith(":write") for scope in scopes):
        raise NotAllowed(
            _("You are a viewer in %s: a token of yours may only read there.")
            % organization.get_username()
        )


def _count_making(user: User) -> None:
    """Raises LimitReached, or Uncounted when the database does not say."""
    verdict = limits.strict(f"token.made:{user.pk}", MADE_PER_HOUR, 3600)
    if verdict.is_allowed:
        return
    audit.note("token.made", by=user, is_refused=True)
    minutes = max(1, round(verdict.reset_in / 60))
    said = _("You made %(most)s tokens within an hour; wait %(minutes)s minutes.")
    raise limits.reached(
        said % {"most": MADE_PER_HOUR, "minutes": minutes},
        verdict,
        name="tokens made in an hour",
        most=MADE_PER_HOUR,
        page="/account/tokens",
    )


def _told(token: Token) -> dict[str, Any]:
    return {
        "name": token.name,
        "scopes": token.scopes,
        "organization": token.organization,
        "deployment": token.deployment_name or None,
        "expires_at": token.expires_at,
    }


def _checksum(random: str) -> str:
    """CRC-32 in base 62, filled up with zeros."""
    rest, digits = zlib.crc32(random.encode()), ""
    while rest:
        rest, digit = divmod(rest, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(CHECKSUM, ALPHABET[0])
