"""A search as a file: all of it, readable by spreadsheets and programs, harmless to both."""

import csv
import gc
import io
import json
import secrets
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import exports, prices
from catalog.api import shapes
from catalog.models import AIModel, Offer
from catalog.search import Query, all_ids, find
from tests.catalog.pages.conftest import MakeModel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _every_place_is_free_at_the_end() -> Iterator[None]:
    yield
    if _free_places() < exports.MOST_AT_ONCE:
        gc.collect()  # which takes longer than most of these tests
    assert _free_places() == 3


def body(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def lines(client: Client, question: str = "") -> list[dict[str, Any]]:
    found = body(client.get(f"/models.jsonl{question}"))
    return [json.loads(line) for line in found.splitlines()]


def names(client: Client, question: str = "") -> list[str]:
    return [f"{line['owner']}/{line['name']}" for line in lines(client, question)]


def table(client: Client, question: str = "") -> list[dict[str, str]]:
    text = body(client.get(f"/models.csv{question}")).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_an_export_holds_all_that_fits_and_not_a_page_of_it(
    client: Client, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.exports.READ_AT_ONCE", 7)
    for number in range(40):
        make_model(f"acme/m{number:02}", downloads=number)

    response = client.get("/models.jsonl?sort=downloads&page=3&limit=2")

    found = [json.loads(line)["name"] for line in body(response).splitlines()]
    assert found == [f"m{number:02}" for number in reversed(range(40))]
    assert response["X-Total"] == "40"


def test_a_text_is_answered_by_the_engine_in_its_order_and_whole(
    client: Client,
    make_model: MakeModel,
    in_step: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalog.search.embedded.READ_AT_ONCE", 5)
    for number in range(23):
        make_model(f"acme/whisper-{number}", downloads=number % 4)
    make_model("acme/bert")
    in_step()

    found = [line["name"] for line in lines(client, "?q=wisper")]

    ids = find(Query(text="wisper", limit=100)).ids
    assert len(found) == len(set(found)) == 23
    assert found == [model.name for model in AIModel.objects.in_order(ids)]


def test_an_engine_that_is_down_is_told(client: Client, make_model: MakeModel) -> None:
    make_model("acme/whisper")

    response = client.get("/models.jsonl?q=whisper")

    assert b"whisper" in body(response)
    assert "X-Degraded" in response
    assert "X-Degraded" not in client.get("/models.jsonl?task=text-generation")


def test_filters_hold_and_not_means_not(client: Client, make_model: MakeModel) -> None:
    make_model("acme/a", languages=["zh"], parameters=7_000_000_000)
    make_model("acme/b", languages=["zh", "en"], parameters=7_000_000_000)
    make_model("acme/c", languages=["zh"], parameters=70_000_000_000)

    assert names(client, "?language=zh&language=-en&params_max=8B") == ["acme/a"]
    assert names(client, "?publisher=-ACME") == []
    assert names(client, "?q=%E3%80%82") == []


@pytest.mark.parametrize("status", ["draft", "hidden", "removed"])
def test_what_is_not_public_is_in_no_file(
    client: Client, llama: AIModel, make_model: MakeModel, in_step: Callable[[], int], status: str
) -> None:
    make_model("acme/llama-2")
    in_step()
    AIModel.objects.filter(pk=llama.pk).update(status=status)  # the index is a moment behind

    assert names(client) == names(client, "?q=llama") == ["acme/llama-2"]
    assert [row["name"] for row in table(client, "?q=llama")] == ["llama-2"]


def test_a_line_is_what_the_api_says_of_a_model(
    client: Client, llama: AIModel, make_model: MakeModel
) -> None:
    line = lines(client)[0]

    answer = client.get("/v1/models?sort=downloads").json()["results"][0]
    assert line == answer | {"url": "https://models.example.org/models/Meta/Llama-3-8B"}


def test_the_columns_stay_and_every_field_of_the_api_has_one(
    client: Client, llama: AIModel
) -> None:
    row = table(client)[0]

    heavy = {
        "default_example",
        "visibility",
        "run_count",
        "base_models",
        "memory_estimate",
        "price",
    }
    parts = {"memory_estimate_bytes", *(f"price_{unit}" for unit in prices.UNITS)}
    assert set(lines(client)[0]) - heavy == set(row) - parts
    assert tuple(row) == exports.COLUMNS
    assert row["parameters"] == "8030261248"
    assert row["license"] == "mit"
    assert row["published_at"] == "2026-01-02T00:00:00Z"
    assert row["is_runnable"] == "false"
    assert row["memory_bytes"] == "16000000000"
    assert row["runs"] == ""


def test_prices_stand_in_a_cell(client: Client, llama: AIModel) -> None:
    Offer.objects.create(
        ai_model=llama,
        provider="Groq",
        unit="M input tokens",
        amount="0.27",
        source="hub",
        seen_at=timezone.now(),
    )

    assert table(client)[0]["offers"] == "0.27 USD M input tokens (Groq)"


FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\tx",
    " =1+1",
    '"=1+1"',
    "'=1+1",
    '""=1+1',
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\x00=1+1",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_begins_as_a_formula(client: Client, make_model: MakeModel, formula: str) -> None:
    make_model("acme/a", tags=[formula.replace("\x00", "\x01")])

    assert table(client)[0]["tags"].startswith("'")
    assert exports.harmless(formula).startswith("'")


@pytest.mark.parametrize("formula", ["x;=1+1", 'x;"=1+1', "x\t=1+1", "x\r\n=1+1", "x; -1"])
def test_nothing_behind_another_countrys_separator_begins_as_a_formula(formula: str) -> None:
    found = exports.harmless(formula)

    assert "'" in found
    assert found.replace("'", "") == formula


@pytest.mark.parametrize("text", ["a-b", "3=4", "x@y", "text; more", "line\nmore", "中文", "1+1"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert exports.harmless(text) == text


def test_numbers_stay_numbers(client: Client, make_model: MakeModel) -> None:
    make_model("acme/a", trending_score=-1.5, downloads=0)

    row = table(client)[0]

    assert (row["trending_score"], row["downloads"]) == ("-1.5", "0")


def test_quotes_commas_and_line_breaks_come_back_as_they_were(
    client: Client, make_model: MakeModel
) -> None:
    make_model("acme/a", summary='He said "a, b"\nand 中文\r\nmore')

    text = body(client.get("/models.csv"))

    assert table(client)[0]["description"] == 'He said "a, b"\nand 中文\r\nmore'
    assert text.count(b"\r\n") == 3


def test_the_file_has_a_speaking_name_in_chinese_too(client: Client, make_model: MakeModel) -> None:
    english = client.get("/models.csv?q=Whisper+large&task=-text-to-speech")
    chinese = client.get("/models.jsonl?q=语音")

    assert 'filename="models-whisper-large-text-to-speech-20' in english["Content-Disposition"]
    assert "models-语音-20" in unquote(chinese["Content-Disposition"])
    assert english["Content-Type"].startswith("text/csv")
    assert chinese["Content-Type"] == "application/x-ndjson"


@pytest.mark.parametrize("path", ["/models.csv", "/models.jsonl", "/models.atom"])
def test_a_wrong_parameter_is_named_in_a_sentence(
    client: Client, make_model: MakeModel, path: str
) -> None:
    wrong = client.get(f"{path}?params_min=lots")
    misspelt = client.get(f"{path}?licence=mit")

    assert wrong.status_code == misspelt.status_code == 400
    assert wrong.content.decode().startswith("params_min: “lots” is no amount")
    assert "license was perhaps meant" in misspelt.content.decode()
    assert client.post(path).status_code == 405


def test_to_look_first_costs_no_file(client: Client, llama: AIModel) -> None:
    response = client.head("/models.csv")

    assert response["X-Total"] == "1"
    assert "attachment" in response["Content-Disposition"]
    assert response.content == b""


def test_chunks_cost_the_same_few_queries_whatever_they_hold(
    make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.exports.READ_AT_ONCE", 10)
    for number in range(30):
        make_model(f"acme/m{number}")

    ids = all_ids(Query()).ids
    with CaptureQueriesContext(connection) as asked:
        list(exports.Export(ids, exports.JSON_LINES, origin=""))

    assert len(asked) == 3 * 3  # rows, versions and offers of each chunk


def test_no_transaction_is_open_while_a_reader_takes_time(
    client: Client, llama: AIModel, transactional_db: None
) -> None:
    response = client.get("/models.jsonl")
    next(response.streaming_content)

    assert not connection.in_atomic_block


def test_a_reader_who_leaves_ends_it_and_frees_the_place(
    make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.exports.READ_AT_ONCE", 1)
    ids = [make_model(f"acme/m{number}").pk for number in range(5)]
    export = exports.Export(ids, exports.JSON_LINES, origin="")
    pieces = iter(export)
    next(pieces), next(pieces)

    with CaptureQueriesContext(connection) as asked:
        export.close()

    assert list(pieces) == []
    assert len(asked) == 0
    assert _free_places() == exports.MOST_AT_ONCE


def test_one_that_never_begins_frees_its_place_too(client: Client, llama: AIModel) -> None:
    client.get("/models.csv").close()
    gc.collect()

    assert _free_places() == exports.MOST_AT_ONCE


def test_more_exports_than_there_are_places_are_asked_to_wait(
    client: Client, llama: AIModel
) -> None:
    taken = [exports.Export([], exports.CSV, origin="") for _ in range(exports.MOST_AT_ONCE)]
    busy = client.get("/models.csv")
    for one in taken:
        one.close()

    assert (busy.status_code, busy["Retry-After"]) == (503, "20")
    assert body(client.get("/models.csv"))


@pytest.mark.parametrize("path", ["/models.csv", "/models.jsonl"])
def test_an_error_half_way_stands_in_the_file_and_cuts_the_connection(
    client: Client, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("catalog.exports.READ_AT_ONCE", 2)
    for number in range(6):
        make_model(f"acme/m{number}")
    read = shapes.models
    reads = 0

    def break_at_the_second(*args: Any, **kwargs: Any) -> Any:
        nonlocal reads
        reads += 1
        if reads == 2:
            raise DatabaseError("the disk is gone")
        return read(*args, **kwargs)

    monkeypatch.setattr("catalog.api.shapes.models", break_at_the_second)

    pieces = []
    with pytest.raises(DatabaseError):
        for piece in client.get(path).streaming_content:
            pieces.append(piece)

    assert b"broke off after 2 of 6 models" in pieces[-1]
    assert _free_places() == exports.MOST_AT_ONCE


def test_a_compressed_export_is_sent_while_it_is_made(
    client: Client, make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.exports.READ_AT_ONCE", 50)
    for number in range(150):
        make_model(f"acme/m{number}", summary=secrets.token_hex(1000))

    response = client.get("/models.jsonl", headers={"Accept-Encoding": "gzip"})
    pieces = list(response.streaming_content)

    assert response["Content-Encoding"] == "gzip"
    assert sum(map(bool, pieces)) > 2
    assert zlib.decompress(b"".join(pieces), 31).count(b"\n") == 150


def _free_places() -> int:
    return exports._places._value  # type: ignore[attr-defined]
