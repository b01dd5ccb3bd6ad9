"""The tables of a store's outcomes.

Tables:

- ``identities``: the settings that determine a call's outcomes, such as prompt, schema and model
- ``calls``: a row for each call, with its identity
- ``outcomes``: one outcome for each identity and article, with its output line
- ``listing``: for each outcome, the last call that wrote it (``call``), the last call that paid for
  it (``paid_call``) and the last call whose input contained its article (``seen``); ``position`` is
  the article's position in that input, and ``place`` orders the lines in the output files
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from zlib import adler32, crc32

from pydantic_core import to_json

from antq_llm.clients.completion import Usage
from antq_llm.store.packing import pack, unpack
from antq_llm.store.rows import LineCounts, OutcomeKind, StoredOutcome
from antq_llm.store.sql.database import Database

BESIDE_LINE = ("usage", "cost_usd", "replayed")
"""The keys of an output line whose values are stored outside the line."""
_USAGE = tuple(Usage.model_fields)
_COLUMNS = (
    *("article", "kind", "reason", "is_stop", "checks", "dropped", "escalated", "duplicate"),
    *(*_USAGE, "cost_usd", "fingerprint", "line"),
)
_PUT_OUTCOME = f"""
INSERT INTO outcomes (identity, article_id, {", ".join(_COLUMNS)})
    VALUES ((SELECT identity FROM calls WHERE call = :call), :article_id,
        {", ".join(f":{name}" for name in _COLUMNS)})
    ON CONFLICT (identity, article_id)
    DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
"""  # noqa: S608 - our own names
_PUT_LISTING = """
INSERT INTO listing
    SELECT identity, :article_id, :call, :paid_call, :call, :position, :place
    FROM calls WHERE call = :call
    ON CONFLICT (identity, article_id)
    DO UPDATE SET seen = excluded.seen, position = excluded.position,
        call = CASE WHEN :is_kept THEN listing.call ELSE excluded.call END,
        paid_call = CASE WHEN :is_kept THEN listing.paid_call
            ELSE coalesce(excluded.paid_call, listing.paid_call) END
"""
_STORED = """
SELECT is_stop, fingerprint FROM outcomes
    WHERE identity = (SELECT identity FROM calls WHERE call = :call) AND article_id = :article_id
"""
_OF_CALL = "identity = (SELECT identity FROM calls WHERE call = :call)"
_SEEN = "(NOT :only_this_call OR seen = :call)"
_IS_REPLAYED = "(paid_call IS NULL OR paid_call <> :call)"


class OutcomeTable:
    """The tables of outcomes; see the methods of ``Store``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest_identity(self) -> str | None:
        row = self._database.execute(
            "SELECT described FROM calls JOIN identities USING (identity) "
            "WHERE EXISTS (SELECT 1 FROM outcomes "
            "WHERE outcomes.identity = calls.identity AND NOT is_stop) ORDER BY call DESC"
        ).fetchone()
        return None if row is None else str(row[0])

    def begin_call(self, identity: str, replaces: str | None, started: str) -> int:
        if replaces is not None and replaces != identity:
            self._rename_identity(replaces, identity)
        self._database.execute(
            "INSERT INTO identities (described) VALUES (?) ON CONFLICT DO NOTHING", (identity,)
        )
        return int(
            self._database.execute(
                "INSERT INTO calls (started, identity) "
                "SELECT ?, identity FROM identities WHERE described = ? RETURNING call",
                (started, identity),
            ).fetchone()[0]
        )

    def _rename_identity(self, old: str, new: str) -> None:
        """Rename an identity; if another identity already has the new name, merge the two.

        If both have an outcome for an article, the outcome under ``old`` is kept.
        """
        if (other := self._number_of(new)) is not None:
            numbers = {"old": self._number_of(old), "other": other}
            for table in ("outcomes", "listing"):
                self._database.execute(
                    f"DELETE FROM {table} WHERE identity = :other AND article_id IN "  # noqa: S608 - our own names
                    f"(SELECT article_id FROM {table} WHERE identity = :old)",
                    numbers,
                )
            for table in ("outcomes", "listing", "calls"):
                self._database.execute(
                    f"UPDATE {table} SET identity = :old WHERE identity = :other",  # noqa: S608 - our own names
                    numbers,
                )
            self._database.execute("DELETE FROM identities WHERE identity = ?", (other,))
        self._database.execute(
            "UPDATE identities SET described = ? WHERE described = ?", (new, old)
        )

    def _number_of(self, identity: str) -> int | None:
        row = self._database.execute(
            "SELECT identity FROM identities WHERE described = ?", (identity,)
        ).fetchone()
        return None if row is None else int(row[0])

    def lines(self, call: int, kind: OutcomeKind, *, only_this_call: bool) -> Iterator[bytes]:
        order = "position" if only_this_call else "place, article_id"
        arguments = {"call": call, "kind": kind, "only_this_call": only_this_call}
        outcomes = self._database.dialect.outcomes_in_order.format(
            condition=f"{_OF_CALL} AND {_SEEN}", order=order
        )
        rows = self._database.stream(
            f"SELECT line, {', '.join(_USAGE)}, cost_usd, {_IS_REPLAYED} FROM {outcomes}",  # noqa: S608 - our own names
            arguments,
        )
        for line, *usage, cost_usd, replayed in rows:
            columns = {"usage": dict(zip(_USAGE, usage, strict=True)), "cost_usd": cost_usd}
            if kind == "record":
                columns["replayed"] = bool(replayed)
            yield joined_line(unpack(line), columns)

    def count_lines(self, call: int, checks: str, *, only_this_call: bool) -> LineCounts:
        arguments = {"call": call, "checks": checks, "only_this_call": only_this_call}
        source = (
            f"FROM listing JOIN outcomes USING (identity, article_id) WHERE {_OF_CALL} AND {_SEEN}"
        )
        failures = self._database.execute(
            f"SELECT reason, count(*) {source} AND kind = 'failure' GROUP BY reason",
            arguments,
        )
        sums = ", ".join(
            f"CASE WHEN count({name}) = count(*) THEN coalesce(sum({name}), 0) END"
            for name in (*_USAGE, "cost_usd")
        )
        records, dropped, replayed, escalated, duplicates, older, *usage, cost = (
            self._database.execute(
                "SELECT count(*) FILTER (WHERE kind = 'record'), coalesce(sum(dropped), 0), "
                f"count(*) FILTER (WHERE kind = 'record' AND {_IS_REPLAYED}), "
                "count(*) FILTER (WHERE escalated), count(*) FILTER (WHERE duplicate), "
                f"count(*) FILTER (WHERE checks <> :checks), {sums} {source}",
                arguments,
            ).fetchone()
        )
        tokens = [None if number is None else int(number) for number in usage]
        return LineCounts(
            records=int(records),
            failures=Counter({str(reason): count for reason, count in failures}),
            dropped_items=int(dropped),
            replayed=int(replayed),
            escalated=int(escalated),
            duplicates=int(duplicates),
            older_checks=int(older),
            usage=Usage(**dict(zip(_USAGE, tokens, strict=True))),
            cost_usd=None if cost is None else float(cost),
        )

    def order_lines(self, call: int) -> None:
        query = (
            "SELECT article_id, CASE WHEN seen = :call THEN position END FROM listing "  # noqa: S608 - our own names
            f"WHERE {_OF_CALL} ORDER BY place, article_id"
        )
        positions = (row[1] for row in self._database.stream(query, {"call": call}))
        if all(a < b for a, b in pairwise(place for place in positions if place is not None)):
            return
        rows = self._database.execute(query, {"call": call}).fetchall()
        listed = sorted((position, name) for name, position in rows if position is not None)
        order = merged_order([name for name, _ in rows], [name for _, name in listed])
        self._database.executemany(
            "UPDATE listing SET place = ? WHERE article_id = ? "
            "AND identity = (SELECT identity FROM calls WHERE call = ?)",
            [(place, name, call) for place, name in enumerate(order)],
        )

    def line_of(self, article_id: str) -> bytes | None:
        row = self._database.execute(
            "SELECT line FROM outcomes WHERE identity IN (SELECT identity FROM identities) "
            "AND article_id = ? ORDER BY identity DESC LIMIT 1",
            (article_id,),
        ).fetchone()
        return None if row is None else joined_line(unpack(row[0]), {})

    def sample_lines(self) -> Iterator[tuple[int, bytes]]:
        calls = self._database.execute("SELECT DISTINCT call FROM listing").fetchall()
        for (call,) in calls:
            row = self._database.execute(
                "SELECT line FROM listing JOIN outcomes USING (identity, article_id) "
                "WHERE call = ? AND kind = 'record' LIMIT 1",
                (call,),
            ).fetchone()
            if row is not None:
                yield call, joined_line(unpack(row[0]), {})

    def delete_calls(self, calls: Sequence[int]) -> int:
        deleted = 0
        for call in calls:
            self._database.execute(
                "DELETE FROM outcomes WHERE (identity, article_id) IN "
                "(SELECT identity, article_id FROM listing WHERE call = ?)",
                (call,),
            )
            deleted += self._database.execute(
                "DELETE FROM listing WHERE call = ?", (call,)
            ).rowcount
        return deleted


def outcome_row(call: int, position: int, outcome: StoredOutcome) -> dict[str, Any]:
    """Return an outcome as a row for ``put_outcomes``."""
    line = outcome.line if isinstance(outcome.line, bytes) else split_line(outcome.line)
    columns = {
        "article": bytes.fromhex(outcome.article_digest) if outcome.article_digest else None,
        "kind": outcome.kind,
        "reason": outcome.reason,
        "is_stop": outcome.is_stop,
        "checks": outcome.checks,
        "dropped": outcome.dropped,
        "escalated": outcome.escalated,
        "duplicate": outcome.duplicate,
        **vars(outcome.usage),
        "cost_usd": outcome.cost_usd,
    }
    text = line + repr(tuple(columns.values())).encode()
    return {
        "call": call,
        "position": position,
        "place": (call << 32) + position,
        "article_id": outcome.article_id,
        "paid_call": call if outcome.is_paid else None,
        **columns,
        # This need not be cryptographic: it only distinguishes a line from the previous one.
        "fingerprint": crc32(text) << 31 | adler32(text) >> 1,
        "line": line,
        "packed": outcome.packed,
    }


def put_outcomes(database: Database, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new or changed outcomes, and record the call whose input contained their articles.

    A failure that its article did not cause (``is_stop``) replaces only another such failure.
    """
    for row in rows:
        stored = database.execute(_STORED, row).fetchone()
        is_kept = stored is not None and row["is_stop"] and not stored[0]
        if not is_kept and (stored is None or stored[1] != row["fingerprint"]):
            packed = row["packed"] or pack(row["line"])
            database.execute(_PUT_OUTCOME, {**row, "line": packed})
        database.execute(_PUT_LISTING, {**row, "is_kept": is_kept})


def split_line(line: Mapping[str, Any]) -> bytes:
    """Return the parts of a line before and after the values that are stored outside the line.

    The parts are JSON objects in UTF-8, separated by a newline.
    """
    names = list(line)
    places = [place for place, name in enumerate(names) if name in BESIDE_LINE]
    middle = places[0] if places else len(names)
    before = {name: line[name] for name in names[:middle]}
    behind = {name: line[name] for name in names[middle:] if name not in BESIDE_LINE}
    return to_json(before) + b"\n" + to_json(behind)


def joined_line(split: bytes, columns: Mapping[str, Any]) -> bytes:
    """Join the parts from ``split_line`` into a line, with ``columns`` between them."""
    before, behind = split.split(b"\n")
    parts = (before[1:-1], to_json(columns)[1:-1], behind[1:-1])
    return b"{" + b",".join(filter(None, parts)) + b"}"


def merged_order(known: Sequence[str], listed: Sequence[str]) -> list[str]:
    """Return the ids in ``known`` after putting some of them in the order of ``listed``.

    An id that is not in ``listed`` moves with the last listed id before it in ``known``.
    """
    members = set(listed)
    followers: dict[str | None, list[str]] = {}
    leader: str | None = None
    for article_id in known:
        if article_id in members:
            leader = article_id
        else:
            followers.setdefault(leader, []).append(article_id)
    order = list(followers.get(None, ()))
    for article_id in listed:
        order += [article_id, *followers.get(article_id, ())]
    return order
