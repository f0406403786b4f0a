"""The Run tab, "try it" of a deployment, and predictions, without a model behind them."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import FormerName, Version
from deployments import files
from deployments.models import Bundle, Deployment, Prediction, StoredFile
from deployments.predictions.outputs import MARK
from tests.deployments import rows

from .test_deployments import html

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
RUN = "/models/slipway/hello/run"
FILE = {"type": "string", "format": "uri"}


@pytest.fixture(autouse=True)
def _offered(db: None) -> None:
    rows.hardware()


def send(client: Client, path: str, **fields: object) -> str:
    """The page that is shown then."""
    response = client.post(path, {f"input-{name}": value for name, value in fields.items()})
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def test_a_model_has_a_tab_where_it_is_run(client: Client, hello: Version) -> None:
    page = html(client, "/models/slipway/hello")

    assert f'<a href="{RUN}">Run</a>' in page
    assert f'<a class="label good" href="{RUN}">Runs here</a>' in page


def test_who_did_not_sign_in_sees_the_form_and_a_way_in(client: Client, hello: Version) -> None:
    page = html(client, RUN)

    assert 'name="input-text"' in page
    assert f"/account/login?next={RUN}" in page
    assert 'type="submit">Run' not in page


def test_what_is_sent_without_signing_in_leads_to_the_sign_in(
    client: Client, hello: Version
) -> None:
    response = client.post(RUN, {"input-text": "you"})

    assert response["Location"].startswith("/account/login?next=")
    assert not Prediction.objects.exists()


def test_a_version_that_cannot_run_says_why_instead_of_offering_it(
    client: Client, hello: Version
) -> None:
    Bundle.objects.all().delete()
    Version.objects.update(image="r8.im/slipway/hello@sha256:abc")

    page = html(client, RUN)

    assert "which needs a container runtime" in page
    assert "hello/deploy" not in page and "input-text" not in page


def test_a_former_name_and_another_case_lead_to_the_tab(client: Client, hello: Version) -> None:
    FormerName.objects.create(key="old/name", ai_model=hello.ai_model)

    for path in ("/models/old/name/run", "/models/Slipway/HELLO/run"):
        assert client.get(path)["Location"] == RUN


def test_a_name_with_slashes_has_its_tab(client: Client, hello: Version) -> None:
    hello.ai_model.name = "hello/of/many"
    hello.ai_model.save()

    assert "input-text" in html(client, "/models/slipway/hello/of/many/run")


def test_running_makes_a_prediction_and_shows_it_beside_what_was_typed(
    signed_in: Client, hello: Version, ada: User
) -> None:
    there = send(signed_in, RUN, text="you & me")

    prediction = Prediction.objects.get()
    assert there == f"{RUN}?prediction={prediction.pk}#answer"
    assert (prediction.owner, prediction.source) == (ada, Prediction.Source.WEB)
    assert prediction.input == {"text": "you & me"}
    page = html(signed_in, there)
    assert "you &amp; me</textarea>" in page
    assert f'data-live="/predictions/{prediction.pk}/part"' in page
    assert "Number 1 in the queue." in page


def test_what_is_missing_is_told_and_nothing_is_asked(signed_in: Client, hello: Version) -> None:
    response = signed_in.post(RUN, {"input-text": ""})

    assert response.status_code == 400
    assert "This field is required." in response.content.decode()
    assert not Prediction.objects.exists()


def test_what_the_schema_refuses_is_told_at_its_field(signed_in: Client, hello: Version) -> None:
    more = {"type": "integer", "exclusiveMinimum": 5}
    Version.objects.update(openapi_schema=rows.schema({"properties": {"number": more}}))

    response = signed_in.post(RUN, {"input-number": "5"})

    assert response.status_code == 400
    assert "less than or equal to the minimum of 5" in response.content.decode()


def test_a_file_is_kept_and_named_by_its_address(
    signed_in: Client, hello: Version, ada: User
) -> None:
    Version.objects.update(openapi_schema=rows.schema({"properties": {"file": FILE}}))

    send(signed_in, RUN, file=SimpleUploadedFile("a.txt", b"some", "text/plain"))

    stored = StoredFile.objects.get()
    assert (stored.owner, stored.name, stored.size) == (ada, "a.txt", 4)
    prediction = Prediction.objects.get()
    assert files.named_by(prediction.input["file"], ada) == stored


def test_a_file_that_is_too_large_is_told(
    signed_in: Client, hello: Version, settings: pytest.FixtureRequest
) -> None:
    settings.FILE_SIZE_MAX = 3  # type: ignore[attr-defined]
    Version.objects.update(openapi_schema=rows.schema({"properties": {"file": FILE}}))

    sent = {"input-file": SimpleUploadedFile("a.txt", b"some", "text/plain")}
    response = signed_in.post(RUN, sent)

    assert response.status_code == 400
    assert "A file may have" in response.content.decode()


def test_a_stopped_deployment_says_so_and_what_to_do(
    signed_in: Client, running: Deployment
) -> None:
    Deployment.objects.update(wanted=Deployment.Wanted.STOPPED)

    response = signed_in.post("/deployments/ada/hello/run", {"input-text": "you"})

    assert response.status_code == 400
    assert "start it" in response.content.decode()


def test_a_deployment_is_tried_on_its_own_page(signed_in: Client, running: Deployment) -> None:
    there = send(signed_in, "/deployments/ada/hello/run", text="you")

    prediction = Prediction.objects.get()
    assert prediction.deployment == running
    assert there == f"/deployments/ada/hello/run?prediction={prediction.pk}#answer"
    assert "Number 1 in the queue." in html(signed_in, there)


def test_the_page_of_a_prediction_tells_what_was_asked_and_answered(
    signed_in: Client, ada: User, running: Deployment, hello: Version
) -> None:
    fields = {"output": "hello <you>", "logs": "greeting you", "cost": "0.00005"}
    prediction = rows.prediction(ada, hello, deployment=running, **fields)

    page = html(signed_in, f"/predictions/{prediction.pk}")

    for text in ("hello &lt;you&gt;", "greeting you", "$0.00005", "1 s", "slipway/hello"):
        assert text in page, text
    assert f'href="/deployments/ada/hello/run?again={prediction.pk}"' in page
    assert "data-live" not in page


def test_run_again_begins_with_what_was_given(signed_in: Client, ada: User, hello: Version) -> None:
    prediction = rows.prediction(ada, hello, input={"text": "the same"})

    assert "the same</textarea>" in html(signed_in, f"{RUN}?again={prediction.pk}")


def test_what_another_gave_a_model_is_not_shown(
    signed_in: Client, hello: Version, client: Client
) -> None:
    prediction = rows.prediction(rows.user("eve"), hello, input={"text": "private"})

    assert "private" not in html(signed_in, f"{RUN}?again={prediction.pk}")
    for path in ("", "/part"):
        assert signed_in.get(f"/predictions/{prediction.pk}{path}").status_code == 404
    assert signed_in.get(f"{RUN}?prediction={prediction.pk}").status_code == 404
    assert signed_in.post(f"/predictions/{prediction.pk}/cancel").status_code == 404


def test_files_that_a_model_made_are_shown_by_their_kind(
    signed_in: Client, ada: User, hello: Version
) -> None:
    prediction = rows.prediction(ada, hello, output=None)
    kinds = ["image/png", "audio/wav", "video/mp4", "image/svg+xml", "text/html"]
    for kind in kinds:
        file = SimpleUploadedFile("x", b"some")
        stored = files.store(ada, f"a-{kind.replace('/', '.')}", kind, file, prediction)
        prediction.output = [*(prediction.output or []), f"{MARK}{stored.pk}"]
    prediction.save()

    page = html(signed_in, f"/predictions/{prediction.pk}")

    assert len(re.findall(r'<img src="[^"]+/download', page)) == 1
    assert page.count("<audio") == page.count("<video") == 1
    assert page.count(" download>a-") == 5


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ("plain", '<p class="said">plain</p>'),
        (7, '<p class="said">7</p>'),
        (False, '<p class="said">false</p>'),
        (["a", "b"], '<p class="said">a</p>'),
        ({"label": "cat", "box": [1]}, "<code>label</code>"),
        ([[1], {"a": 2}], "&quot;a&quot;: 2"),
        ("", "It answered nothing."),
        (None, "It answered nothing."),
        (f"{MARK}gone", "This file is kept no longer."),
    ],
)
def test_every_kind_of_output_is_shown(
    signed_in: Client, ada: User, hello: Version, output: object, shown: str
) -> None:
    listed = rows.schema(output={"type": "array", "items": {"type": "string"}})
    Version.objects.update(openapi_schema=listed)
    prediction = rows.prediction(ada, hello, output=output)

    assert shown in html(signed_in, f"/predictions/{prediction.pk}")


def test_pieces_of_a_text_are_one_text(signed_in: Client, ada: User, hello: Version) -> None:
    pieces = {"type": "array", "items": {"type": "string"}, "x-cog-array-display": "concatenate"}
    Version.objects.update(openapi_schema=rows.schema(output=pieces))
    prediction = rows.prediction(ada, hello, output=["Once ", "upon"])

    assert "Once upon</p>" in html(signed_in, f"/predictions/{prediction.pk}")


def test_a_secret_is_shown_nowhere(signed_in: Client, ada: User, hello: Version) -> None:
    secret = {"type": "string", "format": "password"}
    Version.objects.update(openapi_schema=rows.schema({"properties": {"key": secret}}))
    prediction = rows.prediction(ada, hello, input={"key": "sesame"})

    for path in ("/predictions", f"/predictions/{prediction.pk}", f"{RUN}?again={prediction.pk}"):
        assert "sesame" not in html(signed_in, path)


def test_a_prediction_of_which_the_data_is_gone_says_so(
    signed_in: Client, ada: User, hello: Version
) -> None:
    prediction = rows.prediction(ada, hello, input={}, output=None, is_data_removed=True)

    assert "their time was over" in html(signed_in, f"/predictions/{prediction.pk}")


def test_what_waits_is_cancelled(signed_in: Client, ada: User, hello: Version) -> None:
    prediction = rows.prediction(ada, hello, status=Prediction.Status.STARTING)

    response = signed_in.post(f"/predictions/{prediction.pk}/cancel")

    assert response["Location"] == f"/predictions/{prediction.pk}"
    prediction.refresh_from_db()
    assert prediction.status == Prediction.Status.CANCELED


def test_an_error_is_shown_with_the_log_open(signed_in: Client, ada: User, hello: Version) -> None:
    failed = {"status": Prediction.Status.FAILED, "output": None}
    prediction = rows.prediction(ada, hello, error="ValueError: <no>", logs="before it", **failed)

    page = html(signed_in, f"/predictions/{prediction.pk}")

    assert "ValueError: &lt;no&gt;" in page
    assert re.search(r'<details class="answer-logs"[^>]* open>', page)


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_of_predictions_needs_as_many_queries_for_twenty_as_for_one(
    signed_in: Client,
    ada: User,
    running: Deployment,
    hello: Version,
    count: int,
    django_assert_num_queries: "DjangoAssertNumQueries",
) -> None:
    for _ in range(count):
        rows.prediction(ada, hello, deployment=running)

    with django_assert_num_queries(6):  # session, user, memberships, count, rows, what is secret
        page = html(signed_in, "/predictions")

    assert page.count('class="row asked"') == count


def test_the_list_of_predictions_is_narrowed_by_what_became_of_them(
    signed_in: Client, ada: User, hello: Version
) -> None:
    rows.prediction(ada, hello, input={"text": "went well"})
    rows.prediction(ada, hello, input={"text": "went wrong"}, status=Prediction.Status.FAILED)

    page = html(signed_in, "/predictions?status=failed")

    assert "went wrong" in page and "went well" not in page
    assert "None of your predictions" in html(signed_in, "/predictions?status=aborted")


def test_who_asked_nothing_is_told_where_to_begin(signed_in: Client) -> None:
    assert "You asked no model yet." in html(signed_in, "/predictions")


def test_the_page_of_a_prediction_needs_few_queries(
    signed_in: Client,
    ada: User,
    running: Deployment,
    hello: Version,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    waiting = {"status": Prediction.Status.STARTING, "deployment": running}
    now = timezone.now()
    prediction = rows.prediction(ada, hello, created_at=now - timedelta(seconds=9), **waiting)

    with django_assert_max_num_queries(6):
        html(signed_in, f"/predictions/{prediction.pk}/part")
