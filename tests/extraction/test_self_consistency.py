"""Several samples of one article, which are requested in parallel, voted on and checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from antq_llm import (
    AntqError,
    Article,
    CompletionError,
    ConfigurationError,
    Extraction,
    ExtractionError,
    Extractor,
    Options,
    RecordingMissing,
    extract,
)
from antq_llm.clients.base import Client
from helpers.asked_by_model import Answer, ByModel, Together, client_of_samples
from helpers.samples import (
    ABSENT,
    ARTICLE,
    completion,
    data_of,
    full_report,
    messages_of,
    person,
    report,
    statement,
)

Samples = Sequence[Answer | Sequence[Answer]]
MAI = person("Lò Thị Mai", "Bà Lò Thị Mai, Bí thư Đảng ủy xã")


async def voted(
    *samples: Answer | Sequence[Answer], client: Client | None = None, **options: Any
) -> Extraction[Any]:
    """Return the extraction voted from some samples, which have one attempt each by default."""
    given = Options(**{"samples": len(samples), "max_attempts": 1, **options})
    return await Extractor(
        client=client or client_of_samples(*samples), model="m", options=given
    ).aextract(Article(ARTICLE, "a"))


async def failed(*samples: Answer | Sequence[Answer], **options: Any) -> AntqError:
    """Return the error that an extraction from some samples raises."""
    with pytest.raises(AntqError) as caught:
        await voted(*samples, **options)
    return caught.value


async def test_samples_are_asked_at_the_same_time() -> None:
    """Samples are concurrent requests with consecutive sample numbers."""
    client = ByModel({("m", number): full_report() for number in (4, 5, 6)})
    result = await voted(client=Together(client, 3), samples=3, sample=4)
    assert sorted(client.asked) == [("m", 4), ("m", 5), ("m", 6)]
    assert len({request.digest for request in client.requests}) == 3
    assert data_of(result) == full_report()


async def test_equal_samples_are_fully_agreed_on() -> None:
    """Equal samples give an agreement of 1 on every item and the evidence of one answer."""
    single, result = await voted(full_report()), await voted(*[full_report()] * 3)
    assert (single.samples, single.confidence, "confidence" in single.as_line()) == (0, (), False)
    assert (data_of(result), result.evidence) == (data_of(single), single.evidence)
    assert [(one.pointer, one.agreement, one.samples) for one in result.confidence] == [
        (one.pointer, 1.0, 3) for one in single.evidence
    ]
    assert messages_of(result) == []


async def test_the_line_has_the_confidence() -> None:
    """The last key of an output line is ``confidence``, even if the record has no items."""
    line = (
        await voted(
            report(people=[person()]),
            report(people=[person(), MAI]),
            report(people=[person(), MAI]),
        )
    ).as_line()
    assert list(line)[-2:] == ["warnings", "confidence"]
    assert line["confidence"] == [
        {"pointer": "/people/0", "probability": None, "agreement": 1.0, "samples": 3},
        {"pointer": "/people/1", "probability": None, "agreement": 0.6667, "samples": 3},
    ]
    assert (await voted(report(), report())).as_line()["confidence"] == []


async def test_what_few_samples_have_is_left_out() -> None:
    """An item that only a minority of samples has is left out, with its evidence and confidence."""
    result = await voted(
        report(people=[person(), MAI]), report(people=[person()]), report(people=[person()])
    )
    assert (
        [one.name for one in result.record.people],
        len(result.evidence),
        len(result.confidence),
    ) == (["Phạm Quốc Bình"], 1, 1)


async def test_all_attempts_are_kept_in_the_order_of_the_samples() -> None:
    """An extraction has the attempts, usage and cost of all samples and re-asks."""
    answers: Samples = [
        ["{", completion("{}"), full_report()],
        full_report(),
        ["[]", full_report()],
    ]
    result = await voted(*answers, max_attempts=3)
    assert [one.completion.text[:2] for one in result.attempts] == [
        "{",
        "{}",
        '{"',
        '{"',
        "[]",
        '{"',
    ]
    assert (result.usage.input_tokens, result.cost_usd) == (600, 3.0)


async def test_an_invalid_sample_has_no_vote() -> None:
    """If a sample has no valid answer, the other samples vote, and a warning says so."""
    result = await voted("{", report(people=[person()]), report(people=[person(), MAI]))
    assert ([one.name for one in result.record.people], result.samples, len(result.attempts)) == (
        ["Phạm Quốc Bình"],
        2,
        3,
    )
    assert [message.split(":")[0] for message in messages_of(result)] == [
        "sample 1 of 3 has no vote"
    ]


@pytest.mark.parametrize(
    "fields",
    [{"finish_reason": "length"}, {"finish_reason": "content_filter"}, {"refusal": "Không."}, None],
    ids=["truncated", "filtered", "refused", "rejected"],
)
async def test_an_answer_that_was_cut_short_has_no_vote(fields: dict[str, Any] | None) -> None:
    """A sample that was truncated, filtered, refused or rejected has no vote."""
    bad: Answer = (
        CompletionError("no", kind="rejected", status=400)
        if fields is None
        else completion("{", **fields)
    )
    result = await voted(full_report(), bad, full_report())
    assert (data_of(result), result.samples) == (full_report(), 2)


async def test_without_a_valid_sample_the_first_error_counts() -> None:
    """Without a valid sample, the first error is raised with the attempts of all samples."""
    error = await failed(["{", "{"], completion("{", refusal="Không."), ["[", "["], max_attempts=2)
    assert (type(error), [one.completion.text for one in error.attempts]) == (
        ExtractionError,
        ["{", "{", "{", "[", "["],
    )


@pytest.mark.parametrize(
    "given",
    [
        CompletionError("down", kind="transport"),
        RecordingMissing("none"),
        CompletionError("used up", kind="quota"),
    ],
)
async def test_a_sample_that_never_came_fails_the_article(given: AntqError) -> None:
    """If a sample cannot be obtained, the article fails with the other samples' attempts."""
    error = await failed(full_report(), given, full_report())
    assert (error is given, len(error.attempts)) == (True, 2)


async def test_what_ends_a_run_is_told_first() -> None:
    """An exhausted quota takes precedence over a lost connection."""
    assert (
        await failed(
            CompletionError("down", kind="transport"), CompletionError("used up", kind="quota")
        )
    ).kind == "quota"


async def test_an_unforeseen_error_is_raised_as_it_is() -> None:
    """An unexpected error is raised and does not count as a failed sample."""

    class Broken(ByModel):
        async def complete(self, request: Any) -> Any:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await voted(full_report(), full_report(), client=Broken({}))


async def test_a_record_that_no_vote_makes_valid_is_that_of_one_sample() -> None:
    """If the voted record is not valid, one sample's record is used with a warning."""
    options = Options(samples=3, max_attempts=1)
    schema = {
        "type": "object",
        "properties": {name: {"type": "integer"} for name in ("a", "b", "c")},
        "required": ["a", "b", "c"],
    }
    one_off = {**schema, "not": {"properties": {name: {"const": 1} for name in ("a", "b", "c")}}}
    samples = [{"a": 2, "b": 1, "c": 1}, {"a": 1, "b": 2, "c": 1}, {"a": 1, "b": 1, "c": 2}]
    result = await Extractor(
        one_off, "Find.", client=client_of_samples(*samples), model="m", options=options
    ).aextract("Một bài.")
    assert result.record.root in samples
    assert [message.split(" (")[0] for message in messages_of(result)] == [
        "the voted record is not valid"
    ]


async def test_a_validator_that_breaks_on_a_combination_loses_no_record() -> None:
    """If a schema's validator raises an error on the voted record, one sample's record is used."""

    class Apart(BaseModel):
        """A schema with a validator that breaks on a combination that no sample gave."""

        a: int
        b: int
        c: int

        def model_post_init(self, _: Any) -> None:
            """Raise ``KeyError`` if all values are 1."""
            if self.a == self.b == self.c == 1:
                raise KeyError("a")

    samples: Samples = [
        {"a": 2, "b": 1, "c": 1},
        {"a": 1, "b": 2, "c": 1},
        {"a": 1, "b": 1, "c": 2},
    ]
    options = Options(samples=3, max_attempts=1)
    result = await Extractor(
        Apart, "Find.", client=client_of_samples(*samples), model="m", options=options
    ).aextract("Một bài.")
    assert result.record.a + result.record.b + result.record.c == 4
    assert "a validator of Apart raised KeyError" in messages_of(result)[0]


async def test_a_statement_names_its_speaker_as_people_are_named() -> None:
    """A speaker's name is spelled as in ``people``, even if samples spell it differently."""
    plain = {
        "people": [person("Lò Thị Mai", "Lò Thị Mai")],
        "statements": [statement("Lò Thị Mai")],
    }
    upper = {
        "people": [person("LÒ THỊ MAI", "Lò Thị Mai")],
        "statements": [statement("LÒ THỊ MAI")],
    }
    result = await voted(
        report(**plain),
        report(**upper),
        report(people=plain["people"]),
        report(people=plain["people"]),
        report(**upper),
    )
    data = data_of(result)
    assert (
        [one["speaker"] for one in data["statements"]]
        == [one["name"] for one in data["people"]]
        == ["Lò Thị Mai"]
    )


async def test_a_statement_without_its_speaker_is_dropped() -> None:
    """A voted statement whose speaker was not kept is dropped with a warning."""
    passages = [
        report(people=[one], statements=[statement(one["name"])])
        for one in (person(), MAI, person("Thu Hà", "Thu Hà"))
    ]
    result = await voted(*passages)
    assert (data_of(result)["people"], data_of(result)["statements"], result.dropped) == ([], [], 1)
    assert messages_of(result, "dropped") == [
        "/statements/0 was dropped: most samples lack the item that it depends on"
    ]


async def test_a_faulty_statement_behind_one_that_was_dropped_is_its_own() -> None:
    """Dropping a statement does not affect which sample's item replaces a later statement."""
    absent = statement(quote=ABSENT)
    three = (
        person("Lò Thị Mai", "Lò Thị Mai"),
        person("Thu Hà", "Thu Hà"),
        person("Tân Lâm", "Tân Lâm"),
    )
    samples = [
        report(people=[person(), one], statements=[statement(one["name"]), absent]) for one in three
    ]
    result = await voted(*samples, ungrounded="keep")
    assert data_of(result)["statements"] == [absent]


async def test_what_most_samples_had_to_drop_is_counted() -> None:
    """An item that most samples drop is counted once, with a warning for each of these samples."""
    absent = {**person("Nguyễn Không Có", ABSENT)}
    result = await voted(
        report(people=[person(), absent]),
        report(people=[person(), absent]),
        report(people=[person()]),
    )
    assert ([one.name for one in result.record.people], result.dropped) == (["Phạm Quốc Bình"], 1)
    assert [message.split(" was")[0] for message in messages_of(result)] == [
        "sample 1 of 3: dropped: /people/1",
        "sample 2 of 3: dropped: /people/1",
    ]


async def test_kept_items_are_voted_too() -> None:
    """With ``ungrounded="keep"``, a voted item without evidence has a warning and an agreement."""
    absent = person("Nguyễn Không Có", ABSENT)
    result = await voted(*[report(people=[person(), absent])] * 3, ungrounded="keep")
    assert (
        len(result.record.people),
        len(result.evidence),
        len(result.confidence),
        result.dropped,
    ) == (2, 1, 2, 0)
    assert [message.split(":")[0] for message in messages_of(result, "ungrounded")] == [
        "/people/1/quote"
    ]


async def test_samples_of_an_unrelated_article() -> None:
    """If a tied vote keeps items in an unrelated article, one sample decides the relevance."""
    items = [report(relevance="movement", people=[person()])] * 2 + [
        report(relevance="related", people=[person()])
    ]
    result = await voted(*items, *[report(relevance="unrelated")] * 3)
    assert (data_of(result)["people"], result.record.relevance) == ([], "unrelated")
    result = await voted(*items, report(relevance="unrelated"), report(relevance="unrelated"))
    assert (len(data_of(result)["people"]), result.record.relevance) == (1, "movement")


async def test_long_articles_are_sampled_in_parts() -> None:
    """Each sample of a long article covers all its chunks."""
    client = client_of_samples(*[report()] * 2)
    options = Options(samples=2, part_characters=1000, max_attempts=1)
    result = await Extractor(client=client, model="m", options=options).aextract(
        Article(ARTICLE + "\nAn ninh. " * 150, "a")
    )
    assert (len(result.attempts), result.samples) == (
        2 * len({request.article_digest for request in client.requests}),
        2,
    )
    assert len(client.requests) > 2


@pytest.mark.parametrize("number", [0, -1, 26])
def test_a_number_of_samples_that_cannot_be_is_refused(number: int) -> None:
    """The number of samples must be between 1 and 25."""
    with pytest.raises(ConfigurationError, match="samples must be from 1 to 25"):
        Options(samples=number)


async def test_recorded_samples_are_voted(seeds: list[Path]) -> None:
    """The packaged recordings contain three samples of an article, which are voted on offline."""
    options = Options(samples=3)
    result = await Extractor(prompt="movement_report@3", offline=True, options=options).aextract(
        seeds[4]
    )
    assert (result.samples, len(result.attempts), result.replayed) == (3, 3, True)
    assert {one.pointer for one in result.confidence} == {one.pointer for one in result.evidence}
    agreements = [one.agreement for one in result.confidence]
    assert 0 < min(agreements) < max(agreements) == 1


def test_a_sample_that_is_not_recorded_is_missing(seeds: list[Path]) -> None:
    """Offline, a sample without a recording raises an error with the other samples' attempts."""
    with pytest.raises(RecordingMissing) as caught:
        extract(seeds[0], prompt="movement_report@3", offline=True, options=Options(samples=4))
    assert len(caught.value.attempts) == 3
