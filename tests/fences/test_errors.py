"""What an error tells: what would be right, the id of the request, and nothing from inside."""

from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from accounts.models import AuditEvent, User
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db

INSIDE = ("Traceback", "DatabaseError", "/site-packages/", "SELECT", "Django", "line ")
ASKED = "find-me-12345"


def page_of(client: Client, method: str, address: str, **more: Any) -> Any:
    client.raise_request_exception = False
    return client.generic(method, address, headers={"X-Request-Id": ASKED}, **more)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nothing/here", 404),
        ("GET", "/models/no/such-model", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/predictions", 401),
        ("POST", "/v1/models", 405),
        ("GET", "/v1/models?q=" + "x" * 5000, 400),
        ("GET", "/v1/models?unknown=1", 400),
        ("GET", "/models/%00/x", 400),
        ("GET", "/v1/models/%00/x", 400),
        ("GET", "/collections/%FF", 404),
    ],
)
def test_an_error_tells_the_request_and_nothing_from_inside(
    client: Client, method: str, address: str, status: int
) -> None:
    response = page_of(client, method, address)

    text = response.content.decode()
    assert response.status_code == status
    assert response["X-Request-Id"] == ASKED
    assert ASKED in text
    assert not [word for word in INSIDE if word in text]


@pytest.mark.parametrize("address", ["/models", "/v1/models", "/status", "/account/tokens", "/"])
def test_a_database_that_breaks_tells_nothing_of_itself(client: Client, address: str) -> None:
    def broken(*_: Any) -> None:
        raise DatabaseError("password=open-sesame SELECT secret FROM tables")

    with connection.execute_wrapper(broken):
        response = page_of(client, "GET", address)

    text = response.content.decode()
    assert "open-sesame" not in text
    assert not [word for word in INSIDE if word in text]


def test_a_form_without_its_token_is_told_so_in_our_words() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/account/login", {"username": "ada"})

    assert response.status_code == 403
    assert "You may not open this" in response.content.decode()


def test_what_somebody_may_not_open_is_noted(client: Client) -> None:
    client.force_login(with_second_factor(User.objects.create_user("curator", is_staff=True)))

    response = client.get("/admin/accounts/token/")

    assert response.status_code == 403
    assert AuditEvent.objects.filter(what="request.refused", is_refused=True).count() == 1


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:80@evil.example", "a b", ""]
)
@pytest.mark.parametrize("address", ["/models", "/v1/models", "/models.atom", "/account/login"])
def test_a_host_that_is_not_ours_is_refused(client: Client, host: str, address: str) -> None:
    response = client.get(address, HTTP_HOST=host)

    assert response.status_code == 400
    assert "evil" not in response.content.decode()


def test_a_forwarded_host_counts_for_nothing(client: Client) -> None:
    response = client.get("/models.atom", headers={"X-Forwarded-Host": "evil.example"})

    assert "evil.example" not in response.content.decode()


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "https://127.0.0.1@evil.example/",
    "%2F%2Fevil.example",
    "\x00//evil.example",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(client: Client, target: str) -> None:
    User.objects.create_user("ada", password="a-long-password")
    known = {"username": "ada", "password": "a-long-password"}

    response = client.post("/account/login", {**known, "login": "ada", "next": target})

    assert response.status_code == 302
    landed = urljoin("https://ours.example/account/login", response["Location"])
    assert landed.startswith("https://ours.example/")
    assert "\\" not in response["Location"]


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("choice", ["theme=dark", "lang=zh-hans"])
def test_a_choice_by_link_leads_nowhere_else(client: Client, target: str, choice: str) -> None:
    response = client.get(f"/models?{choice}&next={target}")

    assert "evil.example" not in response.get("Location", "").partition("?")[0]


@pytest.mark.parametrize("path", ["//evil.example/models", "/\\evil.example", "//evil.example/.."])
def test_a_path_that_looks_like_a_host_is_never_redirected_to(client: Client, path: str) -> None:
    response = client.get(path)

    assert not response.get("Location", "").startswith(("//", "/\\"))


def test_a_form_of_more_fields_than_any_of_ours_is_refused(client: Client) -> None:
    fields = "&".join(f"f{number}=1" for number in range(2000))

    response = client.post(
        "/account/login", fields, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 400
