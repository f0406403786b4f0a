"""People, a real receiver, and deliveries to it."""
# ruff: noqa: PLC0415

import ipaddress
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.accounts.conftest import TokenOf, ada, as_ada, bob, token_of
from tests.catalog.pages.conftest import MakeModel, make_model
from tests.receiving import Receiver, receiver

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from accounts.models import User
    from deployments.models import Delivery, Prediction

__all__ = ["TokenOf", "ada", "as_ada", "bob", "make_model", "token_of"]

Told = Callable[..., "Delivery"]


@pytest.fixture
def hook(settings: "Settings") -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [ipaddress.ip_network("127.0.0.0/8")])
    with receiver() as kept:
        yield kept


@pytest.fixture
def prediction(ada: "User", make_model: MakeModel, hook: Receiver) -> "Prediction":
    from catalog.models import Version
    from deployments.models import Prediction

    ai_model = make_model("slipway/hello")
    version = Version.objects.create(ai_model=ai_model, version_id="a" * 64, openapi_schema={})
    return Prediction.objects.create(
        owner=ada,
        ai_model=ai_model,
        version=version,
        input={"text": "Ada"},
        webhook=hook.url,
    )


@pytest.fixture
def told(ada: "User", hook: Receiver) -> Told:
    """Something to be told, waiting."""
    from deployments.webhooks import making

    def told(url: str = "", **fields: Any) -> "Delivery":
        usual: dict[str, Any] = {"event": "completed", "body": '{"id": "x"}', "owner": ada}
        return making.make(url=url or hook.url, **{**usual, **fields})

    return told
