"""Escalation to a stronger model: conditions, the chosen record, and warnings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from antq_llm import (
    AntqError,
    Article,
    CompletionError,
    ConfigurationError,
    Extraction,
    Extractor,
    Failure,
    Options,
    RecordingMissing,
)
from antq_llm.clients.pricing import PriceList
from antq_llm.runs.runner import RunTotals
from helpers.asked_by_model import Answer, ByModel
from helpers.samples import ABSENT, ARTICLE, completion, data_of, full_report, person, report

OPEN = {**full_report(), "indicators": [], "awards": []}
"""A record that leaves out the two figures of the article."""
DOUBTFUL = {**full_report(), "people": [person(), person("Nguyễn Không Có", ABSENT)]}
"""A record with one item that the article does not support."""
NOTHING = "{"
CUT = completion("{", finish_reason="length")


def client_of(
    cheap: Answer | Sequence[Answer], strong: Answer | Sequence[Answer] | None = None
) -> ByModel:
    """Return a client that answers for two models, or only for the first."""
    return ByModel({("cheap", 0): cheap, **({} if strong is None else {("strong", 0): strong})})


def extractor(client: ByModel, **options: Any) -> Extractor[Any]:
    """Return an extractor that escalates; by default, each model is asked once."""
    return Extractor(
        client=client,
        model="cheap",
        options=Options(**{"escalate": "strong", "max_attempts": 1, **options}),
    )


async def asked(client: ByModel, **options: Any) -> Extraction[Any]:
    """Extract the article."""
    return await extractor(client, **options).aextract(Article(ARTICLE, "a"))


async def failed(client: ByModel, **options: Any) -> AntqError:
    """Return the error that the extraction of the article raises."""
    with pytest.raises(AntqError) as caught:
        await asked(client, **options)
    return caught.value


def note(result: Extraction[Any]) -> str:
    """Return the message about the escalation, which is the first warning."""
    assert [warning.kind for warning in result.warnings].count("escalated") == 1
    assert result.warnings[0].kind == "escalated"
    return result.warnings[0].message


async def test_a_record_that_leaves_nothing_open_is_not_asked_about_again() -> None:
    """A record without unaccounted figures or dropped items is not escalated."""
    client = client_of(full_report())
    result = await asked(client)
    assert (client.asked, result.model, result.escalated, result.warnings) == (
        [("cheap", 0)],
        "cheap",
        False,
        (await asked(client, escalate=None)).warnings,
    )


@pytest.mark.parametrize(
    ("cheap", "reason"),
    [
        (NOTHING, "cheap gave no valid record (invalid)"),
        (CUT, "cheap gave no valid record (truncated)"),
        (completion("", refusal="Không."), "cheap gave no valid record (refused)"),
        (completion("", finish_reason="content_filter"), "cheap gave no valid record (filtered)"),
        (
            OPEN,
            "cheap left 0 item(s) that the article does not support and 2 figure(s) in no item",
        ),
        (
            DOUBTFUL,
            "cheap left 1 item(s) that the article does not support and 0 figure(s) in no item",
        ),
    ],
    ids=["invalid", "truncated", "refused", "filtered", "figures", "dropped"],
)
async def test_what_the_first_model_left_open_is_asked_of_the_stronger(
    cheap: Answer, reason: str
) -> None:
    """If the first model fails or leaves problems, the stronger model's record is used."""
    client = client_of(cheap, full_report())
    result = await asked(client)
    assert (client.asked, result.model, data_of(result), result.escalated) == (
        [("cheap", 0), ("strong", 0)],
        "strong",
        full_report(),
        True,
    )
    assert (len(result.attempts), result.cost_usd, result.usage.input_tokens) == (2, 1.0, 200)
    assert note(result) == f"strong was asked because {reason}"


async def test_both_models_are_asked_the_same() -> None:
    """The request to the stronger model differs only in the model, and has its own digest."""
    client = client_of([NOTHING, NOTHING], [NOTHING, full_report()])
    result = await asked(client, max_attempts=2, temperature=0.5)
    first, _, second, again = client.requests
    assert (first.messages, first.schema, first.parameters, first.sample) == (
        second.messages,
        second.schema,
        second.parameters,
        second.sample,
    )
    assert (first.digest == second.digest, again.reask is not None, len(result.attempts)) == (
        False,
        True,
        4,
    )


async def test_kept_items_are_left_open_too() -> None:
    """With ``ungrounded="keep"``, a record with an unsupported item is escalated."""
    assert (await asked(client_of(DOUBTFUL, full_report()), ungrounded="keep")).model == "strong"


@pytest.mark.parametrize(
    ("cheap", "model"),
    [
        ({"passages": [{"quote": "Có 6"}]}, "cheap"),
        ({"passages": [{"quote": "Có 6"}, {"quote": ABSENT}]}, "strong"),
        (NOTHING, "strong"),
    ],
    ids=["figures", "dropped", "failed"],
)
async def test_other_schemas_are_asked_about_where_they_fail_or_drop(
    cheap: Answer, model: str
) -> None:
    """With a schema that checks no figures, only failures and dropped items are escalated."""
    item = {"type": "object", "properties": {"quote": {"type": "string"}}}
    schema = {"type": "object", "properties": {"passages": {"type": "array", "items": item}}}
    client = client_of(cheap, {"passages": [{"quote": "và 7"}]})
    options = Options(escalate="strong", max_attempts=1)
    escalating = Extractor(schema, "Find.", client=client, model="cheap", options=options)
    result = await escalating.aextract("Có 6 và 7.")
    assert (result.model, client.asked[-1]) == (model, (model, 0))


@pytest.mark.parametrize(
    ("strong", "taken"),
    [
        (OPEN, "strong"),
        ({**OPEN, "people": DOUBTFUL["people"]}, "cheap"),
        (full_report(), "strong"),
    ],
)
async def test_the_record_that_leaves_less_open_is_taken(
    strong: dict[str, Any], taken: str
) -> None:
    """The stronger model's record is used unless it has more problems than the first."""
    result = await asked(client_of(OPEN, strong))
    assert (result.model, len(result.attempts), result.escalated) == (taken, 2, True)
    assert note(result).endswith("the record of cheap was kept") is (taken == "cheap")


async def test_fewer_figures_outweigh_a_dropped_item() -> None:
    """A record with one dropped item is preferred to one with two unaccounted figures."""
    assert (await asked(client_of(OPEN, DOUBTFUL))).model == "strong"


@pytest.mark.parametrize(
    "strong",
    [
        NOTHING,
        CUT,
        completion("", refusal="Không."),
        CompletionError("too long", kind="rejected", status=400),
    ],
)
async def test_a_valid_record_stays_where_the_stronger_model_has_none(strong: Answer) -> None:
    """If the stronger model fails on the article, the first record is kept with a warning."""
    result = await asked(client_of(OPEN, strong))
    assert (data_of(result), result.model, len(result.attempts)) == (
        OPEN,
        "cheap",
        1 if isinstance(strong, AntqError) else 2,
    )
    assert "but gave no valid record (" in note(result)
    assert "), so the record of cheap was kept" in note(result)


async def test_an_article_that_neither_model_reads_fails_as_the_stronger_did() -> None:
    """If both models fail, the stronger model's error is raised with the attempts of both."""
    error = await failed(client_of([NOTHING, NOTHING], CUT), max_attempts=2)
    assert (error.kind, [one.completion.text for one in error.attempts], error.escalated) == (
        "truncated",
        [NOTHING, NOTHING, CUT.text],
        True,
    )
    assert str(error).startswith(
        "strong was asked because cheap gave no valid record (invalid): the answer was cut off"
    )


@pytest.mark.parametrize("cheap", [NOTHING, OPEN])
@pytest.mark.parametrize(
    "not_reached",
    [
        lambda: CompletionError("down", kind="transport"),
        lambda: CompletionError("used up", kind="quota"),
        lambda: RecordingMissing("none"),
        lambda: ConfigurationError("no such model"),
    ],
    ids=["transport", "quota", "recording", "configuration"],
)
async def test_a_stronger_model_that_was_not_reached_fails_the_article(
    cheap: Answer, not_reached: Callable[[], AntqError]
) -> None:
    """If the stronger model is unreachable, the article fails with the first model's attempts."""
    given = not_reached()
    error = await failed(client_of(cheap, given))
    assert (error is given, len(error.attempts), error.escalated) == (True, 1, True)


@pytest.mark.parametrize("kind", ["transport", "quota", "rejected"])
async def test_a_first_model_that_was_not_reached_is_not_escalated(kind: Any) -> None:
    """If the first model's request fails, the stronger model is not asked."""
    client = client_of(CompletionError("down", kind=kind), full_report())
    error = await failed(client)
    assert (error.kind, client.asked, error.escalated) == (kind, [("cheap", 0)], False)


async def test_the_vote_is_escalated_and_voted_again() -> None:
    """A vote is escalated as a whole: the stronger model is also sampled and voted on."""
    answers = {
        ("cheap", 0): full_report(),
        ("cheap", 1): OPEN,
        ("cheap", 2): OPEN,
        **{("strong", number): full_report() for number in range(3)},
    }
    client = ByModel(answers)
    result = await asked(client, samples=3)
    assert (
        result.model,
        result.samples,
        len(result.attempts),
        {one.agreement for one in result.confidence},
    ) == ("strong", 3, 6, {1.0})
    assert note(result).startswith("strong was asked because cheap left 0 item(s)")


async def test_a_vote_that_leaves_nothing_open_is_not_escalated() -> None:
    """With several samples, problems in a minority of them do not lead to escalation."""
    client = ByModel({("cheap", 0): full_report(), ("cheap", 1): OPEN, ("cheap", 2): full_report()})
    result = await asked(client, samples=3)
    assert (result.model, data_of(result), len(client.asked)) == ("cheap", full_report(), 3)


async def test_a_long_article_is_escalated_whole() -> None:
    """A long article is escalated with all of its chunks."""
    client = client_of(report(), report())
    await extractor(client, part_characters=1000).aextract(
        Article(ARTICLE + "\nAn ninh. " * 150, "a")
    )
    cheap, strong = (
        [request.article_digest for request in client.requests if request.model == model]
        for model in ("cheap", "strong")
    )
    assert (cheap == strong, len(cheap) > 1) == (True, True)


async def test_a_copy_of_an_escalated_article_is_not_escalated() -> None:
    """A record copied from an escalated article keeps the warning and is not counted again."""
    copy = replace(await asked(client_of(OPEN, full_report())), attempts=())
    assert (note(copy).startswith("strong was asked"), copy.escalated) == (True, False)


async def test_failures_say_that_they_were_escalated() -> None:
    """A run counts all articles that the stronger model was asked about, including failures."""
    tally = RunTotals()
    for client in (
        client_of(full_report()),
        client_of(OPEN, full_report()),
        client_of(OPEN, OPEN),
        client_of(NOTHING, NOTHING),
    ):
        outcome = await extractor(client).outcome(Article(ARTICLE, "a"))
        assert isinstance(outcome, Extraction | Failure)
        tally.add(outcome)
    assert (tally.records, tally.failures.total(), tally.escalated) == (3, 1, 3)


@pytest.mark.parametrize("escalate", ["", "  "])
def test_a_stronger_model_has_a_name(escalate: str) -> None:
    """A blank name for the stronger model is refused before any request is sent."""
    with pytest.raises(ConfigurationError, match="escalate names no model"):
        Options(escalate=escalate)


def test_a_stronger_model_is_another_one() -> None:
    """The model that is asked first cannot also be the stronger model."""
    with pytest.raises(ConfigurationError, match="escalate names strong, which is asked first"):
        Extractor(client=client_of(NOTHING), model="strong", options=Options(escalate="strong"))


async def test_both_models_are_answered_from_recordings(tmp_path: Path) -> None:
    """Offline, both models need recordings, and a missing one for the stronger model is named."""
    await asked(client_of(OPEN, full_report()), record=tmp_path / "both")
    await asked(client_of(OPEN, full_report()), record=tmp_path / "cheap", escalate=None)

    async def offline(folder: str) -> Extraction[Any] | Failure:
        return await Extractor(
            model="cheap",
            offline=True,
            options=Options(escalate="strong", recordings=tmp_path / folder),
        ).outcome(Article(ARTICLE, "a"))

    found, missing = await offline("both"), await offline("cheap")
    assert isinstance(found, Extraction)
    assert (found.model, found.replayed, len(found.attempts)) == ("strong", True, 2)
    assert isinstance(missing, Failure)
    assert (
        type(missing.error),
        "model strong" in str(missing.error),
        len(missing.error.attempts),
    ) == (RecordingMissing, True, 1)


def test_each_model_has_its_price() -> None:
    """A price list gives each model its own price for the same usage."""
    usage = completion().usage
    tariff = PriceList("https://api.openai.com/v1")
    cheap, strong = tariff.cost(usage, "gpt-4o-mini"), tariff.cost(usage, "gpt-4o")
    assert cheap
    assert strong
    assert cheap < strong
