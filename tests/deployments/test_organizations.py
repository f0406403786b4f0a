"""What an organisation has: who sees it, who changes it, who made it, and whose it is."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import tokens
from accounts.models import AuditEvent, Membership, Role, User
from catalog.models import Version
from deployments import files
from deployments.models import Delivery, Deployment, Prediction, StoredFile, WebhookKey
from deployments.predictions import actions
from deployments.webhooks import making
from tests.deployments import rows

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
PAGE, API = "/deployments/acme/hello", "/v1/deployments/acme/hello"
SEEN = (
    *(PAGE, f"{PAGE}/part", f"{PAGE}/logs", f"{PAGE}/metrics", f"{PAGE}/releases"),
    *(API, f"{API}/releases"),
)
CHANGES = (
    *(f"{PAGE}/stop", f"{PAGE}/start", f"{PAGE}/settings", f"{PAGE}/run", f"{PAGE}/delete"),
    *(f"{API}/stop", f"{API}/start", f"{API}/rollback", f"{API}/predictions"),
)


@pytest.fixture(autouse=True)
def var_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def acme() -> User:
    return User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)


@pytest.fixture
def hello() -> Version:
    return rows.version()


@pytest.fixture
def running(acme: User, hello: Version) -> Deployment:
    return rows.deployment(acme, hello)


def member(organization: User, role: Role) -> User:
    user = rows.user(role.value)
    Membership.objects.create(organization=organization, user=user, role=role)
    return user


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def with_token(user: User, organization: User | None = None) -> Client:
    token, text = tokens.make(user, name="mine", scopes=["all"])
    if organization:
        token.organization = organization
        token.save()
    return Client(headers={"Authorization": f"Bearer {text}"})


def post(client: Client, path: str, body: Any = None) -> Any:
    if path.startswith("/v1/"):
        return client.post(path, body or {}, content_type="application/json")
    return client.post(path, body or {})


@pytest.mark.parametrize("role", Role)
def test_each_member_sees_what_the_organisation_runs(
    acme: User, running: Deployment, role: Role
) -> None:
    client = as_(member(acme, role))

    assert {path: client.get(path).status_code for path in SEEN} == dict.fromkeys(SEEN, 200)


def test_for_a_stranger_there_is_nothing(running: Deployment) -> None:
    client = as_(rows.user("eve"))

    assert {client.get(path).status_code for path in SEEN} == {404}
    assert {post(client, path).status_code for path in CHANGES} == {404}


def test_a_viewer_changes_nothing_is_told_why_and_it_is_noted(
    acme: User, running: Deployment
) -> None:
    client = as_(member(acme, Role.VIEWER))

    found = {path: post(client, path) for path in CHANGES}

    assert {answer.status_code for answer in found.values()} == {403}
    for path, answer in found.items():
        said = answer.json()["detail"] if path.startswith("/v1/") else answer.content.decode()
        assert "You are in acme as a viewer, and this needs a developer." in said, path
    refused = AuditEvent.objects.filter(is_refused=True, actor_name="viewer")
    assert {event.after["path"] for event in refused if event.after} == set(CHANGES)
    running.refresh_from_db()
    assert (running.wanted, running.deleted_at) == (Deployment.Wanted.RUNNING, None)


def test_a_viewer_is_shown_no_buttons_that_would_refuse(acme: User, running: Deployment) -> None:
    page = as_(member(acme, Role.VIEWER)).get(PAGE).content.decode()

    assert f"{PAGE}/stop" not in page
    assert f"{PAGE}/settings" not in page
    assert "You see it as a viewer of acme." in page


def test_a_developer_stops_what_the_organisation_runs(acme: User, running: Deployment) -> None:
    client = as_(member(acme, Role.DEVELOPER))

    assert post(client, f"{API}/stop").status_code == 200
    assert post(client, f"{PAGE}/start").status_code == 302
    assert running.events.first().by.username == "developer"  # type: ignore[union-attr]


@pytest.fixture
def wish(hello: Version) -> dict[str, Any]:
    rows.hardware()
    return {"name": "new", "model": "slipway/hello", "hardware": "cpu-small", "owner": "acme"}


def test_a_developer_deploys_for_the_organisation(acme: User, wish: dict[str, Any]) -> None:
    client = with_token(member(acme, Role.DEVELOPER))

    told = post(client, "/v1/deployments", wish).json()

    assert told["owner"] == "acme"
    assert told["current_release"]["created_by"]["username"] == "developer"


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (None, 400)])
def test_nobody_else_deploys_for_it(
    acme: User, wish: dict[str, Any], role: Role | None, status: int
) -> None:
    user = member(acme, role) if role else rows.user("eve")

    answer = post(with_token(user), "/v1/deployments", wish)

    assert answer.status_code == status
    assert not Deployment.objects.exists()


def test_a_token_of_the_organisation_acts_for_it_unless_told(
    acme: User, wish: dict[str, Any]
) -> None:
    user = member(acme, Role.DEVELOPER)
    rows.deployment(user, rows.version("slipway/own"), "own")
    client = with_token(user, acme)
    del wish["owner"]

    assert post(client, "/v1/deployments", wish).json()["owner"] == "acme"
    assert [each["name"] for each in client.get("/v1/deployments").json()["results"]] == ["new"]
    assert client.get("/v1/deployments/developer/own").status_code == 404
    assert client.get("/v1/account").json()["type"] == "organization"


def test_it_acts_for_nobody_once_its_person_left(acme: User, running: Deployment) -> None:
    user = member(acme, Role.DEVELOPER)
    client = with_token(user, acme)
    user.memberships.all().delete()

    answer = post(client, "/v1/models/slipway/hello/predictions", {"input": {"text": "you"}})

    assert answer.status_code == 403
    assert not Prediction.objects.exists()


def test_the_form_offers_organisations_to_their_developers(
    acme: User, wish: dict[str, Any]
) -> None:
    path = "/models/slipway/hello/deploy"
    developer = as_(member(acme, Role.DEVELOPER))
    choice = {"version": Version.objects.get().pk, "hardware": rows.hardware().pk, "name": "formed"}
    numbers = {"min_instances": 0, "max_instances": 1, "idle_minutes": 15}

    sent = developer.post(path, {**choice, **numbers, "owner": acme.pk})

    assert sent["Location"] == "/deployments/acme/formed"
    assert 'name="owner"' not in as_(rows.user("eve")).get(path).content.decode()


def test_a_prediction_of_its_deployment_is_the_organisations_asked_by_a_person(
    acme: User, running: Deployment, hello: Version
) -> None:
    developer = member(acme, Role.DEVELOPER)

    answer = post(with_token(developer), f"{API}/predictions", {"input": {"text": "you"}})

    made = Prediction.objects.get()
    assert answer.json()["owner"] == "acme"
    assert (made.owner, made.created_by) == (acme, developer)
    assert as_(member(acme, Role.VIEWER)).get(f"/predictions/{made.pk}").status_code == 200
    assert "developer" in as_(developer).get(f"/predictions/{made.pk}").content.decode()


def test_what_the_asker_uploaded_is_read_for_the_organisations_prediction(
    acme: User, running: Deployment
) -> None:
    developer = member(acme, Role.DEVELOPER)
    own = files.store(developer, "a.txt", "text/plain", io.BytesIO(b"abc"))
    made = rows.prediction(acme, Version.objects.get(), created_by=developer)

    assert files.named_by(f"/v1/files/{own.pk}", made.asker) == own
    assert files.named_by(f"/v1/files/{own.pk}", rows.user("eve")) is None


@pytest.fixture
def asked(acme: User, hello: Version) -> Iterator[Prediction]:
    yield rows.prediction(acme, hello, status=Prediction.Status.STARTING)


def test_a_viewer_cancels_nothing_and_a_developer_does(acme: User, asked: Prediction) -> None:
    viewer, developer = member(acme, Role.VIEWER), member(acme, Role.DEVELOPER)

    assert post(as_(viewer), f"/v1/predictions/{asked.pk}/cancel").status_code == 403
    assert post(as_(viewer), f"/predictions/{asked.pk}/cancel").status_code == 403
    assert post(as_(rows.user("eve")), f"/v1/predictions/{asked.pk}/cancel").status_code == 404
    assert post(as_(developer), f"/v1/predictions/{asked.pk}/cancel").status_code == 200


def test_files_are_seen_by_members_and_deleted_by_developers(acme: User) -> None:
    stored = files.store(acme, "a.txt", "text/plain", io.BytesIO(b"abc"))
    path = f"/v1/files/{stored.pk}"
    viewer, developer = member(acme, Role.VIEWER), member(acme, Role.DEVELOPER)

    assert as_(viewer).get(path).status_code == 200
    assert as_(viewer).delete(path).status_code == 403
    assert as_(rows.user("eve")).delete(path).status_code == 404
    assert as_(developer).delete(path).status_code == 204
    assert not StoredFile.objects.exists()


def test_each_organisation_has_a_secret_of_its_own_that_viewers_do_not_see(acme: User) -> None:
    viewer, developer = member(acme, Role.VIEWER), member(acme, Role.DEVELOPER)
    path = "/account/webhooks?owner=acme"

    assert "whsec_" not in as_(viewer).get(path).content.decode()
    assert "whsec_" in as_(developer).get(path).content.decode()
    assert as_(rows.user("eve")).get(path).status_code == 404
    assert WebhookKey.objects.filter(owner=acme).exists()
    assert post(as_(viewer), "/account/webhooks/secret", {"owner": "acme"}).status_code == 403
    assert post(as_(developer), "/account/webhooks/secret", {"owner": "acme"}).status_code == 302
    assert AuditEvent.objects.get(what="webhook_secret.renewed").about_name == "acme"
    secret = "/v1/webhooks/default/secret"
    assert with_token(viewer, acme).get(secret).status_code == 403
    assert with_token(developer, acme).get(secret).json() != as_(developer).get(secret).json()


def test_a_delivery_is_seen_by_viewers_and_sent_again_by_developers(acme: User) -> None:
    made = making.make(acme, "https://example.org/", event="test", body="{}")
    Delivery.objects.update(status=Delivery.Status.FAILED)
    path = f"/account/webhooks/{made.pk}"
    viewer, developer = member(acme, Role.VIEWER), member(acme, Role.DEVELOPER)

    assert "Send again" not in as_(viewer).get(path).content.decode()
    assert post(as_(viewer), f"{path}/again").status_code == 403
    assert post(as_(rows.user("eve")), f"{path}/again").status_code == 404
    assert post(as_(developer), f"{path}/again").status_code == 302


@pytest.mark.parametrize("page", ["/deployments", "/predictions"])
def test_lists_show_ones_own_and_the_organisations_and_are_narrowed_by_owner(
    acme: User, running: Deployment, asked: Prediction, page: str
) -> None:
    user = member(acme, Role.VIEWER)
    own = rows.deployment(user, running.ai_model.versions.get(), "mine")
    rows.prediction(user, running.ai_model.versions.get(), deployment=own)

    def shown(query: str = "") -> int:
        return as_(user).get(page + query).content.decode().count('<li class="row')

    assert shown() == 2
    assert shown("?owner=acme") == shown("?owner=viewer") == 1
    assert "Whose" not in as_(rows.user("eve")).get(page).content.decode()


@pytest.mark.parametrize("page", ["/v1/deployments", "/v1/predictions", "/v1/files"])
def test_listings_are_narrowed_by_owner(
    acme: User, running: Deployment, asked: Prediction, page: str
) -> None:
    files.store(acme, "a.txt", "text/plain", io.BytesIO(b"abc"))
    client = as_(member(acme, Role.VIEWER))

    assert len(client.get(page).json()["results"]) == 1
    assert len(client.get(f"{page}?owner=acme").json()["results"]) == 1
    assert client.get(f"{page}?owner=viewer").json()["results"] == []
    assert "It can be viewer, acme." in client.get(f"{page}?owner=eve").json()["detail"]


def test_a_list_takes_as_many_queries_for_a_member_as_for_anybody(
    acme: User, running: Deployment, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    client = as_(member(acme, Role.VIEWER))
    client.get("/deployments")

    with django_assert_num_queries(6):  # session, user, memberships, count, rows, offers
        client.get("/deployments")


def test_to_ask_ones_own_deployment_asks_for_no_memberships(
    hello: Version, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    ada = rows.user()
    own = rows.deployment(ada, hello)
    wish: dict[str, Any] = {"version": hello, "deployment": own, "input": {"text": "you"}}
    actions.create(ada, **wish)

    with django_assert_num_queries(6) as asked:
        actions.create(ada, **wish)

    assert not any("membership" in query["sql"] for query in asked.captured_queries)


@pytest.mark.parametrize(("role", "status"), [(Role.DEVELOPER, 400), (Role.VIEWER, 403)])
def test_developers_push_models_below_the_organisations_name(
    acme: User, role: Role, status: int
) -> None:
    client = with_token(member(acme, role))

    answer = client.post("/v1/models/Acme/new/versions")  # without the archive

    assert answer.status_code == status, answer.content
