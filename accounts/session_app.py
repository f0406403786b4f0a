"""allauth's list of sessions, by the keys of our rows; apart, as it is read before any model is."""

from allauth.usersessions.apps import UserSessionsConfig


class SessionsConfig(UserSessionsConfig):  # type: ignore[misc]
    def ready(self) -> None:
        """Instead of allauth's own, which would list what the cookie holds."""
        from allauth.account.signals import (  # noqa: PLC0415 - needs the models
            password_changed,
            password_set,
            user_logged_in,
        )

        from accounts import sessions  # noqa: PLC0415

        for signal in (user_logged_in, password_changed, password_set):
            signal.connect(sessions.enlist)
