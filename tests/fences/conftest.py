"""Who the fences stand between."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture
def ada(db: None) -> "User":
    from accounts.models import User  # noqa: PLC0415

    return User.objects.create_user("ada", email="ada@example.org")
