"""The pages by their addresses, as somebody without JavaScript gets them."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from .conftest import MakeModel

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from catalog.models import AIModel

pytestmark = pytest.mark.django_db
SCHEMA = {
    "components": {
        "schemas": {
            "Input": {"properties": {"prompt": {"type": "string", "description": "Ask."}}},
            "Output": {"type": "string"},
        }
    }
}


def html(client: Client, path: str, status: int = 200, **headers: str) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == status, response
    return response.content.decode()


def test_an_empty_catalog_has_a_first_page_that_says_what_to_do(client: Client) -> None:
    assert "manage.py import_models" in html(client, "/")


def test_the_first_page_shows_counts_with_their_date(client: Client, llama: "AIModel") -> None:
    llama.last_seen_at = datetime(2026, 10, 1, tzinfo=UTC)
    llama.save()

    page = html(client, "/")

    assert "read Oct. 1, 2026" in page
    assert 'href="/tasks/text-generation"' in page
    assert 'href="/models/Meta/Llama-3-8B"' in page


def test_the_first_page_needs_few_queries(
    client: Client, llama: "AIModel", django_assert_max_num_queries: "DjangoAssertNumQueries"
) -> None:
    with django_assert_max_num_queries(13):
        client.get("/")
    with django_assert_max_num_queries(0):
        client.get("/")


@pytest.mark.parametrize("count", [1, 20])
def test_a_search_needs_as_many_queries_for_twenty_lines_as_for_one(
    client: Client,
    make_model: MakeModel,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(count):
        make_model(f"acme/model-{number}")
    client.get("/models")  # names of tasks and the like are remembered now

    # The database searches: a query a facet, and one for whose copy each result is.
    with django_assert_max_num_queries(10):
        page = html(client, "/models")

    assert page.count('class="row"') == count


def test_a_model_tells_what_else_it_is_called(client: Client, llama: "AIModel") -> None:
    llama.aliases = ["Llama three", "<b>L3</b>"]
    llama.save()

    page = html(client, llama.get_absolute_url())

    assert "Also known as Llama three, &lt;b&gt;L3&lt;/b&gt;" in page


def test_a_line_tells_what_a_model_takes_and_permits(client: Client, llama: "AIModel") -> None:
    page = html(client, "/models?q=llama")

    for text in ("A language model", "Text Generation", "Transformers", "8B", "128K", "16 GB"):
        assert text in page
    assert 'class="label license-open"' in page
    assert "1.2M" in page


def test_a_plain_form_ends_at_an_address_without_empty_parameters(client: Client) -> None:
    response = client.get("/models?q=llama&task=&params_min=&sort=relevance")

    assert response.status_code == 302
    assert response["Location"] == "/models?q=llama"


def test_each_filter_can_be_removed_by_a_link(client: Client, llama: "AIModel") -> None:
    page = html(client, "/models?q=llama&task=text-generation&license_class=-non-commercial")

    assert 'aria-label="Remove filter: Task = Text Generation"' in page
    assert 'href="/models?q=llama&amp;license_class=-non-commercial"' in page
    assert 'href="/models?q=llama&amp;task=text-generation"' in page


def test_a_search_without_results_offers_to_drop_what_emptied_it(
    client: Client, llama: "AIModel"
) -> None:
    page = html(client, "/models?q=llama&license_class=non-commercial")

    assert "Nothing fits" in page
    assert re.search(r'href="/models\?q=llama".*?<span class="figure">1</span>', page, re.DOTALL)


def test_a_wrong_filter_is_answered_with_a_sentence_that_names_it(client: Client) -> None:
    page = html(client, "/models?params_min=lots", status=400)

    assert "params_min" in page
    assert "7B" in page


def test_a_page_beyond_the_last_leads_to_the_last(client: Client, llama: "AIModel") -> None:
    response = client.get("/models?page=99")

    assert (response.status_code, response["Location"]) == (302, "/models")


def test_pages_are_linked_by_rel(client: Client, make_model: MakeModel) -> None:
    for number in range(30):
        make_model(f"acme/model-{number}")

    assert 'rel="next" href="/models?page=2"' in html(client, "/models")
    assert 'rel="prev" href="/models"' in html(client, "/models?page=2")


def test_htmx_gets_the_part_and_the_address_to_show(client: Client, llama: "AIModel") -> None:
    response = client.get(
        "/models?q=llama&task=&license_class=open",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/models?q=llama"},
    )

    assert b"<html" not in response.content
    assert response["HX-Push-Url"] == "/models?q=llama&license_class=open"
    assert "HX-Request" in response["Vary"]


def test_typing_replaces_the_address(client: Client, llama: "AIModel") -> None:
    response = client.get(
        "/models?q=llam",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/models?q=lla"},
    )

    assert response["HX-Replace-Url"] == "/models?q=llam"


def test_a_closed_group_is_counted_when_it_is_opened(client: Client, llama: "AIModel") -> None:
    page = html(client, "/models?q=llama")
    part = html(client, "/facets/publisher?q=llama", **{"HX-Request": "true"})

    assert 'href="/facets/publisher?q=llama"' in page
    assert 'name="publisher"' not in page
    assert '<input type="checkbox" name="publisher" value="Meta">' in part
    assert "<html" not in part


def test_all_values_of_a_facet_have_a_page(client: Client, llama: "AIModel") -> None:
    page = html(client, "/facets/task?q=llama")

    assert 'name="task" value="text-generation"' in page
    assert 'type="hidden" name="q" value="llama"' in page
    assert client.get("/facets/nonsense").status_code == 404


def test_any_case_of_a_name_leads_to_the_canonical_one(client: Client, llama: "AIModel") -> None:
    response = client.get("/models/meta/LLAMA-3-8b/versions?x=1")

    assert response.status_code == 301
    assert response["Location"] == "/models/Meta/Llama-3-8B/versions?x=1"


def test_a_former_name_leads_to_the_new_one(client: Client, llama: "AIModel") -> None:
    llama.former_names.create(key="meta/llama3")

    response = client.get("/models/Meta/Llama3")

    assert (response.status_code, response["Location"]) == (301, "/models/Meta/Llama-3-8B")


@pytest.mark.parametrize("status", ["hidden", "draft"])
def test_what_is_not_public_is_not_there(client: Client, llama: "AIModel", status: str) -> None:
    llama.status = status
    llama.save()

    for path in ("", "/versions", "/examples", "/family", "/stats"):
        assert client.get(f"/models/Meta/Llama-3-8B{path}").status_code == 404


def test_a_removed_model_keeps_a_page_that_says_so(client: Client, llama: "AIModel") -> None:
    llama.status = "removed"
    llama.save()

    page = html(client, "/models/Meta/Llama-3-8B")

    assert "Removed at its source." in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_deprecated_model_names_its_replacement(
    client: Client, llama: "AIModel", make_model: MakeModel
) -> None:
    llama.status, llama.replacement = "deprecated", make_model("Meta/Llama-4")
    llama.save()

    assert 'href="/models/Meta/Llama-4"' in html(client, "/models/Meta/Llama-3-8B")


def test_a_replacement_that_is_not_public_is_not_named(
    client: Client, llama: "AIModel", make_model: MakeModel
) -> None:
    secret = make_model("Meta/Secret", status="hidden")
    llama.status, llama.replacement = "deprecated", secret
    llama.save()

    page = html(client, "/models/Meta/Llama-3-8B")

    assert "Deprecated" in page
    assert "Secret" not in page


def test_each_fact_tells_its_source_and_date_or_that_nobody_reported_it(
    client: Client, llama: "AIModel"
) -> None:
    llama.source_records.create(
        source="huggingface",
        source_id="meta/Llama-3-8B",
        read_at=datetime(2026, 10, 1, tzinfo=UTC),
        values={"parameters": 8_030_261_248},
        digest="1",
    )

    page = html(client, "/models/Meta/Llama-3-8B")

    assert re.search(r"8B</span>.*?8,030,261,248.*?Hugging Face, Oct. 1, 2026", page, re.DOTALL)
    assert "Not reported" in page


def test_every_field_with_a_value_tells_whose_word_it_is(client: Client, llama: "AIModel") -> None:
    values = {"summary": "A language model", "tags": ["chat"], "downloads": 1_234_567}
    llama.source_records.create(
        source="huggingface",
        source_id="meta/Llama-3-8B",
        read_at=datetime(2026, 10, 1, tzinfo=UTC),
        values=values,
        notes=["summary: the beginning of its card"],
    )
    llama.locked_fields = ["tags"]
    llama.save()

    page = html(client, "/models/Meta/Llama-3-8B")

    told = dict(re.findall(r"<dt><code>(\w+)</code></dt><dd>(.*?)</dd>", page))
    assert told["description"] == "Hugging Face, Oct. 1, 2026; the beginning of its card"
    assert told["downloads"] == "Hugging Face, Oct. 1, 2026"
    assert told["tags"] == "a curator here"
    assert not told.keys() & {"likes", "papers"}


def test_a_model_page_needs_few_queries(
    client: Client, llama: "AIModel", django_assert_max_num_queries: "DjangoAssertNumQueries"
) -> None:
    client.get("/models/Meta/Llama-3-8B")

    with django_assert_max_num_queries(9):
        client.get("/models/Meta/Llama-3-8B")


def test_linked_data_cannot_end_its_script_element(client: Client, llama: "AIModel") -> None:
    llama.summary = "</script><script>alert(1)</script>"
    llama.save()

    page = html(client, "/models/Meta/Llama-3-8B")

    assert "<script>alert" not in page
    assert '"@type": "SoftwareApplication"' in page


def test_a_version_shows_what_it_takes_and_answers(client: Client, llama: "AIModel") -> None:
    llama.versions.create(version_id="a" * 64, openapi_schema=SCHEMA)

    page = html(client, "/models/Meta/Llama-3-8B/versions")

    assert "<code>prompt</code>" in page
    assert "a" * 64 in page
    assert client.get("/models/Meta/Llama-3-8B/versions?version=b").status_code == 404


def test_an_examples_files_are_links_and_never_loaded(client: Client, llama: "AIModel") -> None:
    llama.examples.create(
        source_id="e1", input={"prompt": "<b>Hi"}, output=["https://cdn.example.org/out.png"]
    )

    page = html(client, "/models/Meta/Llama-3-8B/examples")

    assert '<a href="https://cdn.example.org/out.png" rel="nofollow ugc noopener">' in page
    assert "&lt;b&gt;Hi" in page
    assert 'src="https' not in page


def test_a_family_shows_bases_and_variants(
    client: Client, llama: "AIModel", make_model: MakeModel
) -> None:
    make_model("acme/llama-gguf", base_model=llama, base_relation="quantized")

    assert "acme/</span>llama-gguf" in html(client, "/models/Meta/Llama-3-8B/family")
    assert "Meta/</span>Llama-3-8B" in html(client, "/models/acme/llama-gguf/family")


def test_a_merge_shows_each_base_that_is_here(
    client: Client, llama: "AIModel", make_model: MakeModel
) -> None:
    make_model("acme/other")
    make_model("acme/secret", status="hidden")
    names = ["Meta/Llama-3-8B", "acme/Other", "acme/elsewhere"]
    make_model("acme/merge", base_model=llama, base_relation="merge", base_model_names=names)

    page = html(client, "/models/acme/merge/family")

    assert "Meta/</span>Llama-3-8B" in page
    assert "acme/</span>other" in page
    assert re.findall(r"<p><code>(.*?)</code>.*?is not in this catalog", page) == ["acme/elsewhere"]


def test_a_base_that_is_not_public_has_no_line(client: Client, make_model: MakeModel) -> None:
    secret = make_model("acme/secret", status="hidden")
    make_model("acme/tune", base_model=secret, base_relation="finetune")

    assert "secret" not in html(client, "/models/acme/tune/family")


@pytest.mark.parametrize("count", [1, 8])
def test_a_family_needs_as_many_queries_for_eight_variants_as_for_one(
    client: Client,
    llama: "AIModel",
    make_model: MakeModel,
    count: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    for number in range(count):
        make_model(f"acme/tune-{number}", base_model=llama, base_relation="finetune")
    client.get("/models/Meta/Llama-3-8B/family")

    with django_assert_max_num_queries(8):
        page = html(client, "/models/Meta/Llama-3-8B/family")

    assert page.count('class="row"') == count


def test_runs_by_day_are_a_drawing_with_a_table(client: Client, llama: "AIModel") -> None:
    for day, runs in ((1, 5), (2, 10)):
        llama.daily_runs.create(date=datetime(2026, 1, day).date(), runs=runs, total=runs)

    page = html(client, "/models/Meta/Llama-3-8B/stats")

    assert "<polyline" in page
    assert "15 runs in all, 10 on the busiest day" in page


def test_an_offer_tells_price_source_and_date(client: Client, llama: "AIModel") -> None:
    llama.offers.create(
        provider="Acme",
        unit="per M input tokens",
        amount=Decimal("0.270000000"),
        source="Acme's price list",
        seen_at=datetime(2026, 10, 1, tzinfo=UTC),
    )

    page = html(client, "/models/Meta/Llama-3-8B")

    assert "$0.27" in page
    assert "list, Oct. 1, 2026" in page


def test_a_publisher_is_found_in_any_case(client: Client, llama: "AIModel") -> None:
    assert client.get("/publishers/META")["Location"] == "/publishers/Meta"
    assert "Llama-3-8B" in html(client, "/publishers/Meta")
    assert client.get("/publishers/nobody").status_code == 404


@pytest.mark.parametrize(
    ("status", "answer"), [("hidden", 404), ("draft", 404), ("removed", 200), ("deprecated", 200)]
)
def test_a_publisher_is_known_by_what_is_shown_of_it(
    client: Client, make_model: MakeModel, status: str, answer: int
) -> None:
    make_model("secret/model", status=status)

    assert client.get("/publishers/secret").status_code == answer


def test_publishers_with_public_models_are_listed(
    client: Client, llama: "AIModel", make_model: MakeModel
) -> None:
    make_model("secret/model", status="hidden")

    page = html(client, "/publishers")

    assert "Meta" in page
    assert "secret" not in page
    assert "No publisher has such a name." in html(client, "/publishers?q=zzz")


def test_a_task_is_explained_in_the_readers_language(client: Client, llama: "AIModel") -> None:
    assert "Continues a text." in html(client, "/tasks/text-generation")
    assert "续写文本。" in html(client, "/tasks/text-generation?lang=zh-hans")
    assert client.get("/tasks/nonsense").status_code == 404


def test_a_collection_keeps_its_order_and_notes(
    client: Client, llama: "AIModel", make_model: MakeModel
) -> None:
    from catalog.models import Collection  # noqa: PLC0415

    collection = Collection.objects.create(slug="chat", name="Chat")
    collection.items.create(ai_model=make_model("acme/second"), position=2)
    collection.items.create(ai_model=llama, position=1, note="The classic.")

    page = html(client, "/collections/chat")

    assert page.index("Llama-3-8B") < page.index("second")
    assert "The classic." in page
    assert 'href="/collections/chat"' in html(client, "/collections")


def test_a_collection_is_found_in_any_case(client: Client, db: None) -> None:
    from catalog.models import Collection  # noqa: PLC0415

    Collection.objects.create(slug="Speech", name="Speech")

    response = client.get("/collections/speech")

    assert (response.status_code, response["Location"]) == (301, "/collections/Speech")
    assert client.get("/collections/nothing").status_code == 404


def test_a_collection_counts_and_shows_what_is_public_alone(
    client: Client, llama: "AIModel", make_model: MakeModel
) -> None:
    from catalog.models import Collection  # noqa: PLC0415

    collection = Collection.objects.create(slug="chat", name="Chat")
    collection.items.create(ai_model=llama)
    collection.items.create(ai_model=make_model("acme/secret", status="hidden"))

    assert '<span class="count">1</span>' in html(client, "/collections")
    assert "secret" not in html(client, "/collections/chat")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/collections", 1),
        ("/collections/chat", 3),
        ("/publishers", 2),
        ("/publishers/acme", 4),
        ("/tasks", 2),
        ("/tasks/text-generation", 4),
        ("/facets/task", 3),
        ("/models/acme/model-0/versions", 8),
        ("/models/acme/model-0/examples", 8),
    ],
)
def test_a_list_needs_few_queries_whatever_its_length(
    client: Client,
    make_model: MakeModel,
    path: str,
    most: int,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    from catalog.models import Collection  # noqa: PLC0415

    collection = Collection.objects.create(slug="chat", name="Chat")
    for number in range(12):
        model = make_model(f"acme/model-{number}")
        make_model(f"maker-{number}/model")
        collection.items.create(ai_model=model, position=number)
        Collection.objects.create(slug=f"more-{number}", name=f"More {number}")
    first = collection.ai_models.order_by("pk")[0]
    for number in range(12):
        first.versions.create(version_id=f"{number}" * 32, openapi_schema=SCHEMA)
        first.examples.create(source_id=f"{number}", input={}, output="x")
    client.get(path)  # names of tasks and the like are remembered now

    with django_assert_max_num_queries(most):
        html(client, path)


def test_a_model_that_is_missing_suggests_near_ones(client: Client, llama: "AIModel") -> None:
    page = html(client, "/models/somebody/llama-3-8b", status=404)

    assert "Did you mean" in page
    assert 'href="/models/Meta/Llama-3-8B"' in page


def test_the_error_page_tells_the_id_of_the_request(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalog.pages import counts  # noqa: PLC0415

    monkeypatch.setattr(counts, "models", lambda: 1 / 0)
    client.raise_request_exception = False

    response = client.get("/", headers={"X-Request-Id": "find-me-123"})

    assert response.status_code == 500
    assert b"find-me-123" in response.content


def test_every_page_forbids_what_is_inline_or_elsewhere(client: Client) -> None:
    policy = client.get("/models")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_a_choice_by_link_holds_for_the_next_page(client: Client) -> None:
    assert '<html lang="zh-hans" data-theme="dark"' in html(client, "/?lang=zh-hans&theme=dark")

    page = html(client, "/models")

    assert '<html lang="zh-hans" data-theme="dark"' in page
    assert 'data-shortcuts="on"' in page
    assert 'data-shortcuts="off"' in html(client, "/models?shortcuts=off")


def test_no_page_has_anything_inline(client: Client, llama: "AIModel") -> None:
    for path in (
        "/",
        "/models",
        "/models/Meta/Llama-3-8B",
        "/tasks",
        "/publishers",
        "/collections",
    ):
        page = html(client, path)

        assert not re.search(r"<style|\sstyle=|\son\w+=|<script>", page), path


def test_the_icon_is_found_where_browsers_guess_it(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].startswith("/static/img/logo")


def test_pages_are_sent_compressed(client: Client) -> None:
    response = client.get("/models", headers={"Accept-Encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 20_000


@pytest.mark.parametrize("path", ["/models", "/publishers/acme"])
def test_what_a_line_says_is_text_and_never_markup(
    client: Client, make_model: MakeModel, path: str
) -> None:
    attack = "\"'><script>window.__hit=1</script>&amp;"
    make_model("acme/hawk", summary=attack, license=None, license_text=attack, library=None)

    page = html(client, path)

    assert "&quot;&#x27;&gt;&lt;script&gt;window.__hit=1&lt;/script&gt;&amp;amp;" in page
    assert "<script>window" not in page
