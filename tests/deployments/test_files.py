"""Files: uploaded, handed out by signed addresses, and gone when their time is over."""

import hashlib
import io
import json
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer
from replicate.client import Client as Replicate

from accounts import tokens
from accounts.models import User
from config import links
from deployments import files
from deployments.models import StoredFile

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada", password="a-long-password")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", password="a-long-password")


def as_(user: User, *scopes: str) -> Client:
    text = tokens.make(user, name="test", scopes=list(scopes or ["all"]))[1]
    return Client(headers={"Authorization": f"Bearer {text}"})


def upload(client: Client, content: bytes = b"hello", name: str = "a.txt", **fields: Any) -> Any:
    kind = fields.pop("content_type", "text/plain")
    part = SimpleUploadedFile("x", content, content_type=kind)
    part.name, part._name = name, name  # as a hostile client writes it
    return client.post("/v1/files", {"content": part, **fields})


def kept(var_dir: Path) -> list[Path]:
    return [path for path in (var_dir / "files").glob("**/*") if path.is_file()]


def test_a_file_comes_back_as_it_was_sent(ada: User, client: Client) -> None:
    content = os.urandom(3_000_000)  # larger than what Django keeps in memory

    answer = upload(as_(ada), content, "picture.png", content_type="image/png")
    told = answer.json()
    response = client.get(told["urls"]["download"].removeprefix("http://testserver"))

    assert answer.status_code == 201
    assert told["size"] == 3_000_000
    assert told["checksums"] == {"sha256": hashlib.sha256(content).hexdigest()}
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == 'attachment; filename="picture.png"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "no type"]
)
def test_what_a_browser_could_run_is_handed_out_as_bytes(
    ada: User, client: Client, kind: str
) -> None:
    told = upload(as_(ada), b"<script>alert(1)</script>", "a.html", content_type=kind).json()

    response = client.get(told["urls"]["download"].removeprefix("http://testserver"))

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_an_empty_file_is_a_file(ada: User, client: Client) -> None:
    told = upload(as_(ada), b"").json()

    response = client.get(told["urls"]["download"].removeprefix("http://testserver"))

    assert told["size"] == 0
    assert b"".join(response.streaming_content) == b""


def test_metadata_is_kept_as_a_field_and_as_a_part(ada: User) -> None:
    client = as_(ada)
    part = SimpleUploadedFile("blob", b'{"order": 8}', content_type="application/json")

    assert upload(client, metadata=json.dumps({"order": 7})).json()["metadata"] == {"order": 7}
    assert upload(client, metadata=part).json()["metadata"] == {"order": 8}
    assert upload(client, metadata="[1]").status_code == 400


def test_without_content_the_answer_names_the_part(ada: User) -> None:
    answer = as_(ada).post("/v1/files", {"file": "x"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "content"


def test_too_large_a_file_leaves_nothing(ada: User, settings: Settings, var_dir: Path) -> None:
    settings.FILE_SIZE_MAX = 1_000_000

    answer = upload(as_(ada), bytes(1_000_001))

    assert answer.status_code == 413
    assert "1 MB at most" in answer.json()["detail"]
    assert kept(var_dir) == []
    assert not StoredFile.objects.exists()


def test_a_body_that_says_that_it_is_too_large_is_not_even_read(
    ada: User, settings: Settings
) -> None:
    settings.FILE_SIZE_MAX = 1000

    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

    answer = as_(ada).generic(
        "POST",
        "/v1/files",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": "9000000"},
    )

    assert answer.status_code == 413


def test_the_files_of_one_person_have_a_limit_together(
    ada: User, bob: User, settings: Settings, var_dir: Path
) -> None:
    settings.FILES_PER_OWNER = 10
    client = as_(ada)

    assert upload(client, b"12345678").status_code == 201
    answer = upload(client, b"123")

    assert answer.status_code == 413
    assert "delete some" in answer.json()["detail"]
    assert len(kept(var_dir)) == 1
    assert upload(as_(bob), b"123").status_code == 201


class BreaksOff(io.BytesIO):
    def read(self, *_: Any) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(3)


def test_an_upload_that_breaks_off_leaves_nothing(ada: User, var_dir: Path) -> None:
    with pytest.raises(ConnectionResetError):
        files.store(ada, "a", "text/plain", BreaksOff(b"hello"))

    assert kept(var_dir) == []
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\a.txt", "a.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("模型.png", "模型.png"),
        ("a" * 400 + ".png", "a" * 251 + ".png"),
        ("名" * 200 + ".png", "名" * 83 + ".png"),
    ],
)
def test_names_are_one_harmless_line(sent: str, name: str) -> None:
    assert files.clean_name(sent) == name
    assert len(files.clean_name(sent).encode()) <= 255


def test_a_hostile_name_stays_within_its_header(ada: User, client: Client) -> None:
    told = files.store(ada, 'a"; filename=evil.html\r\nX: y', "text/plain", io.BytesIO(b"x"))

    response = client.get(files.url_of(told).partition("8000")[2])

    assert "\n" not in response["Content-Disposition"]
    assert "X" not in response.headers


def test_a_signature_opens_one_file_of_one_owner_until_its_end(
    ada: User, bob: User, client: Client
) -> None:
    mine, other = (files.store(ada, "a", "text/plain", io.BytesIO(b"x")) for _ in "12")
    parts = urlsplit(files.url_of(mine))
    said = {name: value[0] for name, value in parse_qs(parts.query).items()}

    def status(path: str = parts.path, **changed: str) -> int:
        return client.get(path, {**said, **changed}).status_code

    assert status() == 200
    assert status(path=f"/v1/files/{other.pk}/download") == 404
    assert status(owner="bob") == 404
    assert status(expiry=str(int(said["expiry"]) + 1)) == 404
    assert status(signature=said["signature"][:-1] + "_") == 404
    assert status(signature="") == 404
    assert status(expiry="nonsense") == 404
    assert status(expiry="868984938397") == 404  # in the year 29506
    assert status(owner="a\0") == 404


def test_a_link_ends(ada: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = files.store(ada, "a", "text/plain", io.BytesIO(b"x"))
    monkeypatch.setattr(links, "HOLDS", timedelta(hours=-3))

    response = client.get(files.url_of(stored).partition("8000")[2])

    assert response.status_code == 404
    assert "its time is over" in response.json()["detail"]


def test_somebody_elses_file_does_not_exist(ada: User, bob: User) -> None:
    told = upload(as_(ada)).json()
    client = as_(bob)

    assert client.get(f"/v1/files/{told['id']}").status_code == 404
    assert client.delete(f"/v1/files/{told['id']}").status_code == 404
    assert client.get("/v1/files").json()["results"] == []


def test_files_need_a_token_and_its_scope(ada: User, client: Client) -> None:
    reader = as_(ada, "files:read", "models:write")

    assert client.get("/v1/files").status_code == 401
    assert reader.get("/v1/files").status_code == 200
    refused = upload(reader)
    assert refused.status_code == 403
    assert "lacks the scope files:write" in refused.json()["detail"]


def test_a_session_uploads_only_with_the_proof_against_forgery(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    assert client.get("/v1/files").status_code == 200
    assert upload(client).status_code == 403


def test_a_list_has_pages_and_few_queries(
    ada: User, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    client = as_(ada)
    names = [upload(client, name=f"{number}.txt").json()["name"] for number in range(5)]
    client.get("/v1/files")

    with django_assert_num_queries(4):
        first = client.get("/v1/files?limit=3").json()
    second = client.get(first["next"].removeprefix("http://testserver")).json()

    shown = [row["name"] for row in first["results"] + second["results"]]
    assert shown == names[::-1]
    assert second["next"] is None


def test_a_deleted_file_is_gone(
    ada: User, client: Client, var_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    told = upload(as_(ada)).json()

    with django_capture_on_commit_callbacks(execute=True):
        answer = as_(ada).delete(f"/v1/files/{told['id']}")

    assert answer.status_code == 204
    assert kept(var_dir) == []
    assert client.get(told["urls"]["download"].removeprefix("http://testserver")).status_code == 404


def test_what_is_over_its_time_and_what_has_no_row_is_forgotten(
    ada: User, var_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    over, current, lost = (files.store(ada, "a", "text/plain", io.BytesIO(b"x")) for _ in "123")
    StoredFile.objects.filter(pk=over.pk).update(expires_at=timezone.now())
    StoredFile.objects.filter(pk=lost.pk).delete()
    long_ago = time.time() - 7200
    os.utime(files.path_of(lost), (long_ago, long_ago))
    os.utime(files.path_of(current), (long_ago, long_ago))

    with django_capture_on_commit_callbacks(execute=True):
        assert files.forget() == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert files.forget() == 0

    assert kept(var_dir) == [files.path_of(current)]


def test_an_input_names_a_file_by_its_own_address_or_by_a_signed_one(ada: User, bob: User) -> None:
    told = upload(as_(ada)).json()

    named = files.named_by(told["urls"]["get"], ada)
    assert named is not None and files.read(named).read() == b"hello"
    assert files.named_by(told["urls"]["download"], bob) == named
    assert files.named_by(told["urls"]["get"], bob) is None
    assert files.named_by("https://example.org/a.png", ada) is None


@pytest.mark.django_db(transaction=True)
def test_replicates_own_client_uploads_lists_gets_and_deletes(
    ada: User, live_server: LiveServer
) -> None:
    text = tokens.make(ada, name="test", scopes=["all"])[1]
    replicate = Replicate(base_url=live_server.url, api_token=text)

    made = replicate.files.create(io.BytesIO(b"hello"), filename="a.txt", metadata={"a": 1})

    assert replicate.files.get(made.id).metadata == {"a": 1}
    assert [one.id for one in replicate.files.list()] == [made.id]
    assert replicate.files.delete(made.id)
    assert replicate.files.list() == []
    assert replicate.accounts.current().username == "ada"
