"""GET /v1/models/{owner}/{name}: one model in Replicate's shape, with ours beside it."""

from collections.abc import Callable

import pytest
from django.test import Client

from catalog.models import AIModel, Card, Example, FormerName, SourceRecord, Version

from .conftest import MakeModel, day

REPLICATE_FIELDS = {
    "url",
    "owner",
    "name",
    "description",
    "visibility",
    "github_url",
    "paper_url",
    "license_url",
    "run_count",
    "cover_image_url",
    "default_example",
    "latest_version",
    "is_official",
}


def test_a_model_has_every_field_of_replicates(client: Client, llama: AIModel) -> None:
    model = client.get("/v1/models/Meta/Llama-3-8B").json()

    assert model.keys() >= REPLICATE_FIELDS
    assert model["url"] == "http://testserver/models/Meta/Llama-3-8B"
    assert (model["owner"], model["name"], model["run_count"]) == ("Meta", "Llama-3-8B", 12)
    assert (model["visibility"], model["latest_version"]) == ("public", None)


def test_a_model_tells_what_else_it_is_called(client: Client, make_model: MakeModel) -> None:
    make_model("google/gemini-2.5-flash-image", aliases=["Nano Banana"])

    model = client.get("/v1/models/google/gemini-2.5-flash-image").json()

    assert model["aliases"] == ["Nano Banana"]


def test_counters_that_nobody_counted_are_zero_for_replicate_and_null_for_us(
    client: Client, make_model: MakeModel
) -> None:
    make_model("a/b")

    model = client.get("/v1/models/a/b").json()

    assert (model["run_count"], model["runs"]) == (0, None)


def test_a_model_carries_its_latest_version_and_newest_example_in_full(
    client: Client, llama: AIModel, make_version: Callable[..., Version]
) -> None:
    make_version(llama, "old", created_at=day(1))
    newest = make_version(llama, "new", created_at=day(2), cog_version="0.9")
    Example.objects.create(
        ai_model=llama, source_id="p1", input={"text": "hi"}, output="ho", seconds=1.5
    )

    model = client.get("/v1/models/meta/llama-3-8b").json()

    assert model["latest_version"] == {
        "id": "new",
        "created_at": "2026-01-02T00:00:00Z",
        "cog_version": "0.9",
        "openapi_schema": newest.openapi_schema,
    }
    example = model["default_example"]
    assert (example["status"], example["version"]) == ("succeeded", "hidden")
    assert (example["output"], example["metrics"]) == ("ho", {"predict_time": 1.5})


@pytest.mark.parametrize("prefix", ["/v1", "/v1/v1"])
@pytest.mark.parametrize("name", ["meta/llama-3-8b", "META%2FLLAMA-3-8B"])
def test_any_case_is_answered_and_told_the_canonical_address(
    client: Client, llama: AIModel, prefix: str, name: str
) -> None:
    response = client.get(f"{prefix}/models/{name}")

    assert response.json()["name"] == "Llama-3-8B"
    assert response["Content-Location"] == f"http://testserver{prefix}/models/Meta/Llama-3-8B"


def test_a_name_may_hold_dots_and_slashes(client: Client, make_model: MakeModel) -> None:
    make_model("@cf/meta/llama-3.1-8b-instruct.q4")

    response = client.get("/v1/models/@cf/meta/llama-3.1-8b-instruct.q4")

    assert response.json()["name"] == "meta/llama-3.1-8b-instruct.q4"


def test_a_former_name_redirects_with_the_answer_as_its_body(
    client: Client, llama: AIModel
) -> None:
    FormerName.objects.create(key="facebook/llama", ai_model=llama)

    response = client.get("/v1/models/Facebook/Llama/versions?limit=3")

    assert response.status_code == 308
    assert response["Location"] == "http://testserver/v1/models/Meta/Llama-3-8B/versions?limit=3"
    assert response.json() == client.get(response["Location"]).json()


@pytest.mark.parametrize("status", ["draft", "hidden", "removed"])
@pytest.mark.parametrize("rest", ["", "/versions", "/versions/x", "/examples", "/readme"])
def test_what_is_not_listed_does_not_exist(
    client: Client, make_model: MakeModel, status: str, rest: str
) -> None:
    secret = make_model("acme/secret", status=status)
    FormerName.objects.create(key="acme/older", ai_model=secret)

    for name in ("secret", "older", "never"):
        response = client.get(f"/v1/models/acme/{name}{rest}")

        assert response.status_code == 404
        assert response.json()["detail"].startswith(f"There is no model acme/{name} here.")


def test_a_deprecated_model_says_so_and_names_its_replacement(
    client: Client, llama: AIModel, make_model: MakeModel
) -> None:
    make_model("meta/llama-2", status="deprecated", deprecated_at=day(5), replacement=llama)
    llama_2 = client.get("/v1/models/meta/llama-2").json()

    assert (llama_2["status"], llama_2["deprecated_at"]) == ("deprecated", "2026-01-05")
    assert llama_2["replacement"] == "Meta/Llama-3-8B"


def test_a_hidden_replacement_is_not_named(client: Client, make_model: MakeModel) -> None:
    hidden = make_model("acme/secret", status="hidden")
    make_model("acme/old", status="deprecated", replacement=hidden)

    assert client.get("/v1/models/acme/old").json()["replacement"] is None


def test_the_readme_is_plain_text(client: Client, llama: AIModel) -> None:
    Card.objects.create(
        ai_model=llama, text="# <script>", full_length=10, source="local", read_at=day(1)
    )

    response = client.get("/v1/models/meta/llama-3-8b/readme", headers={"Accept": "text/plain"})

    assert response.content == b"# <script>"
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_a_model_without_a_readme_says_so(client: Client, llama: AIModel) -> None:
    response = client.get("/v1/models/meta/llama-3-8b/readme", headers={"Accept": "text/plain"})

    assert response.status_code == 404
    assert response.json()["detail"] == "The model Meta/Llama-3-8B has no readme here."


def test_an_unchanged_model_costs_a_304(client: Client, llama: AIModel) -> None:
    etag = client.get("/v1/models/meta/llama-3-8b")["ETag"]
    unchanged = client.get("/v1/models/meta/llama-3-8b", headers={"If-None-Match": etag})
    AIModel.objects.update(summary="Another")
    changed = client.get("/v1/models/meta/llama-3-8b", headers={"If-None-Match": etag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200


def test_every_value_tells_where_it_comes_from_and_when_it_was_read(
    client: Client, llama: AIModel
) -> None:
    SourceRecord.objects.create(
        ai_model=llama,
        source="huggingface",
        source_id="meta/llama",
        origin="listing-2026",
        read_at=day(4),
        values={"summary": "A language model", "downloads": 3_000},
    )
    AIModel.objects.update(locked_fields=["summary"])

    provenance = client.get("/v1/models/meta/llama-3-8b").json()["provenance"]

    assert provenance["downloads"] == {
        "source": "huggingface",
        "source_url": None,
        "origin": "listing-2026",
        "read_at": "2026-01-04T00:00:00Z",
        "is_curated": False,
        "note": None,
    }
    assert provenance["description"]["is_curated"] is True
    # A later import moves the row's own date, and says nothing of the curator.
    assert provenance["description"]["read_at"] is None
    assert "likes" not in provenance


def test_zero_is_a_value_with_an_origin_and_nothing_is_none(
    client: Client, make_model: MakeModel
) -> None:
    unused = make_model("a/b", likes=0)
    SourceRecord.objects.create(
        ai_model=unused, source="huggingface", source_id="a/b", read_at=day(4), values={"likes": 0}
    )

    provenance = client.get("/v1/models/a/b").json()["provenance"]

    assert provenance["likes"]["source"] == "huggingface"
    assert not provenance.keys() & {"run_count", "license_class", "is_runnable", "parameters"}


def test_a_copy_names_its_group_and_the_original_itself(
    client: Client, make_model: MakeModel
) -> None:
    original = make_model("Qwen/Qwen3-8B")
    make_model("a/Qwen3-8B-GGUF", original=original)

    copy = client.get("/v1/models/a/Qwen3-8B-GGUF").json()
    itself = client.get("/v1/models/Qwen/Qwen3-8B").json()

    assert (copy["group"], copy["is_variant"]) == ("Qwen/Qwen3-8B", True)
    assert (itself["group"], itself["is_variant"]) == ("Qwen/Qwen3-8B", False)


def test_a_group_never_names_what_is_not_shown(client: Client, make_model: MakeModel) -> None:
    original = make_model("Qwen/Qwen3-8B", status=AIModel.Status.HIDDEN)
    make_model("a/Qwen3-8B-GGUF", original=original)

    copy = client.get("/v1/models/a/Qwen3-8B-GGUF").json()

    assert (copy["group"], copy["is_variant"]) == ("a/Qwen3-8B-GGUF", False)


@pytest.mark.parametrize("address", ["?q=qwen3", "?q=qwen3&variants=folded", ""])
def test_every_copy_is_listed(client: Client, make_model: MakeModel, address: str) -> None:
    original = make_model("Qwen/Qwen3-8B")
    make_model("a/Qwen3-8B-GGUF", original=original)

    found = client.get(f"/v1/models{address}").json()["results"]

    assert {(one["name"], one["group"]) for one in found} == {
        ("Qwen3-8B", "Qwen/Qwen3-8B"),
        ("Qwen3-8B-GGUF", "Qwen/Qwen3-8B"),
    }
