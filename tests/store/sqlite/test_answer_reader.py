"""Reading stored answers while another process writes to the store."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.sqlite.answer_reader import AnswerReader
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)


async def test_an_answer_is_read_as_soon_as_it_is_stored(tmp_path: Path) -> None:
    """A reader that is opened before an answer is stored finds the answer, marked as replayed."""
    store = SqliteStore(tmp_path / "store.sqlite3")
    reader = AnswerReader(store.answers_file)
    asked = request(SCHEMA)
    assert reader.completion(asked.digest) is None
    await store.keep(asked, completion("Tân Lâm"))
    found = reader.completion(asked.digest)
    assert found == completion("Tân Lâm").model_copy(update={"replayed": True})
    reader.close()
    store.close()


async def test_an_answer_that_cannot_be_read_is_left_to_the_store(tmp_path: Path) -> None:
    """A reader returns None for a deleted or damaged answer and leaves the error to the store."""
    store = SqliteStore(tmp_path / "store.sqlite3")
    asked = request(SCHEMA)
    await store.keep(asked, completion("Tân Lâm"))
    reader = AnswerReader(store.answers_file)
    for damaged in (None, b"?"):
        with sqlite3.connect(store.answers_file) as other:
            other.execute("UPDATE completions SET answer = ?", (damaged,))
        other.close()
        assert reader.completion(asked.digest) is None
    reader.close()
    store.close()
