"""People, an organisation, and a small catalog."""
# ruff: noqa: PLC0415

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.catalog.kept.conftest import as_bob
from tests.catalog.pages.conftest import llama, make_model, nothing_remembered
from tests.catalog.saved.conftest import ada, as_ada, bob

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import Collection

__all__ = ["ada", "as_ada", "as_bob", "bob", "llama", "make_model", "nothing_remembered"]

Collect = Callable[..., "Collection"]


@pytest.fixture
def collect(ada: "User") -> Collect:
    from catalog.collecting import actions

    def collect(name: str = "Small ones", **fields: Any) -> "Collection":
        owner = fields.pop("owner", ada)
        return actions.make(
            owner, **{"name": name, "description": "", "visibility": "public"} | fields
        )

    return collect


@pytest.fixture
def acme(bob: "User") -> "User":
    """An organisation in which Bob looks on."""
    from accounts.models import Membership, User

    acme = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=acme, user=bob, role="viewer")
    return acme
