"""Everything that a search fits, as exports and feeds ask for it: no window, the search's order."""

from collections.abc import Callable

import pytest

from catalog.search import Query, all_ids, find, indexing, newest

from .conftest import MakeModel

pytestmark = pytest.mark.django_db


@pytest.fixture
def models(engine: str, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whispers, many of them equally popular, read in pages of five."""
    for package in ("embedded", "meilisearch.finding"):
        monkeypatch.setattr(f"catalog.search.{package}.READ_AT_ONCE", 5)
    found = [make_model(f"acme/whisper-{n}", popularity=n % 3).pk for n in range(17)]
    make_model("acme/bert")
    indexing.sweep()
    return found


@pytest.mark.parametrize("sort", ["relevance", "downloads", "created"])
def test_all_come_once_and_in_the_order_of_the_pages(models: list[int], sort: str) -> None:
    found = all_ids(Query(text="whisper", sort=sort))

    assert list(found.ids) == find(Query(text="whisper", sort=sort, limit=100)).ids
    assert sorted(found.ids) == models
    assert not found.is_degraded


def test_filters_hold_beside_a_text(
    models: list[int], make_model: MakeModel, names: Callable[..., list[str]]
) -> None:
    other = make_model("other/whisper", languages=["zh"]).pk
    indexing.sweep()

    assert list(all_ids(Query(text="whisper", none_of={"publisher": ("acme",)})).ids) == [other]
    assert list(all_ids(Query(text="whisper", any_of={"language": ("ZH",)})).ids) == [other]


@pytest.mark.parametrize("text", ["whisper", ""])
def test_the_newest_come_by_their_arrival_page_by_page(models: list[int], text: str) -> None:
    query = {"text": text, "any_of": {"publisher": ("acme",)}, "none_of": {}}
    arrived = models[::-1] if text else [models[-1] + 1, *models[::-1]]

    assert newest(Query(**query, limit=4)) == arrived[:4]
    assert newest(Query(**query, offset=4, limit=4)) == arrived[4:8]
    assert newest(Query(**query, offset=40, limit=4)) == []


def test_limit_and_offset_of_a_page_do_not_cut_it(models: list[int]) -> None:
    assert len(all_ids(Query(text="whisper", offset=8, limit=1)).ids) == 17
    assert len(all_ids(Query(offset=8, limit=1)).ids) == 18
