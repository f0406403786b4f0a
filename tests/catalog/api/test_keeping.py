"""Likes, follows and collections of one's own over the API."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import AuditEvent, Membership, User
from catalog.models import AIModel, Collection, Like, Version

from .conftest import MakeModel

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LLAMA = "/v1/models/meta/llama-3-8b"
HERS = "/v1/collections/ada/small-ones"


def client_of(user: User, *scopes: str, **limits: Any) -> Client:
    _token, text = tokens.make(user, name="test", scopes=list(scopes), **limits)
    return Client(headers={"Authorization": f"Bearer {text}"})


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada", "ada@example.org", "a-long-password")


@pytest.fixture
def acme(ada: User) -> User:
    acme = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=acme, user=ada, role="developer")
    return acme


@pytest.fixture
def hers(ada: User) -> Client:
    return client_of(ada, "collections:write")


def sent(client: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    response = client.generic(method, path, *_as_json(body))
    assert response.status_code == status, response.content
    return response.json() if response.content else None


def _as_json(body: Any) -> tuple[bytes, str]:
    return (b"" if body is None else json.dumps(body).encode()), "application/json"


def test_a_model_is_liked_and_counted_apart_from_its_source(hers: Client, llama: AIModel) -> None:
    AIModel.objects.update(likes=7)
    liked = {"model": "Meta/Llama-3-8B", "is_liked": True, "own_likes": 1}

    for _ in range(2):
        assert sent(hers, "PUT", f"{LLAMA}/like") == liked
    assert sent(hers, "GET", f"{LLAMA}/like") == liked
    model = sent(Client(), "GET", LLAMA)
    assert (model["likes"], model["own_likes"]) == (7, 1)
    (row,) = sent(hers, "GET", "/v1/account/likes")["results"]
    assert row["name"] == "Llama-3-8B"
    assert sent(hers, "DELETE", f"{LLAMA}/like")["own_likes"] == 0


def test_models_and_publishers_are_followed_and_their_news_listed(
    hers: Client, llama: AIModel, make_model: MakeModel
) -> None:
    for path in (f"{LLAMA}/follow", "/v1/publishers/META/follow"):
        assert sent(hers, "PUT", path)["is_followed"] is True
    Version.objects.create(ai_model=llama, version_id="new", openapi_schema={})
    make_model("Meta/Llama-4")

    followed = sent(hers, "GET", "/v1/account/following")["results"]
    news = sent(hers, "GET", "/v1/account/following/news")["results"]

    assert [(one["type"], one["name"]) for one in followed] == [
        ("publisher", "Meta"),
        ("model", "Meta/Llama-3-8B"),
    ]
    assert {(one["type"], one["model"], one["version"]) for one in news} == {
        ("model", "Meta/Llama-4", None),
        ("version", "Meta/Llama-3-8B", "new"),
    }
    assert sent(hers, "DELETE", f"{LLAMA}/follow")["is_followed"] is False
    assert sent(hers, "DELETE", "/v1/publishers/meta/follow")["is_followed"] is False
    assert sent(hers, "GET", "/v1/account/following")["results"] == []


def test_a_collection_is_made_filled_arranged_changed_and_deleted(
    hers: Client, llama: AIModel, make_model: MakeModel
) -> None:
    make_model("acme/tiny")
    made = sent(hers, "POST", "/v1/collections", {"name": "Small ones"}, 201)
    assert (made["slug"], made["owner"], made["visibility"]) == ("small-ones", "ada", "private")

    sent(hers, "PUT", f"{HERS}/models/meta/llama-3-8b", {"note": "The classic"})
    item = sent(hers, "PUT", f"{HERS}/models/acme/tiny", {"position": 0})
    assert item == {"model": "acme/tiny", "note": "", "position": 0}
    changed = sent(hers, "PATCH", HERS, {"visibility": "public"})
    assert [one["name"] for one in changed["models"]] == ["tiny", "Llama-3-8B"]

    seen = sent(Client(), "GET", HERS)
    assert [one["note"] for one in seen["models"]] == ["", "The classic"]
    (listed,) = sent(hers, "GET", "/v1/account/collections")["results"]
    assert listed["slug"] == "small-ones"
    assert sent(Client(), "GET", "/v1/collections")["results"] == []
    sent(hers, "DELETE", f"{HERS}/models/acme/tiny", status=204)
    sent(hers, "DELETE", f"{HERS}/models/acme/tiny", status=404)
    sent(hers, "DELETE", HERS, status=204)
    sent(hers, "GET", HERS, status=404)
    kinds = AuditEvent.objects.filter(about_type="catalog.collection").order_by("pk")
    assert [*kinds.values_list("what", flat=True)] == [
        "collection.made",
        "collection.changed",
        "collection.deleted",
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "x", "visibility": "secret"}, "visibility"),
        ({"name": "x", "owner": "somebody"}, "owner"),
        ({"name": "x", "colour": "red"}, "colour"),
        ([], "body"),
    ],
)
def test_what_is_wrong_is_named(hers: Client, body: Any, field: str) -> None:
    problem = sent(hers, "POST", "/v1/collections", body, 400)

    assert [error["field"] for error in problem["errors"]] == [field]


def test_a_private_one_is_there_for_its_owner_alone_and_a_token_that_may_read_it(
    ada: User, hers: Client
) -> None:
    bob = User.objects.create_user("bob", "bob@example.org", "a-long-password")
    sent(hers, "POST", "/v1/collections", {"name": "Small ones"}, 201)

    sent(client_of(ada, "collections:read"), "GET", HERS)
    for reader in (Client(), client_of(bob, "all"), client_of(ada, "predictions:write")):
        sent(reader, "GET", HERS, status=404)
    sent(client_of(ada, "collections:read"), "PATCH", HERS, {}, 403)
    sent(client_of(bob, "all"), "DELETE", HERS, status=404)
    sent(hers, "PATCH", HERS, {"visibility": "unlisted"})
    sent(client_of(bob, "all"), "GET", HERS)
    sent(client_of(bob, "all"), "DELETE", HERS, status=403)
    assert Collection.objects.count() == 1


def test_a_token_of_an_organisation_makes_its_collections_and_likes_nothing(
    ada: User, acme: User, llama: AIModel
) -> None:
    theirs = client_of(ada, "all", organization=acme)

    made = sent(theirs, "POST", "/v1/collections", {"name": "Ours"}, 201)

    assert made["owner"] == "acme"
    sent(theirs, "POST", "/v1/collections", {"name": "Hers", "owner": "ada"}, 400)
    for path in (f"{LLAMA}/like", f"{LLAMA}/follow", "/v1/publishers/meta/follow"):
        sent(theirs, "PUT", path, status=403)
    assert not Like.objects.exists()


def test_a_token_without_the_scope_likes_nothing(ada: User, llama: AIModel) -> None:
    problem = sent(client_of(ada, "models:write"), "PUT", f"{LLAMA}/like", status=403)

    assert "collections:write" in problem["detail"]
    sent(Client(), "PUT", f"{LLAMA}/like", status=401)


def test_curated_collections_are_read_with_any_token_or_none(db: None) -> None:
    strange = Client(headers={"Authorization": "Bearer r8_somebody_elses"})

    assert sent(strange, "GET", "/v1/collections")["results"] == []


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/v1/account/likes", 9),
        ("/v1/account/following", 5),
        ("/v1/account/following/news", 5),
        ("/v1/account/collections", 5),
    ],
)
def test_lists_need_few_queries_whatever_their_length(
    ada: User,
    hers: Client,
    make_model: MakeModel,
    path: str,
    most: int,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    from catalog.collecting import actions as collecting  # noqa: PLC0415
    from catalog.kept import actions  # noqa: PLC0415

    for number in range(count):
        ai_model = make_model(f"acme-{number}/model")
        actions.like(ada, ai_model)
        actions.follow(ada, ai_model)
        Version.objects.create(ai_model=ai_model, version_id="v", openapi_schema={})
        collecting.make(ada, name=f"Number {number}", description="", visibility="private")
    hers.get(path)

    with django_assert_max_num_queries(most):
        assert len(sent(hers, "GET", path)["results"]) == count
