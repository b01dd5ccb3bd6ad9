"""The re-ask loop for one article: conditions, requests and kept attempts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.article import Article
from antq_llm.clients.completion import Completion, Usage
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import (
    AntqError,
    CompletionError,
    ConfigurationError,
    ExtractionError,
    RecordingMissing,
)
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.reask import ExtractionTask, ReaskPolicy, extract_with_reasks
from antq_llm.prompts.prompt import inline_prompt
from antq_llm.records.result import Extraction
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from antq_llm.store.stored_client import StoredClient
from helpers.samples import ABSENT, ARTICLE, Note, answer, completion, person, report, request

NOTE = PydanticSchema(Note)
REPORT = load_schema("movement_report")
VALID = completion('{"subject": "Tân Lâm"}')
INVALID = completion('{"subject": 5}')
GROUNDED = completion(answer(report(people=[person()])))
UNGROUNDED = completion(answer(report(people=[person(), person("Lò Thị Mai", ABSENT)])))


async def talk(client: ScriptedClient, schema: Any = NOTE, **rules: Any) -> Extraction[Any]:
    """Return the result of the exchange with a client."""
    asked = ExtractionTask(
        Article(ARTICLE, "a"), inline_prompt("Trích xuất."), schema, request(schema)
    )
    return await extract_with_reasks(asked, client, ReaskPolicy(**rules))


async def failed(client: ScriptedClient, schema: Any = NOTE, **rules: Any) -> AntqError:
    """Return the error that the exchange ends with."""
    with pytest.raises(AntqError) as caught:
        await talk(client, schema, **rules)
    return caught.value


async def test_a_valid_answer_is_accepted_at_once() -> None:
    """A valid first answer is accepted as the only attempt, without an error."""
    client = ScriptedClient([VALID])
    extraction = await talk(client)
    assert (
        extraction.record,
        [(one.completion, one.error) for one in extraction.attempts],
        len(client.requests),
    ) == (
        Note(subject="Tân Lâm"),
        [(VALID, None)],
        1,
    )


async def test_an_invalid_answer_is_asked_about_again() -> None:
    """An invalid answer is asked about again, and both attempts keep their completions."""
    extraction = await talk(ScriptedClient([INVALID, VALID]))
    first, second = extraction.attempts
    assert (
        extraction.record,
        first.completion,
        "/subject: write a string (given: 5)" in (first.error or ""),
        first.usage,
        second.completion,
        second.error,
    ) == (
        Note(subject="Tân Lâm"),
        INVALID,
        True,
        INVALID.usage,
        VALID,
        None,
    )


async def test_all_attempts_are_paid_for() -> None:
    """The usage and cost of an extraction are the sums over its attempts."""
    extraction = await talk(ScriptedClient([INVALID, INVALID, VALID]))
    assert (extraction.usage, extraction.cost_usd) == (
        Usage(input_tokens=300, output_tokens=60, cached_tokens=0),
        1.5,
    )


@pytest.mark.parametrize("attempts", [1, 2, 5])
async def test_an_article_without_a_valid_answer_is_an_error_with_every_attempt(
    attempts: int,
) -> None:
    """If every answer is invalid, the error contains each completion and its faults."""
    client = ScriptedClient([INVALID] * 9)
    error = await failed(client, max_attempts=attempts)
    assert (
        type(error),
        len(client.requests),
        [one.completion for one in error.attempts],
        all(one.error for one in error.attempts),
    ) == (
        ExtractionError,
        attempts,
        [INVALID] * attempts,
        True,
    )


async def test_an_article_without_a_valid_answer_is_told_with_what_to_do() -> None:
    """The error for an article without a valid answer gives the last fault and advice."""
    message = str(await failed(ScriptedClient([INVALID, INVALID]), max_attempts=2))
    expected = (
        "no valid answer in 2 attempt(s); last error: /subject: write a string (given: 5). "
        "Raise --max-attempts, or try another prompt or model"
    )
    assert message == expected


async def test_the_message_of_many_faults_is_cut() -> None:
    """The error message for an answer with many faults has fewer than 500 characters."""
    message = str(
        await failed(
            ScriptedClient([answer({f"key{number}": "x" * 100 for number in range(50)})]),
            REPORT,
            max_attempts=1,
        )
    )
    assert len(message) < 500


async def test_a_re_ask_holds_the_original_and_the_latest_bad_answer() -> None:
    """A re-ask contains the first messages and only the latest answer with its feedback."""
    client = ScriptedClient(['{"subject": 1}', '{"subject": 2}', VALID])
    extraction = await talk(client)
    first, second, third = client.requests
    assert first.reask is None
    assert [
        (one.messages, one.reask and one.reask.answer, one.reask and one.reask.feedback)
        for one in (second, third)
    ] == [
        (first.messages, '{"subject": 1}', extraction.attempts[0].error),
        (first.messages, '{"subject": 2}', extraction.attempts[1].error),
    ]


async def test_a_re_ask_is_about_the_same_article() -> None:
    """Apart from the answer and the feedback, a re-ask equals the first request."""
    client = ScriptedClient([INVALID, VALID])
    await talk(client)
    first, second = (one.asked() for one in client.requests)
    assert {**second, "reask": None} == first


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"refusal": "Không."}, "refused"),
        ({"finish_reason": "content_filter"}, "filtered"),
        ({"finish_reason": "length"}, "truncated"),
    ],
)
async def test_what_asking_again_will_not_mend_is_not_asked_again(
    fields: dict[str, Any], kind: str
) -> None:
    """A refused, filtered or truncated answer ends the exchange and is kept as an attempt."""
    bad = completion("{", **fields)
    client = ScriptedClient([bad, VALID])
    error = await failed(client)
    assert (
        type(error),
        error.kind,
        [one.completion for one in error.attempts],
        len(client.requests),
    ) == (CompletionError, kind, [bad], 1)


@pytest.mark.parametrize(
    "fields",
    [{"refusal": "Không."}, {"finish_reason": "content_filter"}, {"finish_reason": "length"}],
)
async def test_what_came_before_an_unusable_answer_is_kept(fields: dict[str, Any]) -> None:
    """If the second answer is unusable, both answers are kept, each with its error."""
    bad = completion("{", **fields)
    error = await failed(ScriptedClient([INVALID, bad]))
    assert (
        [one.completion for one in error.attempts],
        all(one.error for one in error.attempts),
    ) == ([INVALID, bad], True)


async def test_a_cut_answer_is_unusable_even_if_it_reads() -> None:
    """A truncated answer fails the article even if its text is valid."""
    assert (
        await failed(ScriptedClient([completion(VALID.text, finish_reason="length")]))
    ).kind == "truncated"


@pytest.mark.parametrize(
    "given",
    [
        CompletionError("down", kind="transport"),
        RecordingMissing("none"),
        ConfigurationError("no key"),
        CompletionError("empty", kind="quota"),
    ],
)
async def test_an_error_of_the_client_keeps_what_came_before(given: AntqError) -> None:
    """A client's error is raised unchanged, with the attempts that were already paid for."""
    error = await failed(ScriptedClient([INVALID, given]))
    assert (error is given, [one.completion for one in error.attempts]) == (True, [INVALID])


async def test_an_error_at_once_has_no_attempts() -> None:
    """An error raised before any answer has no attempts."""
    assert (
        await failed(ScriptedClient([CompletionError("down", kind="transport")]))
    ).attempts == ()


async def test_a_quote_that_is_absent_is_asked_about() -> None:
    """An answer with a quote that is not in the article is asked about again."""
    client = ScriptedClient([UNGROUNDED, GROUNDED])
    extraction = await talk(client, REPORT)
    reask = client.requests[1].reask
    assert reask
    assert (
        "/people/1/quote: this passage does not stand in the article" in reask.feedback,
        ABSENT in reask.feedback,
    ) == (True, True)
    assert (
        [one["name"] for one in REPORT.dump(extraction.record)["people"]],
        extraction.dropped,
    ) == (["Phạm Quốc Bình"], 0)


async def test_an_item_that_stays_absent_is_dropped() -> None:
    """After the last attempt, an item that is not in the article is dropped with a warning."""
    extraction = await talk(ScriptedClient([UNGROUNDED] * 3), REPORT)
    dropped = [one.message for one in extraction.warnings if one.kind == "dropped"]
    assert (
        len(extraction.attempts),
        extraction.dropped,
        len(dropped),
        dropped[0].startswith("/people/1 was dropped"),
    ) == (3, 1, 1, True)
    assert [one["name"] for one in REPORT.dump(extraction.record)["people"]] == ["Phạm Quốc Bình"]


async def test_an_item_that_stays_absent_can_be_kept() -> None:
    """With ``ungrounded="keep"``, an unsupported item is kept with a warning and no evidence."""
    extraction = await talk(ScriptedClient([UNGROUNDED]), REPORT, max_attempts=1, ungrounded="keep")
    warned = [one.message for one in extraction.warnings if one.kind == "ungrounded"]
    assert (
        len(extraction.record.people),
        [one.pointer for one in extraction.evidence],
        extraction.dropped,
        len(warned),
    ) == (2, ["/people/0"], 0, 1)
    assert warned[0].startswith("/people/1")


async def test_an_item_that_stays_absent_can_be_a_failure() -> None:
    """With ``ungrounded="fail"``, an unsupported item fails the article, and the error names it."""
    error = await failed(
        ScriptedClient([UNGROUNDED] * 2), REPORT, max_attempts=2, ungrounded="fail"
    )
    assert (type(error), "/people/1/quote" in str(error), len(error.attempts)) == (
        ExtractionError,
        True,
        2,
    )


@pytest.mark.parametrize("ungrounded", ["drop", "keep", "fail"])
async def test_what_becomes_of_absent_items_does_not_matter_where_there_are_none(
    ungrounded: str,
) -> None:
    """A record whose quotes are all found is accepted with any value of ``ungrounded``."""
    extraction = await talk(ScriptedClient([GROUNDED]), REPORT, ungrounded=ungrounded)
    assert (len(extraction.record.people), extraction.dropped) == (1, 0)


async def test_the_last_answer_that_fits_the_schema_counts() -> None:
    """If the last answer does not fit the schema, an earlier answer that fits is used."""
    extraction = await talk(ScriptedClient([UNGROUNDED, INVALID]), REPORT, max_attempts=2)
    assert (len(extraction.record.people), len(extraction.attempts)) == (1, 2)


async def test_an_answer_of_which_nothing_valid_is_left_is_an_error() -> None:
    """If the record's own quote is not in the article, the article fails."""

    class Quoted(Note):
        """A record that has a quote itself."""

        quote: str

    error = await failed(
        ScriptedClient([answer({"subject": "x", "quote": ABSENT})]),
        PydanticSchema(Quoted),
        max_attempts=1,
    )
    assert (type(error), len(error.attempts)) == (ExtractionError, 1)


async def test_an_extraction_says_how_it_came_about() -> None:
    """The extraction names its prompt, prompt digest, model and article."""
    prompt = inline_prompt("Trích xuất.")
    extraction = await talk(ScriptedClient([VALID]))
    assert (
        extraction.prompt,
        extraction.prompt_sha256,
        extraction.model,
        extraction.article.id,
    ) == ("inline", prompt.digest, "model-a", "a")


@pytest.mark.parametrize(
    ("flags", "replayed"), [((True, True), True), ((True, False), False), ((False, False), False)]
)
async def test_an_extraction_is_replayed_if_nothing_was_spent(
    flags: tuple[bool, bool], replayed: bool
) -> None:
    """An extraction counts as replayed only if all of its attempts were replayed."""
    answers: list[Completion] = [
        one.model_copy(update={"replayed": flag})
        for one, flag in zip((INVALID, VALID), flags, strict=True)
    ]
    assert (await talk(ScriptedClient(answers))).replayed is replayed


async def test_half_a_surrogate_pair_in_an_answer_is_asked_about() -> None:
    """Half a surrogate pair makes an answer invalid but does not end the run."""
    extraction = await talk(ScriptedClient(['{"subject": "\\ud83d", "x": "\\ud83d"}', VALID]))
    assert (extraction.record, len(extraction.attempts)) == (Note(subject="Tân Lâm"), 2)


@pytest.mark.parametrize(
    "text",
    [
        '{"subject": ["\\ud83d"]}',
        '{"subject": ' + "9" * 5000 + "}",
        '{"subject": ' + "[" * 500 + "]" * 500 + "}",
        "[" * 100_000,
        "\x00",
        "{}",
    ],
)
async def test_no_answer_ends_the_run(text: str) -> None:
    """Any malformed answer leads to a re-ask, whose request has its own digest."""
    client = ScriptedClient([text, VALID])
    extraction = await talk(client)
    assert (extraction.record, len({one.digest for one in client.requests})) == (
        Note(subject="Tân Lâm"),
        2,
    )


async def test_the_same_bad_answer_is_asked_about_again_each_time(tmp_path: Path) -> None:
    """Even with a store, each repetition of a bad answer leads to a new request."""
    store = SqliteStore(tmp_path / "store.sqlite3")
    client = ScriptedClient(["{}"] * 3)
    with pytest.raises(ExtractionError) as caught:
        await Extractor(Note, "Find.", client=StoredClient(client, store), model="m").aextract(
            "Một bài."
        )
    store.close()
    assert (len(client.requests), len(caught.value.attempts)) == (3, 3)
    assert len({request.digest for request in client.requests}) == 3
