"""livez, readyz and status: honest about each part, quick, and never a 500."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from catalog.search.vectors import trouble
from config.health import heartbeat, parts, views
from config.health.parts import Part, State, ask
from config.tasks import note_heartbeat
from tests import servers

ROOT = Path(__file__).resolve().parents[2]
with_database = pytest.mark.django_db(transaction=True)
ASK = """
import json, sys, django
django.setup()
from django.test import Client
response = Client(headers={"host": "127.0.0.1"}).get(sys.argv[1])
print(response.status_code, response.content.decode())
"""


@pytest.fixture(autouse=True)
def fresh() -> None:
    views._latest.clear()


@pytest.fixture
def no_broker() -> Iterator[str]:
    """The address of a broker that is not there."""
    from config.celery import app  # noqa: PLC0415 - reads the settings

    address = f"redis://127.0.0.1:{servers.free_port()}/0"
    before = app.conf.broker_url
    app.conf.broker_url = address
    yield address
    app.conf.broker_url = before


def asked_elsewhere(path: str, tmp_path: Path, **environment: str) -> tuple[int, str]:
    """What a process of its own answers, with these settings."""
    clean = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ASK, path],
        cwd=ROOT,
        # DEBUG: static files by their plain names, since none were collected here.
        env={
            **clean,
            "VAR_DIR": str(tmp_path),
            "DEBUG": "true",
            "LOG_LEVEL": "ERROR",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout, done.stderr
    code, _, body = done.stdout.partition(" ")
    return int(code), body


def part(name: str, shown: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in shown["parts"] if one["name"] == name)


def test_livez_asks_no_database(client: Client) -> None:
    response = client.get("/livez")  # pytest-django fails it if it does.

    assert response.json() == {"status": "ok"}


@with_database
@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_supervisor_needs_no_host_name_that_people_use(client: Client, path: str) -> None:
    assert client.get(path, headers={"host": "10.1.2.3:8000"}).status_code == 200


@with_database
def test_readyz_is_ready_with_a_database_and_its_migrations(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "ok"


@with_database
def test_readyz_is_ready_without_search_broker_or_worker(client: Client, no_broker: str) -> None:
    assert client.get("/readyz").status_code == 200


@with_database
def test_readyz_says_which_migration_is_missing_and_what_to_do(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("catalog", "0001_catalog")

    with override("zh-hans"):  # as the thread's last page was
        response = client.get("/readyz")
    recorder.record_applied("catalog", "0001_catalog")

    assert response.status_code == 503
    told = part("migrations", response.json())
    assert told["state"] == "down"
    assert told["advice"] == "Run manage.py migrate."


def test_readyz_of_a_postgresql_that_is_down_is_503(tmp_path: Path) -> None:
    secret = f"postgresql://slipway:secret@127.0.0.1:{servers.free_port()}/slipway"

    code, body = asked_elsewhere("/readyz", tmp_path, DATABASE_URL=secret)

    assert code == 503
    assert part("database", json.loads(body))["state"] == "down"
    assert "DATABASE_URL" in part("database", json.loads(body))["advice"]
    assert "secret" not in body
    assert "127.0.0.1" not in body


def test_the_status_page_opens_while_the_database_is_down(tmp_path: Path) -> None:
    nowhere = f"postgresql://slipway:secret@127.0.0.1:{servers.free_port()}/slipway"

    code, body = asked_elsewhere("/status", tmp_path, DATABASE_URL=nowhere)

    assert code == 200
    assert "The database cannot be reached." in body
    assert "secret" not in body


def test_readyz_of_an_empty_postgresql_names_the_migrations(
    tmp_path: Path, postgresql_url: str
) -> None:
    code, body = asked_elsewhere("/readyz", tmp_path, DATABASE_URL=postgresql_url)

    assert code == 503
    assert part("database", json.loads(body))["state"] == "ok"
    assert part("migrations", json.loads(body))["state"] == "down"


@with_database
def test_anonymous_people_see_states_but_no_details(client: Client) -> None:
    shown = client.get("/status?format=json")

    for one in shown.json()["parts"]:
        assert set(one) == {"name", "state", "sentence", "advice"}
    page = client.get("/status").content.decode()
    for secret in (os.environ["VAR_DIR"], "SQLite", "Django"):
        assert secret not in shown.content.decode()
        assert secret not in page


@with_database
def test_staff_see_versions_and_sizes(client: Client) -> None:
    client.force_login(User.objects.create_superuser("curator"))

    shown = client.get("/status?format=json").json()

    assert part("web", shown)["facts"]["Slipway"]
    assert part("database", shown)["facts"]["kind"] in ("SQLite", "PostgreSQL")
    assert part("disk", shown)["facts"]["folder"] == os.environ["VAR_DIR"]


@with_database
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("*/*", "text/html"),
    ],
)
def test_the_reader_chooses_json_or_html(client: Client, accept: str, kind: str) -> None:
    response = client.get("/status", headers={"accept": accept})

    assert response["Content-Type"].startswith(kind)


@with_database
def test_a_broker_that_is_down_is_told_and_nothing_else_fails(
    client: Client, no_broker: str
) -> None:
    response = client.get("/status?format=json")

    assert response.status_code == 200
    assert part("broker", response.json())["state"] == "down"
    assert part("database", response.json())["state"] == "ok"
    assert no_broker not in response.content.decode()


@with_database
def test_a_broker_tells_how_many_tasks_wait(client: Client, redis_url: str) -> None:
    from config.celery import app  # noqa: PLC0415

    own = f"{redis_url.rpartition('/')[0]}/7"  # whoever else uses the server fills another
    before, app.conf.broker_url = app.conf.broker_url, own
    try:
        with app.connection_for_write() as broker:
            app.send_task("nothing.such", connection=broker)
        told = part("broker", client.get("/status?format=json").json())
    finally:
        app.conf.broker_url = before

    assert told["sentence"] == "1 task waits."


@with_database
def test_the_worker_is_well_after_its_heartbeat(client: Client) -> None:
    cache.delete(heartbeat.KEY)
    unheard = part("worker", client.get("/status?format=json").json())
    views._latest.clear()

    note_heartbeat()

    assert unheard["state"] == "down"
    assert part("worker", client.get("/status?format=json").json())["state"] == "ok"


@with_database
def test_the_worker_of_models_is_well_after_its_own_heartbeat(client: Client) -> None:
    from deployments.tasks import note_heartbeat as note_runner  # noqa: PLC0415

    cache.delete(heartbeat.RUNNER)
    unheard = part("runner", client.get("/status?format=json").json())
    views._latest.clear()

    note_runner()

    assert unheard["state"] == "down"
    assert part("runner", client.get("/status?format=json").json())["state"] == "ok"


@with_database
def test_a_late_heartbeat_is_told(client: Client) -> None:
    cache.set(heartbeat.KEY, time.time() - 600)

    told = part("worker", client.get("/status?format=json").json())

    assert told["state"] == "down"
    assert "10 minutes" in told["sentence"]


def test_a_part_that_does_not_answer_counts_as_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SECONDS", 0.05)

    (told,) = ask({"slow": lambda: time.sleep(1) or well("slow")})

    assert told.state is State.DOWN
    assert told.name == "slow"


def test_a_part_whose_check_fails_counts_as_down_and_the_others_stay() -> None:
    def broken() -> Part:
        raise ZeroDivisionError

    told = ask({"broken": broken, "fine": lambda: well("fine")})

    assert [one.state for one in told] == [State.DOWN, State.OK]


def well(name: str) -> Part:
    return Part(name=name, state=State.OK, sentence="It answers.")


@with_database
def test_the_parts_are_told_in_the_readers_language(client: Client) -> None:
    english = client.get("/status?lang=en").content.decode()
    chinese = client.get("/status?lang=zh-hans").content.decode()

    assert '<h2 class="row-name">Migrations</h2>' in english
    assert "All are applied." in english
    assert '<h2 class="row-name">数据库迁移</h2>' in chinese
    assert "全部已执行。" in chinese
    assert "All are applied." not in chinese


@with_database
def test_the_status_page_says_how_search_by_meaning_stands(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_VECTORS_DIR = tmp_path / "vectors"
    settings.SEARCH_EMBEDDER = "off"
    assert "switched off" in part("meaning", client.get("/status?format=json").json())["sentence"]

    settings.SEARCH_EMBEDDER = "learned"
    views._latest.clear()
    told = part("meaning", client.get("/status?format=json").json())
    assert (told["state"], "Too few" in told["sentence"]) == ("ok", True)

    trouble.note("The embedder answered 500.")
    settings.SEARCH_EMBEDDER, settings.SEARCH_EMBEDDER_MODEL = "http://127.0.0.1:9/v1", "tiny"
    views._latest.clear()
    told = part("meaning", client.get("/status?format=json").json())
    trouble.forget()
    assert told["state"] == "degraded"
    assert "500" not in told["sentence"]
