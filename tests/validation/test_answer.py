"""Reading an answer: choosing the JSON, unusable answers and feedback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from antq_llm.clients.completion import Usage
from antq_llm.errors import CompletionError
from antq_llm.schemas.faults import Fault, InvalidAnswer
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.validation.answer import feedback, parse_answer, raise_for_unusable, read_answer
from helpers.samples import Note, completion


class Quoted(BaseModel):
    """A record with a quote."""

    quote: str


SCHEMA = PydanticSchema(Quoted)
NOTE = PydanticSchema(Note)
VALID = '{"quote": "Tân Lâm"}'


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        f"\n  {VALID}\n",
        f"\ufeff{VALID}",
        f"<think>Bài này nói về Tân Lâm.</think>\n{VALID}",
        f"<think>\n\n</think>\n\n{VALID}",
        f"<thinking>Bài này.</thinking>{VALID}",
        f"Bài này nói về Tân Lâm.\n</think>\n\n{VALID}",
        f'<think>Thử {{"quote": "Di Linh"}} xem.</think>{VALID}',
        f'<think>```json\n{{"quote": "Di Linh"}}\n```</think>\n```json\n{VALID}\n```',
        f"```json\n{VALID}\n```",
        f"```\n{VALID}\n```",
        f"```JSON \n{VALID}```",
        f"Đây là kết quả:\n\n```json\n{VALID}\n```\n\nXin hỏi thêm.",
        f"Đây là kết quả: {VALID} Xin hỏi thêm.",
        f"Kết quả:\n{VALID}",
        f"{VALID}\nXong.",
    ],
)
def test_what_stands_around_an_answer_is_set_aside(text: str) -> None:
    """A reasoning preamble, a code fence and words around the JSON are skipped."""
    assert read_answer(text, SCHEMA) == Quoted(quote="Tân Lâm")


@pytest.mark.parametrize(
    "quote",
    [
        "Tân </think> Lâm",
        "</think>",
        "<think>Tân Lâm</think>",
        "```json\nx\n```",
        "a ``` b",
        "{",
        "}]",
        '"',
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "Kết quả: {}",
        "<think>Bài này.</think>{}",
        "<think>Bài này.</think>\n```json\n{}\n```",
    ],
)
def test_marks_inside_a_quote_are_text(quote: str, around: str) -> None:
    """A tag, a fence or a brace inside a JSON string is kept."""
    text = around.replace("{}", json.dumps({"quote": quote}))
    assert read_answer(text, SCHEMA) == Quoted(quote=quote)


def test_a_bracket_in_the_words_before_the_answer_is_no_json() -> None:
    """A bracket in the words before the JSON is not taken for its beginning."""
    assert read_answer(f"Theo [1]: {VALID}", SCHEMA) == Quoted(quote="Tân Lâm")


def test_an_answer_that_is_a_list_is_found_in_a_fence() -> None:
    """An answer that is a list is found in a code fence."""
    assert read_answer("Đây:\n```json\n[1, 2]\n```", JsonSchema("s", {"type": "array"})).root == [
        1,
        2,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Tôi không thể.",
        "</think>",
        "```json\n```",
        "{",
        "<think>Bài này nói về Tân Lâm.",
    ],
)
def test_an_answer_without_json_is_told_so(text: str) -> None:
    """An answer without JSON has a fault at the root."""
    with pytest.raises(InvalidAnswer, match=r"^/: not valid JSON: "):
        read_answer(text, SCHEMA)


@pytest.mark.parametrize("around", ["{}", "{}\n", "```json\n{}\n```", "<think>x</think>{}"])
def test_a_fault_is_the_same_whatever_stands_around(around: str) -> None:
    """The fault of a JSON answer is the same with or without text around it."""
    with pytest.raises(InvalidAnswer, match=r"^/quote: write a string \(given: 5\)$"):
        read_answer(around.replace("{}", '{"quote": 5}'), SCHEMA)


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        (
            {"refusal": "Tôi không\n thể giúp."},
            "refused",
            r"the model refused to answer: Tôi không thể giúp\.",
        ),
        (
            {"refusal": "x", "finish_reason": "content_filter"},
            "refused",
            "the model refused to answer",
        ),
        (
            {"finish_reason": "content_filter"},
            "filtered",
            "content filter stopped the answer: try another model or provider",
        ),
        (
            {"finish_reason": "length"},
            "truncated",
            "cut off at the model's output limit: "
            "use a model with a higher limit, or a shorter article",
        ),
    ],
)
def test_a_completion_that_cannot_be_used_is_told_by_kind(
    fields: dict[str, Any], kind: str, words: str
) -> None:
    """Refused, filtered and truncated answers raise errors with different kinds and messages."""
    with pytest.raises(CompletionError, match=words) as caught:
        raise_for_unusable(completion(**fields))
    assert (caught.value.kind, caught.value.status) == (kind, 200)


def test_a_long_refusal_is_cut() -> None:
    """The message quotes a long refusal only in part."""
    with pytest.raises(CompletionError) as caught:
        raise_for_unusable(completion(refusal="không " * 500))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("finish_reason", ["stop", "tool_calls", None, "eos"])
def test_any_other_end_can_be_used(finish_reason: str | None) -> None:
    """An answer that is not cut off is accepted, whatever finish reason the endpoint gives."""
    assert raise_for_unusable(completion(finish_reason=finish_reason)) is None


def test_a_model_is_told_every_fault_with_its_place() -> None:
    """Feedback has a line for each fault: pointer, expected value and given value."""
    told = feedback(
        [Fault("/people/0/name", "write a string", "5"), Fault("", "write an object")], "c0de"
    )
    assert [line for line in told.splitlines() if line.startswith("- ")] == [
        "- /people/0/name: write a string (given: 5)",
        "- /: write an object",
    ]


def test_a_model_is_told_to_give_the_whole_document_again() -> None:
    """Feedback ends with the instruction to give the whole document again."""
    assert feedback([Fault("/a", "m")], "c0de").splitlines()[-1] == (
        "Give the whole JSON document again with these places corrected and all else unchanged."
    )


@pytest.mark.parametrize(
    ("count", "lines", "last"),
    [
        (30, 30, "- /29: m"),
        (31, 31, "- and 1 more of the same kinds"),
        (500, 31, "- and 470 more of the same kinds"),
    ],
)
def test_a_model_is_told_of_thirty_faults(count: int, lines: int, last: str) -> None:
    """A re-ask lists the first thirty faults and counts the others."""
    told = [
        line
        for line in feedback(
            [Fault(f"/{number}", "m") for number in range(count)], "c0de"
        ).splitlines()
        if line.startswith("- ")
    ]
    assert (len(told), told[-1]) == (lines, last)


@pytest.mark.parametrize(
    "text",
    [
        '{"subject": "a", "own": {"subject": "inside"}, "x": oops',
        '{"subject": "a"',
        'Đây: {"subject": {"subject": "b"}',
    ],
)
def test_nothing_inside_a_broken_answer_is_taken_for_it(text: str) -> None:
    """An object inside an answer that breaks off is not taken for the answer."""
    with pytest.raises(InvalidAnswer):
        read_answer(text, NOTE)


HUGE = 20_000


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "{",
        '{"a":',
        '[{"a":[',
        '["',
        '{"',
        '[\\"',
        '["\\',
        "[1,",
        "[]]",
        "[[]",
        '[""',
        "[" * 2000 + "]",
    ],
)
@pytest.mark.parametrize("around", ["{}", "x{}x", '{}"', '"{}', "<think>{}</think>{}"])
def test_a_huge_answer_without_a_document_is_read_once(unit: str, around: str) -> None:
    """An answer of thousands of brackets and quotes without a document is refused."""
    text = around.replace("{}", unit * (HUGE // len(unit)))
    with pytest.raises(InvalidAnswer):
        read_answer(text, SCHEMA)


def test_a_number_with_thousands_of_digits_is_read() -> None:
    """The JSON of an answer is returned even if a number in it has thousands of digits."""
    schema = JsonSchema("area", {"properties": {"area": {"type": "number"}}})
    answer = parse_answer(f'{{"area": {"5" * 5000}e-4999}}', schema)
    assert answer.json == {"area": pytest.approx(5.5555555)}


@pytest.mark.parametrize("tokens", [None, 100, 101])
def test_an_answer_cut_off_by_the_caller_names_the_option(tokens: int | None) -> None:
    """If an answer reached the caller's limit, the error names the option to raise."""
    cut = completion(finish_reason="length", usage=Usage(output_tokens=tokens))
    with pytest.raises(CompletionError, match=r"100 output tokens .* raise --max-output-tokens"):
        raise_for_unusable(cut, 100)


@pytest.mark.parametrize("limit", [None, 100])
def test_an_answer_cut_off_by_the_model_does_not(limit: int | None) -> None:
    """If an answer was cut off before the caller's limit, the error names the model's limit."""
    cut = completion(finish_reason="length", usage=Usage(output_tokens=60))
    with pytest.raises(CompletionError, match="cut off at the model's output limit"):
        raise_for_unusable(cut, limit)


@pytest.mark.parametrize("order", [1, -1])
def test_the_faults_of_the_largest_document_are_reported(order: int) -> None:
    """If no document begins with a key of the schema, the largest document's faults are raised."""
    documents = ['{"a": 1}', '{"a": 1, "b": 2, "quote": 5}'][::order]
    with pytest.raises(InvalidAnswer, match=r"^/quote: write a string \(given: 5\)$"):
        read_answer(" ".join(documents), SCHEMA)


@pytest.mark.parametrize("order", [1, -1])
def test_the_faults_of_a_document_with_a_known_key_come_first(order: int) -> None:
    """The faults of a document that begins with a key of the schema come before larger ones."""
    documents = ['{"quote": 5}', '{"a": 1, "b": 2, "c": 3, "quote": 6}'][::order]
    with pytest.raises(InvalidAnswer, match=r"^/quote: write a string \(given: 5\)$"):
        read_answer(" ".join(documents), SCHEMA)
