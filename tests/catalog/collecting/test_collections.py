"""Collections of people's own, as somebody without JavaScript gets them."""

import re
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import AuditEvent, Membership, User
from catalog.collecting import actions
from catalog.models import AIModel, Collection
from tests.catalog.pages.conftest import MakeModel

from .conftest import Collect

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
WANTED = {"name": "Small ones", "description": "", "visibility": "private"}
HERS = "/collections/ada/small-ones"


def html(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response
    return response.content.decode()


def names(collection: Collection) -> list[str]:
    return [item.ai_model.name for item in collection.items.select_related("ai_model")]


def filled(collection: Collection, make_model: MakeModel, *names: str) -> list[int]:
    """Keys of its items."""
    return [actions.add(collection, make_model(f"acme/{name}")).pk for name in names]


def test_a_collection_is_made_from_the_page_of_its_first_model(
    as_ada: Client, llama: AIModel
) -> None:
    page = html(as_ada, "/models/Meta/Llama-3-8B")
    assert 'href="/account/collections/new?model=Meta%2FLlama-3-8B"' in page
    page = html(as_ada, "/account/collections/new?model=Meta%2FLlama-3-8B")
    assert "Meta/Llama-3-8B will be its first model." in page

    said = as_ada.post("/account/collections/new", {**WANTED, "model": "Meta/Llama-3-8B"})

    assert said["Location"] == HERS
    assert names(Collection.objects.get()) == ["Llama-3-8B"]
    assert "Small ones" in html(as_ada, HERS)
    assert "Small ones" in html(as_ada, "/account/collections")


def test_a_model_is_put_in_and_taken_out_on_its_page(
    as_ada: Client, llama: AIModel, collect: Collect
) -> None:
    collection = collect()
    key = str(collection.pk)

    said = as_ada.post("/models/Meta/Llama-3-8B/collect", {"on": key}, follow=True)
    assert "Meta/Llama-3-8B is in “Small ones” now." in said.content.decode()
    as_ada.post("/models/Meta/Llama-3-8B/collect", {"on": key})
    assert names(collection) == ["Llama-3-8B"]
    assert f'name="off" value="{key}"' in html(as_ada, "/models/Meta/Llama-3-8B")

    by_htmx = as_ada.post(
        "/models/Meta/Llama-3-8B/collect", {"off": key}, headers={"HX-Request": "true"}
    )
    assert names(collection) == []
    assert f'name="on" value="{key}"' in by_htmx.content.decode()
    assert 'id="collect" open' in by_htmx.content.decode()


@pytest.mark.parametrize("sent", [{}, {"on": "x"}, {"on": "9" * 30}, {"off": "-1"}])
def test_what_it_is_put_into_must_be_there(
    as_ada: Client, llama: AIModel, sent: dict[str, str]
) -> None:
    assert as_ada.post("/models/Meta/Llama-3-8B/collect", sent).status_code == 404


@pytest.mark.parametrize(
    ("visibility", "to_hers", "to_others", "is_listed"),
    [("public", 200, 200, True), ("unlisted", 200, 200, False), ("private", 200, 404, False)],
)
def test_who_sees_it(
    client: Client,
    as_ada: Client,
    as_bob: Client,
    llama: AIModel,
    collect: Collect,
    visibility: str,
    to_hers: int,
    to_others: int,
    is_listed: bool,
) -> None:
    actions.add(collect(visibility=visibility), llama)

    assert as_ada.get(HERS).status_code == to_hers
    assert [reader.get(HERS).status_code for reader in (client, as_bob)] == [to_others] * 2
    assert client.get(f"{HERS}.atom").status_code == to_others
    assert ("Small ones" in html(client, "/collections")) is is_listed
    assert ("noindex" in html(as_ada, HERS)) is not is_listed


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (f"{HERS}/edit", None),
        (f"{HERS}/edit", WANTED),
        (f"{HERS}/models", {"up": "1"}),
        (f"{HERS}/delete", {}),
    ],
)
def test_others_change_nothing(
    client: Client, as_bob: Client, collect: Collect, path: str, sent: dict[str, str] | None
) -> None:
    collection = collect(visibility="unlisted")

    def asked(reader: Client) -> int:
        return (reader.get(path) if sent is None else reader.post(path, sent)).status_code

    assert (asked(client), asked(as_bob)) == (302, 403)
    collection.visibility = "private"
    collection.save()
    assert (asked(client), asked(as_bob)) == (302, 404)
    collection.refresh_from_db()
    assert collection.name == "Small ones"


def test_nobody_puts_a_model_into_what_others_made(
    client: Client, as_bob: Client, llama: AIModel, collect: Collect
) -> None:
    collection = collect()

    for reader, status in ((client, 302), (as_bob, 404)):
        sent = reader.post("/models/Meta/Llama-3-8B/collect", {"on": collection.pk})
        assert sent.status_code == status
    assert names(collection) == []


def test_an_organisation_has_collections_that_its_developers_change(
    as_ada: Client, as_bob: Client, ada: User, acme: User
) -> None:
    Membership.objects.create(organization=acme, user=ada, role="developer")
    assert 'value="acme"' in html(as_ada, "/account/collections/new")
    assert 'value="acme"' not in html(as_bob, "/account/collections/new")

    made = as_ada.post("/account/collections/new", {**WANTED, "owner": "acme"})

    path = "/collections/acme/small-ones"
    assert made["Location"] == path
    assert "Small ones" in html(as_bob, "/account/collections")
    assert "/edit" not in html(as_bob, path)
    assert [one.post(f"{path}/delete").status_code for one in (as_bob, as_ada)] == [403, 302]


def test_who_is_no_developer_makes_none_for_an_organisation(as_bob: Client, acme: User) -> None:
    as_bob.post("/account/collections/new", {**WANTED, "owner": "acme"})

    assert [one.owner for one in Collection.objects.select_related("owner")] != [acme]


def test_its_address_stays_when_its_name_changes(as_ada: Client, collect: Collect) -> None:
    collect()

    as_ada.post(f"{HERS}/edit", {**WANTED, "name": "Tiny ones"})

    assert "Tiny ones" in html(as_ada, HERS)


@pytest.mark.parametrize(
    ("named", "slugs"),
    [
        ("Small ones", ["small-ones", "small-ones-2", "small-ones-3"]),
        ("小模型", ["collection", "collection-2", "collection-3"]),
    ],
)
def test_each_gets_an_address_of_its_own(collect: Collect, named: str, slugs: list[str]) -> None:
    assert [collect(named).slug for _ in range(3)] == slugs


def test_a_curated_collection_and_ones_own_may_be_called_alike(
    client: Client, collect: Collect
) -> None:
    Collection.objects.create(slug="small-ones", name="A curator's")
    collect()

    assert "A curator&#x27;s" in html(client, "/collections/small-ones")
    assert "ada" in html(client, HERS)
    with pytest.raises(IntegrityError):
        Collection.objects.create(slug="small-ones", name="Once more")


@pytest.mark.parametrize(
    ("act", "place", "order"),
    [
        ("up", 1, ["two", "one", "three"]),
        ("up", 0, ["one", "two", "three"]),
        ("down", 1, ["one", "three", "two"]),
        ("down", 2, ["one", "two", "three"]),
        ("remove", 1, ["one", "three"]),
    ],
)
def test_models_are_arranged_by_buttons(
    as_ada: Client, collect: Collect, make_model: MakeModel, act: str, place: int, order: list[str]
) -> None:
    collection = collect()
    keys = filled(collection, make_model, "one", "two", "three")

    said = as_ada.post(f"{HERS}/models", {act: keys[place]})

    assert said["Location"].startswith(f"{HERS}/edit")
    assert names(collection) == order


def test_notes_are_saved_with_whatever_button_is_pressed(
    as_ada: Client, collect: Collect, make_model: MakeModel
) -> None:
    collection = collect()
    first, second = filled(collection, make_model, "one", "two")

    as_ada.post(
        f"{HERS}/models", {f"note-{first}": "Good", f"note-{second}": " <b>Fast</b> ", "up": second}
    )

    page = html(as_ada, HERS)
    assert page.index("&lt;b&gt;Fast&lt;/b&gt;") < page.index("Good")


def test_a_note_that_is_too_long_is_refused_by_name(
    as_ada: Client, collect: Collect, make_model: MakeModel
) -> None:
    (key,) = filled(collect(), make_model, "one")

    said = as_ada.post(f"{HERS}/models", {f"note-{key}": "x" * 501}, follow=True)

    assert "The note of acme/one is too long; 500 characters fit." in said.content.decode()


def test_what_is_hidden_is_not_shown_and_keeps_its_place(
    client: Client, as_ada: Client, collect: Collect, make_model: MakeModel
) -> None:
    collection = collect()
    keys = filled(collection, make_model, "one", "secret", "three")
    AIModel.objects.filter(name="secret").update(status="hidden")

    for reader, path in ((client, HERS), (as_ada, HERS), (as_ada, f"{HERS}/edit")):
        assert "secret" not in html(reader, path)
    as_ada.post(f"{HERS}/models", {"up": keys[2]})
    assert names(collection) == ["three", "one", "secret"]
    assert re.search(r'class="count">2<', html(client, "/collections"))


def test_markdown_of_a_description_is_rendered_and_can_do_nothing(
    client: Client, collect: Collect
) -> None:
    collect(description="**Bold** <script>alert(1)</script> [x](javascript:alert(1))")

    page = html(client, HERS)

    assert "<strong>Bold</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_name_is_needed(as_ada: Client) -> None:
    said = as_ada.post("/account/collections/new", {**WANTED, "name": " \0 "})

    assert said.status_code == 400
    assert "field-error" in said.content.decode()
    assert not Collection.objects.exists()


def test_one_has_so_many_and_no_more(
    as_ada: Client, collect: Collect, llama: AIModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_PER_OWNER", 1)
    monkeypatch.setattr(actions, "MOST_MODELS", 0)
    collection = collect()

    said = as_ada.post("/account/collections/new", WANTED)
    assert said.status_code == 400
    assert "as many as one owner can have" in said.content.decode()
    said = as_ada.post("/models/Meta/Llama-3-8B/collect", {"on": collection.pk}, follow=True)
    assert "as many as one can; take one out first." in said.content.decode()


def test_who_sees_it_is_written_down(as_ada: Client, collect: Collect) -> None:
    collect()

    as_ada.post(f"{HERS}/edit", WANTED)
    as_ada.post(f"{HERS}/delete")

    told = AuditEvent.objects.order_by("pk").values_list("what", "actor_name", "after")
    seen = [(what, who, after and after["visibility"]) for what, who, after in told]
    assert seen[1:] == [
        ("collection.changed", "ada", "private"),
        ("collection.deleted", "ada", None),
    ]


def test_a_collection_of_ones_own_keeps_nobody_from_deleting_a_model(
    ada: User, collect: Collect, llama: AIModel
) -> None:
    from catalog import actions as curators  # noqa: PLC0415

    actions.add(collect(), llama)

    removed = curators.delete(AIModel.objects.filter(pk=llama.pk), by=ada)

    assert (removed.deleted, removed.hidden) == (1, [])


def test_what_somebody_shut_out_made_is_shown_no_more(
    client: Client, ada: User, collect: Collect
) -> None:
    collect()
    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert client.get(HERS).status_code == 404
    assert "Small ones" not in html(client, "/collections")


def test_it_moves_to_another_owner_under_a_free_address(
    collect: Collect, bob: User, ada: User
) -> None:
    collect(owner=bob)
    moved = collect()

    actions.hand_over(moved, bob)

    assert moved.get_absolute_url() == "/collections/bob/small-ones-2"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (HERS, 6),  # the session, the user, and their organisations among them
        (f"{HERS}/edit", 5),
        ("/account/collections", 4),
        ("/collections", 3),
    ],
)
@pytest.mark.parametrize("count", [1, 20])
def test_pages_need_few_queries_whatever_their_length(
    as_ada: Client,
    collect: Collect,
    make_model: MakeModel,
    path: str,
    most: int,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    collection = collect()
    filled(collection, make_model, *(f"model-{number}" for number in range(count)))
    for number in range(count):
        collect(f"More {number}")
    as_ada.get(path)

    with django_assert_max_num_queries(most):
        html(as_ada, path)
