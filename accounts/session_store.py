"""Where sessions lie: sealed, in rows whose key is not what the browser's cookie holds.

So whoever reads the database learns nothing of what is in a session, and cannot get into one.
"""

import hashlib
from typing import Any

import structlog
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from config import sealing

log = structlog.get_logger(__name__)


def key_of_row(session_key: str) -> str:
    """160 bits of a hash, as the column holds 40 characters; a key is random, so no slower one."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """`session_key` is the cookie's everywhere; only here it becomes the row's."""

    # Django has each step twice. Its second ones, for asynchronous views, would go by the
    # cookie's key; these run the ones below in a thread.
    aload, aexists, acreate = SessionBase.aload, SessionBase.aexists, SessionBase.acreate
    asave, adelete = SessionBase.asave, SessionBase.adelete

    def encode(self, session_dict: dict[str, Any]) -> str:
        return sealing.seal(self.serializer().dumps(session_dict).decode("latin-1"))

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Raises Unopenable."""
        text = sealing.opened(str(session_data))
        known: dict[str, Any] = self.serializer().loads(text.encode("latin-1"))
        return known

    def load(self) -> dict[str, Any]:
        """What no key opens is an empty session, whose browser gets another key."""
        rows = self.model.objects.filter(expire_date__gt=timezone.now())
        row = rows.filter(session_key=key_of_row(self.session_key or "")).first()
        try:
            if row:
                return self.decode(row.session_data)
        except sealing.Unopenable:
            log.warning("a session that none of SEALING_KEYS opens has ended")
        self._session_key = None
        return {}

    def exists(self, session_key: str) -> bool:
        return super().exists(key_of_row(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = key_of_row(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(key_of_row(key))
