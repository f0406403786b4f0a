"""GET /v1/collections and one of them."""

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import AIModel, Collection

from .conftest import MakeModel


def test_collections_are_listed_by_name_without_the_private_ones(
    client: Client, collection: Collection
) -> None:
    Collection.objects.create(slug="agents", name="Agents", description="Act.")
    Collection.objects.create(slug="private", name="Private", visibility="private")

    answer = client.get("/v1/collections").json()

    assert answer["results"][0] == {"name": "Agents", "slug": "agents", "description": "Act."}
    assert [row["slug"] for row in answer["results"]] == ["agents", "language-models"]


def test_collections_are_paged(client: Client, db: None) -> None:
    for name in "abc":
        Collection.objects.create(slug=name, name=name)

    first = client.get("/v1/collections?limit=2").json()
    second = client.get(first["next"]).json()

    assert [row["slug"] for row in first["results"] + second["results"]] == ["a", "b", "c"]
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_a_collection_holds_its_listed_models_in_order_with_notes(
    client: Client,
    collection: Collection,
    make_model: MakeModel,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    first, hidden = make_model("a/first"), make_model("a/hidden", status="hidden")
    collection.items.create(ai_model=first, position=0, note="Begin here.")
    collection.items.create(ai_model=hidden, position=2)

    with django_assert_max_num_queries(6):
        answer = client.get("/v1/collections/Language-Models").json()

    assert [(model["name"], model["note"]) for model in answer["models"]] == [
        ("first", "Begin here."),
        ("Llama-3-8B", "The classic."),
    ]


def test_a_private_collection_does_not_exist(client: Client, llama: AIModel) -> None:
    Collection.objects.create(slug="private", name="Private", visibility="private")

    response = client.get("/v1/collections/private")

    assert response.status_code == 404
    assert response.json()["detail"].startswith("There is no collection private here.")


def test_a_slug_is_found_in_any_case(client: Client, db: None) -> None:
    Collection.objects.create(slug="Speech", name="Speech")

    for slug in ("Speech", "speech"):
        assert client.get(f"/v1/collections/{slug}").json()["slug"] == "Speech"
