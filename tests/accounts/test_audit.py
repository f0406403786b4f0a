"""The audit log: what it tells, and that nobody can change it."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts import audit, tokens
from accounts.models import AuditEvent, User
from catalog.models import Publisher
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


def test_it_tells_who_with_which_token_from_where(rf: RequestFactory) -> None:
    ada = User.objects.create_user("ada")
    ada.token, _text = tokens.make(ada, name="laptop", scopes=["all"])
    request = rf.get("/", REMOTE_ADDR="203.0.113.7")
    request.user = ada

    def change(_request: HttpRequest) -> HttpResponse:
        audit.note("user.renamed", about=ada, before={"name": ""}, after={"name": "Ada"})
        return HttpResponse()

    audit.remember(change)(request)

    event = AuditEvent.objects.get(what="user.renamed")
    assert (event.actor_name, event.token_prefix) == ("ada", ada.token.prefix)
    assert (event.address, event.about_type) == ("203.0.113.7", "accounts.user")
    assert (event.before, event.after) == ({"name": ""}, {"name": "Ada"})


def test_without_a_request_the_system_did_it() -> None:
    audit.note("index.rebuilt")

    event = AuditEvent.objects.get()
    assert (event.actor_id, event.actor_name, event.address) == (None, "", "")


def test_it_outlives_whom_it_tells_of() -> None:
    ada = User.objects.create_user("ada")
    audit.note("user.closed", about=ada, by=ada)

    ada.delete()

    assert AuditEvent.objects.get().actor_name == "ada"


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_it(change: str) -> None:
    audit.note("index.rebuilt")
    rows = AuditEvent.objects.all()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(what="nothing") if change == "update" else rows.delete()

    assert AuditEvent.objects.get().what == "index.rebuilt"


def test_an_administrator_searches_it_and_takes_along_what_was_found(admin_client: Client) -> None:
    ada = User.objects.create_user("ada")
    for number in range(3):
        audit.note("token.made", about=ada, by=ada, after={"number": number})
    audit.note("index.rebuilt")

    page = admin_client.get("/admin/accounts/auditevent/?q=token").content.decode()
    lines = admin_client.get("/admin/accounts/auditevent/export?q=token").getvalue()

    assert "token.made" in page
    assert "index.rebuilt" not in page
    assert [json.loads(line)["after"]["number"] for line in lines.splitlines()] == [2, 1, 0]
    assert AuditEvent.objects.filter(what="audit.exported").exists()


@pytest.mark.parametrize("page", ["", "export"])
def test_others_of_the_staff_see_it_only_with_the_right(client: Client, page: str) -> None:
    client.force_login(with_second_factor(User.objects.create_user("curator", is_staff=True)))

    response = client.get(f"/admin/accounts/auditevent/{page}")

    assert response.status_code == 403


def test_a_change_in_the_admin_tells_what_was_before(admin_client: Client) -> None:
    publisher = Publisher.objects.create(slug="acme", name="Acme")

    page = f"/admin/catalog/publisher/{publisher.pk}/change/"
    form = admin_client.get(page).context["adminform"].form
    shown = {name: value or "" for name, value in form.initial.items()}
    admin_client.post(page, {**shown, "name": "Acme Labs"})

    event = AuditEvent.objects.get(what="publisher.changed")
    assert event.before == {"name": "Acme"}
    assert event.after == {"name": "Acme Labs"}
    assert (event.actor_name, event.about_id) == ("admin", str(publisher.pk))


def test_a_password_is_never_in_it(admin_client: Client) -> None:
    words = "four-quiet-harbour-lamps"
    form = {"username": "new-curator", "password1": words, "password2": words}

    admin_client.post("/admin/accounts/user/add/", {**form, "usable_password": "true"})

    event = AuditEvent.objects.get(what="user.added")
    assert event.after == {"username": "new-curator"}
    assert words not in json.dumps(list(AuditEvent.objects.values("before", "after")))


def test_what_somebody_was_refused_is_in_it(client: Client) -> None:
    ada = User.objects.create_user("ada")
    _token, text = tokens.make(ada, name="reads", scopes=["models:read"])

    response = client.get("/v1/files", headers={"Authorization": f"Bearer {text}"})

    assert response.status_code == 403
    event = AuditEvent.objects.get(is_refused=True)
    assert event.after == {"method": "GET", "path": "/v1/files"}
    assert (event.actor_name, event.token_prefix) == ("ada", text[:12])
    assert event.request_id == response["X-Request-Id"]


def test_what_a_group_may_do_is_in_it(admin_client: Client) -> None:
    """Whoever is in it may what it may."""
    may = Permission.objects.get(codename="change_aimodel")

    admin_client.post("/admin/auth/group/add/", {"name": "curators", "permissions": [may.pk]})

    event = AuditEvent.objects.get(what="group.added")
    assert event.about_name == "curators"
    assert event.after == {"name": "curators", "permissions": [str(may)]}
