"""What a curator changes in the admin is theirs; the source's word stays beside it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog import search
from catalog.admin.forms import FIELDS, LISTS
from catalog.models import AIModel, Collection, CollectionItem, FormerName, Publisher, SourceRecord
from catalog.search import indexing


def change_page(model: Any) -> str:
    return reverse(f"admin:catalog_{model._meta.model_name}_change", args=[model.pk])


def save(desk: Client, ai_model: AIModel, **changes: Any) -> Any:
    """Send the form as a browser does: all that it showed, with these changes."""
    shown = {}
    for name in FIELDS:
        value = ai_model.serializable_value(name)
        shown[name] = "\n".join(value) if name in LISTS else ("" if value is None else value)
    return desk.post(change_page(ai_model), {**shown, **changes})


def act(desk: Client, action: str, *chosen: AIModel, **more: str) -> Any:
    return desk.post(
        reverse("admin:catalog_aimodel_changelist"),
        {"action": action, "_selected_action": [one.pk for one in chosen], **more},
    )


def test_saving_locks_what_was_changed_and_nothing_else(desk: Client, harrier: AIModel) -> None:
    response = save(desk, harrier, summary="Our own words.")

    assert response.status_code == 302
    harrier.refresh_from_db()
    assert harrier.summary == "Our own words."
    assert harrier.locked_fields == ["summary"]


def test_saving_nothing_locks_nothing(desk: Client, harrier: AIModel) -> None:
    save(desk, harrier)

    harrier.refresh_from_db()
    assert harrier.locked_fields == []


def test_a_list_is_written_one_value_a_line(desk: Client, harrier: AIModel) -> None:
    save(desk, harrier, tags="one\n\n two \none")

    harrier.refresh_from_db()
    assert harrier.tags == ["one", "two"]
    assert harrier.locked_fields == ["tags"]


def test_a_model_is_found_by_an_alias_that_was_just_added(
    desk: Client, harrier: AIModel, tmp_path: Path, settings: Any
) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    indexing.sweep()

    save(desk, harrier, aliases="Marsh Hawk\n\nmarsh-hawk")
    indexing.sweep()

    harrier.refresh_from_db()
    assert (harrier.aliases, harrier.locked_fields) == (["Marsh Hawk"], ["aliases"])
    assert search.find(search.Query(text="marshhawk")).ids == [harrier.pk]


@pytest.mark.parametrize(
    ("aliases", "told"),
    [
        ("--", "“--” has no letter or digit; take it out."),
        ("a" * 101, "has 101 characters; an alias has at most 100."),
        ("\n".join(f"name {n}" for n in range(51)), "A model has at most 50 aliases"),
    ],
)
def test_an_alias_that_cannot_be_typed_is_refused(
    desk: Client, harrier: AIModel, aliases: str, told: str
) -> None:
    response = save(desk, harrier, aliases=aliases)

    assert told in response.content.decode()
    harrier.refresh_from_db()
    assert harrier.aliases == []


def test_the_newer_word_of_the_source_is_shown_beside_the_curators(
    desk: Client, harrier: AIModel
) -> None:
    save(desk, harrier, summary="Our own words.")
    record = SourceRecord.objects.get()
    record.values["summary"] = "New <b>words</b> of the source."
    record.save()

    shown = desk.get(change_page(harrier)).content.decode()

    assert "Set by a curator." in shown
    assert "the source says New &lt;b&gt;words&lt;/b&gt; of the source." in shown
    assert "(listing-2026-10, read 2026-10-01)" in shown


def test_a_field_tells_its_source(desk: Client, harrier: AIModel) -> None:
    shown = desk.get(change_page(harrier)).content.decode()

    assert "From Hugging Face, read 2026-10-01." in shown


def test_a_field_that_is_given_back_takes_the_word_of_the_source_again(
    desk: Client, harrier: AIModel
) -> None:
    save(desk, harrier, summary="Our own words.", parameters=1)
    harrier.refresh_from_db()

    save(desk, harrier, give_back=["summary"])

    harrier.refresh_from_db()
    assert harrier.summary == "Writes and answers."
    assert harrier.parameters == 1
    assert harrier.locked_fields == ["parameters"]


def test_a_renamed_model_keeps_its_old_name(desk: Client, harrier: AIModel) -> None:
    save(desk, harrier, name="Kite-7b")

    harrier.refresh_from_db()
    assert harrier.key == "rookwright/kite-7b"
    assert FormerName.objects.get().key == "rookwright/harrier-7b"


def test_a_taken_name_is_refused_with_a_sentence(desk: Client, harrier: AIModel) -> None:
    AIModel.objects.create(publisher=harrier.publisher, name="kite")

    response = save(desk, harrier, name="KITE")

    assert "There is a model Rookwright/KITE already." in response.content.decode()
    assert not FormerName.objects.exists()


def test_a_renamed_publisher_takes_its_models_along(desk: Client, harrier: AIModel) -> None:
    AIModel.objects.update(indexed_as_of=harrier.updated_at)

    desk.post(change_page(harrier.publisher), {"slug": "Rook", "name": "", "kind": "unknown"})

    harrier.refresh_from_db()
    assert harrier.key == "rook/harrier-7b"
    assert FormerName.objects.get().key == "rookwright/harrier-7b"
    assert AIModel.objects.stale_in_index().count() == 1


def test_a_publishers_name_cannot_be_taken(desk: Client, harrier: AIModel) -> None:
    other = Publisher.objects.create(slug="Rook")

    response = desk.post(change_page(other), {"slug": "ROOKwright", "kind": "unknown"})

    assert "There is a publisher Rookwright already." in response.content.decode()


@pytest.mark.parametrize(
    ("action", "status"), [("hide", "hidden"), ("show", "listed"), ("deprecate", "deprecated")]
)
def test_bulk_actions_set_and_lock_the_status(
    desk: Client, harrier: AIModel, action: str, status: str
) -> None:
    AIModel.objects.update(status="draft")
    AIModel.objects.update(indexed_as_of=AIModel.objects.get().updated_at)

    act(desk, action, harrier)

    harrier.refresh_from_db()
    assert harrier.status == status
    assert "status" in harrier.locked_fields
    assert AIModel.objects.stale_in_index().exists()


def test_deprecated_models_may_name_their_replacement(desk: Client, harrier: AIModel) -> None:
    kite = AIModel.objects.create(publisher=harrier.publisher, name="kite")

    act(desk, "deprecate", harrier, replacement="Rookwright/KITE")

    harrier.refresh_from_db()
    assert harrier.replacement == kite
    assert harrier.deprecated_at


def test_a_replacement_that_is_not_there_changes_nothing(desk: Client, harrier: AIModel) -> None:
    response = act(desk, "deprecate", harrier, replacement="no/body")

    assert "There is no model no/body" in desk.get(response["Location"]).content.decode()
    harrier.refresh_from_db()
    assert harrier.status == "listed"


def test_a_model_that_others_refer_to_is_hidden_instead_of_deleted(
    desk: Client, harrier: AIModel
) -> None:
    AIModel.objects.create(publisher=harrier.publisher, name="tuned", base_model=harrier)
    address = reverse("admin:catalog_aimodel_delete", args=[harrier.pk])

    response = desk.post(address, {"post": "yes"}, follow=True)

    harrier.refresh_from_db()
    assert harrier.status == "hidden"
    assert "Hidden instead of deleted" in response.content.decode()


def test_a_model_in_a_collection_is_hidden_instead_of_deleted(
    desk: Client, harrier: AIModel
) -> None:
    collection = Collection.objects.create(slug="chosen", name="Chosen")
    CollectionItem.objects.create(collection=collection, ai_model=harrier)

    act(desk, "delete_selected", harrier, post="yes")

    harrier.refresh_from_db()
    assert harrier.status == "hidden"


def test_a_model_that_nothing_refers_to_is_deleted_with_what_hangs_on_it(
    desk: Client, harrier: AIModel
) -> None:
    address = reverse("admin:catalog_aimodel_delete", args=[harrier.pk])
    warned = desk.get(address).content.decode()

    desk.post(address, {"post": "yes"})

    assert "Source records: 1" in warned
    assert not AIModel.objects.exists()
    assert not SourceRecord.objects.exists()


def test_a_publisher_with_models_cannot_be_deleted(desk: Client, harrier: AIModel) -> None:
    address = reverse("admin:catalog_publisher_delete", args=[harrier.publisher.pk])

    desk.post(address, {"post": "yes"})

    assert Publisher.objects.filter(pk=harrier.publisher.pk).exists()


def test_a_model_made_here_keeps_what_was_filled_in(desk: Client, harrier: AIModel) -> None:
    filled = {
        "publisher": harrier.publisher.pk,
        "name": "own",
        "status": "listed",
        "license_class": "unknown",
        "summary": "Made here.",
    }

    response = desk.post(reverse("admin:catalog_aimodel_add"), filled)

    assert response.status_code == 302
    own = AIModel.objects.get(name="own")
    assert own.key == "rookwright/own"
    assert own.locked_fields == ["summary"]
