"""Apps, keys and recovery codes: what they open, what they keep shut, and how they are kept."""

import json
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from tests.staff import code_now, with_second_factor

pytestmark = pytest.mark.django_db
PLACE = "/account/second-factor"


def sign_in(client: Client, login: str = "ada") -> Any:
    return client.post("/account/login", {"login": login, "password": "a-long-password"})


def set_up(client: Client) -> str:
    """Its secret."""
    secret: str = client.get(f"{PLACE}/app").context["form"].secret
    client.post(f"{PLACE}/app", {"code": code_now(secret)})
    return secret


def recovery_codes(user: User) -> list[str]:
    kept = Authenticator.objects.get(user=user, type="recovery_codes")
    return kept.wrap().get_unused_codes()  # type: ignore[no-any-return]


def test_an_app_is_set_up_right_after_signing_in_and_brings_recovery_codes(
    client: Client, ada: User
) -> None:
    sign_in(client)

    set_up(client)

    codes = client.get(f"{PLACE}/codes").content.decode()
    assert all(code in codes for code in recovery_codes(ada))
    assert recovery_codes(ada)[0] in client.get(f"{PLACE}/codes.txt").content.decode()


def test_then_the_password_alone_opens_nothing(client: Client, ada: User) -> None:
    with_second_factor(ada)

    assert sign_in(client)["Location"] == f"{PLACE}/code"
    assert client.get("/account").status_code == 302
    assert client.post(f"{PLACE}/code", {"code": "000000"}).status_code == 200
    assert client.post(f"{PLACE}/code", {"code": code_now()})["Location"] == "/"
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("written", ["{0}{1}", "{0}-{1}", " {0} {1} "])
def test_a_code_opens_once_however_it_is_written(ada: User, written: str) -> None:
    with_second_factor(ada)
    first, second = Client(), Client()
    sign_in(first)
    sign_in(second)
    code = code_now()

    first.post(f"{PLACE}/code", {"code": code})
    from django.core.cache import cache  # noqa: PLC0415

    cache.delete(f"allauth.mfa.totp.used?user={ada.pk}&code={code}")  # as after 30 seconds
    again = second.post(f"{PLACE}/code", {"code": written.format(code[:3], code[3:])})

    assert "each opens once" in again.content.decode()


def test_a_recovery_code_opens_once(client: Client, ada: User) -> None:
    sign_in(client)
    set_up(client)
    code = recovery_codes(ada)[3]
    first, second = Client(), Client()
    sign_in(first)
    sign_in(second)

    assert first.post(f"{PLACE}/code", {"code": code})["Location"] == "/"
    assert second.post(f"{PLACE}/code", {"code": code}).status_code == 200


def test_what_could_be_used_is_sealed_where_it_is_kept(client: Client, ada: User) -> None:
    sign_in(client)
    secret = set_up(client)

    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in kept
    assert kept.count("sealed:") == 2


def test_the_keys_of_sealing_can_be_exchanged(ada: User, settings: Any) -> None:
    with_second_factor(ada)
    settings.SEALING_KEYS = ["n" * 50, *settings.SEALING_KEYS]
    call_command("reseal", stdout=StringIO())
    settings.SEALING_KEYS = settings.SEALING_KEYS[:1]
    client = Client()
    sign_in(client)

    assert client.post(f"{PLACE}/code", {"code": code_now()})["Location"] == "/"


@pytest.mark.parametrize("path", ["/app/remove", "/codes", "/codes/new", "/codes.txt", "/keys/new"])
def test_what_weakens_an_account_asks_again_who_one_is(ada: User, path: str) -> None:
    client = Client()
    client.force_login(ada)
    with_second_factor(ada)
    Authenticator.objects.create(user=ada, type="recovery_codes", data={"used_mask": 0})

    assert client.get(PLACE + path)["Location"].startswith("/account/sure?next=")


def test_the_second_factor_of_somebody_else_does_not_exist(
    client: Client, ada: User, bob: User
) -> None:
    key = Authenticator.objects.create(user=bob, type="webauthn", data={"name": "x"})
    sign_in(client)

    for path in ("remove", "name"):
        assert client.post(f"{PLACE}/keys/{key.pk}/{path}", {"name": "y"}).status_code == 404


HOSTILE = [
    *("", "{}", "[]", "7", '"x"', "{", '{"id": "1"}', '{"response": 1}'),
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "attestationObject": "AA", "authenticatorData": "AA", "signature": "AA",'
    ' "userHandle": "MQ"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "authenticatorData": "AA", "signature": "AA", "userHandle": null}}',
]


@pytest.mark.parametrize("credential", HOSTILE)
def test_a_key_that_is_none_is_refused_and_breaks_nothing(
    client: Client, ada: User, credential: str
) -> None:
    client.get("/account/login/key", headers={"Accept": "application/json"})
    entered = client.post("/account/login/key", {"credential": credential})
    sign_in(client)
    client.get(f"{PLACE}/keys/new")
    added = client.post(f"{PLACE}/keys/new", {"name": "", "credential": credential})
    with_second_factor(ada)
    client.get(f"{PLACE}/sure/key")
    surer = client.post(f"{PLACE}/sure/key", {"credential": credential})
    second = Client()
    sign_in(second)
    second.get(f"{PLACE}/code")

    assert second.post(f"{PLACE}/code", {"credential": credential}).status_code == 200
    assert entered["Location"] == "/account/login"
    assert added.status_code == 200
    assert surer.status_code == 302
    assert Authenticator.objects.count() == 1


def test_staff_is_led_to_a_second_factor_before_the_admin_opens(client: Client) -> None:
    User.objects.create_superuser("root", password="a-long-password")
    door = client.get("/admin/", follow=True)
    assert door.redirect_chain[-1][0] == "/account/login?next=/admin/"
    sign_in(client, "root")

    led = client.get("/admin/", follow=True)
    assert led.redirect_chain[-1][0] == PLACE
    assert "set one up, then it opens" in led.content.decode()
    set_up(client)

    assert client.get("/admin/").status_code == 200


def test_the_login_of_the_admin_takes_no_password(client: Client) -> None:
    User.objects.create_superuser("root", password="a-long-password")

    response = client.post("/admin/login/", {"username": "root", "password": "a-long-password"})

    assert response["Location"] == "/account/login?next=/admin/"
    assert not client.session.keys()


def test_whoever_is_not_staff_is_not_asked_to_sign_in_again(as_ada: Client) -> None:
    assert as_ada.get("/admin/", follow=True).status_code == 403


def test_an_administrator_leaves_by_the_same_door(admin_client: Client) -> None:
    assert admin_client.get("/admin/password_change/")["Location"] == "/account/password"

    admin_client.post("/admin/logout/")

    assert admin_client.get("/account").status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_the_admins_door_leads_to_no_other_host(admin_client: Client, elsewhere: str) -> None:
    assert admin_client.get("/admin/login/", {"next": elsewhere})["Location"] == "/admin/"


def test_whoever_lost_all_factors_is_let_in_by_whoever_runs_it(ada: User) -> None:
    with_second_factor(ada)

    call_command("forget_second_factor", "ada", stdout=StringIO())

    assert sign_in(Client())["Location"] == "/"
    with pytest.raises(CommandError, match="has no second factor"):
        call_command("forget_second_factor", "ada")
    with pytest.raises(CommandError, match="Nobody here is called eve"):
        call_command("forget_second_factor", "eve")


def test_without_a_factor_the_admin_closes_again(client: Client) -> None:
    root = User.objects.create_superuser("root", password="a-long-password")
    with_second_factor(root)
    sign_in(client, "root")
    client.post(f"{PLACE}/code", {"code": code_now()})
    assert client.get("/admin/").status_code == 200

    client.post(f"{PLACE}/app/remove")

    assert client.get("/admin/").status_code == 302
