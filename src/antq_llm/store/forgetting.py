"""Deletion of articles' data from a store; call ``forget`` and ``end`` in a transaction.

The table ``forgetting`` contains the ids of articles whose data was deleted from the store but may
still be in output files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from antq_llm.store.rows import Forgotten
from antq_llm.store.sql.database import Database


def forget(database: Database, article_ids: Sequence[str]) -> Forgotten:
    """Delete the answers, outcomes and requests of articles, and add their ids to ``forgetting``.

    Requests in pending batches are counted but not deleted.
    """
    found = [_forget_one(database, article_id) for article_id in article_ids]
    same_text = {other for one in found for other in one.same_text}
    return Forgotten(
        article_ids=tuple(article_id for one in found for article_id in one.article_ids),
        answers=sum(one.answers for one in found),
        outcomes=sum(one.outcomes for one in found),
        pending=sum(one.pending for one in found),
        same_text=tuple(sorted(same_text - set(article_ids))),
    )


def _forget_one(database: Database, article_id: str) -> Forgotten:
    database.execute("INSERT INTO forgetting VALUES (?) ON CONFLICT DO NOTHING", (article_id,))
    texts = _column(database, "SELECT article FROM outcomes WHERE article_id = ?", article_id)
    outcomes = _delete(database, "outcomes", "article_id = ?", article_id)
    _delete(database, "listing", "article_id = ?", article_id)
    answers = _delete(database, "completions", "article_id = ?", article_id)
    same_text: list[str] = []
    for text in filter(None, texts):
        others = _column(database, "SELECT article_id FROM outcomes WHERE article = ?", text)
        same_text += others
        if not others:
            # Another article with this text may have answers but no outcome.
            answers += _delete(database, "completions", "article = ?", text)
    is_about = f"{database.dialect.json_text('asked', 'article', 'id')} = ?"
    waiting = _delete(database, "batch_requests", f"{is_about} AND name IS NULL", article_id)
    query = f"SELECT count(*) FROM batch_requests WHERE {is_about}"  # noqa: S608 - our own names
    pending = database.execute(query, (article_id,)).fetchone()[0]
    is_known = outcomes or answers or waiting or pending
    return Forgotten(
        (article_id,) if is_known else (), answers, outcomes, pending, tuple(same_text)
    )


def pending(database: Database) -> list[str]:
    """Return the ids of deleted articles that may still be in output files, sorted."""
    rows = database.execute("SELECT article_id FROM forgetting ORDER BY article_id")
    return [article_id for (article_id,) in rows]


def end(database: Database, article_ids: Sequence[str]) -> None:
    """Remove from ``forgetting`` the ids of articles that are no longer in any output file."""
    for article_id in article_ids:
        _delete(database, "forgetting", "article_id = ?", article_id)


def _delete(database: Database, table: str, condition: str, key: Any) -> int:
    query = f"DELETE FROM {table} WHERE {condition}"  # noqa: S608 - our own names
    return database.execute(query, (key,)).rowcount


def _column(database: Database, query: str, key: Any) -> list[Any]:
    return [value for (value,) in database.execute(query, (key,)).fetchall()]
