"""Pushing by the API: who may, and what is said of a bundle that is wrong."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deployments.bundles import keeping
from tests.accounts.conftest import ada, token_of  # noqa: F401
from tests.deployments import making
from tests.deployments.bundles.test_unpacking import FILES, tarred, zipped

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


def pushed(client: Client, archive: io.BytesIO, token: str, name: str = "ada/greeter") -> Any:
    bundle = SimpleUploadedFile("bundle.zip", archive.getvalue())
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(f"/v1/models/{name}/versions", {"bundle": bundle}, headers=headers)


def test_a_pushed_bundle_is_a_version_of_ones_own_model(
    client: Client,
    ada: "User",  # noqa: F811
    token_of: Any,  # noqa: F811
) -> None:
    making.hello_version()  # its environment is there from now on
    token = token_of(ada, "models:write")

    answer = pushed(client, tarred(FILES), token)

    assert answer.status_code == 201, answer.content
    version = answer.json()
    assert version["openapi_schema"]["components"]["schemas"]["Input"]["required"] == ["text"]
    listed = client.get("/v1/models/ada/greeter/versions").json()["results"]
    assert [one["id"] for one in listed] == [version["id"]]
    assert pushed(client, tarred(FILES), token).json()["id"] == version["id"]


@pytest.mark.parametrize(
    ("name", "scopes", "status"),
    [("bob/greeter", ["all"], 403), ("ada/greeter", ["files:write"], 403), ("ada/x", None, 401)],
)
def test_others_names_and_weaker_tokens_are_refused(
    client: Client,
    ada: "User",  # noqa: F811
    token_of: Any,  # noqa: F811
    name: str,
    scopes: list[str] | None,
    status: int,
) -> None:
    token = token_of(ada, *scopes) if scopes else ""

    assert pushed(client, zipped(FILES), token, name).status_code == status


def test_a_bad_bundle_names_the_field_and_leaves_nothing(
    client: Client,
    ada: "User",  # noqa: F811
    token_of: Any,  # noqa: F811
) -> None:
    answer = pushed(client, zipped({"predict.py": "x = 1"}), token_of(ada))

    assert answer.status_code == 400
    assert "no cog.yaml" in str(answer.json()["errors"])
    assert list(keeping.place().iterdir()) == []
