"""What people do to their own account."""

from .models import User


def rename(user: User, *, name: str) -> None:
    """The name that is shown; the username stays."""
    user.first_name, user.last_name = name, ""
    user.save(update_fields=["first_name", "last_name"])
