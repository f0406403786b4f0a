"""The bundles that come with Slipway: their schemas are Cog's own, and they answer."""

import json
import os
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from catalog.models import AIModel
from deployments import cog
from deployments.bundles import environments, examples, keeping
from deployments.models import Bundle
from deployments.runtimes.choice import runtime
from deployments.runtimes.interface import State, Wanted
from tests.deployments import making

pytestmark = [pytest.mark.django_db, pytest.mark.own_database, pytest.mark.timeout(600)]

QUICK = ["hello", "storyteller", "vader"]
# Their packages take 800 MB of downloads: EXAMPLES=all tests them too.
LARGE = ["magika", "rapidocr", "silero-vad"]
INPUTS = Path(__file__).parent / "inputs"
ALL = pytest.mark.skipif(os.environ.get("EXAMPLES") != "all", reason="EXAMPLES=all asks for it")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


@pytest.mark.parametrize("name", [*QUICK, *[pytest.param(name, marks=ALL) for name in LARGE]])
def test_the_schema_beside_an_example_is_what_cog_makes_of_it(name: str) -> None:
    version = making.version_of(examples.FOLDER / name, f"slipway/{name}")

    written = (examples.FOLDER / name / ".cog/openapi_schema.json").read_text()

    assert json.loads(written) == version.openapi_schema


def test_all_are_registered_without_installing_anything() -> None:
    registered = examples.register()

    assert registered == sorted([*QUICK, *LARGE])
    assert AIModel.objects.filter(publisher__key="slipway", is_runnable=True).count() == 6
    assert set(Bundle.objects.values_list("environment__status", flat=True)) == {"missing"}


def test_what_an_administrator_deleted_does_not_come_back() -> None:
    examples.register()
    AIModel.objects.filter(key="slipway/vader").delete()

    assert "vader" not in examples.register()


def test_vader_answers_what_its_card_promises() -> None:
    bundle = making.version_of(examples.FOLDER / "vader", "slipway/vader").bundle

    found = answer(bundle, {"text": "The tool is great, but the docs are awful :("})

    assert found["label"] == "negative"
    assert found["compound"] == pytest.approx(-0.743)


def test_storyteller_tells_the_same_story_for_the_same_seed() -> None:
    bundle = making.version_of(examples.FOLDER / "storyteller", "slipway/storyteller").bundle

    told = answer(bundle, {"max_tokens": 40, "tokens_per_second": 0, "seed": 4})

    assert len(told) == 41
    assert "".join(told).startswith("The harbour wakes before the town does. A boat needs a name")


@ALL
def test_magika_knows_python_from_its_content() -> None:
    bundle = making.version_of(examples.FOLDER / "magika", "slipway/magika").bundle
    code = b"import os\n\ndef main():\n    print(os.getcwd())\n"

    found = answer(bundle, {"file": as_url(code, "application/octet-stream")})

    assert found["label"] == "python"


@ALL
def test_silero_hears_where_somebody_speaks() -> None:
    """One second of silence, a sentence by a synthesizer, one second of silence."""
    bundle = making.version_of(examples.FOLDER / "silero-vad", "slipway/silero-vad").bundle

    found = answer(bundle, {"audio": as_url((INPUTS / "speech.wav").read_bytes(), "audio/wav")})

    assert 0.8 < found["segments"][0]["start"] < 1.4
    assert 2.0 < found["segments"][-1]["end"] < found["seconds"] - 0.7


@ALL
def test_rapidocr_reads_a_picture() -> None:
    bundle = making.version_of(examples.FOLDER / "rapidocr", "slipway/rapidocr").bundle

    found = answer(bundle, {"image": as_url((INPUTS / "invoice.png").read_bytes(), "image/png")})

    first, second = (line["text"].replace(" ", "") for line in found["lines"])
    assert first.endswith("nvoice2026-114")  # an I without serifs may be an l
    assert second == "Total:42.50EUR"


def as_url(content: bytes, content_type: str) -> str:
    return f"data:{content_type};base64,{b64encode(content).decode()}"


def answer(bundle: Bundle, asked: dict[str, Any]) -> Any:
    """Of an instance that is started for this, and stopped."""
    local, key = runtime(), f"example-{bundle.digest[:12]}"
    local.start(
        Wanted(
            key=key,
            bundle=keeping.folder(bundle),
            environment=environments.folder(bundle.environment),
            predictor=bundle.predictor,
            memory=bundle.memory,
            cpus=1,
        )
    )
    try:
        ends_at = time.monotonic() + 60
        while (seen := local.look(key)).state is State.STARTING and time.monotonic() < ends_at:
            time.sleep(0.05)
        assert seen.state is State.READY, seen
        found = cog.predict(seen.address, "one", asked)
        assert found.status == "succeeded", found
        return found.output
    finally:
        while not local.stop(key, seconds=2):
            time.sleep(0.05)
