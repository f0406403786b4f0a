"""Pushing by the API: who may, and what comes of good and bad bundles."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import tokens
from accounts.models import User
from catalog.models import AIModel, Publisher, Source, Version
from deployments.bundles import keeping
from deployments.models import Environment
from tests.deployments import making
from tests.deployments.bundles.packing import Content, files_of, tarred, zipped
from tests.deployments.bundles.test_reading import CODE, CONFIG
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
PLAIN = {"cog.yaml": CONFIG.encode(), "predict.py": CODE.encode()}


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


def as_(user: User, *scopes: str) -> Client:
    text = tokens.make(user, name="test", scopes=list(scopes or ["models:write"]))[1]
    return Client(headers={"Authorization": f"Bearer {text}"})


def push(client: Client, archive: bytes, name: str = "ada/hello") -> Any:
    part = SimpleUploadedFile("bundle", archive)
    return client.post(f"/v1/models/{name}/versions", {"bundle": part})


def sentence(answer: Any) -> str:
    """Of a bundle that was refused; nothing of it is kept."""
    assert answer.status_code == 400, answer.content
    (error,) = answer.json()["errors"]
    assert error["field"] == "bundle"
    assert not Version.objects.filter(ai_model__publisher__key="ada").exists()
    assert [path for path in keeping.place().glob("*") if path.name.startswith(".")] == []
    return str(error["detail"])


def test_a_bundle_becomes_a_version_as_the_catalog_shows_it(ada: User) -> None:
    same = making.hello_version()  # and its environment
    hello = files_of(making.EXAMPLES / "hello")
    client = as_(ada)

    answer = push(client, zipped(hello))
    again = push(client, tarred({f"hello/{name}": content for name, content in hello.items()}))

    assert answer.status_code == 201, answer.content
    assert again.json() == answer.json()
    assert answer.json()["id"] == same.version_id
    listed = Client().get("/v1/models/ada/hello/versions").json()["results"]
    assert listed == [answer.json()]
    properties = listed[0]["openapi_schema"]["components"]["schemas"]["Input"]["properties"]
    assert properties["text"]["description"] == "Whom to greet"
    assert AIModel.objects.get(key="ada/hello").is_runnable


def test_a_predictor_that_fails_tells_what_python_said(ada: User) -> None:
    making.hello_version()
    code = b"raise RuntimeError('no weights')\nclass Predictor: ...\n"

    said = sentence(push(as_(ada), zipped({**PLAIN, "predict.py": code})))

    assert "no weights" in said


def test_a_predictor_that_never_stops_talking_is_cut_short(ada: User) -> None:
    making.hello_version()
    code = (
        b"import sys\nsys.stderr.write('x' * 2**25)\nraise OSError('enough')\nclass Predictor: ..."
    )

    said = sentence(push(as_(ada), zipped({**PLAIN, "predict.py": code})))

    assert said.startswith("Its predictor cannot be used:")
    assert "enough" in said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"cog.yaml": b""}, "must be a mapping"),
        ({"cog.yaml": b"build: {}"}, "names no predictor"),
        ({"cog.yaml": b"a: &a [1]\nb: *a"}, "has an alias"),
        ({"cog.yaml": CONFIG.encode() + b'x: "\\0"'}, "has a character that is none"),
        ({"cog.yaml": CONFIG.encode() + b"x: .nan"}, "says what JSON cannot"),
        ({"cog.yaml": CONFIG.encode() + b"build: {python_packages: numpy}"}, "must be a list"),
        ({"cog.yaml": b"x" * 2**17}, "larger than 64 kB"),
        ({"predict.py": b"class Predictor(:"}, "predict.py, line 1"),
        ({"predict.py": b"x = 1\n" * 2**18}, "larger than 1,024 kB"),
        ({"predict.py": b"-" * 10**6 + b"1"}, "is not Python that can be read"),
        ({"predict.py": b"\0"}, "null byte"),
        ({"README.md": b"x" * 2**21}, "larger than 1,024 kB"),
        ({"../evil": b""}, "leads out of the bundle"),
    ],
)
def test_a_bad_bundle_gets_a_sentence_and_leaves_nothing_behind(
    ada: User, files: Content, said: str
) -> None:
    assert said in sentence(push(as_(ada), zipped({**PLAIN, **files})))
    assert not list(keeping.place().iterdir())
    assert not Environment.objects.exists()


def test_a_body_of_two_gigabytes_is_refused_before_it_is_read(ada: User) -> None:
    answer = as_(ada).post(
        "/v1/models/ada/hello/versions",
        {"bundle": SimpleUploadedFile("b", b"x")},
        CONTENT_LENGTH=str(2 * 2**30),
    )

    assert answer.status_code == 413
    assert "1,024 MB at most" in answer.json()["detail"]


@pytest.mark.parametrize("fields", [{}, {"bundle": "text"}])
def test_without_a_file_the_answer_names_the_part(ada: User, fields: dict[str, str]) -> None:
    answer = as_(ada).post("/v1/models/ada/hello/versions", fields)

    assert "part `bundle` of a form" in sentence(answer)


def test_pushing_needs_a_token_with_its_scope(ada: User, client: Client) -> None:
    assert push(client, b"").status_code == 401
    refused = push(as_(ada, "predictions:write", "models:read"), b"")
    assert refused.status_code == 403
    assert "lacks the scope models:write" in refused.json()["detail"]
    assert client.get("/v1/models/ada/hello/versions").status_code == 404


def test_a_session_pushes_only_with_the_proof_against_forgery(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    assert push(client, zipped(PLAIN)).status_code == 403


def test_other_names_and_imported_models_are_not_ones_own(ada: User) -> None:
    publisher = Publisher.objects.create(slug="Ada")
    AIModel.objects.create(publisher=publisher, name="from-afar", source=Source.REPLICATE)
    client = as_(ada)

    other = push(client, zipped(PLAIN), "slipway/hello")
    imported = push(client, zipped(PLAIN), "ada/from-afar")

    assert (other.status_code, imported.status_code) == (403, 403)
    assert "below ada/, not below slipway/" in other.json()["detail"]
    assert "was imported from elsewhere" in imported.json()["detail"]


@pytest.mark.parametrize(
    ("rights", "status"), [({"is_superuser": True}, 400), ({"is_superuser": False}, 403)]
)
def test_only_staff_that_may_change_models_pushes_below_any_name(
    ada: User, rights: dict[str, bool], status: int
) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True, **rights)
    with_second_factor(ada)

    answer = push(as_(ada), zipped({**PLAIN, "cog.yaml": b"build: {}"}), "slipway/hello")

    assert answer.status_code == status


@pytest.mark.parametrize("name", ["ada/.hidden", "ada/a%20b", "ada/a/b"])
def test_names_that_the_catalog_cannot_hold_are_refused(ada: User, name: str) -> None:
    assert "cannot be the name of a model" in sentence(push(as_(ada), zipped(PLAIN), name))
