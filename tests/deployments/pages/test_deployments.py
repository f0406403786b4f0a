"""Pages of deployments by their addresses, as their owner and as others get them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Version
from deployments import metrics
from deployments.models import Deployment, Event, Instance, Prediction, Reason, Release, Status
from tests.deployments import rows

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
HELLO = "/deployments/ada/hello"
PAGES = ("", "/part", "/logs", "/logs.txt", "/logs/stream", "/metrics", "/releases")


def html(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response
    return response.content.decode()


def write_log(instance: Instance, *texts: str) -> Path:
    folder = Path(settings.VAR_DIR, "instances", instance.key)
    folder.mkdir(parents=True, exist_ok=True)
    said = [{"at": "2026-11-25T12:00:00.123Z", "stream": "out", "text": text} for text in texts]
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in said))
    return path


@pytest.mark.parametrize("path", ["/deployments", *(HELLO + page for page in PAGES)])
def test_who_did_not_sign_in_is_asked_to(client: Client, running: Deployment, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"] == f"/account/login?next={path}"


@pytest.mark.parametrize("page", PAGES)
def test_for_a_stranger_there_is_no_such_deployment(
    client: Client, running: Deployment, page: str
) -> None:
    client.force_login(rows.user("eve"))

    assert client.get(HELLO + page).status_code == 404


def test_deleted_and_shared_deployments_are_nobodys(
    signed_in: Client, ada: User, hello: Version
) -> None:
    rows.deployment(ada, hello, "deleted", deleted_at=timezone.now())
    rows.deployment(ada, hello, "shared", is_shared=True)

    page = html(signed_in, "/deployments")

    assert "Nothing is deployed yet." in page
    assert signed_in.get("/deployments/ada/deleted").status_code == 404
    assert signed_in.get("/deployments/ada/shared").status_code == 404


def test_the_list_tells_what_each_does_and_costs(signed_in: Client, running: Deployment) -> None:
    rows.instance(running)
    Deployment.objects.update(cost="1.5", status=Status.UPDATING, reason=Reason.RUNNING_SETUP)

    page = html(signed_in, "/deployments")

    for text in ("hello", "Updating", "The model is being loaded", "CPU small", "1 / 1", "$1.5"):
        assert text in page, text


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_needs_as_many_queries_for_twenty_as_for_one(
    signed_in: Client,
    ada: User,
    hello: Version,
    count: int,
    django_assert_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(count):
        rows.deployment(ada, hello, f"hello-{number}")

    with django_assert_num_queries(6):  # session, user, memberships, count, rows, offers
        page = html(signed_in, "/deployments")

    assert page.count('class="row deployed"') == count


def test_a_long_list_has_pages(signed_in: Client, ada: User, hello: Version) -> None:
    for number in range(51):
        rows.deployment(ada, hello, f"hello-{number}")

    assert 'rel="next" href="/deployments?page=2"' in html(signed_in, "/deployments")
    last = html(signed_in, "/deployments?page=2")
    assert "51–51 of 51" in last and "hello-0<" in last
    assert "1–50 of 51" in html(signed_in, "/deployments?page=x")


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_needs_as_many_queries_for_twenty_instances_as_for_one(
    signed_in: Client,
    running: Deployment,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(count):
        rows.instance(running, number)
        Event.objects.create(deployment=running, kind="instance", code="Ready", by=running.owner)

    with django_assert_max_num_queries(8):
        page = html(signed_in, HELLO)

    assert page.count("landlock") == count


def test_the_timeline_tells_what_happened_and_why(signed_in: Client, running: Deployment) -> None:
    said = {"kind": "status", "code": Reason.SETUP_FAILED, "detail": "No module named <torch>"}
    Event.objects.create(deployment=running, release_number=1, **said)

    page = html(signed_in, HELLO)

    assert "The model could not be loaded" in page
    assert "No module named &lt;torch&gt;" in page
    assert "release 1" in page


def test_a_long_timeline_is_shown_whole_when_asked(signed_in: Client, running: Deployment) -> None:
    for _ in range(45):
        Event.objects.create(deployment=running, kind="instance", code="Ready")

    assert html(signed_in, HELLO).count("<b>Ready</b>") == 40
    assert html(signed_in, f"{HELLO}?events=all").count("<b>Ready</b>") == 45


def test_the_part_that_changes_is_looked_at_often_until_it_is_settled(
    signed_in: Client, running: Deployment
) -> None:
    assert 'data-every="10000"' in html(signed_in, f"{HELLO}/part")
    Deployment.objects.update(status=Status.STARTING)

    assert 'data-every="1500"' in html(signed_in, f"{HELLO}/part")
    assert "Look again" in html(signed_in, HELLO)  # for who has no JavaScript


def test_a_log_is_shown_searched_and_downloaded(signed_in: Client, running: Deployment) -> None:
    instance = rows.instance(running)
    write_log(instance, "loading <weights>", "ready")

    page = html(signed_in, f"{HELLO}/logs")
    found = html(signed_in, f"{HELLO}/logs?of={instance.key}&q=WEIGHTS")
    text = signed_in.get(f"{HELLO}/logs.txt?of={instance.key}&q=weights")

    assert "loading &lt;weights&gt;" in page and "ready" in page
    assert "loading" in found and "<span>ready</span>" not in found
    assert b"".join(text) == b"2026-11-25T12:00:00.123Z out     loading <weights>\n"
    assert text["Content-Disposition"] == f'attachment; filename="hello-{instance.key}.log"'


def test_the_log_of_an_instance_that_has_ended_is_still_there(
    signed_in: Client, running: Deployment
) -> None:
    instance = rows.instance(running, status=Instance.Status.ENDED)
    write_log(instance, "last words")

    page = html(signed_in, f"{HELLO}/logs")

    assert "last words" in page
    assert "data-follow" not in page


def test_a_log_of_somebody_else_is_not_shown(signed_in: Client, running: Deployment) -> None:
    others = rows.deployment(rows.user("eve"), rows.version())
    write_log(rows.instance(others), "secret")

    for page in ("logs", "logs.txt", "logs/stream"):
        path = f"{HELLO}/{page}?of=d{others.pk}-r1-i1"
        assert signed_in.get(path).status_code == 404


@pytest.mark.parametrize("of", ["%00", "..%2F..", "x" * 500])
def test_a_log_that_there_is_not_is_not_found(
    signed_in: Client, running: Deployment, of: str
) -> None:
    assert signed_in.get(f"{HELLO}/logs?of={of}").status_code == 404


def test_the_stream_of_a_log_goes_on_where_the_browser_was(
    signed_in: Client, running: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.views.logs.STREAM_SECONDS", 0.1)
    instance = rows.instance(running)
    path = write_log(instance, "seen", "new")
    seen = f"{path.stat().st_ino}-{len(path.read_bytes().splitlines(keepends=True)[0])}"

    response = signed_in.get(
        f"{HELLO}/logs/stream?of={instance.key}", headers={"Last-Event-ID": seen}
    )

    assert response["Content-Type"] == "text/event-stream"
    said = b"".join(response).decode()  # type: ignore[arg-type]
    assert f"id: {path.stat().st_ino}-{path.stat().st_size}\nevent: line\n" in said
    assert '"text": "new"' in said and "seen" not in said


@pytest.mark.parametrize("span", ["1h", "24h", "7d", "30d", "nonsense"])
def test_figures_are_drawn_with_a_table_beside_them(
    signed_in: Client, running: Deployment, hello: Version, span: str
) -> None:
    for status in (Prediction.Status.SUCCEEDED, Prediction.Status.FAILED):
        prediction = rows.prediction(running.owner, hello, deployment=running, status=status)
        metrics.note(prediction)
    rows.instance(running)
    metrics.note_instances()

    page = html(signed_in, f"{HELLO}/metrics?span={span}")

    assert 'aria-label="Requests: 2 requests, 1 of them failed"' in page
    assert page.count("<svg") >= 5
    assert "half within" in page


def test_figures_of_nothing_say_why(signed_in: Client, running: Deployment) -> None:
    assert "Nothing was noted in this time" in html(signed_in, f"{HELLO}/metrics")


@pytest.mark.parametrize("count", [1, 20])
def test_releases_need_as_many_queries_for_twenty_as_for_one(
    signed_in: Client,
    running: Deployment,
    hello: Version,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(2, count + 1):
        rows.release(running, hello, number)

    with django_assert_max_num_queries(6):
        page = html(signed_in, f"{HELLO}/releases")

    assert page.count('class="release"') == count


def test_a_release_that_failed_tells_why(
    signed_in: Client, running: Deployment, hello: Version
) -> None:
    failed = {"status": Release.Status.FAILED, "reason": Reason.SETUP_TIMED_OUT}
    rows.release(running, hello, 2, detail="300 seconds were over", **failed)

    page = html(signed_in, f"{HELLO}/releases")

    assert "Loading the model took too long" in page and "300 seconds were over" in page


def test_a_build_that_goes_on_is_what_the_logs_begin_with(
    signed_in: Client, running: Deployment, hello: Version
) -> None:
    environment = hello.bundle.environment
    environment.status = "building"
    environment.save()
    rows.instance(running, status=Instance.Status.ENDED, started_at=timezone.now() - timedelta(1))

    page = html(signed_in, f"{HELLO}/logs")

    assert "of=build&amp;place=" in page or "logs/stream?of=build" in page
