"""What curators do to a model by a program, and that nobody else does."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.test import Client

from accounts import tokens
from accounts.models import AuditEvent, User
from catalog.models import AIModel
from tests.catalog.pages.conftest import make_model
from tests.staff import with_second_factor

__all__ = ["make_model"]
pytestmark = pytest.mark.django_db
Make = Callable[..., AIModel]


@pytest.fixture
def curator(db: None) -> User:
    user = User.objects.create_user("cora", password="a-long-password", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_aimodel"))
    return with_second_factor(user)


def curate(user: User, body: Any, *scopes: str, path: str = "acme/tiny") -> Any:
    _token, text = tokens.make(user, name="desk", scopes=list(scopes or ["curate"]))
    client = Client(headers={"Authorization": f"Bearer {text}"})
    return client.patch(f"/v1/models/{path}/curation", body, content_type="application/json")


def test_a_hidden_model_is_gone_until_it_is_listed_again(
    client: Client, curator: User, make_model: Make
) -> None:
    make_model("acme/tiny")

    hidden = curate(curator, {"status": "hidden"})
    gone = client.get("/v1/models/acme/tiny").status_code
    listed = curate(curator, {"status": "listed"})

    assert hidden.json()["status"] == "hidden"
    assert "status" in hidden.json()["locked_fields"]
    assert gone == 404
    assert listed.json()["status"] == "listed"
    assert client.get("/v1/models/acme/tiny").status_code == 200
    noted = AuditEvent.objects.filter(actor_name="cora").exclude(what="token.made")
    assert noted.count() == 2


def test_a_deprecated_one_names_what_to_choose(curator: User, make_model: Make) -> None:
    make_model("acme/tiny")
    make_model("acme/large")

    response = curate(curator, {"status": "deprecated", "replacement": "acme/large"})

    assert response.json()["replacement"] == "acme/large"
    assert AIModel.objects.get(key="acme/tiny").deprecated_at


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "status"),
        ({"status": "gone"}, "status"),
        ({"status": "deprecated", "replacement": "acme/nothing"}, "replacement"),
        ({"status": "deprecated", "replacement": "acme/tiny"}, "replacement"),
        ({"status": "deprecated", "instead": "acme/other"}, "instead"),
        ([], "body"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    curator: User, make_model: Make, body: Any, field: str
) -> None:
    make_model("acme/tiny")

    response = curate(curator, body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field


def test_it_needs_the_scope_and_the_right(curator: User, make_model: Make) -> None:
    make_model("acme/tiny")
    staff = User.objects.create_user("stan", is_staff=True)
    eve = User.objects.create_user("eve")

    answers = [
        curate(curator, {"status": "hidden"}, "models:write").status_code,
        curate(staff, {"status": "hidden"}).status_code,
        curate(eve, {"status": "hidden"}, "all").status_code,
        Client().patch("/v1/models/acme/tiny/curation", {}).status_code,
        curate(curator, {"status": "hidden"}, path="acme/other").status_code,
    ]

    assert answers == [403, 403, 403, 401, 404]
    assert AIModel.objects.get(key="acme/tiny").status == "listed"
    with pytest.raises(tokens.NotAllowed):
        tokens.make(eve, name="desk", scopes=["curate"])


def test_only_staff_is_offered_the_scope(client: Client, curator: User) -> None:
    client.force_login(User.objects.create_user("eve"))
    assert "Hide, list and deprecate" not in client.get("/account/tokens").content.decode()

    client.force_login(curator)
    page = client.get("/account/tokens", follow=True)
    assert page.redirect_chain or "Hide, list and deprecate" in page.content.decode()


def test_a_curator_without_a_second_factor_curates_nothing(curator: User, make_model: Make) -> None:
    """Neither by a token nor from a browser: as the admin, which stays closed."""
    make_model("acme/tiny")
    Authenticator.objects.all().delete()
    browser = Client()
    browser.force_login(curator)

    by_token = curate(curator, {"status": "hidden"})
    by_session = browser.patch(
        "/v1/models/acme/tiny/curation", {"status": "hidden"}, content_type="application/json"
    )

    assert (by_token.status_code, by_session.status_code) == (403, 403)
    assert "have a second factor" in by_token.json()["detail"]
    assert AIModel.objects.get(name="tiny").status == AIModel.Status.LISTED
