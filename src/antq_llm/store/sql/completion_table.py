"""The completions of a store, and the current samples of requests.

Tables:

- ``completions``: a row for each answered request, with the request's digest as key; ``answer`` is
  null if the answer was deleted after its retention time
- ``origins``: the parts that many requests share, namely prompt, schema, model and parameters
- ``samples``: the current sample of each request, unless it is the first
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic_core import from_json, to_json

from antq_llm.clients.completion import Completion, Usage
from antq_llm.errors import AnswerDeleted
from antq_llm.store.packing import pack, unpack
from antq_llm.store.rows import StoredAnswer
from antq_llm.store.sql.database import Database

_OF_REQUEST = ("article", "sample", "reask")
"""The parts of a request that are stored with its completion; the other parts form its origin."""
_USAGE = ", ".join(Usage.model_fields)
_BESIDE_ANSWER = {"usage", "cost_usd"}
"""The fields of a completion that have their own columns."""
_ANSWER = f"answer, {_USAGE}, cost_usd"
_PUT_COMPLETION = """
INSERT INTO completions SELECT ?, origin, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
    FROM origins WHERE asked = ? ON CONFLICT DO NOTHING
"""


class CompletionTable:
    """The tables of completions; see the methods of ``Store``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def completion(self, digest: str) -> Completion | None:
        row = self._database.execute(
            f"SELECT {_ANSWER} FROM completions WHERE digest = ?",  # noqa: S608 - our own names
            (bytes.fromhex(digest),),
        ).fetchone()
        if row is None:
            return None
        if row[0] is None:
            raise AnswerDeleted(
                "the answer about this article was deleted after its retention time, so the "
                "article's outcome can no longer change: to ask again, name another --out"
            )
        return _completion(row)

    def answers_of(self, article_digest: str) -> list[StoredAnswer]:
        rows = self._database.execute(
            f"SELECT {_ANSWER}, asked, article_id, sample, reask FROM completions "  # noqa: S608 - our own names
            "JOIN origins USING (origin) WHERE article = ? AND answer IS NOT NULL "
            "ORDER BY completions.rowid",
            (bytes.fromhex(article_digest),),
        )
        return [
            StoredAnswer(
                {
                    **json.loads(asked),
                    "article": {"id": article_id, "sha256": article_digest},
                    "sample": sample,
                    "reask": reask.hex() if reask else None,
                },
                _completion(answer),
            )
            for *answer, asked, article_id, sample, reask in rows
        ]

    def unpriced(self) -> Iterator[tuple[str, Usage]]:
        model = self._database.dialect.json_text("asked", "model")
        query = (
            f"SELECT {model}, {_USAGE} FROM completions "  # noqa: S608 - our own names
            "JOIN origins USING (origin) WHERE cost_usd IS NULL"
        )
        for model, *numbers in self._database.stream(query):
            yield model, _usage(numbers)

    @property
    def any_sample(self) -> bool:
        return bool(self._database.execute("SELECT EXISTS (SELECT 1 FROM samples)").fetchone()[0])

    def sample_of(self, digest: str) -> int:
        row = self._database.execute(
            "SELECT sample FROM samples WHERE digest = ?", (digest,)
        ).fetchone()
        return int(row[0]) if row else 0

    def use_sample(self, digest: str, sample: int) -> None:
        self._database.execute(
            "INSERT INTO samples VALUES (?, ?) "
            "ON CONFLICT (digest) DO UPDATE SET sample = excluded.sample",
            (digest, sample),
        )

    def expire(self, before: str) -> int:
        return self._database.execute(
            "UPDATE completions SET answer = NULL WHERE received < ? AND answer IS NOT NULL "
            "AND article_id IN (SELECT article_id FROM outcomes WHERE NOT is_stop)",
            (before,),
        ).rowcount


def insertion(
    digest: str, asked: Mapping[str, Any], completion: Completion, received: str
) -> Callable[[Database], bool]:
    """Return a function that stores a completion and returns whether it was new.

    As much as possible is prepared here, to keep the transaction short.
    """
    article = asked.get("article", {})
    origin = to_json({key: asked[key] for key in asked if key not in _OF_REQUEST}).decode()
    row = (
        bytes.fromhex(digest),
        article.get("id", ""),
        bytes.fromhex(article.get("sha256", "")),
        asked.get("sample", 0),
        bytes.fromhex(asked["reask"]) if asked.get("reask") else None,
        pack(to_json(completion, exclude=_BESIDE_ANSWER)),
        *vars(completion.usage).values(),
        completion.cost_usd,
        received,
    )

    def insert(database: Database) -> bool:
        return bool(database.execute(_PUT_COMPLETION, (*row, origin)).rowcount)

    def work(database: Database) -> bool:
        if insert(database):
            return True
        # The answer exists, or its origin does not, as for the first answer to a prompt.
        added = database.execute(
            "INSERT INTO origins (asked) VALUES (?) ON CONFLICT DO NOTHING", (origin,)
        )
        return bool(added.rowcount) and insert(database)

    return work


def _completion(row: Any) -> Completion:
    # The answer was validated when it was stored; a damaged row is recognised by its fields.
    answer, *numbers, cost_usd = row
    fields: Any = from_json(unpack(answer))
    if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
        raise ValueError("a row of the table 'completions' does not contain an answer")
    return Completion.model_construct(**fields, usage=_usage(numbers), cost_usd=cost_usd)


def _usage(numbers: list[int | None]) -> Usage:
    named: dict[str, Any] = dict(zip(Usage.model_fields, numbers, strict=True))
    return Usage.model_construct(**named)
