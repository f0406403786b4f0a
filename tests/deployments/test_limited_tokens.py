"""A token that is limited to one deployment: what it opens, and that it opens nothing else."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import tokens
from accounts.models import Membership, Role, Token, User
from catalog.models import Version
from deployments import files
from deployments.models import Deployment, Prediction
from tests.deployments import rows

pytestmark = pytest.mark.django_db
OTHER = "/v1/deployments/ada/other"


@pytest.fixture(autouse=True)
def var_dir(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def ada(db: None) -> User:
    return rows.user("ada")


@pytest.fixture
def hello() -> Version:
    return rows.version()


@pytest.fixture
def mine(ada: User, hello: Version) -> Deployment:
    return rows.deployment(ada, hello)


@pytest.fixture
def other(ada: User, hello: Version) -> Deployment:
    return rows.deployment(ada, hello, name="other")


@pytest.fixture
def limited(ada: User, mine: Deployment) -> Client:
    deployment = (mine.pk, f"ada/{mine.name}")
    _token, text = tokens.make(ada, name="one", scopes=["all"], deployment=deployment)
    return Client(headers={"Authorization": f"Bearer {text}"})


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(path, body or {}, content_type="application/json")


def test_it_sees_its_deployment_and_no_other(
    limited: Client, mine: Deployment, other: Deployment
) -> None:
    listed = limited.get("/v1/deployments").json()["results"]

    assert [one["name"] for one in listed] == [mine.name]
    assert limited.get(f"/v1/deployments/ada/{mine.name}").status_code == 200
    assert limited.get(OTHER).status_code == 404
    assert post(limited, f"{OTHER}/stop").status_code == 404
    other.refresh_from_db()
    assert other.wanted == Deployment.Wanted.RUNNING


def test_it_asks_its_deployment_and_no_other(
    limited: Client, mine: Deployment, other: Deployment, hello: Version
) -> None:
    asked = {"input": {"text": "you"}}

    assert post(limited, f"/v1/deployments/ada/{mine.name}/predictions", asked).status_code == 201
    assert post(limited, f"{OTHER}/predictions", asked).status_code == 404
    by_version = post(limited, "/v1/predictions", {**asked, "version": hello.version_id})
    of_model = post(limited, f"/v1/models/{hello.ai_model.full_name}/predictions", asked)
    assert (by_version.status_code, of_model.status_code) == (403, 403)
    assert f"POST /v1/deployments/ada/{mine.name}/predictions" in by_version.json()["detail"]
    assert Prediction.objects.count() == 1


def test_it_reads_what_came_of_its_deployment_and_of_no_other(
    limited: Client, ada: User, mine: Deployment, other: Deployment, hello: Version
) -> None:
    about: Any = {"owner": ada, "version": hello, "ai_model": hello.ai_model, "input": {}}
    own = Prediction.objects.create(deployment=mine, **about)
    others = [Prediction.objects.create(deployment=one, **about) for one in (other, None)]

    listed = limited.get("/v1/predictions").json()["results"]

    assert [one["id"] for one in listed] == [own.pk]
    assert limited.get(f"/v1/predictions/{own.pk}").status_code == 200
    for one in others:
        assert limited.get(f"/v1/predictions/{one.pk}").status_code == 404
        assert post(limited, f"/v1/predictions/{one.pk}/cancel").status_code == 404


def test_it_sees_the_files_that_it_uploaded_itself(limited: Client, ada: User) -> None:
    foreign = files.store(ada, "secret.txt", "text/plain", io.BytesIO(b"x"))
    uploaded = limited.post("/v1/files", {"content": io.BytesIO(b"mine")}).json()

    listed = limited.get("/v1/files").json()["results"]

    assert [one["id"] for one in listed] == [uploaded["id"]]
    assert limited.get(f"/v1/files/{foreign.pk}").status_code == 404


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: post(c, "/v1/deployments", {"version": "x", "hardware": "cpu", "name": "new"}),
        lambda c: c.get("/v1/webhooks/default/secret"),
        lambda c: c.post("/v1/models/ada/new/versions", {"bundle": io.BytesIO(b"x")}),
        lambda c: c.get("/v1/hardware"),
    ],
)
def test_what_is_about_more_than_a_deployment_is_closed_to_it(limited: Client, ask: Any) -> None:
    response = ask(limited)

    assert response.status_code == 403
    assert "and nothing else" in response.json()["detail"]


def test_it_is_made_on_the_page_of_tokens(ada: User, mine: Deployment, client: Client) -> None:
    client.force_login(ada)
    wanted = {"name": "one", "scopes": ["predictions:write"], "days": "30"}

    page = client.post("/account/tokens", {**wanted, "deployment": mine.pk}).content.decode()

    assert Token.objects.get().deployment_id == mine.pk
    assert f"Only the deployment ada/{mine.name}" in page


def test_one_for_an_organisation_takes_only_the_organisations(
    ada: User, mine: Deployment, client: Client
) -> None:
    acme = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=acme, user=ada, role=Role.ADMIN)
    client.force_login(ada)
    wanted = {"name": "one", "scopes": ["predictions:write"], "days": "30"}

    both = {**wanted, "deployment": mine.pk, "organization": acme.pk}
    response = client.post("/account/tokens", both)

    assert response.status_code == 400
    assert Token.objects.count() == 0


def test_nobody_limits_one_to_the_deployment_of_a_stranger(
    mine: Deployment, client: Client
) -> None:
    client.force_login(rows.user("eve"))
    wanted = {"name": "one", "scopes": ["predictions:write"], "days": "30"}

    response = client.post("/account/tokens", {**wanted, "deployment": mine.pk})

    assert response.status_code == 400
    assert Token.objects.count() == 0
