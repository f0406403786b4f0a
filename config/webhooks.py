"""Standard Webhooks: secrets, signatures, and what a receiver's answer means.

Secrets must be told again, so rows hold them sealed (config/sealing.py).
"""

import base64
import hashlib
import hmac
import random
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from config import outbound, sealing

SECRET_BYTES = 24
FORMER_SECRET_HOLDS = timedelta(days=1)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Key:
    """The secrets of one sender, as receivers take them; the former one signs too for a day."""

    secret: str
    former: str = ""
    renewed_at: datetime | None = None

    @property
    def former_holds_until(self) -> datetime | None:
        """None when only one secret is in use."""
        if not self.renewed_at or not self.former:
            return None
        until = self.renewed_at + FORMER_SECRET_HOLDS
        return until if until > timezone.now() else None

    def headers(self, id: str, body: bytes) -> dict[str, str]:
        timestamp = int(time.time())
        return {
            "Content-Type": "application/json",
            "User-Agent": "Slipway",
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": self.signatures(id=id, timestamp=timestamp, body=body),
        }

    def signatures(self, *, id: str, timestamp: int, body: bytes) -> str:
        """The header's value: with each secret that a receiver may rightly still hold."""
        signed = f"{id}.{timestamp}.".encode() + body
        return " ".join(f"v1,{_signature(secret, signed)}" for secret in self._secrets())

    def _secrets(self) -> list[bytes]:
        told = [self.secret, *([self.former] if self.former_holds_until else [])]
        return [base64.b64decode(secret.removeprefix("whsec_")) for secret in told]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one try to tell somebody. Without a problem it arrived.

    A final problem is not tried again.
    """

    problem: str = ""
    answer: int | None = None
    detail: str = ""
    text: str = ""
    is_final: bool = False
    not_before: timedelta = timedelta(0)


def new_secret() -> str:
    """Sealed, as rows hold it."""
    return sealing.seal(_written(secrets.token_bytes(SECRET_BYTES)))


def told(sealed: str, *, whose: str, nonce: str) -> str:
    """The secret as its receiver takes it. Rows that a process of 0.1 made hold none yet."""
    return sealing.opened(sealed) if sealed else derived(whose, nonce)


def derived(whose: str, nonce: str) -> str:
    """How secrets were made until 0.2."""
    key, said = str(settings.SECRET_KEY).encode(), f"{whose} {nonce}".encode()
    return _written(hmac.digest(key, said, hashlib.sha256)[:SECRET_BYTES])


def call(url: str, *, body: bytes, headers: dict[str, str]) -> Outcome:
    try:
        return _meant(outbound.post(url, body=body, headers=headers))
    except outbound.Refused:
        return Outcome(problem="wrong-url", is_final=True)
    except outbound.Failed as failed:
        is_final = failed.trouble == outbound.Trouble.INNER
        return Outcome(problem=str(failed.trouble), detail=failed.detail, is_final=is_final)


def wait_after(attempts: int) -> timedelta:
    """Twice as long after each try, and anything up to that, so that not all come back at once."""
    longest = min(FIRST_WAIT * (1 << min(attempts, 12)), LONGEST_WAIT)
    return longest * random.uniform(0.1, 1)  # noqa: S311 no secret


def next_try_at(outcome: Outcome, *, tries: int, give_up_at: datetime) -> datetime | None:
    """When to try again after so many tries that failed; None: not any more."""
    wanted = timezone.now() + max(wait_after(tries), outcome.not_before)
    return None if outcome.is_final or wanted > give_up_at else wanted


def _meant(answer: outbound.Answer) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(answer=answer.status, text=answer.text)
    problem = "redirected" if 300 <= answer.status < 400 else "refused"
    wished = min(timedelta(seconds=answer.retry_after or 0), LONGEST_WAIT)
    return Outcome(
        problem="gone" if answer.status == 410 else problem,
        answer=answer.status,
        text=answer.text,
        is_final=answer.status == 410,
        not_before=wished,
    )


def _written(secret: bytes) -> str:
    return f"whsec_{base64.b64encode(secret).decode()}"


def _signature(secret: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
