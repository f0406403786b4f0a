"""Addresses that open without a token, for a day: signed, and the same for an hour."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.utils import timezone

LONGEST = 11  # digits of a moment: with one more it may lie behind the last year there is
HOLDS = timedelta(hours=24)  # and up to an hour more


@dataclass(frozen=True)
class Links:
    """Of one kind, told by its salt: a signature for another kind is not taken."""

    salt: str

    def signed(self, *words: str) -> dict[str, str]:
        """`expiry` and `signature` for what the words name.

        They stay the same for an hour, so that answers that hold them can be revalidated.
        """
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        expiry = str(int((hour + HOLDS + timedelta(hours=1)).timestamp()))
        signature = Signer(salt=self.salt).signature(" ".join([*words, expiry]))
        return {"expiry": expiry, "signature": signature}

    def are_good(self, *words: str, expiry: str, signature: str) -> bool:
        """Whether they were given out for these words, and hold still."""
        if not expiry.isdecimal() or len(expiry) > LONGEST or "\0" in signature:
            return False
        if datetime.fromtimestamp(int(expiry), UTC) < timezone.now():
            return False
        try:
            said = " ".join([*words, str(int(expiry))])
            Signer(salt=self.salt).unsign(f"{said}:{signature}")
        except BadSignature:
            return False
        return True
