"""Vectors: learned from the catalog's texts, asked of an endpoint, kept in step with the rows."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zipfile import BadZipFile

import pytest
from django.core.management import CommandError, call_command

from catalog.models import AIModel, LearnedEmbedder, ModelVector
from catalog.search import typed
from catalog.search.errors import Busy
from catalog.search.vectors import asking, building, choice, keeping, learned, matrix, trouble
from catalog.search.vectors.interface import Refused, Unavailable, sound
from catalog.search.vectors.training import train
from launch.instance import ROOT
from tests.vectors import taught

pytestmark = pytest.mark.django_db

KINDS = {
    "Restores old damaged photographs and repairs scratches": "image",
    "Separates vocals and drums of a song": "sound",
    "Translates sentences between French and German": "text",
}


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.SEARCH_EMBEDDER = "learned"
    settings.SEARCH_VECTORS_DIR = tmp_path / "vectors"
    asking.forget()
    trouble.forget()


@pytest.fixture
def many(make_model):
    for count in range(10):
        for summary, name in KINDS.items():
            make_model(f"{name}/number-{count}", summary=f"{summary}, take {count}.")


def nearest(text):
    return [id for id, _ in asking.nearest(typed.read(text))]


def test_what_is_learned_brings_together_what_the_catalog_says_together(many):
    building.build(train)

    first = AIModel.objects.get(pk=nearest("repair my photographs")[0])
    assert first.publisher.slug == "image"


def test_learning_twice_from_the_same_texts_gives_the_same(many):
    building.build(train)
    before = LearnedEmbedder.objects.get().fingerprint
    LearnedEmbedder.objects.update(layout="older")
    building.build(train)

    assert LearnedEmbedder.objects.get().fingerprint == before


def test_a_second_build_has_nothing_to_do(many):
    assert building.build(train) == 30
    stamp = matrix.current().stamp

    assert building.build(train) == 0
    assert matrix.current().stamp == stamp


def test_nothing_is_learned_from_a_handful_of_models(make_model):
    make_model("a/one", summary="Restores photographs.")

    assert building.build(train) == 0
    assert matrix.current() is None


def test_a_name_alone_says_nothing(make_model, many):
    make_model("a/restores-photographs")
    building.build(train)

    assert not ModelVector.objects.filter(ai_model__name="restores-photographs").exists()


def test_a_model_of_which_no_word_is_known_is_settled_without_a_vector(make_model):
    learned.keep(taught(("photographs",)), texts=1000)
    model = make_model("a/zzz", summary="???")
    building.sweep()

    assert bytes(model.vector.vector) == b""
    assert len(matrix.current().ids) == 0
    assert building.sweep() == 0


def test_other_numbers_of_the_same_model_cost_no_new_vector(make_model):
    learned.keep(taught(("photographs",)), texts=1000)
    model = make_model("a/one", summary="Restores photographs.")
    building.sweep()
    AIModel.objects.filter(pk=model.pk).update(downloads=7)

    class Never:
        fingerprint = choice.chosen().fingerprint
        reads_vocabulary = True

        def embed(self, texts, *, is_asked=False):
            raise AssertionError("the text is the same")

    assert keeping.bring_in_step(Never()) == 1
    assert keeping.bring_in_step(Never()) == 0


def test_the_old_vectors_answer_until_all_of_a_new_embedder_are_made(make_model, monkeypatch):
    learned.keep(taught(("photographs",)), texts=1000)
    for count in range(3):
        make_model(f"a/{count}", summary="Restores photographs.")
    building.sweep()
    old = matrix.current().embedder
    monkeypatch.setattr(keeping, "BATCH", 1)
    monkeypatch.setattr(keeping, "SHOWN_AFTER", 0.0)
    learned.keep(taught(("photographs", "prints")), texts=1000)
    shown = []

    keeping.bring_in_step(
        choice.chosen(), lambda done, expected: shown.append(matrix.current().embedder)
    )

    assert shown == [old, old, old]
    assert matrix.current().embedder != old


def test_vectors_of_the_former_embedder_still_find(make_model):
    learned.keep(taught(("photographs",)), texts=1000)
    model = make_model("a/one", summary="Restores photographs.")
    building.sweep()
    learned.keep(taught(("photographs", "prints")), texts=1000)

    assert nearest("my photographs") == [model.pk]


def test_a_build_that_is_stopped_is_carried_on(make_model, monkeypatch):
    learned.keep(taught(("photographs",)), texts=1000)
    for count in range(3):
        make_model(f"a/{count}", summary="Restores photographs.")
    monkeypatch.setattr(keeping, "BATCH", 1)

    def stop(done, expected):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        building.build(train, stop)

    assert ModelVector.objects.count() == 2
    assert building.build(train) == 1
    assert len(matrix.current().ids) == 3


def test_a_second_build_at_the_same_time_is_refused(many):
    with keeping.build_lock():
        with pytest.raises(Busy):
            building.build(train)
        with pytest.raises(CommandError, match="already"):
            call_command("build_vectors")


def test_the_command_says_what_to_set_when_meaning_is_off(settings):
    settings.SEARCH_EMBEDDER = "off"

    with pytest.raises(CommandError, match="SEARCH_EMBEDDER is off"):
        call_command("build_vectors")


def test_off_means_that_nothing_is_asked(make_model, settings):
    learned.keep(taught(("photographs",)), texts=1000)
    make_model("a/one", summary="Restores photographs.")
    building.sweep()
    settings.SEARCH_EMBEDDER = "off"

    assert nearest("my photographs") == []
    assert building.sweep() == 0


def test_a_file_that_is_broken_is_no_reason_to_fail(make_model):
    learned.keep(taught(("photographs",)), texts=1000)
    make_model("a/one", summary="Restores photographs.")
    building.sweep()
    path = next(matrix.folder().glob("*.vectors.npy"))
    path.write_bytes(b"nonsense")
    (matrix.folder() / "CURRENT").touch()

    assert nearest("my photographs") == []
    building.sweep()
    assert len(nearest("my photographs")) == 1


def test_what_was_learned_is_kept_without_pickled_objects():
    payload = taught(("photographs",))

    assert b"pickle" not in payload
    with pytest.raises((ValueError, BadZipFile)):
        learned.unpacked(payload[: len(payload) // 2] + b"x")


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ([[1.0, float("nan")]], Refused),
        ([[1.0, float("inf")]], Refused),
        ([[1.0, 2.0, 3.0]], Unavailable),
        ([[1.0, 2.0], [1.0, 2.0]], Unavailable),
        ([1.0, 2.0], Unavailable),
        ([["a", "b"]], Unavailable),
        ([[]], Unavailable),
        (None, Unavailable),
    ],
)
def test_answers_that_are_no_vectors_are_refused(answer, trouble):
    with pytest.raises(trouble):
        sound(answer, count=1, dimensions=2)


class Speaker(BaseHTTPRequestHandler):
    """Speaks OpenAI's shape: one dimension a known word, and `refuses` what it does not like."""

    known = ("photographs", "vocals")
    asked: list[dict[str, object]] = []
    keys: list[str | None] = []
    status = 200
    dimensions = 2
    refuses = ""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked.append(asked)
        type(self).keys.append(self.headers["Authorization"])
        is_refused = self.refuses and any(self.refuses in text for text in asked["input"])
        body = json.dumps({"data": self._rows(asked["input"])}).encode()
        self.send_response(400 if is_refused else self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _rows(self, texts: list[str]) -> list[dict[str, object]]:
        rows = [
            {"index": place, "embedding": [float(word in text.lower()) for word in self.known]}
            for place, text in enumerate(texts)
        ]
        for row in rows:
            row["embedding"] = (row["embedding"] + [0.0] * 9)[: self.dimensions]
        return rows[::-1]  # any order is allowed

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def speaker(settings, monkeypatch) -> Iterator[type[Speaker]]:
    from catalog.search.vectors import endpoint  # noqa: PLC0415

    class Mine(Speaker):
        asked, keys = [], []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mine)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.SEARCH_EMBEDDER = f"http://127.0.0.1:{server.server_port}/v1"
    settings.SEARCH_EMBEDDER_MODEL = "tiny"
    settings.SEARCH_EMBEDDER_KEY = "secret"
    monkeypatch.setattr(endpoint, "PAUSE", 0.0)
    yield Mine
    server.shutdown()
    server.server_close()


def test_an_endpoint_takes_the_place_of_what_is_learned(make_model, speaker):
    make_model("a/song", summary="Parts vocals.")
    photo = make_model("a/photo", summary="Restores photographs.")
    building.sweep()

    assert nearest("what can I do with photographs") == [photo.pk]
    assert {asked["model"] for asked in speaker.asked} == {"tiny"}
    assert set(speaker.keys) == {"Bearer secret"}


def test_an_endpoint_is_asked_once_for_the_same_text(make_model, speaker):
    make_model("a/photo", summary="Restores photographs.")
    building.sweep()
    before = len(speaker.asked)

    nearest("what can I do with photographs")
    nearest("what can I do with photographs")

    assert len(speaker.asked) == before + 1


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_an_endpoint_that_fails_leaves_the_words_alone_and_shows_on_the_status_page(
    make_model, speaker, status
):
    make_model("a/photo", summary="Restores photographs.")
    building.sweep()
    speaker.status = status

    assert nearest("what can I do with photographs") == []
    assert str(status) in trouble.last()


def test_an_endpoint_that_is_gone_is_spared_for_a_while(make_model, speaker, settings):
    make_model("a/photo", summary="Restores photographs.")
    building.sweep()
    settings.SEARCH_EMBEDDER = "http://127.0.0.1:9/v1"

    assert nearest("what can I do with photographs") == []
    assert "cannot be reached" in trouble.last()
    trouble.forget()
    assert nearest("something else for photographs") == []
    assert trouble.last() == ""


def test_a_search_needs_neither_the_endpoint_nor_the_cache(make_model, speaker, settings):
    make_model("a/photo", summary="Restores photographs.")
    building.sweep()
    settings.SEARCH_EMBEDDER = "http://127.0.0.1:9/v1"
    gone = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}
    settings.CACHES = {"default": {**gone, "LOCATION": "redis://127.0.0.1:9/1"}}

    assert nearest("what can I do with photographs") == []


def test_a_text_that_the_endpoint_refuses_does_not_stop_the_others(make_model, speaker):
    speaker.refuses = "poison"
    make_model("a/bad", summary="poison")
    good = [make_model(f"a/{count}", summary="Restores photographs.").pk for count in range(5)]
    building.sweep()

    assert sorted(nearest("what can I do with photographs")) == good
    before = len(speaker.asked)
    assert building.sweep() == 0
    assert len(speaker.asked) == before


def test_vectors_of_another_size_are_refused(make_model, speaker):
    make_model("a/photo", summary="Restores photographs.")
    building.sweep()
    speaker.dimensions = 3
    make_model("b/photo", summary="Restores photographs.")

    assert building.sweep() == 0
    assert "SEARCH_EMBEDDER_MODEL" in trouble.last()
    assert ModelVector.objects.count() == 1
    assert nearest("what can I do with photographs") == []


def test_an_endpoint_that_is_down_keeps_the_command_from_pretending(make_model, settings, speaker):
    make_model("a/photo", summary="Restores photographs.")
    settings.SEARCH_EMBEDDER = "http://127.0.0.1:9/v1"

    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("build_vectors")


SWEEP = """
import django
django.setup()
from catalog.search.vectors import building
building.sweep()
building._started.wait()
"""


@pytest.mark.own_database
@pytest.mark.timeout(300)  # it learns twice, in processes of their own
def test_a_build_that_is_killed_while_it_learns_is_done_again_by_the_next_sweep(
    empty_database, tmp_path
):
    shutil.copy(empty_database, tmp_path)
    given = {
        "cwd": ROOT,
        "env": {
            **os.environ,
            "VAR_DIR": str(tmp_path),
            "DATABASE_URL": "",
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "sample_catalog", "--models=60"], check=True, **given)
    folder = tmp_path / "vectors"

    killed = subprocess.Popen([*manage, "build_vectors"], **given)
    while not (folder / "build.lock").exists() and killed.poll() is None:
        threading.Event().wait(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    assert [path.name for path in folder.iterdir()] == ["build.lock"]
    subprocess.run([sys.executable, "-c", SWEEP], check=True, **given)
    assert (folder / "CURRENT").exists()
    again = subprocess.run([*manage, "build_vectors"], capture_output=True, text=True, **given)
    assert again.stdout.startswith("0 models")


@pytest.mark.own_database
def test_no_part_loads_what_only_few_requests_need():
    """Megabytes in each process, and tenths of a second at its start."""
    rarely_needed = ["sklearn", "scipy", "numpy", "meilisearch", "pydantic"]
    seen = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django, sys; django.setup(); import config.urls, catalog.tasks, config.wsgi; "
            f"print([name for name in {rarely_needed} if name in sys.modules])",
        ],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert seen.stdout.strip() == "[]"
