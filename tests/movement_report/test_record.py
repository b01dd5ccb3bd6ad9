"""The ``movement_report/1`` record: gold files, JSON Schema and rules that span fields."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.article import Article
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.core.packaged_data import data_folder
from antq_llm.extraction.reask import ExtractionTask, ReaskPolicy, extract_with_reasks
from antq_llm.movement_report.record import ITEM_FIELDS, MovementReport
from antq_llm.prompts.prompt import inline_prompt
from antq_llm.prompts.registry import list_prompts
from antq_llm.schemas.declared.references import drop_dependents
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.pydantic_schema import json_schema_of
from antq_llm.schemas.registry import load_schema
from helpers.command_line import RECORD_KEYS
from helpers.samples import ARTICLE, answer, full_report, person, report, request, statement

SCHEMA = load_schema("movement_report/1")
GOLD = sorted(path.name for path in (data_folder("gold") / "movement_report").glob("*.json"))
SHARED_SYLLABLES = 8
MOVEMENT = ("phong trào toàn dân bảo vệ an ninh tổ quốc", "toàn dân bảo vệ an ninh tổ quốc")


def faults_of(data: Any) -> list[tuple[str, str]]:
    """Return the pointer and message of each fault in a report's data."""
    with pytest.raises(InvalidAnswer) as caught:
        SCHEMA.read_json(answer(data))
    return [(fault.pointer, fault.message) for fault in caught.value.faults]


def changed(data: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """Return data with the value at a pointer replaced."""
    *parents, last = pointer.split("/")[1:]
    holder: Any = data
    for part in parents:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    holder[last] = value
    return data


def without(data: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Return data without the key at a pointer."""
    *parents, last = pointer.split("/")[1:]
    holder: Any = data
    for part in parents:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    del holder[last]
    return data


def keys_of(data: Any, path: str = "") -> Iterator[str]:
    """Yield the pointer of every key in data."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield f"{path}/{key}"
            yield from keys_of(value, f"{path}/{key}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from keys_of(value, f"{path}/{index}")


def properties_of(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path and the schema of every property in a JSON Schema."""
    if isinstance(schema, dict):
        for name, body in schema.get("properties", {}).items():
            yield f"{path}/{name}", body
        for key, value in schema.items():
            yield from properties_of(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from properties_of(value, f"{path}/{index}")


def strings_of(node: Any) -> Iterator[str]:
    """Yield every string in JSON data."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from strings_of(value)


def runs_of(text: str) -> set[str]:
    """Return the runs of eight syllables in a text that do not overlap the movement's name."""
    words = [
        re.sub(r"^[\W_]+|[\W_]+$", "", word)
        for word in unicodedata.normalize("NFC", text).lower().split()
    ]
    line = f" {' '.join(filter(None, words))} "
    for phrase in MOVEMENT:
        line = line.replace(f" {phrase} ", " | ")
    runs = set()
    for piece in line.split("|"):
        syllables = piece.split()
        runs |= {
            " ".join(syllables[start : start + SHARED_SYLLABLES])
            for start in range(len(syllables) - SHARED_SYLLABLES + 1)
        }
    return runs


@pytest.fixture(scope="module")
def seed_runs() -> set[str]:
    """The runs of eight syllables in all packaged articles."""
    return {
        run
        for path in data_folder("seeds").glob("*.txt")
        for run in runs_of(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("name", GOLD)
def test_a_gold_record_is_read_and_written_unchanged(name: str) -> None:
    """Each gold file is a valid record whose data is read and written unchanged."""
    data = json.loads((data_folder("gold") / "movement_report" / name).read_bytes())
    assert answer(SCHEMA.dump(SCHEMA.read_data(data))) == answer(data)


def test_every_seed_has_a_gold_record(seeds: list[Path]) -> None:
    """Each packaged article has a gold file with its id, and there are no others."""
    assert [path.removesuffix(".json") for path in GOLD] == [path.stem for path in seeds]


def test_the_packaged_json_schema_is_that_of_the_model() -> None:
    """``schemas/movement_report/v1.json`` is the JSON Schema generated from ``MovementReport``."""
    packaged = json.loads((data_folder("schemas") / "movement_report" / "v1.json").read_bytes())
    assert packaged == json_schema_of(MovementReport)


def test_json_schema_has_the_fields_of_the_record_in_order() -> None:
    """The JSON Schema has the same fields as the record, in the same order."""
    assert list(SCHEMA.json_schema["properties"]) == list(full_report())


def test_every_field_of_every_part_is_described() -> None:
    """Every field in the JSON Schema has a description that is not empty."""
    assert not [
        path
        for path, body in properties_of(SCHEMA.json_schema)
        if not body.get("description", "").strip()
    ]


def test_the_json_schema_holds_every_part() -> None:
    """``properties_of`` also finds the fields of nested objects."""
    assert len(list(properties_of(SCHEMA.json_schema))) == len(set(keys_of(full_report())))


@pytest.mark.parametrize("field", ITEM_FIELDS)
def test_an_item_without_a_quote_is_invalid(field: str) -> None:
    """An item without a quote is invalid."""
    assert [pointer for pointer, _ in faults_of(without(full_report(), f"/{field}/0/quote"))] == [
        f"/{field}/0/quote"
    ]


@pytest.mark.parametrize("pointer", sorted(keys_of(full_report())))
def test_every_key_must_be_written(pointer: str) -> None:
    """A missing key is a fault at its pointer, even if null would be valid."""
    assert (
        pointer,
        "this key is required: write null or an empty array where nothing is said",
    ) in faults_of(without(full_report(), pointer))


@pytest.mark.parametrize(
    "pointer", ["/note", "/published/note", "/events/0/place/note", "/people/0/age"]
)
def test_no_other_key_may_be_written(pointer: str) -> None:
    """A key that the schema does not have is a fault at its pointer."""
    assert faults_of(changed(full_report(), pointer, "x")) == [
        (pointer, "this key is not in the schema: leave it out")
    ]


@pytest.mark.parametrize(
    ("pointer", "value", "words"),
    [
        ("/relevance", "maybe", "write one of 'movement', 'related' or 'unrelated'"),
        ("/relevance", None, "write one of 'movement', 'related' or 'unrelated'"),
        ("/headline", "", "an empty string says nothing"),
        ("/byline", None, "write an array"),
        ("/events", None, "write an array"),
        ("/published/date", "30/09/2021", "is not a date: write 2021-09-30"),
        ("/published/date", "2021-09-31", "is no day of the calendar"),
        ("/published/time", "7:45", "write a string that matches"),
        ("/published/time", "24:00", "write a string that matches"),
        ("/published/quote", " ", "cannot be empty"),
        ("/events/0/kind", "party", "write one of 'final_review'"),
        ("/events/0/session", "night", "write one of 'morning', 'afternoon' or 'evening'"),
        ("/events/0/level", "village", "write one of 'national'"),
        ("/events/0/review_period", "2021/2018", "ends before it starts"),
        ("/events/0/organizers", ["a", ""], "an empty string says nothing"),
        ("/people/0/name", None, "write a string"),
        ("/people/0/roles", ["guest"], "write one of 'chair'"),
        ("/statements/0/kind", "praise", "write one of 'assessment', 'directive' or 'commitment'"),
        ("/indicators/0/value", "2.700", "write a JSON number without quotation marks"),
        ("/indicators/0/value", None, "write a JSON number without quotation marks"),
        ("/indicators/0/total", "52", "write a JSON number without quotation marks"),
        ("/indicators/0/comparator", "≥", "write one of '='"),
        ("/awards/0/recipients", "team", "write one of 'collective', 'individual' or 'mixed'"),
        ("/awards/0/count", -1, "write a whole number of at least 0"),
        ("/awards/0/count", 1.5, "write a whole number of at least 0"),
        ("/documents/0/kind", "report", "write one of 'programme'"),
        ("/community_models/0/started", "năm 2018", "is not a date"),
    ],
)
def test_a_bad_value_is_named_at_its_place(pointer: str, value: Any, words: str) -> None:
    """An invalid value gives one fault, at or below its pointer, that says what is wrong."""
    [(place, message)] = faults_of(changed(full_report(), pointer, value))
    assert (place.startswith(pointer), words in message) == (True, True)


@pytest.mark.parametrize(
    ("value", "kept"), [(0, 0), (95.5, 95.5), (1200000000.0, 1200000000), (-2, -2)]
)
def test_a_figure_is_a_json_number(value: float, kept: float) -> None:
    """A figure is kept as a number, and a float without a fraction becomes an integer."""
    record = SCHEMA.read_json(answer(changed(full_report(), "/indicators/0/value", value)))
    assert json.dumps(SCHEMA.dump(record)["indicators"][0]["value"]) == json.dumps(kept)


def test_a_null_place_is_four_nulls() -> None:
    """An event's null place is read as a place whose four fields are null."""
    data = full_report()
    data["events"][0]["place"] = None
    record = SCHEMA.read_json(answer(data))
    nulls = {"province": None, "district": None, "commune": None, "venue": None}
    assert SCHEMA.dump(record)["events"][0]["place"] == nulls


async def test_an_answer_with_a_null_place_is_not_asked_about_again() -> None:
    """A null place needs no re-ask, even if a quote is respelled and an item is dropped."""
    data = full_report()
    data["events"][0] |= {"place": None, "quote": "Sáng  30/9/2021, UBND xã Tân Lâm tổ chức"}
    data["people"].append(person("Vàng A Tủa", "Thiếu tá Phạm Quốc Bình"))
    client = ScriptedClient([answer(data)])
    task = ExtractionTask(Article(ARTICLE), inline_prompt("Trích xuất."), SCHEMA, request(SCHEMA))
    extraction = await extract_with_reasks(task, client, ReaskPolicy(max_attempts=1))
    assert extraction.record.events[0].place.commune is None
    assert [person.name for person in extraction.record.people] == ["Phạm Quốc Bình"]


def test_a_speaker_who_is_no_person_is_named_at_the_statement() -> None:
    """A speaker who is not in ``people`` is a fault at the speaker's pointer."""
    data = report(people=[person()], statements=[statement(), statement("Bình")])
    assert faults_of(data) == [
        (
            "/statements/1/speaker",
            "no item of people has the name 'Bình': "
            "name the speaker as in people, or add the person",
        )
    ]


def test_a_speaker_is_matched_after_cleaning() -> None:
    """A speaker's name matches a person's despite a different Unicode form and a no-break space."""
    data = report(
        people=[person()],
        statements=[statement(unicodedata.normalize("NFD", "Phạm\u00a0Quốc Bình"))],
    )
    assert (
        SCHEMA.dump(SCHEMA.read_json(answer(data)))["statements"][0]["speaker"] == "Phạm Quốc Bình"
    )


@pytest.mark.parametrize("field", [name for name in ITEM_FIELDS if name != "statements"])
def test_an_unrelated_article_has_no_items(field: str) -> None:
    """If an unrelated article has an item, the fault is at the relevance and names the list."""
    data = report(relevance="unrelated", **{field: full_report()[field]})
    assert faults_of(data) == [
        (
            "/relevance",
            f"an unrelated article has no items, but {field} are filled: "
            "empty them, or change the relevance",
        )
    ]


def test_an_unrelated_article_keeps_its_head() -> None:
    """An unrelated article keeps its headline, byline and publication stamp."""
    data = report(
        relevance="unrelated", headline="x", byline=["y"], published=full_report()["published"]
    )
    assert SCHEMA.dump(SCHEMA.read_data(data)) == data


@pytest.mark.parametrize(("count", "comparator"), [(6, None), (None, "=")])
def test_a_count_and_its_comparator_go_together(count: int | None, comparator: str | None) -> None:
    """An award with only a count or only a comparator is a fault at the award."""
    data = changed(
        changed(full_report(), "/awards/0/count", count), "/awards/0/comparator", comparator
    )
    assert faults_of(data) == [
        ("/awards/0", "count and comparator go together: give both, or null for both")
    ]


def test_an_award_without_a_figure_has_neither() -> None:
    """An award's count and comparator may both be null."""
    data = changed(changed(full_report(), "/awards/0/count", None), "/awards/0/comparator", None)
    assert SCHEMA.dump(SCHEMA.read_data(data)) == data


@pytest.mark.parametrize(
    "data", [report(), report(relevance="related"), full_report()], ids=["empty", "related", "full"]
)
def test_a_valid_record_comes_out_as_it_went_in(data: dict[str, Any]) -> None:
    """A valid answer is read and dumped unchanged."""
    assert SCHEMA.dump(SCHEMA.read_json(answer(data))) == data


async def test_a_line_of_output_gives_the_record_back() -> None:
    """A record read back from a line of records.jsonl equals the original."""
    prompt = inline_prompt("Trích xuất.")
    asked = ExtractionTask(Article(ARTICLE, "a"), prompt, SCHEMA, request(SCHEMA))
    extraction = await extract_with_reasks(
        asked, ScriptedClient([answer(full_report())]), ReaskPolicy()
    )
    line = json.loads(json.dumps(extraction.as_line()))
    assert SCHEMA.read_data(line["record"]) == extraction.record


async def test_a_line_of_output_has_the_keys_of_the_contract() -> None:
    """A line of records.jsonl has exactly the documented keys."""
    asked = ExtractionTask(
        Article(ARTICLE, "a"), inline_prompt("Trích xuất."), SCHEMA, request(SCHEMA)
    )
    line = (
        await extract_with_reasks(asked, ScriptedClient([answer(full_report())]), ReaskPolicy())
    ).as_line()
    named = {
        name: line[name]
        for name in ("article_id", "source", "schema", "prompt", "model", "attempts", "replayed")
    }
    assert list(line) == RECORD_KEYS
    assert named == {
        "article_id": "a",
        "source": None,
        "schema": "movement_report/1",
        "prompt": "inline",
        "model": "model-a",
        "attempts": 1,
        "replayed": False,
    }


def test_a_person_who_is_gone_takes_their_statements_along() -> None:
    """Statements by speakers not in ``people`` are dropped, and their pointers are returned."""
    data = report(
        people=[person()],
        statements=[
            statement("Lò Thị Mai"),
            statement(),
            statement("Lò Thị Mai", "hứa sẽ dành thêm kinh phí."),
        ],
    )
    assert (drop_dependents(data, SCHEMA.roles), data["statements"]) == (
        ["/statements/0", "/statements/2"],
        [statement()],
    )


def test_a_run_of_eight_syllables_is_seen() -> None:
    """Runs of eight syllables are found despite case and punctuation, but runs of seven are not."""
    shared = runs_of("“Một hai ba, bốn năm sáu bảy TÁM”.") & runs_of(
        "không một hai ba bốn (năm) sáu bảy tám chín"
    )
    assert (shared, runs_of("một hai ba bốn năm sáu bảy")) == (
        {"một hai ba bốn năm sáu bảy tám"},
        set(),
    )


def test_the_name_of_the_movement_breaks_a_run() -> None:
    """The name of the movement does not count as shared text, and no run crosses it."""
    assert (
        runs_of("một hai ba bốn phong trào Toàn dân bảo vệ an ninh Tổ quốc sáu bảy tám chín")
        == set()
    )


@pytest.mark.parametrize("reference", [version.reference for version in list_prompts()])
def test_no_prompt_quotes_a_seed_article(reference: str, seed_runs: set[str]) -> None:
    """No prompt shares eight consecutive syllables with a seed, so prompts reveal no answers."""
    [version] = [version for version in list_prompts() if version.reference == reference]
    text = " | ".join(message.content for message in version.load().messages)
    assert not runs_of(text) & seed_runs


def test_the_json_schema_quotes_no_seed_article(seed_runs: set[str]) -> None:
    """No text in the JSON Schema shares eight consecutive syllables with a seed."""
    assert not {run for text in strings_of(SCHEMA.json_schema) for run in runs_of(text)} & seed_runs


def test_the_seed_articles_have_runs(seeds: list[Path], seed_runs: set[str]) -> None:
    """The fixture ``seed_runs`` contains runs from every seed."""
    assert all(runs_of(path.read_text(encoding="utf-8")) & seed_runs for path in seeds)
