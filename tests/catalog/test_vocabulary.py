"""What a raw value means in the catalog's words, and that the words themselves hold together."""

import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.vocabulary import (
    LICENSE_CLASSES,
    language_of,
    languages,
    libraries,
    library_of,
    license_class_of,
    license_of,
    licenses,
    task_of,
    tasks,
    topics,
    topics_of,
)
from catalog.vocabulary.spellings import key

REPOSITORY = Path(__file__).parents[2]
REAL = Path(os.environ.get("SLIPWAY_DATA", REPOSITORY.parent / "shared")) / "data"

VOCABULARIES: dict[str, Callable[[], tuple[Any, ...]]] = {
    "tasks": tasks,
    "topics": topics,
    "licenses": licenses,
    "libraries": libraries,
    "languages": languages,
}


@pytest.mark.parametrize(
    ("raw", "task"),
    [
        ("text-to-speech", "text-to-speech"),
        ("Text Generation", "text-generation"),
        ("Automatic Speech Recognition", "automatic-speech-recognition"),
        ("Text Embeddings", "feature-extraction"),
        ("conversational", "text-generation"),
        ("text2text-generation", "text2text-generation"),
        ("structured-data-classification", "tabular-classification"),
        ("speech-segmentation", "voice-activity-detection"),
        ("audio_transcription", "automatic-speech-recognition"),
        ("image_generation", "text-to-image"),
        ("chat", "text-generation"),
        ("embedding", "feature-extraction"),
        ("rerank", "text-ranking"),
    ],
)
def test_a_task_is_found_under_any_catalogs_name_for_it(raw: str, task: str) -> None:
    assert task_of(raw) == task


@pytest.mark.parametrize("raw", ["other", "unknown", "", "no such task", None])
def test_what_names_no_task_has_none(raw: object) -> None:
    assert task_of(raw) is None


@pytest.mark.parametrize(
    ("raw", "library"),
    [
        ("transformers", "transformers"),
        ("sklearn", "scikit-learn"),
        ("llama-cpp", "llama.cpp"),
        ("comfyUI", "comfyui"),
        ("pyannote", "pyannote-audio"),
        ("PyLate", "pylate"),
    ],
)
def test_a_library_is_found_under_any_of_its_names(raw: str, library: str) -> None:
    assert library_of(raw) == library


def test_an_unknown_library_has_no_id() -> None:
    assert library_of("generic") is None


@pytest.mark.parametrize(
    ("raw", "license_id"),
    [
        ("apache-2.0", "apache-2.0"),
        ("apache-2", "apache-2.0"),
        ("apache 2", "apache-2.0"),
        ("APACHE_2.0", "apache-2.0"),
        ("Apache License 2.0", "apache-2.0"),
        ("Apache License, Version 2.0", "apache-2.0"),
        ("GPL-3.0-only", "gpl-3.0"),
        ("gpl-3.0-or-later", "gpl-3.0-or-later"),
        ("llama-3.1", "llama3.1"),
        ("openrail++", "openrail++"),
        ("lfm-open-license-v1.0", "lfm1.0"),
        (["mit"], "mit"),
        (["apache-2.0", "Apache 2.0"], "apache-2.0"),
    ],
)
def test_a_license_is_found_under_any_of_its_spellings(raw: object, license_id: str) -> None:
    assert license_of(raw) == license_id


@pytest.mark.parametrize(
    ("address", "license_id"),
    [
        ("https://choosealicense.com/licenses/mit/", "mit"),
        ("https://www.apache.org/licenses/LICENSE-2.0", "apache-2.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "apache-2.0"),
        ("https://spdx.org/licenses/CC-BY-NC-4.0", "cc-by-nc-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/deed.en", "cc-by-nc-sa-4.0"),
        ("https://huggingface.co/models?license=license%3Aopenrail%2B%2B", "openrail++"),
        ("https://ai.google.dev/gemma/terms", "gemma"),
    ],
)
def test_an_address_that_states_a_license_is_that_license(address: str, license_id: str) -> None:
    assert license_of(address) == license_id


def test_the_license_file_of_any_project_is_no_known_license() -> None:
    address = "https://github.com/someone/something/blob/main/LICENSE"

    assert license_of(address) is None
    assert license_class_of(address) == "unknown"


def test_free_text_is_never_guessed_at() -> None:
    assert license_of("like MIT, but ask me first") is None
    assert license_class_of("very-permissive-community-license") == "unknown"


@pytest.mark.parametrize(
    ("raw", "license_class"),
    [
        ("mit", "open"),
        ("cc-by-sa-4.0", "open"),
        ("cc0-1.0", "open"),
        ("llama3.1", "conditional"),
        ("creativeml-openrail-m", "conditional"),
        ("cc-by-nd-4.0", "conditional"),
        ("cc-by-nc-4.0", "non-commercial"),
        ("flux-non-commercial-license", "non-commercial"),
        ("cc", "unknown"),
        ("other", "unknown"),
        ("???", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_license_has_a_class(raw: object, license_class: str) -> None:
    assert license_class_of(raw) == license_class


@pytest.mark.parametrize(
    "raw", ["acme-non-commercial-v2", "Acme Noncommercial", "acme-research-only", "acme-license-nc"]
)
def test_a_text_that_says_non_commercial_itself_is_so_classed(raw: str) -> None:
    assert license_of(raw) is None
    assert license_class_of(raw) == "non-commercial"


@pytest.mark.parametrize(
    ("raw", "license_class"),
    [
        ("mit, apache-2.0", "open"),
        ("MIT OR Apache-2.0", "open"),
        ("llama3.3,gemma", "conditional"),
        ("apache-2.0-and-gemma-terms", "conditional"),
        (["mit", "cc-by-nc-4.0"], "non-commercial"),
        (["mit", "somebody's own"], "unknown"),
    ],
)
def test_several_licenses_are_none_of_them_but_as_strict_as_the_strictest(
    raw: object, license_class: str
) -> None:
    assert license_of(raw) is None
    assert license_class_of(raw) == license_class


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("en", "en"),
        ("English", "en"),
        ("en-US", "en"),
        ("eng", "en"),
        ("eng_Latn", "en"),
        ("zh-Hant-TW", "zh"),
        ("中文", "zh"),
        ("pt-br", "pt"),
        ("iw", "he"),
        ("no", "no"),
        (False, "no"),
        ("multilingual", "multilingual"),
        ("code", "code"),
    ],
)
def test_a_language_is_found_by_code_and_by_name(raw: object, language: str) -> None:
    assert language_of(raw) == language


@pytest.mark.parametrize("raw", ["on-device", "lg-ai", "hy-v3", "tf", "english-us", "", True])
def test_what_is_no_language_has_no_code(raw: object) -> None:
    assert language_of(raw) is None


@pytest.mark.parametrize(
    "raw", [None, 7, 1.5, True, {}, {"a": 1}, [], [None, 3], b"mit", "x" * 10**6]
)
def test_nothing_that_arrives_raises(raw: object) -> None:
    assert task_of(raw) is None
    assert library_of(raw) is None
    assert license_of(raw) is None
    assert license_class_of(raw) == "unknown"
    assert language_of(raw) is None


@pytest.mark.parametrize(
    ("name", "text", "topic"),
    [
        ("real-esrgan", "", "image-upscaling"),
        ("clarity-upscaler", "", "image-upscaling"),
        ("some-model", "Remove background from an image", "background-removal"),
        ("GFPGANv1.4", "", "face-restoration"),
        ("speaker-diarization-3.1", "", "speaker-diarization"),
        ("GLM-OCR", "", "optical-character-recognition"),
        ("nsfw_image_detection", "", "nsfw-detection"),
        ("musicgen-large", "", "music-generation"),
        ("XTTS-v2", "", "voice-cloning"),
        ("RealESRGAN_x4plus", "", "image-upscaling"),
        ("bringing-old-photos-back-to-life", "", "photo-restoration"),
        ("Qwen2.5-Coder-7B", "", "code-generation"),
    ],
)
def test_a_model_fits_a_topic_by_its_name_or_description(name: str, text: str, topic: str) -> None:
    assert topic in topics_of(name, text, None)


def test_a_known_task_rules_out_a_topic_that_does_not_go_with_it() -> None:
    assert topics_of("trocr-base", "", None) == ["optical-character-recognition"]
    assert topics_of("trocr-base", "", "translation") == []


def test_a_word_inside_another_word_is_no_sign_of_a_topic() -> None:
    assert topics_of("democracy-summaries", "Mediocre at best", None) == []


def test_a_word_that_tells_something_in_a_name_alone_is_not_looked_for_in_descriptions() -> None:
    assert topics_of("tiny-code", "", None) == ["code-generation"]
    assert topics_of("tiny", "See the code.", None) == []


def test_every_pattern_reveals_its_topic() -> None:
    missed = [
        (topic.id, pattern)
        for topic in topics()
        for pattern in (*topic.name_patterns, *topic.phrases)
        if topic.id not in topics_of(pattern.strip("*"), "", topic.task)
    ]

    assert missed == []


def test_every_phrase_reveals_its_topic_in_a_description() -> None:
    missed = [
        (topic.id, phrase)
        for topic in topics()
        for phrase in topic.phrases
        if topic.id not in topics_of("", f"It can {phrase.strip('*')}.", topic.task)
    ]

    assert missed == []


def test_a_description_counts_only_at_its_beginning() -> None:
    assert topics_of("plain", "word " * 200 + "remove background", None) == []


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_ids_are_unique(vocabulary: str) -> None:
    times = Counter(key(entry.id) for entry in VOCABULARIES[vocabulary]())

    assert [id for id, count in times.items() if count > 1] == []


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_entry_has_its_names(vocabulary: str) -> None:
    names = [
        getattr(entry, field)
        for entry in VOCABULARIES[vocabulary]()
        for field in ("id", "name", "name_zh")
        if hasattr(entry, field)
    ]

    assert all(name and name == name.strip() for name in names)


@pytest.mark.parametrize(
    ("vocabulary", "field"),
    [
        ("tasks", "mapped"),
        ("licenses", "aliases"),
        ("libraries", "aliases"),
        ("languages", "aliases"),
    ],
)
def test_no_spelling_is_claimed_twice(vocabulary: str, field: str) -> None:
    entries = VOCABULARIES[vocabulary]()
    claims = [key(spelling) for entry in entries for spelling in (entry.id, *getattr(entry, field))]

    assert [spelling for spelling, count in Counter(claims).items() if count > 1] == []


@pytest.mark.parametrize(
    ("vocabulary", "find"),
    [
        ("tasks", task_of),
        ("licenses", license_of),
        ("libraries", library_of),
        ("languages", language_of),
    ],
)
def test_every_id_is_found_as_itself(vocabulary: str, find: Callable[[object], str | None]) -> None:
    ids = [entry.id for entry in VOCABULARIES[vocabulary]()]

    assert [find(id) for id in ids] == ids


def test_every_task_says_in_both_languages_what_it_does() -> None:
    for task in tasks():
        assert task.summary.endswith(".")
        assert task.summary_zh.endswith("。")
        assert task.modality_in
        assert task.modality_out
        assert task.synonyms
        assert task.synonyms_zh


def test_chinese_words_are_chinese() -> None:
    words = [
        word for entry in (*tasks(), *topics()) for word in (entry.name_zh, *entry.synonyms_zh)
    ]

    assert [word for word in words if not re.search("[\u4e00-\u9fff]", word)] == []


def test_topics_name_tasks_that_exist() -> None:
    known = {task.id for task in tasks()}

    assert {task for topic in topics() for task in (topic.task, *topic.other_tasks)} <= known


def test_patterns_are_written_as_names_are_compared() -> None:
    patterns = [p for topic in topics() for p in (*topic.name_patterns, *topic.phrases)]

    assert [p for p in patterns if not re.fullmatch(r"\*?[a-z0-9]+( [a-z0-9]+)*\*?", p)] == []


def test_licenses_are_of_a_known_class() -> None:
    assert {entry.license_class for entry in licenses()} <= set(LICENSE_CLASSES)


def test_spdx_ids_look_like_spdx_ids() -> None:
    ids = [entry.spdx_id for entry in licenses() if entry.spdx_id]

    assert [id for id in ids if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", id)] == []
    assert len(ids) == len(set(ids))


def test_spdx_ids_that_spdx_withdrew_are_not_used() -> None:
    withdrawn = {"GPL-2.0", "GPL-3.0", "AGPL-3.0", "LGPL-2.1", "LGPL-3.0"}

    assert withdrawn.isdisjoint(entry.spdx_id for entry in licenses())


@pytest.fixture(scope="module")
def real_models() -> list[dict[str, Any]]:
    path = REAL / "hf_models.jsonl.gz"
    if not path.exists():
        pytest.skip(f"SLIPWAY_DATA holds no real models: {path} is missing")
    return list(_records(path))


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def test_nearly_every_stated_license_of_real_models_has_a_class(
    real_models: list[dict[str, Any]],
) -> None:
    stated = [
        model["license"]
        for model in real_models
        if model["license"] and model["license"] not in {"other", "unknown", "???"}
    ]
    classed = [raw for raw in stated if license_class_of(raw) != "unknown"]

    assert len(classed) / len(stated) >= 0.97


def test_nearly_every_stated_task_of_real_models_is_ours(
    real_models: list[dict[str, Any]],
) -> None:
    stated = [
        model["pipeline_tag"]
        for model in real_models
        if model["pipeline_tag"] not in {None, "other", "unknown"}
    ]

    assert sum(task_of(raw) is not None for raw in stated) / len(stated) >= 0.999


def test_nearly_every_stated_library_of_real_models_is_ours(
    real_models: list[dict[str, Any]],
) -> None:
    stated = [model["library_name"] for model in real_models if model["library_name"]]

    assert sum(library_of(raw) is not None for raw in stated) / len(stated) >= 0.99
