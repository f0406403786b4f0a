"""Somebody who signed in, and rows to look at."""
# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import Version
    from deployments.models import Deployment


@pytest.fixture
def ada(db: None) -> "User":
    from tests.deployments import rows

    return rows.user()


@pytest.fixture
def signed_in(client: Client, ada: "User") -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def hello(db: None) -> "Version":
    from tests.deployments import rows

    return rows.version()


@pytest.fixture
def running(ada: "User", hello: "Version") -> "Deployment":
    from tests.deployments import rows

    return rows.deployment(ada, hello)
