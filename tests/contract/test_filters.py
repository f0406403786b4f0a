"""Filters, counts, order and pages."""

from datetime import UTC, datetime

import pytest

from catalog.models import AIModel
from catalog.search import FacetValue
from catalog.search.documents import version_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(make_model):
    make_model(
        "Meta/alpha",
        task="text-generation",
        library="transformers",
        license="mit",
        license_class="open",
        languages=["en", "fr"],
        tags=["Chat"],
        parameters=7_000_000_000,
        context_length=8_192,
        memory_bytes=16_000_000_000,
        source_updated_at=datetime(2026, 3, 1, tzinfo=UTC),
        is_runnable=True,
        popularity=3,
    )
    make_model(
        "Meta/beta",
        task="text-generation",
        library="diffusers",
        parameters=8_000_000_000,
        context_length=131_072,
        memory_bytes=20_000_000_000,
        source_updated_at=datetime(2026, 2, 1, 23, 59, tzinfo=UTC),
        popularity=2,
    )
    make_model(
        "other/gamma",
        task="text-to-image",
        capabilities=["vision"],
        source="replicate",
        popularity=1,
    )


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("task", ["text-generation"], {"alpha", "beta"}),
        ("task", ["text-generation", "text-to-image"], {"alpha", "beta", "gamma"}),
        ("task", ["no-such-task"], set()),
        ("library", ["transformers"], {"alpha"}),
        ("license", ["MIT"], {"alpha"}),
        ("license_class", ["open"], {"alpha"}),
        ("language", ["fr"], {"alpha"}),
        ("publisher", ["meta"], {"alpha", "beta"}),
        ("source", ["replicate"], {"gamma"}),
        ("tag", ["chat"], {"alpha"}),
        ("capability", ["vision"], {"gamma"}),
    ],
)
def test_a_filter_keeps_what_has_one_of_its_values(three, names, name, values, expected):
    found = names(any_of={name: tuple(values)})

    assert {full_name.split("/")[1] for full_name in found} == expected


def test_filters_of_two_names_hold_together(three, names):
    any_of = {"task": ("text-generation",), "library": ("diffusers",)}

    assert names(any_of=any_of) == ["Meta/beta"]


def test_a_value_can_be_ruled_out(three, names):
    assert names(none_of={"task": ("text-generation",)}) == ["other/gamma"]
    assert names(none_of={"library": ("transformers", "diffusers")}) == ["other/gamma"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"parameters_min": 7_000_000_000}, ["Meta/alpha", "Meta/beta"]),
        ({"parameters_min": 7_000_000_001}, ["Meta/beta"]),
        ({"parameters_max": 7_000_000_000}, ["Meta/alpha"]),
        ({"context_min": 128_000}, ["Meta/beta"]),
        ({"memory_max": 16_000_000_000}, ["Meta/alpha"]),
        ({"updated_since": "2026-02-01"}, ["Meta/alpha", "Meta/beta"]),
        ({"updated_since": "2026-02-02"}, ["Meta/alpha"]),
        ({"is_runnable": True}, ["Meta/alpha"]),
        ({"is_runnable": False}, ["Meta/beta", "other/gamma"]),
        ({"parameters_max": 2**63 - 1}, ["Meta/alpha", "Meta/beta"]),
        ({"parameters_min": 2**63 - 1}, []),
    ],
)
def test_a_range_keeps_what_is_known_to_be_within(three, names, bounds, expected):
    assert names(**bounds) == expected


def test_a_facet_counts_every_value_largest_first(three, ask):
    results = ask(facets=("task", "library"))

    assert results.facets["task"] == [
        FacetValue("text-generation", 2),
        FacetValue("text-to-image", 1),
    ]
    assert {found.value: found.count for found in results.facets["library"]} == {
        "transformers": 1,
        "diffusers": 1,
    }


def test_counts_are_as_if_no_value_of_the_same_facet_were_chosen(three, ask):
    results = ask(any_of={"task": ("text-to-image",)}, facets=("task", "publisher"))

    assert results.total == 1
    assert results.facets["task"] == [
        FacetValue("text-generation", 2),
        FacetValue("text-to-image", 1, is_selected=True),
    ]
    assert results.facets["publisher"] == [FacetValue("other", 1)]


def test_a_chosen_value_stays_among_the_counts(three, ask):
    chosen = {"library": ("transformers",), "task": ("text-to-image",)}

    results = ask(any_of=chosen, facets=("library", "task"))

    assert results.total == 0
    assert FacetValue("transformers", 0, is_selected=True) in results.facets["library"]
    assert FacetValue("text-to-image", 0, is_selected=True) in results.facets["task"]


def test_a_ruled_out_value_is_counted_as_nothing(three, ask):
    results = ask(none_of={"task": ("text-generation",)}, facets=("task",))

    assert results.facets["task"] == [FacetValue("text-to-image", 1)]


def test_counts_follow_the_text(three, ask):
    results = ask("alpha", facets=("task",))

    assert results.facets["task"] == [FacetValue("text-generation", 1)]


def test_a_rare_chosen_value_is_counted_though_not_listed(make_model, ask):
    for number in range(105):
        make_model(f"common{number}/one")
        make_model(f"common{number}/two")
    make_model("rare/one")

    results = ask(any_of={"publisher": ("rare",)}, facets=("publisher",))

    assert results.total == 1
    assert results.facets["publisher"][-1] == FacetValue("rare", 1, is_selected=True)


@pytest.mark.parametrize(
    ("sort", "field"),
    [
        ("trending", "trending_score"),
        ("runs", "runs"),
        ("downloads", "downloads"),
        ("likes", "likes"),
        ("size", "parameters"),
    ],
)
def test_results_are_sorted_largest_first_and_the_unknown_last(make_model, names, sort, field):
    make_model("a/unknown", popularity=9)
    make_model("a/some", **{field: 5})
    make_model("a/none", **{field: 0})
    make_model("a/most", **{field: 70_000_000_000})

    assert names(sort=sort) == ["a/most", "a/some", "a/none", "a/unknown"]


@pytest.mark.parametrize(
    ("sort", "field"), [("created", "published_at"), ("updated", "source_updated_at")]
)
def test_results_are_sorted_newest_first(make_model, names, sort, field):
    make_model("a/old", **{field: datetime(2020, 1, 1, tzinfo=UTC)})
    make_model("a/new", **{field: datetime(2026, 1, 1, tzinfo=UTC)})
    make_model("a/ancient", **{field: datetime(1969, 1, 1, tzinfo=UTC)})

    assert names(sort=sort) == ["a/new", "a/old", "a/ancient"]


def test_equal_values_come_popular_first(make_model, names):
    make_model("a/little", likes=5, popularity=1)
    make_model("a/much", likes=5, popularity=2)

    assert names(sort="likes") == ["a/much", "a/little"]


def test_a_sort_keeps_to_what_fits_the_text(make_model, names):
    make_model("a/flux", likes=1)
    make_model("a/whisper", likes=9)

    assert names("flux", sort="likes") == ["a/flux"]


def test_without_text_relevance_is_popularity(three, names):
    assert names() == ["Meta/alpha", "Meta/beta", "other/gamma"]


def test_pages_follow_each_other_to_the_last(make_model, names, ask):
    for number in range(25):
        make_model(f"a/model-{number}", popularity=number % 7)

    pages = [names("model", offset=offset, limit=10) for offset in (0, 10, 20)]

    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({name for page in pages for name in page}) == 25


@pytest.mark.parametrize("text", ["", "model"])
def test_a_page_beyond_the_end_is_empty_and_tells_the_total(make_model, ask, text):
    make_model("a/model")

    results = ask(text, offset=10**15, limit=10)

    assert (results.ids, results.total) == ([], 1)


@pytest.mark.parametrize("status", ["draft", "hidden", "removed"])
def test_what_is_not_listed_is_neither_found_nor_counted(make_model, ask, status):
    make_model("a/seen", task="text-generation")
    make_model("a/unseen", task="text-generation", status=status)

    results = ask(facets=("task",))

    assert results.total == 1
    assert results.facets["task"] == [FacetValue("text-generation", 1)]


def test_a_deprecated_model_is_still_found(make_model, names):
    make_model("a/old", status=AIModel.Status.DEPRECATED)

    assert names("old") == ["a/old"]


def test_what_changed_after_a_moment_is_found(three, make_model, ask):
    later = make_model("other/delta")
    moment = version_of(later.updated_at)

    assert ask(changed_after=moment - 1).ids == [later.pk]
    assert ask("delta", changed_after=moment - 1).ids == [later.pk]
    assert ask(changed_after=moment).ids == []
    assert ask("alpha", changed_after=moment - 1).ids == []


def test_values_of_a_facet_are_found_by_a_part_of_them(make_model, ask):
    for slug in ("Meta-Llama", "metavoice", "other"):
        make_model(f"{slug}/one")
    make_model("metavoice/two", task="text-generation")

    results = ask(facets=("publisher",), facet_text="META")
    narrowed = ask(facets=("publisher",), facet_text="meta", any_of={"task": ("text-generation",)})

    assert results.facets["publisher"] == [
        FacetValue("metavoice", 2),
        FacetValue("Meta-Llama", 1),
    ]
    assert narrowed.facets["publisher"] == [FacetValue("metavoice", 1)]


@pytest.mark.parametrize("text", [".*", "[", "\\", "(?i)", "^$", "]-", "|"])
def test_what_is_searched_for_in_a_facet_is_no_pattern(make_model, ask, text):
    make_model("meta/one")

    assert ask(facets=("publisher",), facet_text=text).facets["publisher"] == []
