"""Finding an answer's quotes in the article, and spelling them as the article does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from antq_llm.errors import SchemaError
from antq_llm.evidence.grounding import Grounding, QuotePaths, ground
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.base import Schema
from antq_llm.validation.answer_edits import AnswerEditor, respelled_answer
from antq_llm.validation.rules.rule_plan import rule_plan

T = TypeVar("T", bound=BaseModel)


class GroundedAnswer(NamedTuple):
    """A record whose quotes are spelled as in the article."""

    record: Any
    answer: Any
    """The answer from which the record was validated."""
    grounding: Grounding
    """The grounding of the record; ``grounding.original`` is the record's dump."""


def ground_answer(
    record: BaseModel, answer: Any, schema: Schema[Any], analyzed: AnalyzedArticle
) -> GroundedAnswer:
    """Find a record's quotes in the article, and put the article's spelling into the answer.

    If a validator moved or rewrote a quote that is not verbatim, the quote cannot be found in the
    answer and counts as missing. The model can then be asked again, because the validator may leave
    a verbatim quote unchanged. Raises SchemaError if a quote cannot be found although all quotes in
    the answer are verbatim.
    """
    paths = rule_plan(schema.roles).quote_paths
    grounding = ground(schema.dump(record), analyzed.aligner, paths)
    while grounding.spellings:
        try:
            respelled = respelled_answer(answer, grounding, schema)
        except SchemaError:
            if all(quote in analyzed.text for quote in _quotes_in(answer, grounding)):
                raise
            return GroundedAnswer(record, answer, _without_lost_quotes(answer, grounding, schema))
        if respelled == answer:
            # A validator changes the spelling of the quotes.
            break
        answer, record = respelled, schema.read_data(respelled)
        grounding = _grounded_again(schema.dump(record), grounding, paths, analyzed)
    return GroundedAnswer(record, answer, grounding)


def _grounded_again(
    data: Any, earlier: Grounding, paths: QuotePaths, analyzed: AnalyzedArticle
) -> Grounding:
    """Return the grounding of a record whose quotes were respelled.

    The earlier grounding is reused if the records differ only in these spellings. Validators may
    have changed more, for example kept an item that they had removed as a duplicate.
    """
    # The earlier dump is no longer needed. Comparing all of it is faster than collecting its items.
    for quoted in earlier.items:
        if quoted.pointer in earlier.spellings:
            quoted.item[quoted.key] = earlier.spellings[quoted.pointer]
    if data != earlier.original:
        return ground(data, analyzed.aligner, paths)
    return replace(earlier, spellings={})


def _without_lost_quotes(answer: Any, grounding: Grounding, schema: Schema[Any]) -> Grounding:
    """Return the grounding, with quotes that cannot be found in the answer counted as missing."""
    editor = AnswerEditor(answer, grounding.original, grounding.items, schema.reference)
    lost = {pointer for pointer in grounding.spellings if not editor.has(pointer)}
    return replace(
        grounding,
        evidence=tuple(found for found in grounding.evidence if found.pointer not in lost),
        missing=tuple(
            quoted.pointer
            for quoted in grounding.items
            if quoted.pointer in lost or quoted.pointer in grounding.missing
        ),
        spellings={},
    )


def _quotes_in(answer: Any, grounding: Grounding) -> Iterator[str]:
    """Yield the strings in an answer that have the key of a quote."""
    keys = {quoted.key for quoted in grounding.items}
    pending = [answer]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            yield from (value[key] for key in keys if isinstance(value.get(key), str))
            pending += value.values()
        elif isinstance(value, list):
            pending += value
