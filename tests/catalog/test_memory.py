"""What a model takes to run, from what is known of it."""

import pytest

from catalog import memory
from catalog.models import AIModel, Publisher

GB = 10**9


def row(name="model", **known):
    nothing = dict.fromkeys(memory.COLUMNS)
    lists = {"formats": [], "tags": [], "locked_fields": [], "base_relation": ""}
    return {**nothing, **lists, "name": name, **known}


@pytest.mark.parametrize(
    ("name", "known", "bits"),
    [
        ("Llama-3-8B", {}, 16),
        ("Llama-3-8B-Instruct-Q4_K_M-GGUF", {"formats": ["gguf"]}, 4.85),
        ("llama-3-8b.Q8_0", {}, 8.5),
        ("Model-IQ2_XXS-GGUF", {"formats": ["gguf"]}, 2.9),
        ("Model-GGUF", {"formats": ["gguf"]}, 4.85),
        ("Model-AWQ", {"tags": ["4-bit", "awq"]}, 4.5),
        ("Model-GPTQ-Int8", {}, 4.5),
        ("Model-4bit", {"formats": ["mlx"]}, 4.5),
        ("Model-mlx-6Bit", {}, 6.5),
        ("Model-8bit", {}, 8),
        ("Model-FP8-dynamic", {}, 8),
        ("Model-NVFP4", {}, 4.5),
        ("gpt-oss-20b", {"tags": ["8-bit", "mxfp4"]}, 4.5),
        ("Model-exl3-3.5bpw", {}, 3.5),
        ("Model-fp32", {}, 32),
        ("Qwen2.5-7B", {"tags": ["q4_nothing"]}, 16),
    ],
)
def test_the_bits_of_a_weight_are_read_from_name_tags_and_formats(name, known, bits):
    assert memory.bits_of(row(name, **known)) == bits


def test_weights_are_parameters_by_bits():
    size = memory.size_of(row("A-8B", parameters=8 * GB, task_id="text-generation"))

    assert size == memory.Size(16 * GB, 16.0, 130_000)


def test_smaller_files_than_the_product_are_the_weights():
    size = memory.size_of(row("A-8B", parameters=8 * GB, storage_bytes=9 * GB))

    assert size == memory.Size(9 * GB, None, 0)


def test_files_that_cannot_be_all_of_the_weights_say_nothing():
    size = memory.size_of(row("A-8B", parameters=8 * GB, storage_bytes=1_000))

    assert size == memory.Size(16 * GB, 16.0, 0)


def test_without_parameters_all_files_are_the_upper_bound():
    assert memory.size_of(row(storage_bytes=3 * GB)) == memory.Size(3 * GB, None, 0)
    assert memory.size_of(row(storage_bytes=0)) is None
    assert memory.size_of(row()) is None


def test_packed_weights_are_counted_by_the_size_in_the_name():
    size = memory.size_of(row("Qwen3.6-35B-A3B-NVFP4", parameters=18_683_860_336))

    assert size and size.weight_bytes == round(35 * GB * 4.5 / 8)


def test_an_adapter_says_nothing_of_the_model_that_it_is_put_on():
    assert memory.size_of(row(parameters=GB, base_relation="adapter")) is None
    assert memory.size_of(row(parameters=GB, library_id="peft")) is None


def test_a_curators_figure_replaces_the_reckoning():
    told = {"memory_bytes": 11 * GB, "locked_fields": ["memory_bytes"]}

    size = memory.size_of(row("A-8B", parameters=8 * GB, **told))

    assert size and memory.needed(size.weight_bytes, 0, 8_192, None) == 11 * GB


@pytest.mark.parametrize(
    ("known", "token_bytes"),
    [
        ({"task_id": "text-generation"}, 130_000),
        ({"task_id": "text-generation", "active_parameters": 3 * GB}, 110_000),
        ({"task_id": "text-to-image"}, 0),
        ({"task_id": "feature-extraction", "context_length": 8_192}, 0),
        ({"context_length": 131_072}, 130_000),
        ({"formats": ["gguf"]}, 130_000),
        ({}, 0),
    ],
)
def test_what_writes_keeps_its_context_in_memory(known, token_bytes):
    size = memory.size_of(row("A", parameters=8 * GB, **known))

    assert size and size.token_bytes == token_bytes


@pytest.mark.parametrize(
    ("name", "formats", "device"),
    [
        ("Model-8B", ["safetensors"], None),
        ("Model-8B-AWQ", ["safetensors"], "gpu"),
        ("Model-8B-bnb-4bit", [], "gpu"),
        ("Model-8B-4bit", ["mlx"], "apple"),
        ("Model-8B-NVFP4", ["gguf"], None),
        ("Model-8B-GGUF", ["gguf"], None),
    ],
)
def test_some_files_need_hardware_of_a_kind(name, formats, device):
    assert memory.device_of(row(name, formats=formats)) == device


@pytest.mark.parametrize("total", [*range(95, 130), 5_920_728_000, 2**62])
def test_what_is_left_without_the_overhead_is_just_what_fits(total):
    most = memory.without_overhead(total)

    assert memory.with_overhead(most) <= total < memory.with_overhead(most + 1)


@pytest.mark.django_db
def test_a_saved_model_keeps_what_it_takes():
    publisher = Publisher.objects.create(slug="a", key="a")
    ai_model = AIModel.objects.create(publisher=publisher, name="x-awq", parameters=8 * GB)

    ai_model.parameters = 16 * GB
    ai_model.save(update_fields=["parameters"])

    ai_model.refresh_from_db()
    assert (ai_model.weight_bytes, ai_model.weight_bits) == (9 * GB, 4.5)
    assert ai_model.device == "gpu"
