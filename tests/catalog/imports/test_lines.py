"""Normalised lines become models with every source's word beside them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from catalog.models import AIModel, SourceRecord

pytestmark = pytest.mark.django_db


def imported(folder: Path, *lines: dict[str, Any]) -> None:
    path = folder / "models.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    call_command("import_models", "jsonl", str(path))


def test_a_line_becomes_a_listed_model_with_its_source(tmp_path: Path) -> None:
    imported(
        tmp_path,
        {"id": "Owner/Name", "pipeline_tag": "text-generation", "sources": ["llmfit-2026-10"]},
    )

    model = AIModel.objects.listed().named("owner", "name").get()
    record = SourceRecord.objects.get(ai_model=model)
    assert (model.full_name, model.task_id) == ("Owner/Name", "text-generation")
    assert (record.origin, record.read_at.date().isoformat()) == ("llmfit-2026-10", "2026-10-01")


def test_the_same_lines_again_change_nothing(tmp_path: Path) -> None:
    imported(tmp_path, {"id": "owner/name", "likes": 3})
    before = AIModel.objects.values().get()

    call_command("import_models", "jsonl", str(tmp_path / "models.jsonl"))

    assert AIModel.objects.values().get() == before
