"""The audit log: what it tells, and that nobody can change it."""

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts import audit, tokens
from accounts.models import AuditEvent, User

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
