"""JSON documents inside other text, found as if by trying every bracket."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from antq_llm.validation.embedded_json import documents_in

VALID = '{"quote": "Tân Lâm"}'


def documents_by_trial(text: str) -> list[str]:
    """Find the same documents as ``documents_in`` by trying every bracket, in quadratic time."""
    decoder = json.JSONDecoder()
    found: list[str] = []
    position = 0
    while (begin := re.compile(r"[{\[]").search(text, position)) is not None:
        try:
            _, position = decoder.raw_decode(text, begin.start())
        except json.JSONDecodeError as error:
            position = max(error.pos, begin.end())
        except (ValueError, RecursionError):
            position = begin.end()
        else:
            found.append(text[begin.start() : position])
    return found


FRAGMENTS = [*'{}[]",:\\ a1\n', '{"a":', "[1, ", '"b"', '\\"', "\\u12", "null"]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=24).map("".join))
@example('{"a [1]\n[2]')  # a line break ends a string, so the list in it is not a document
@example('{"a [1]')
@example('{"a [1]\\')
def test_the_linear_search_finds_what_trial_finds(text: str) -> None:
    """In any text, ``documents_in`` finds the documents that trying every bracket finds."""
    assert documents_in(text) == documents_by_trial(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([*FRAGMENTS, "<think>", "</think>", "[THINK]"]), max_size=16))
def test_a_document_after_the_last_end_of_reasoning_is_found(pieces: list[str]) -> None:
    """A document after the last end-of-reasoning mark is found, whatever comes before it."""
    text = "".join(pieces)
    assert documents_in(f"{text}x</think>\n{VALID}")[-1] == VALID


@pytest.mark.parametrize("end", ["oops", "}", "x"])
def test_the_answer_after_a_nested_text_that_breaks_off_is_found(end: str) -> None:
    """A document after nested brackets that break off is found."""
    assert documents_in(f"{'[' * 5000}{end} {VALID}") == [VALID]


def test_the_answer_beside_a_deeply_nested_list_is_found() -> None:
    """An answer is found next to a list that is nested too deeply to be read."""
    assert documents_in(f"{'[' * 5000}{']' * 5000} {VALID}")[-1] == VALID


def test_nothing_inside_a_deeply_nested_list_is_an_answer() -> None:
    """An object inside a list that is never closed is not taken for an answer."""
    assert documents_in(f"x {'[' * 5000} {VALID}") == []


def test_a_number_of_any_length_does_not_hide_the_document_around_it() -> None:
    """An object with an integer that is too long for Python is found as a whole."""
    document = f'{{"a": {{"b": 1}}, "n": {"9" * 5000}}}'
    assert documents_in(f"Đây: {document}") == [document]


@pytest.mark.parametrize(
    "document", ['[1,2,"a",{"b":1,"c":[]}]', '{"a":{"b":[[],{}]},"c":-1.5e3}', "[ 1 , [ ] ]"]
)
def test_a_document_is_found_with_and_without_spaces(document: str) -> None:
    """White space between the parts of a document does not matter."""
    assert documents_in(f"a {document} b [x") == [document]


OTHER = '{"quote": "Di Linh"}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{{"a": "><think>" oops {VALID}', []),
        (f'{OTHER}{{"a": "</think>" oops {VALID}', [VALID]),
        (f'{{"a" {OTHER}</think>{VALID}', [VALID]),
        (f"{OTHER}</think>{VALID}", [OTHER, VALID]),
        (f"x {OTHER}</think>{VALID}", [VALID]),
        (f"```json\n{OTHER}```</think>{VALID}", [OTHER, VALID]),
        (f"[THINK][/THINK]{OTHER}</think>{VALID}", [OTHER, VALID]),
    ],
)
def test_marks_of_reasoning_next_to_documents(text: str, expected: list[str]) -> None:
    """A mark inside a broken document counts; an end mark counts only after words."""
    assert documents_in(text) == expected
