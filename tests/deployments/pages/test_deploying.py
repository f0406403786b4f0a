"""Deploying a model from its page, changing a deployment, and what is pressed on its page."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Version
from deployments.models import Bundle, Deployment, Hardware, Release, Status
from tests.deployments import rows

from .test_deployments import HELLO, html

pytestmark = pytest.mark.django_db
DEPLOY = "/models/slipway/hello/deploy"


@pytest.fixture
def small(db: None) -> Hardware:
    return rows.hardware()


def wish(hello: Version, small: Hardware, **changes: Any) -> dict[str, Any]:
    plain = {"name": "greeter", "version": hello.pk, "hardware": small.pk}
    plain |= {"min_instances": 0, "max_instances": 2, "idle_minutes": 5}
    return {**plain, **changes}


def test_deploying_needs_somebody_who_signed_in(client: Client, hello: Version) -> None:
    response = client.get(DEPLOY)

    assert response["Location"] == f"/account/login?next={DEPLOY}"


def test_the_form_begins_with_what_will_do(
    signed_in: Client, hello: Version, small: Hardware
) -> None:
    rows.hardware("huge", memory=64 * rows.GB, position=0, name="Huge")

    page = html(signed_in, DEPLOY)

    assert 'name="name" value="hello"' in page
    assert f'value="{small.pk}" required checked' in page
    for text in ("The model needs", "An address of its own in the API.", "$0.36", "$8.64"):
        assert text in page, text


def test_a_name_that_is_taken_gets_a_number(
    signed_in: Client, running: Deployment, small: Hardware
) -> None:
    assert 'name="name" value="hello-2"' in html(signed_in, DEPLOY)


def test_deploying_leads_to_the_new_deployment(
    signed_in: Client, ada: User, hello: Version, small: Hardware
) -> None:
    response = signed_in.post(DEPLOY, wish(hello, small))

    assert response["Location"] == "/deployments/ada/greeter"
    made = Deployment.objects.get()
    release = made.release_wanted
    assert release is not None
    assert (made.owner, release.version, release.hardware) == (ada, hello, small)
    assert (release.max_instances, release.idle_seconds) == (2, 300)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Not a name"}, "Use 1 to 64 small letters"),
        ({"name": ""}, "This field is required."),
        ({"min_instances": 3, "max_instances": 2}, "cannot both be"),
        ({"max_instances": 0}, "greater than or equal to 1"),
        ({"stop_at": "2020-01-01T00:00"}, "This moment is over"),
        ({"stop_at": "tomorrow"}, "Enter a valid date/time."),
        ({"budget": "-1"}, "greater than or equal to"),
        ({"hardware": 0}, "Select a valid choice"),
        ({"hardware": "x"}, "Select a valid choice"),
        ({"version": 10**30}, "Select a valid choice"),
    ],
)
def test_a_wish_that_cannot_be_is_told_at_its_field(
    signed_in: Client, hello: Version, small: Hardware, changes: dict[str, Any], told: str
) -> None:
    response = signed_in.post(DEPLOY, wish(hello, small, **changes))

    assert response.status_code == 400
    assert told in response.content.decode()
    assert not Deployment.objects.exists()


def test_a_name_that_one_has_already_is_told(
    signed_in: Client, running: Deployment, hello: Version, small: Hardware
) -> None:
    response = signed_in.post(DEPLOY, wish(hello, small, name="hello"))

    assert "You have a deployment named hello already" in response.content.decode()


def test_looking_ahead_makes_nothing_and_reckons_with_the_load(
    signed_in: Client, hello: Version, small: Hardware
) -> None:
    Hardware.objects.update(price_per_second=Decimal("0.001"))
    sent = wish(hello, small, look=1, requests=10, seconds=2, idle_minutes=1, max_instances=1)

    page = signed_in.post(DEPLOY, sent).content.decode()

    assert "10 requests a day of 2 s each" in page
    assert "<dd>$0.62</dd>" in page  # 10 times 2 s of work and 60 s of waiting, $0.001 each
    assert not Deployment.objects.exists()


def test_looking_ahead_tells_what_does_not_fit(
    signed_in: Client, hello: Version, small: Hardware
) -> None:
    Bundle.objects.update(memory=2 * rows.GB)

    page = signed_in.post(DEPLOY, wish(hello, small, look=1)).content.decode()

    assert "Does not fit" in page and "Choose a larger one." in page


def test_what_cannot_run_leads_to_the_tab_that_says_why(signed_in: Client, hello: Version) -> None:
    Bundle.objects.all().delete()

    assert signed_in.get(DEPLOY)["Location"] == "/models/slipway/hello/run"


def test_settings_begin_with_what_is(signed_in: Client, running: Deployment) -> None:
    Release.objects.update(max_instances=7, idle_seconds=120)

    page = html(signed_in, f"{HELLO}/settings")

    assert 'name="max_instances" value="7"' in page
    assert 'name="idle_minutes" value="2"' in page


def test_a_change_is_a_release(
    signed_in: Client, running: Deployment, hello: Version, small: Hardware
) -> None:
    response = signed_in.post(f"{HELLO}/settings", wish(hello, small, max_instances=3))

    assert response["Location"] == HELLO
    newest = Release.objects.latest("number")
    assert (newest.number, newest.max_instances) == (2, 3)
    assert "Release 2 is on its way" in html(signed_in, HELLO)


def test_idle_seconds_that_are_no_minutes_stay_as_they_are(
    signed_in: Client, running: Deployment, hello: Version, small: Hardware
) -> None:
    Release.objects.update(idle_seconds=45)

    signed_in.post(f"{HELLO}/settings", wish(hello, small, idle_minutes=1, max_instances=3))

    assert Release.objects.latest("number").idle_seconds == 45


def test_a_wrong_change_is_told_and_changes_nothing(
    signed_in: Client, running: Deployment, hello: Version, small: Hardware
) -> None:
    sent = wish(hello, small, min_instances=9, max_instances=1)
    response = signed_in.post(f"{HELLO}/settings", sent)

    assert response.status_code == 400
    assert "cannot both be" in response.content.decode()
    assert Release.objects.count() == 1


def test_stop_and_start_are_wishes(signed_in: Client, running: Deployment) -> None:
    signed_in.post(f"{HELLO}/stop")
    running.refresh_from_db()
    assert running.wanted == Deployment.Wanted.STOPPED
    assert ">Start</button>" in html(signed_in, HELLO)

    signed_in.post(f"{HELLO}/start")
    running.refresh_from_db()
    assert running.wanted == Deployment.Wanted.RUNNING


def test_what_cannot_start_says_why(signed_in: Client, running: Deployment) -> None:
    Deployment.objects.update(wanted=Deployment.Wanted.STOPPED, budget=1, cost=2)

    signed_in.post(f"{HELLO}/start")

    assert "Its budget is used up" in html(signed_in, HELLO)


def test_a_deleted_deployment_is_gone_from_its_pages(
    signed_in: Client, running: Deployment
) -> None:
    response = signed_in.post(f"{HELLO}/delete")

    assert response["Location"] == "/deployments"
    assert "hello is deleted" in html(signed_in, "/deployments")
    assert signed_in.get(HELLO).status_code == 404


def test_rolling_back_is_a_new_release_as_the_old_one_was(
    signed_in: Client, running: Deployment, hello: Version
) -> None:
    running.release_wanted = rows.release(running, hello, 2, max_instances=5)
    running.save()
    page = html(signed_in, f"{HELLO}/releases")
    assert "Roll back to 1" in page and "Roll back to 2" not in page

    signed_in.post(f"{HELLO}/releases/1/again")

    newest = Release.objects.latest("number")
    assert (newest.number, newest.max_instances) == (3, 1)


def test_there_is_no_rolling_back_to_what_never_was(signed_in: Client, running: Deployment) -> None:
    signed_in.post(f"{HELLO}/releases/9/again")

    assert "There is no release 9 of it." in html(signed_in, HELLO)


@pytest.mark.parametrize("act", ["stop", "start", "delete", "settings", "releases/1/again", "run"])
def test_a_stranger_changes_nothing(client: Client, running: Deployment, act: str) -> None:
    client.force_login(rows.user("eve"))

    assert client.post(f"{HELLO}/{act}").status_code == 404


@pytest.mark.parametrize("act", ["stop", "start", "delete", "settings", "releases/1/again", "run"])
def test_what_does_not_come_from_our_own_pages_changes_nothing(
    running: Deployment, ada: User, act: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    assert client.post(f"{HELLO}/{act}").status_code == 403


@pytest.mark.parametrize("act", ["stop", "start", "delete", "releases/1/again"])
def test_a_link_changes_nothing(signed_in: Client, running: Deployment, act: str) -> None:
    assert signed_in.get(f"{HELLO}/{act}").status_code == 405


def test_a_failed_deployment_says_why_and_what_to_do(
    signed_in: Client, running: Deployment
) -> None:
    said = {"reason": "SetupFailed", "detail": "No module named 'torch'"}
    Deployment.objects.update(status=Status.FAILED, **said)

    page = html(signed_in, HELLO)

    for text in ("Failed", "The model failed while", "Look into its log", "No module named"):
        assert text in page, text


def test_a_build_says_which_step_it_does(
    signed_in: Client, running: Deployment, hello: Version
) -> None:
    environment = hello.bundle.environment
    environment.status, environment.step = "building", "Installing numpy"
    environment.save()
    Deployment.objects.update(status=Status.QUEUED, reason="BuildingEnvironment")

    page = html(signed_in, f"{HELLO}/part")

    assert "Installing numpy" in page and "/logs?of=build" in page
