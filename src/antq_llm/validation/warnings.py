"""Warnings of a record."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RecordWarning(BaseModel):
    """Something a reader of the record should know; ``kind`` is a word for filters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    message: str
