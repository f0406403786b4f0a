"""Every kind of answer says what browsers are to refuse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import tokens
from accounts.models import User
from launch.instance import ROOT
from tests.deployments import rows

# The status page closes the connections of its threads, and would end a test's transaction.
pytestmark = pytest.mark.django_db(transaction=True)
NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
Ask = Callable[[Client], Any]


@pytest.fixture
def client(settings: Settings, tmp_path: Path) -> Client:
    """An administrator's, whose requests may also fail; whitenoise has one file to serve."""
    settings.VAR_DIR = tmp_path
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    (Path(configured.STATIC_ROOT) / "kept.js").write_text("1")
    call_command("rebuild_index", verbosity=0)
    root = User.objects.create_superuser("root", "root@example.org", "a-long-password")
    client = Client(raise_request_exception=False)
    client.force_login(root)
    return client


def get(path: str, **more: Any) -> Ask:
    return lambda client: client.get(path, **more)


def broken(client: Client) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catalog.pages.counts.models", lambda: 1 / 0)
        return client.get("/")


def without_csrf_token(client: Client) -> Any:
    return Client(enforce_csrf_checks=True).post("/account/logout")


def with_token(client: Client) -> Client:
    root = User.objects.get(username="root")
    text = tokens.make(root, name="test", scopes=["all"])[1]
    return Client(headers={"Authorization": f"Bearer {text}"})


def token_in_address(client: Client) -> Any:
    text = tokens.make(User.objects.get(username="root"), name="leak", scopes=["all"])[1]
    return client.get(f"/v1/models?token={text}")


def download(client: Client) -> Any:
    part = SimpleUploadedFile("x.html", b"<script>1</script>", content_type="text/html")
    told = with_token(client).post("/v1/files", {"content": part}).json()
    return client.get(told["urls"]["download"].removeprefix("http://testserver"))


def events(client: Client) -> Any:
    prediction = rows.prediction(User.objects.get(username="root"), rows.version())
    headers = {"Accept": "text/event-stream"}
    return with_token(client).get(f"/v1/predictions/{prediction.pk}/stream", headers=headers)


PAGES: dict[str, tuple[Ask, int]] = {
    "first page": (get("/"), 200),
    "search": (get("/models"), 200),
    "part": (get("/models", headers={"HX-Request": "true"}), 200),
    "docs": (get("/docs/api"), 200),
    "status": (get("/status"), 200),
    "sign-in": (lambda _: Client().get("/account/login"), 200),
    "account": (get("/account/tokens"), 200),
    "not found": (get("/models/no/such"), 404),
    "nothing there": (get("/nothing"), 404),
    "bad host": (get("/", headers={"Host": "evil.example"}), 400),
    "admin's bad host": (get("/admin/", headers={"Host": "evil.example"}), 400),
    "forbidden": (without_csrf_token, 403),
    "broken": (broken, 500),
    "wrong method": (lambda client: client.put("/models"), 405),
}
OTHERS: dict[str, tuple[Ask, int]] = {
    "status as JSON": (get("/status?format=json"), 200),
    "API": (get("/v1/models"), 200),
    "API's problem": (get("/v1/nothing"), 404),
    "API's preflight": (lambda client: client.options("/v1/models"), 204),
    "token in the address": (token_in_address, 400),
    "contract": (get("/v1/openapi.json"), 200),
    "feed": (get("/models.atom"), 200),
    "export": (get("/models.csv"), 200),
    "Markdown": (get("/models.md"), 200),
    "robots": (get("/robots.txt"), 200),
    "site map": (get("/sitemap.xml"), 200),
    "static": (get("/static/kept.js"), 200),
    "events": (events, 200),
    "alive": (get("/livez"), 200),
    "metrics": (get("/metrics"), 200),
}


def test_every_page_lets_only_bear_its_nonce_run(client: Client) -> None:
    seen = set()
    for kind, (ask, status) in PAGES.items():
        answer = ask(client)

        assert answer.status_code == status, kind
        assert answer["Content-Type"].startswith("text/html"), kind
        policy = directives(answer)
        nonce = policy["script-src"].split("'")[1].removeprefix("nonce-")
        assert nonce not in seen, kind
        seen.add(nonce)
        if kind != "admin's bad host":
            assert policy["script-src"] == policy["style-src"] == f"'nonce-{nonce}'", kind
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == policy["connect-src"] == "'self'", kind
        assert policy["img-src"] == "'self' data:", kind
        text = answer.content.decode()
        named = text.count("<script src") + text.count('<link rel="stylesheet"')
        assert text.count(f'nonce="{nonce}"') == named, kind
        assert_fenced(kind, answer)


def test_what_is_no_page_lets_nothing_run(client: Client) -> None:
    for kind, (ask, status) in OTHERS.items():
        answer = ask(client)

        assert answer.status_code == status, kind
        assert answer["Content-Security-Policy"] == NO_PAGE, kind
        assert_fenced(kind, answer)
        answer.close()


def test_what_somebody_uploaded_is_handed_out_in_a_sandbox(client: Client) -> None:
    answer = download(client)

    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert_fenced("file", answer)


def test_the_admin_runs_files_of_ours_and_nothing_else_of_this_host(client: Client) -> None:
    policy = directives(get("/admin/login/", follow=True)(client))

    assert "'self'" not in policy["script-src"] + policy["style-src"]


def assert_fenced(kind: str, answer: Any) -> None:
    is_api = answer.request["PATH_INFO"].startswith("/v1/")
    assert answer["X-Content-Type-Options"] == "nosniff", kind
    assert answer["X-Frame-Options"] == "DENY", kind
    assert answer["Referrer-Policy"] == "same-origin", kind
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin", kind
    readers = "cross-origin" if is_api else "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == readers, kind
    assert "camera=()" in answer["Permissions-Policy"], kind
    assert "unsafe" not in answer["Content-Security-Policy"], kind
    assert "Server" not in answer, kind


def directives(answer: Any) -> dict[str, str]:
    said = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in said}


@pytest.fixture
def by_tls(settings: Settings) -> None:
    """As the settings are with an https PUBLIC_URL."""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.COOKIE_PREFIX = "__Host-"
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"
    settings.CSRF_COOKIE_NAME = "__Host-csrftoken"
    settings.LANGUAGE_COOKIE_NAME = "__Host-language"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def test_with_tls_every_answer_asks_for_tls(by_tls: None, client: Client) -> None:
    asked = [client.options("/v1/models", secure=True)]
    for path in ("/", "/nothing", "/v1/models", "/v1/nothing", "/livez", "/static/kept.js"):
        asked.append(client.get(path, secure=True))

    said = {answer["Strict-Transport-Security"] for answer in asked}
    assert said == {"max-age=31536000; includeSubDomains; preload"}


def test_with_tls_every_cookie_is_bound_to_this_host(by_tls: None) -> None:
    User.objects.create_user("ada", password="a-long-password")
    client = Client()

    client.get("/account/login?lang=en&theme=dark&shortcuts=off", secure=True)
    form = {"login": "ada", "username": "ada", "password": "a-long-password"}
    client.post("/account/login", form, secure=True)
    client.post("/account/logout", secure=True)

    assert len(client.cookies) >= 5
    for name, cookie in client.cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name
        if cookie.value:
            assert cookie["secure"], name
            assert cookie["samesite"] == "Lax", name


def test_no_template_names_a_file_without_its_nonce() -> None:
    """`{% script %}` and `{% stylesheet %}` of config/templatetags/files.py write the nonce."""
    templates = (ROOT / "templates").rglob("*.html")

    assert [
        path.name
        for path in templates
        if "<script src" in (text := path.read_text()) or 'rel="stylesheet"' in text
    ] == []


def test_the_part_that_swaps_pages_takes_nothing_from_elsewhere_and_runs_nothing() -> None:
    said = (ROOT / "templates" / "includes" / "htmx.html").read_text()

    for wanted in (
        *('"selfRequestsOnly":true', '"allowEval":false', '"allowScriptTags":false'),
        *('"includeIndicatorStyles":false', '"historyCacheSize":0'),
    ):
        assert wanted in said
