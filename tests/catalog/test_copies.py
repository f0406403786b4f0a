"""Which models are copies of which."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from catalog.conversions import labels, parted
from catalog.models import AIModel, Publisher, Task
from catalog.sources import copies

pytestmark = pytest.mark.django_db
Make = Callable[..., AIModel]


@pytest.fixture
def make() -> Make:
    def make(full_name: str, **fields: Any) -> AIModel:
        owner, name = full_name.split("/", 1)
        publisher, _ = Publisher.objects.get_or_create(key=owner.lower(), defaults={"slug": owner})
        return AIModel.objects.create(publisher=publisher, name=name, **fields)

    return make


def originals() -> dict[str, str | None]:
    copies.resolve()
    rows = AIModel.objects.exclude(original=None)
    return dict(rows.values_list("key", "original__key"))


@pytest.mark.parametrize(
    ("name", "same", "kinds"),
    [
        ("Qwen3-8B-Q4_K_M-GGUF", "Qwen3-8B", ["Q4_K_M", "GGUF"]),
        ("Qwen3-8B-unsloth-bnb-4bit", "Qwen3-8B", ["bitsandbytes", "4-bit"]),
        ("Qwen3-8B-FP8-dynamic", "qwen3_8b", ["FP8"]),
        ("Llama-2-7B-Chat-GPTQ", "Llama-2-7b-chat-hf", ["GPTQ"]),
        ("model-i1-GGUF", "model", ["GGUF"]),
        ("Mistral-7B-v0.1-quantized.w4a16", "Mistral-7B-v0.1", ["quantized", "W4A16"]),
        ("qwen3.8-27b-mlx-6bit", "Qwen3.8-27B", ["MLX", "6-bit"]),
    ],
)
def test_a_name_without_marks_is_the_originals(name: str, same: str, kinds: list[str]) -> None:
    assert "".join(parted(name)[0]) == "".join(parted(same)[0])
    assert labels(name) == kinds
    assert labels(same) == []


@pytest.mark.parametrize("relation", ["quantized", "", "finetune"])
def test_the_base_of_the_same_name_is_the_original(make: Make, relation: str) -> None:
    base = make("qwen/Qwen3-8B")
    make("a/Qwen3-8B-GGUF", base_model=base, base_relation=relation)
    make("b/Qwen_Qwen3-8B-GGUF", base_model=base, base_relation=relation)

    assert originals() == {
        "a/qwen3-8b-gguf": "qwen/qwen3-8b",
        "b/qwen_qwen3-8b-gguf": "qwen/qwen3-8b",
    }


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        ("a/Qwen3-8B-Instruct", "finetune"),
        ("a/Qwen3-8B-lora", "adapter"),
        ("a/Qwen3-8B", "merge"),
        ("a/Qwen3-8B-Uncensored-GGUF", "quantized"),
        ("a/Another-GGUF", "quantized"),
        ("a/Qwen3-8B-Instruct", "quantized"),  # as the Hub says of some that are none
    ],
)
def test_what_has_another_purpose_is_no_copy(make: Make, name: str, relation: str) -> None:
    base = make("qwen/Qwen3-8B")
    make(name, base_model=base, base_relation=relation)

    assert originals() == {}


def test_a_copy_of_a_copy_belongs_to_the_first(make: Make) -> None:
    base = make("qwen/Qwen3-8B")
    awq = make("a/Qwen3-8B-AWQ", base_model=base, base_relation="quantized")
    make("b/Qwen3-8B-AWQ-GGUF", base_model=awq, base_relation="quantized")

    assert set(originals().values()) == {"qwen/qwen3-8b"}


def test_a_circle_has_no_original(make: Make) -> None:
    one = make("a/Qwen3-8B-GGUF")
    other = make("b/Qwen3-8B-AWQ", base_model=one)
    AIModel.objects.filter(pk=one.pk).update(base_model=other)

    assert originals() == {}


def test_a_converted_copy_finds_its_original_by_the_name_alone(make: Make) -> None:
    make("little/Qwen3-8B", popularity=1)
    make("qwen/Qwen3-8B", popularity=3)
    make("a/Qwen3-8B-AWQ", popularity=5)

    assert originals() == {"a/qwen3-8b-awq": "qwen/qwen3-8b"}


def test_the_same_name_elsewhere_is_a_copy_of_what_is_well_known(make: Make) -> None:
    make("openai/whisper", popularity=6)
    make("cjwbw/whisper", popularity=3)
    make("someone/obscure", popularity=2)
    make("another/obscure", popularity=1)

    assert originals() == {"cjwbw/whisper": "openai/whisper"}


def test_a_name_that_many_gave_or_that_says_a_task_tells_nothing(make: Make) -> None:
    for number in range(copies.MOST_NAMESAKES + 1):
        make(f"student-{number}/my-first-model", popularity=number)
    make("a/sentiment-analysis", popularity=6)
    make("b/sentiment-analysis", popularity=1)

    assert originals() == {}


def test_another_task_or_size_speaks_against_it(make: Make) -> None:
    one, other = (
        Task.objects.create(id=id, name=id, name_zh=id, group="Text") for id in ("one", "other")
    )
    make("openai/falcon", popularity=6, task=one)
    make("a/falcon", task=other)
    make("meta/eagle", popularity=6, parameters=7_000)
    make("a/eagle", parameters=70)

    assert originals() == {}


@pytest.mark.parametrize("status", ["hidden", "removed", "draft"])
def test_what_nobody_sees_has_no_group(make: Make, status: str) -> None:
    base = make("qwen/Qwen3-8B")
    make("a/Qwen3-8B-GGUF", base_model=base)
    assert originals() != {}

    AIModel.objects.filter(pk=base.pk).update(status=status)
    assert originals() == {}
    AIModel.objects.update(status="listed")
    AIModel.objects.filter(name="Qwen3-8B-GGUF").update(status=status)

    assert originals() == {}


def test_a_curators_choice_stays(make: Make) -> None:
    base, other = make("qwen/Qwen3-8B"), make("b/other")
    make("a/Qwen3-8B-GGUF", base_model=base, original=other, locked_fields=["original"])

    assert originals() == {"a/qwen3-8b-gguf": "b/other"}


def test_doing_it_again_changes_nothing(make: Make) -> None:
    base = make("qwen/Qwen3-8B")
    make("a/Qwen3-8B-GGUF", base_model=base)

    assert [copies.resolve(), copies.resolve()] == [1, 0]


def test_beat_looks_only_after_a_change(make: Make) -> None:
    cache.clear()
    base = make("qwen/Qwen3-8B")
    copies.resolve_if_changed()
    copies.resolve_if_changed()
    make("a/Qwen3-8B-GGUF", base_model=base)

    copies.resolve_if_changed()

    assert AIModel.objects.get(name="Qwen3-8B-GGUF").original == base
