"""Why a version cannot run here, in words that tell what it would take."""

from pathlib import Path
from typing import Any

import pytest

from catalog.models import AIModel, Publisher, Source, Version
from deployments.bundles import can_run_here, examples, keeping
from deployments.models import Bundle, Hardware

pytestmark = pytest.mark.django_db
GB = 10**9


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    settings.HARDWARE_GPU_MEMORY = ()
    settings.HARDWARE_MEMORY = 16 * GB


def imported(**facts: Any) -> Version:
    model = AIModel(publisher=Publisher.objects.create(slug="meta"), name="llama", **facts)
    model.save()
    return Version.objects.create(
        ai_model=model, version_id="a" * 64, openapi_schema={}, image="r8.im/meta/llama@sha256:a"
    )


@pytest.fixture
def hello() -> Bundle:
    examples.register()
    return Bundle.objects.get(version__ai_model__key="slipway/hello")


def test_an_example_can_run_here(hello: Bundle) -> None:
    assert can_run_here(hello.version).is_possible


def test_an_image_of_a_registry_needs_a_container_runtime() -> None:
    verdict = can_run_here(imported(source=Source.REPLICATE))

    assert (verdict.is_possible, verdict.reason_code) == (False, "NeedsContainerRuntime")
    assert "Replicate's registry" in verdict.sentence


def test_what_needs_a_gpu_says_how_much_memory_of_one() -> None:
    verdict = can_run_here(imported(parameters=8 * GB, tags=["awq"]))

    assert "GPU memory, and this host has none" in verdict.sentence


def test_what_is_larger_than_the_host_says_both_sizes() -> None:
    verdict = can_run_here(imported(parameters=70 * GB))

    assert "this host has 16 GB" in verdict.sentence


def test_a_bundle_whose_files_are_gone_asks_to_be_pushed_again(hello: Bundle) -> None:
    keeping.folder(hello).rename(keeping.place() / "elsewhere")

    assert can_run_here(hello.version).reason_code == "BundleMissing"


def test_a_bundle_larger_than_all_hardware_says_so(hello: Bundle) -> None:
    Hardware.objects.create(sku="tiny", name="Tiny", cpus=1, memory=1000)

    verdict = can_run_here(hello.version)

    assert verdict.reason_code == "NoCapacity"
    assert "needs 256 MB" in verdict.sentence


def test_a_bundle_that_asks_for_the_network_needs_permission(hello: Bundle, settings: Any) -> None:
    hello.wants_network = True
    settings.RUNTIME_NETWORK = False

    assert can_run_here(hello.version).reason_code == "NetworkForbidden"

    settings.RUNTIME_NETWORK = True
    assert can_run_here(hello.version).is_possible
