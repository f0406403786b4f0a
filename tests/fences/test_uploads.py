"""Bodies and files that are meant to do harm, at the doors that take them.

Archives have tests of their own (tests/deployments/bundles/test_unpacking.py), pictures too
(tests/fences/test_images.py).
"""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import tokens
from accounts.models import User
from deployments.models import StoredFile

pytestmark = pytest.mark.django_db

SCRIPT = b"<!doctype html><script>window.__xss = 1</script>"
DEEP = "[" * 100_000 + "]" * 100_000


@pytest.fixture
def bearer() -> dict[str, str]:
    _token, text = tokens.make(User.objects.create_user("ada"), name="mine", scopes=["all"])
    return {"Authorization": f"Bearer {text}"}


def polyglot() -> bytes:
    """A page to a browser, and an archive to whoever reads it from its end."""
    whole = io.BytesIO(SCRIPT)
    whole.seek(0, io.SEEK_END)
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("cog.yaml", "predict: predict.py:Predictor")
    return whole.getvalue()


@pytest.mark.parametrize("address", ["/v1/predictions", "/v1/deployments"])
@pytest.mark.parametrize(
    "body",
    [DEEP, f'{{"input": {DEEP}}}', '{"a":' * 50_000, '{"input": 1e999999}', "\ud800"],
)
def test_a_body_that_would_break_a_parser_is_told_so(
    client: Client, bearer: dict[str, str], address: str, body: str
) -> None:
    sent = body.encode("utf-8", "surrogatepass")

    response = client.post(address, sent, content_type="application/json", headers=bearer)

    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "content_type", "content"),
    [
        ("page.html", "text/html", SCRIPT),
        ("drawing.svg", "image/svg+xml", b"<svg onload='window.__xss = 1'/>"),
        ("both.zip", "text/html", polyglot()),
        ("page.xhtml", "application/xhtml+xml", SCRIPT),
        ('"><script>.html', "text/html", SCRIPT),
    ],
)
def test_what_was_uploaded_is_never_a_page_of_ours(
    client: Client, bearer: dict[str, str], name: str, content_type: str, content: bytes
) -> None:
    file = SimpleUploadedFile(name, content, content_type)
    client.post("/v1/files", {"content": file}, headers=bearer)
    stored = StoredFile.objects.get()

    response = client.get(f"/v1/files/{stored.pk}", headers=bearer)
    link = response.json()["urls"]["download"]
    opened = client.get(link.removeprefix("http://testserver"))

    assert opened.status_code == 200
    assert opened["Content-Disposition"].startswith("attachment")
    assert opened["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in opened["Content-Security-Policy"]


def test_a_page_that_is_an_archive_too_is_no_bundle(client: Client, bearer: dict[str, str]) -> None:
    file = SimpleUploadedFile("bundle.zip", polyglot(), "application/zip")

    response = client.post("/v1/models/ada/mine/versions", {"bundle": file}, headers=bearer)

    assert response.status_code == 400
    assert "no archive that can be read" in response.json()["detail"]
