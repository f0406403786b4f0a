"""The index follows the rows, whatever happens meanwhile."""

import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog import tasks
from catalog.models import AIModel
from catalog.search import Query, documents, embedded, find, indexing
from catalog.search.embedded import generations, schema, writing
from catalog.search.errors import Busy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine")]


def found(text: str = "") -> list[str]:
    results = find(Query(text=text))
    assert not results.is_degraded
    return [model.key for model in AIModel.objects.in_order(results.ids)]


def test_what_is_saved_is_found_after_a_sweep(make_model):
    model = make_model("a/llama")
    assert indexing.sweep() == 1

    model.name = "whisper"
    model.save()
    indexing.sweep()

    assert (found("whisper"), found("llama")) == (["a/whisper"], [])


def test_a_bulk_update_is_followed(make_model):
    make_model("a/llama")
    make_model("b/llama")
    indexing.sweep()

    AIModel.objects.filter(key="a/llama").update(summary="speaks gibberish")

    assert indexing.sweep() == 1
    assert found("gibberish") == ["a/llama"]


def test_a_hidden_model_leaves_the_index_and_comes_back(make_model):
    model = make_model("a/llama")
    indexing.sweep()

    AIModel.objects.update(status="hidden")
    indexing.sweep()
    assert found() == []

    AIModel.objects.update(status="listed")
    indexing.sweep()
    assert AIModel.objects.get(pk=model.pk).indexed_as_of is not None
    assert found() == ["a/llama"]


def test_nothing_is_stale_after_a_sweep(make_model):
    make_model("a/listed")
    make_model("a/hidden", status="hidden")
    AIModel.objects.filter(key="a/listed").update(likes=1)

    indexing.sweep()

    assert AIModel.objects.stale_in_index().count() == 0
    assert indexing.sweep() == 0


def test_a_sweep_goes_on_batch_after_batch(make_model, monkeypatch):
    indexing.sweep()
    monkeypatch.setattr(indexing, "BATCH", 2)
    for number in range(5):
        make_model(f"a/model-{number}")

    assert indexing.sweep() == 5
    assert len(found()) == 5


def test_a_row_that_is_saved_while_it_is_indexed_stays_stale(make_model, monkeypatch):
    indexing.sweep()
    model = make_model("a/llama")
    put = embedded.put

    def put_and_save(*args, **limits):
        put(*args, **limits)
        AIModel.objects.update(summary="changed meanwhile")

    monkeypatch.setattr(embedded, "put", put_and_save)
    indexing.sweep()
    monkeypatch.setattr(embedded, "put", put)

    assert list(AIModel.objects.stale_in_index()) == [model]
    indexing.sweep()
    assert found("meanwhile") == ["a/llama"]


def test_what_was_deleted_is_found_by_comparing(make_model):
    make_model("a/kept")
    make_model("a/deleted")
    make_model("a/last").delete()
    indexing.sweep()
    AIModel.objects.filter(key="a/deleted").delete()

    drift = indexing.check()

    assert (drift.missing, drift.outdated, drift.extra) == (0, 0, 1)
    assert found() == ["a/kept"]
    assert indexing.check().total == 0


def test_what_the_index_lost_is_found_by_comparing(make_model, monkeypatch):
    monkeypatch.setattr(indexing, "CHUNK", 3)
    models = [make_model(f"a/model-{number}") for number in range(10)]
    indexing.sweep()
    with generations.write_lock():
        writing.put(generations.current(), [], [models[0].pk, models[9].pk])
        outdated = list(documents.read(AIModel.objects.filter(pk=models[4].pk)))
        AIModel.objects.filter(pk=models[4].pk).update(likes=3)
        writing.put(generations.current(), outdated)

    drift = indexing.check()

    assert (drift.missing, drift.outdated, drift.extra) == (2, 1, 0)
    assert len(found()) == 10
    assert AIModel.objects.stale_in_index().count() == 0


def test_without_an_index_a_sweep_builds_one(make_model):
    make_model("a/llama")

    tasks.index_stale_models()

    assert found() == ["a/llama"]
    assert AIModel.objects.stale_in_index().count() == 0


def test_an_index_of_older_code_is_rebuilt_and_answers_meanwhile(make_model, monkeypatch):
    make_model("a/llama")
    indexing.sweep()
    before = generations.current().name
    monkeypatch.setattr(schema, "fingerprint", lambda: "of newer code")

    assert found() == ["a/llama"]
    indexing.sweep()

    assert generations.current().name != before
    assert found() == ["a/llama"]


def test_a_rebuild_takes_along_what_changed_meanwhile(make_model, monkeypatch):
    make_model("a/kept")
    make_model("a/hidden-meanwhile")
    fill = embedded.fill

    def fill_and_change(*args):
        count = fill(*args)
        make_model("a/new")
        AIModel.objects.filter(key="a/hidden-meanwhile").update(status="hidden")
        AIModel.objects.filter(key="a/kept").update(summary="changed meanwhile")
        return count

    monkeypatch.setattr(embedded, "fill", fill_and_change)
    indexing.rebuild()

    assert sorted(found()) == ["a/kept", "a/new"]
    assert found("meanwhile") == ["a/kept"]


def test_a_rebuild_that_lacks_models_leaves_the_old_index(make_model, monkeypatch):
    for number in range(10):
        make_model(f"a/model-{number}")
    indexing.sweep()
    before = generations.current()
    fill = embedded.fill
    monkeypatch.setattr(embedded, "fill", lambda g, rows: fill(g, list(rows)[:5]))
    monkeypatch.setattr(indexing, "_repair", lambda generation, but_for: None)

    with pytest.raises(indexing.RebuildFailed, match="5 of 10 models"):
        indexing.rebuild()

    assert generations.current() == before
    assert folders() == [before.name]
    assert len(found()) == 10


def test_a_second_rebuild_at_the_same_time_is_refused(make_model):
    with generations.rebuild_lock(), pytest.raises(Busy):
        indexing.rebuild()


def test_while_another_process_writes_a_sweep_leaves_the_rows_stale(make_model):
    indexing.sweep()
    make_model("a/llama")

    with generations.write_lock():
        assert indexing.sweep() == 0
        assert found() == []

    assert AIModel.objects.stale_in_index().count() == 1
    indexing.sweep()
    assert found() == ["a/llama"]


def test_leftovers_of_killed_rebuilds_are_removed_when_they_are_old(make_model):
    make_model("a/llama")
    indexing.sweep()
    leftover, recent = generations.start(), generations.start()
    os.utime(leftover.path, (1, 1))

    indexing.check()

    assert folders() == sorted([generations.current().name, recent.name])


def folders() -> list[str]:
    return sorted(path.name for path in generations.folder().iterdir() if path.is_dir())


WRITE_AND_HANG = """
import django, sys, time
django.setup()
from catalog.search.embedded import generations, schema, writing
import tantivy
with generations.write_lock():
    with writing._writer(generations.current()) as writer:
        for number in range(1000):
            document = tantivy.Document()
            document.add_unsigned("id", 10_000 + number)
            document.add_text("name", "half written")
            writer.add_document(document)
        if "commit" in sys.argv: writer.commit()
        print("writing", flush=True)
        time.sleep(60)
"""
COUNT_WHEN_ASKED = """
import django, sys
django.setup()
from catalog.search.embedded import reading
for line in sys.stdin:
    print(reading.searcher()[0].num_docs, flush=True)
"""


def process(script: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "VAR_DIR": str(generations.folder().parent),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment,
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_killed_writer_leaves_a_usable_index(make_model):
    make_model("a/llama")
    indexing.sweep()
    with process(WRITE_AND_HANG) as writer:
        assert writer.stdout.readline() == "writing\n"
        make_model("a/mistral")
        assert indexing.sweep() == 0  # the other process holds the lock

        writer.send_signal(signal.SIGKILL)
        writer.wait()

    assert found() == ["a/llama"]
    assert indexing.sweep() == 1
    assert sorted(found()) == ["a/llama", "a/mistral"]
    assert found("half written") == []


def test_another_process_reads_what_was_committed_and_swapped(make_model):
    indexing.sweep()
    with process(COUNT_WHEN_ASKED) as reader:
        counted = []
        for step in (indexing.sweep, indexing.sweep, indexing.rebuild):
            make_model(f"a/model-{len(counted)}")
            step()
            reader.stdin.write("how many?\n")
            reader.stdin.flush()
            counted.append(int(reader.stdout.readline()))
        reader.stdin.close()

    assert counted == [1, 2, 3]


def test_a_lost_doorbell_does_no_harm(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        started = time.monotonic()
        indexing.ring()

    assert len(callbacks) == 1
    assert time.monotonic() - started < 10  # nobody answers at the test's broker address


def test_the_status_tells_what_the_index_holds(make_model):
    make_model("a/llama")
    assert indexing.status()["is_available"] is False
    assert indexing.status()["stale"] == 1

    indexing.sweep()

    status = indexing.status()
    assert (status["is_available"], status["documents"], status["stale"]) == (True, 1, 0)
    assert status["generation"] == generations.current().name


def test_the_commands_tell_what_they_did(make_model):
    make_model("a/llama")

    assert "1 models are indexed" in output("rebuild_index")
    assert "holds what the database does" in output("check_index")
    AIModel.objects.all().delete()
    assert "1 extra" in output("check_index")


def test_checking_a_missing_index_says_what_to_do():
    with pytest.raises(CommandError, match="rebuild_index"):
        output("check_index")


def output(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()
