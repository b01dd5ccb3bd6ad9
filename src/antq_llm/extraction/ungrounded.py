"""Handling of items that the article still does not support after the last attempt."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel

from antq_llm.extraction.options import Ungrounded
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.validation.checks import CheckedRecord, drop_unsupported
from antq_llm.validation.warnings import RecordWarning

T = TypeVar("T", bound=BaseModel)


def settle_unsupported(
    checked: CheckedRecord[T],
    schema: Schema[T],
    analyzed: AnalyzedArticle,
    ungrounded: Ungrounded,
) -> tuple[CheckedRecord[T], list[RecordWarning]]:
    """Drop or keep the unsupported items of a record, with a warning for each.

    Raises InvalidAnswer if ``ungrounded`` is ``fail`` and there are unsupported items, or if the
    record is not valid without them.
    """
    if not checked.faults:
        return checked, []
    if ungrounded == "fail":
        raise InvalidAnswer(checked.faults)
    if ungrounded == "keep":
        return checked, [
            RecordWarning(kind="ungrounded", message=str(fault), pointer=fault.pointer)
            for fault in checked.faults
        ]
    return drop_unsupported(checked, schema, analyzed)
