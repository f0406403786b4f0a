"""Killed, tampered with, out of space: the index at Meilisearch comes back in step."""

import os
import shutil
import signal
import subprocess
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection

from catalog.models import AIModel
from catalog.search import Query, breaker, find, indexing, meilisearch
from catalog.search.errors import Busy
from catalog.search.meilisearch import client, indexes, schema, tasks
from config.health import search as health
from tests.faults.meilisearch import Server
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db]


def found(text: str = "") -> list[str]:
    results = find(Query(text=text, limit=1000))
    assert not results.is_degraded
    return sorted(model.key for model in AIModel.objects.in_order(results.ids))


def listed() -> list[str]:
    return sorted(AIModel.objects.listed().values_list("key", flat=True))


def once(step: Callable[..., Any], before: Callable[[], None]) -> Callable[..., Any]:
    """The same step, before whose first run something happens."""
    left = [before]

    def stepped(*args: Any, **options: Any) -> Any:
        if left:
            left.pop()()
        return step(*args, **options)

    return stepped


def test_killed_while_it_indexes_it_carries_on_when_it_is_back(server, make_model, monkeypatch):
    indexing.sweep()
    for number in range(50):
        make_model(f"a/model-{number}")

    def fall_over() -> None:
        server.kill()
        server.start()

    monkeypatch.setattr(tasks, "finish", once(tasks.finish, fall_over))
    indexing.sweep()
    indexing.sweep()

    assert found() == listed()
    assert AIModel.objects.stale_in_index().count() == 0


def test_what_a_sweep_sent_and_did_not_see_done_is_not_sent_again(server, make_model, monkeypatch):
    indexing.sweep()
    make_model("a/llama")

    def give_up() -> None:
        raise Busy("as if it took longer than a sweep may")

    monkeypatch.setattr(tasks, "finish", once(tasks.finish, give_up))
    assert indexing.sweep() == 0
    assert AIModel.objects.stale_in_index().count() == 1
    sent = count_of_tasks()

    assert indexing.sweep() == 1

    assert found() == ["a/llama"]
    assert AIModel.objects.stale_in_index().count() == 0
    assert count_of_tasks() == sent


def count_of_tasks() -> int:
    return int(client.written("GET", "/tasks?limit=1")["total"])


STEPS = {
    "filling": (meilisearch, "fill"),
    "comparing": (meilisearch, "versions_between"),
    "swapping": (meilisearch, "make_current"),
    "putting the old one aside": (indexes, "_old_name"),
}


@pytest.mark.skipif(connection.vendor == "postgresql", reason="a fork would share the connection")
@pytest.mark.parametrize("step", STEPS)
def test_a_rebuild_that_is_killed_harms_nothing_and_the_next_cleans_up(
    shared, make_model, monkeypatch, step, tmp_path
):
    make_model("a/llama")
    indexing.sweep()
    make_model("a/mistral")
    module, name = STEPS[step]

    with monkeypatch.context() as patch:
        patch.setattr(module, name, once(getattr(module, name), end_at_once))
        rebuild_in_a_process_that_dies(tmp_path / "wrong")

    assert found("llama") == ["a/llama"]
    assert any("_build_" in name for name in indexes._names())
    indexing.rebuild()
    assert found() == listed()
    assert not any("_build_" in name for name in indexes._names())


def end_at_once() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def rebuild_in_a_process_that_dies(wrong: Path) -> None:
    """Skips where the fork cannot rebuild at all: it shares what threads of other tests hold."""
    child = os.fork()
    if not child:
        try:
            indexing.rebuild()
        except BaseException:
            wrong.write_text(traceback.format_exc())
        finally:
            os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if wrong.exists():
        pytest.skip(f"a fork of these tests could not rebuild: {wrong.read_text()[-800:]}")
    assert ended == -signal.SIGKILL


def test_of_two_rebuilds_at_once_the_second_is_refused(shared, make_model, monkeypatch):
    make_model("a/llama")

    def rebuild_too() -> None:
        with pytest.raises(Busy):
            indexing.rebuild()

    monkeypatch.setattr(meilisearch, "fill", once(meilisearch.fill, rebuild_too))

    assert indexing.rebuild() == 1
    assert found() == ["a/llama"]


def test_what_is_written_all_through_a_rebuild_is_in_the_new_index(shared, make_model, monkeypatch):
    for number in range(20):
        make_model(f"a/model-{number}")
    indexing.sweep()
    written = client.written
    busy = iter(range(10_000))

    def write_and_ask(*args: Any, **options: Any) -> Any:
        number = next(busy)
        if number < 60:
            make_model(f"b/new-{number}")
            AIModel.objects.filter(key=f"a/model-{number % 20}").update(summary=f"round {number}")
            AIModel.objects.filter(key=f"b/new-{number - 5}").update(status="hidden")
        return written(*args, **options)

    monkeypatch.setattr(client, "written", write_and_ask)
    indexing.rebuild()
    monkeypatch.setattr(client, "written", written)
    indexing.sweep()

    assert next(busy) > 10
    assert found() == listed()
    assert indexing.check().total == 0


def test_settings_of_newer_code_rebuild_by_themselves_while_the_old_index_answers(
    shared, make_model, monkeypatch
):
    make_model("a/llama")
    indexing.sweep()
    before = indexes.current().notes()
    monkeypatch.setattr(schema, "fingerprint", lambda: "of-newer-code")

    assert found() == ["a/llama"]
    indexing.sweep()

    assert indexes.current().notes() != before
    assert "of-newer-code" in indexes.current().notes()
    assert found() == ["a/llama"]


def test_what_somebody_changed_in_the_index_is_found_and_repaired(shared, settings, make_model):
    models = [make_model(f"a/model-{number}") for number in range(60)]
    indexing.sweep()
    path = f"/indexes/{settings.SEARCH_INDEX}/documents"
    gone = orjson.dumps([model.pk for model in models[:25]])
    altered = orjson.dumps([{"id": model.pk, "version": 1} for model in models[25:49]])
    extra = orjson.dumps([{"id": 10**9, "version": 1, "key": "no/body", "popularity": 9}])
    for method, where, body in (
        ("POST", "/delete-batch", gone),
        ("PUT", "", altered),
        ("POST", "", extra),
    ):
        sent = client.written(method, path + where, body)
        tasks.finish(int(sent["taskUid"]), seconds=60)

    drift = indexing.check()

    assert (drift.missing, drift.outdated, drift.extra) == (25, 24, 1)
    assert found() == listed()
    assert "50 models differed" in health.check().sentence
    assert indexing.check().total == 0


@pytest.fixture
def full_disk(ours: Callable[[str], None], tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A server on a small disk of its own, and a file that takes the rest of that disk."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(disk)])
    if mounted.returncode:
        pytest.skip("mounting a small disk takes root")
    server = Server(disk)
    try:
        server.start()
        ours(server.url)
        yield server, disk / "ballast"
    finally:
        server.kill()
        subprocess.run(["umount", "--lazy", str(disk)])


def test_on_a_full_disk_it_answers_and_follows_again_once_there_is_room(full_disk, make_model):
    _, ballast = full_disk
    make_model("a/llama")
    indexing.sweep()
    assert found("llama") == ["a/llama"]
    fill(ballast)

    for number in range(300):
        make_model(f"a/model-{number}", summary=f"{number} " * 200)
    indexing.sweep()

    results = find(Query(text="llama"))
    assert results.total == 1
    assert AIModel.objects.stale_in_index().count() > 0
    part = health.check()
    assert part.state == "degraded"
    assert "no space left" in part.sentence

    ballast.unlink()
    breaker.close()
    wait_until(lambda: indexing.sweep() > 0, "it follows again")
    assert AIModel.objects.stale_in_index().count() == 0
    assert found() == listed()
    assert health.check().state == "ok"


def fill(ballast: Path) -> None:
    free = shutil.disk_usage(ballast.parent).free
    with ballast.open("wb") as file:
        file.write(b"\0" * max(free - 4096, 0))
