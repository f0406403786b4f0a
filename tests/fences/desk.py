"""What can be asked of each table in the admin, and a row of each table to ask it of."""
# ruff: noqa: PLC0415 - read before the settings are

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote
from django.db import connection
from django.utils import timezone
from django.views.generic import RedirectView

from .asking import taken_back
from .world import World

ACTORS = ("staff", "looker", "curator", "administrator")
USUAL = ("changelist", "add", "history", "delete", "change")
# By the way: who came when, what the admin itself notes, and what the audit log is told.
ASIDE = re.compile(r'(\w+) (?:INTO |FROM )?"(\w+)"')
NOTED = {"django_admin_log", "django_session"}
LOG = "accounts_auditevent"
SPOKEN = {"modality_in": '["text"]', "modality_out": '["text"]'}
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Question:
    """`tail` is what follows the address of the list; `action` one that is done to chosen rows."""

    model: Any
    name: str
    method: str
    tail: str = ""
    action: str = ""

    @property
    def about(self) -> str:
        return str(self.model._meta.label_lower)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.about, self.name, self.method

    def address(self, row: Any) -> str:
        tail = re.sub(r"<[^>]+>", quote(str(row.pk)), self.tail)
        return f"/admin/{self.about.replace('.', '/')}/{tail}"


def questions() -> Iterator[Question]:
    for model, desk in admin.site._registry.items():
        yield Question(model, "list", "GET")
        yield Question(model, "view", "GET", "<pk>/change/")
        yield Question(model, "add", "POST", "add/")
        yield Question(model, "change", "POST", "<pk>/change/")
        yield Question(model, "delete", "POST", "<pk>/delete/")
        for _function, action, _description in desk._get_base_actions():
            yield Question(model, action, "POST", action=action)
        for tail in _more(desk):
            for method in ("GET", "POST"):
                yield Question(model, re.sub(r"<[^>]+>|/", "", tail), method, tail)
        for field in desk.autocomplete_fields:
            yield Question(model, f"find-{field}", "GET")


def _more(desk: Any) -> Iterator[str]:
    """What is added to the usual addresses; `<pk>/` leads to `<pk>/change/`."""
    of = f"{desk.opts.app_label}_{desk.opts.model_name}_"
    for pattern in desk.get_urls():
        leads_on = getattr(pattern.callback, "view_class", None) is RedirectView
        if pattern.name not in [of + usual for usual in USUAL] and not leads_on:
            yield str(pattern.pattern)


def answers(world: World, question: Question) -> list[str]:
    """For each of the actors the status, and `+` where something was written."""
    row = row_of(question)
    body = _body(world, question, row)
    return [_answer(world.browser(actor), question, row, body) for actor in ACTORS]


def _answer(client: Any, question: Question, row: Any, body: dict[str, Any]) -> str:
    written: list[str] = []
    with taken_back(), connection.execute_wrapper(_watching(written)):
        if question.method == "POST":
            status = client.post(question.address(row), body).status_code
        else:
            status = client.get(*_asked(question, row)).status_code
    return f"{status}{'+' if written else ''}"


def _asked(question: Question, row: Any) -> tuple[str, dict[str, str]]:
    if not question.name.startswith("find-"):
        return question.address(row), {}
    options = question.model._meta
    return "/admin/autocomplete/", {
        "app_label": options.app_label,
        "model_name": options.model_name,
        "field_name": question.name.removeprefix("find-"),
        "term": "a",
    }


def _watching(written: list[str]) -> Any:
    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(WRITES) and not _is_aside(sql):
            written.append(sql)
        return execute(sql, params, many, context)

    return watch


def _is_aside(sql: str) -> bool:
    found = ASIDE.match(sql)
    assert found, sql
    verb, table = found.groups()
    return table in NOTED or (verb, table) == ("INSERT", LOG)


# What is sent: what the page that an administrator sees would send, and what is changed in it.


def _body(world: World, question: Question, row: Any) -> dict[str, Any]:
    if question.action:
        return {
            "action": question.action,
            ACTION_CHECKBOX_NAME: [str(row.pk)],
            "index": "0",
            "post": "yes",
        }
    if question.name == "delete":
        return {"post": "yes"}
    if question.method == "GET":
        return {}
    return _as_shown(world, question, row) | _filled(world).get(question.key[:2], {})


def _as_shown(world: World, question: Question, row: Any) -> dict[str, Any]:
    with taken_back():
        page = world.browser("administrator").get(question.address(row))
    if page.status_code != 200 or page.streaming:
        return {}
    form = Form()
    form.feed(page.text)
    return form.sent


class Form(HTMLParser):
    """What a browser would send of all that is on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, Any] = {}
        self.select = self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name, value = has.get("name") or "", has.get("value") or ""
        is_on = has.get("type") not in ("checkbox", "radio", "submit") or "checked" in has
        if tag == "input" and name and is_on:
            self.sent[name] = value
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in has:
            self.sent.setdefault(self.select, []).append(value)
        elif tag == "textarea":
            self.text = name
            self.sent[name] = ""

    def handle_data(self, data: str) -> None:
        if self.text:
            self.sent[self.text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.text = ""


def _filled(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    from accounts.models import User
    from catalog.models import AIModel, Collection, Publisher

    other = User.objects.get(username="other").pk
    password = {"password1": "an-even-longer-password", "password2": "an-even-longer-password"}
    word = {"id": "new", "name": "New"}
    return {
        ("auth.group", "add"): {"name": "New"},
        ("account.emailaddress", "add"): {"user": other, "email": "new@example.org"},
        ("accounts.user", "add"): {"username": "new", **password},
        ("accounts.user", "password"): password,
        ("accounts.user", "budgets"): {"requests_day": "5"},
        ("accounts.membership", "add"): {
            "organization": world.people["acme"].pk,
            "user": other,
            "role": "viewer",
        },
        ("catalog.aimodel", "add"): {
            "publisher": Publisher.objects.values_list("pk", flat=True)[0],
            "name": "new",
        },
        ("catalog.aimodel", "change"): {"summary": "New."},
        ("catalog.collection", "add"): {"name": "New", "slug": "new"},
        ("catalog.collectionitem", "add"): {
            "collection": Collection.objects.get(slug="curated").pk,
            "ai_model": AIModel.objects.get(name="hello").pk,
        },
        ("catalog.publisher", "add"): {"slug": "new"},
        ("catalog.searchterm", "add"): {"text": "new", "kind": "nothing"},
        ("catalog.task", "add"): {**word, "name_zh": "New", "group": "Text", **SPOKEN},
        ("catalog.library", "add"): word,
        ("catalog.license", "add"): {**word, "license_class": "open"},
        ("deployments.hardware", "add"): {"sku": "new", "name": "New", "cpus": "1", "memory": "9"},
    }


# Who asks, and a row of each table.


def furnish(world: World) -> None:
    from django.contrib.auth.models import Permission

    for name in ACTORS[:2]:
        _come_in(world, name)
    looking = Permission.objects.filter(codename__startswith="view_")
    world.people["looker"].user_permissions.set(looking)
    _rows(world)


def _come_in(world: World, name: str) -> None:
    from accounts.models import User
    from tests.staff import at_the_desk

    user = User.objects.create_user(name, f"{name}@example.org", "a-long-password", is_staff=True)
    world.people[name] = user
    world.sessions[name] = at_the_desk(user).cookies["sessionid"].value


def _rows(world: World) -> None:
    from allauth.account.models import EmailAddress
    from django.contrib.auth.models import Group

    from accounts import audit
    from accounts.models import Closing
    from catalog import models
    from deployments.models import Deployment
    from tests.deployments import rows

    now, model = timezone.now(), models.AIModel.objects.get()
    of = {"ai_model": model, "source": "local"}
    Group.objects.create(name="Curators")
    EmailAddress.objects.create(user=world.people["other"], email="other@example.net")
    audit.note("account.signed_in", about=world.people["other"])
    Closing.objects.create(user=world.people["viewer"])
    models.SourceRecord.objects.create(**of, source_id="a", read_at=now, values={}, digest="a")
    models.Example.objects.create(ai_model=model, source_id="a", input={}, output={})
    models.DailyRuns.objects.create(ai_model=model, date=now.date(), runs=1, total=1)
    models.Offer.objects.create(**of, provider="a", unit="token", amount=1, seen_at=now)
    models.Card.objects.create(**of, text="a", full_length=1, read_at=now)
    models.FormerName.objects.create(key="a/b", ai_model=model)
    run = models.ImportRun.objects.create(source="local", location="a", fingerprint="a")
    models.ImportReject.objects.create(
        run=run, source="local", position=1, reason="a", text="a", digest="a"
    )
    models.IndexReject.objects.create(ai_model=model, engine="embedded", version=1, reason="a")
    models.IndexCheck.objects.create(engine="embedded", missing=0, outdated=0, extra=0)
    models.SearchTerm.objects.create(text="a", key="a", kind="nothing")
    models.Library.objects.create(id="a", name="A")
    models.License.objects.create(id="a", name="A", license_class="open")
    models.CollectionItem.objects.create(
        collection=models.Collection.objects.create(slug="chosen", name="Chosen"), ai_model=model
    )
    leased = Deployment.objects.order_by("pk")[0]
    leased.lease_owner, leased.leased_until = "a", now + timedelta(hours=1)
    leased.save()
    rows.instance(leased)
    rows.hardware("unused")
    models.Publisher.objects.create(slug="unused", key="unused")
    models.AIModel.objects.create(publisher=model.publisher, name="unused")
    models.Task.objects.update(name_zh="A", modality_in=["text"], modality_out=["text"])


def row_of(question: Question) -> Any:
    chosen = {
        "accounts.user": {"username": "other"},
        "deployments.hardware": {"sku": "unused"},
        "catalog.aimodel": {"name": "unused"},
        "catalog.publisher": {"slug": "unused"},
        "catalog.collectionitem": {"collection__slug": "chosen"},
    }
    of = question.model._default_manager.filter(**chosen.get(question.about, {}))
    return of.order_by("pk")[0]
