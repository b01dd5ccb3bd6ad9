"""One outcome for each identity and article, in the order of the inputs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_llm.clients.completion import Usage
from antq_llm.store.rows import OutcomeKind, StoredOutcome
from antq_llm.store.sql.outcome_table import joined_line, merged_order, split_line
from antq_llm.store.sql.sql_store import SqlStore


def outcome(article_id: str, kind: OutcomeKind = "record", **fields: Any) -> StoredOutcome:
    """Return an outcome whose line has only the article's id."""
    return StoredOutcome(article_id, kind, {"article_id": article_id}, **fields)


def call(store: SqlStore, *article_ids: str, identity: str = "i", **fields: Any) -> int:
    """Store a call with an outcome for each article, by default a record; return its number."""
    number = store.begin_call(identity)
    for position, article_id in enumerate(article_ids):
        store.put_outcome(number, position, outcome(article_id, **fields))
    store.order_lines(number)
    return number


def ids(
    store: SqlStore, number: int, kind: OutcomeKind = "record", *, only_this_call: bool = False
) -> list[str]:
    """Return the article ids in the lines that a call writes."""
    lines = store.lines(number, kind, only_this_call=only_this_call)
    return [json.loads(line)["article_id"] for line in lines]


def test_lines_come_in_the_order_of_the_input(store: SqlStore) -> None:
    """Lines are in input order, regardless of the order in which they were stored."""
    number = store.begin_call()
    for position in (2, 0, 1):
        store.put_outcome(number, position, outcome(f"a{position}"))
    store.order_lines(number)
    assert ids(store, number) == ["a0", "a1", "a2"]


def test_records_and_failures_are_two_lists(store: SqlStore) -> None:
    """Records and failures are in separate lists."""
    number = call(store, "a")
    store.put_outcome(number, 1, outcome("b", "failure", reason="invalid"))
    assert (ids(store, number), ids(store, number, "failure")) == (["a"], ["b"])


def test_a_later_call_takes_nothing_away(store: SqlStore) -> None:
    """The lines of an identity come from all its calls or, on request, from only one call."""
    call(store, "a", "b", "c")
    later = call(store, "b")
    assert ids(store, later) == ["a", "b", "c"]
    assert ids(store, later, only_this_call=True) == ["b"]


def test_another_identity_has_its_own_outcomes(store: SqlStore) -> None:
    """The outcomes of two identities do not mix."""
    first, other = call(store, "a"), call(store, "b", identity="j")
    assert (ids(store, first), ids(store, other)) == (["a"], ["b"])


def test_an_identity_can_be_replaced(store: SqlStore) -> None:
    """Outcomes stored under an identity can be moved to another."""
    call(store, "a")
    number = store.begin_call("j", replaces="i")
    assert (ids(store, number), store.latest_identity()) == (["a"], "j")


def test_a_name_with_stops_takes_the_outcomes_of_another(store: SqlStore) -> None:
    """Outcomes can be moved to an identity that has only stops, and no stop replaces them."""
    stops = store.begin_call("j")
    for position, name in enumerate("ad"):
        stop = outcome(name, "failure", reason="transport", is_stop=True)
        store.put_outcome(stops, position, stop)
    call(store, "a", "b", "c")
    number = store.begin_call("j", replaces="i")
    assert sorted(ids(store, number)) == ["a", "b", "c"]
    assert ids(store, number, "failure") == ["d"]


def test_a_call_that_found_out_nothing_binds_no_other(store: SqlStore) -> None:
    """The latest identity comes from the latest call with an outcome other than a stop."""
    number = store.begin_call("typo")
    store.put_outcome(number, 0, outcome("a", "failure", reason="configuration", is_stop=True))
    store.order_lines(number)
    assert store.latest_identity() is None
    call(store, "a", identity="i")
    store.begin_call("j")
    assert store.latest_identity() == "i"


@pytest.mark.parametrize("kind", ["record", "failure"])
def test_a_stop_replaces_no_outcome(store: SqlStore, kind: OutcomeKind) -> None:
    """A stop does not replace the outcome of an earlier call."""
    number = store.begin_call()
    store.put_outcome(number, 0, outcome("a", kind))
    later = store.begin_call()
    store.put_outcome(later, 0, outcome("a", "failure", reason="budget", is_stop=True))
    assert ids(store, later, kind) == ["a"]
    assert ids(store, later, kind, only_this_call=True) == ["a"]


def test_a_stop_is_replaced(store: SqlStore) -> None:
    """A record or a newer stop replaces a stop."""
    number = store.begin_call()
    store.put_outcome(number, 0, outcome("a", "failure", reason="budget", is_stop=True))
    store.put_outcome(number, 0, outcome("a", "failure", reason="quota", is_stop=True))
    assert store.count_lines(number, "").failures == {"quota": 1}
    store.put_outcome(number, 0, outcome("a"))
    assert store.count_lines(number, "").failures == {}


def test_replayed_is_said_of_the_latest_call(store: SqlStore) -> None:
    """A record counts as replayed unless the call that writes the files paid for it."""
    number = store.begin_call()
    store.put_outcome(number, 0, outcome("a", is_paid=True))
    [line] = store.lines(number, "record")
    assert json.loads(line)["replayed"] is False
    later = store.begin_call()
    store.put_outcome(later, 0, outcome("a"))
    [line] = store.lines(later, "record")
    assert json.loads(line)["replayed"] is True


def test_counts_are_of_all_lines(store: SqlStore) -> None:
    """Usage and cost are summed over all lines; an unknown cost makes the sum unknown."""
    usage = Usage(input_tokens=3, output_tokens=2)
    call(store, "a", "b", usage=usage, cost_usd=0.5, checks="1", dropped=2, is_paid=True)
    number = call(store, "c", usage=usage, cost_usd=0.25, checks="2", is_paid=True)
    counts = store.count_lines(number, "2")
    assert (counts.records, counts.older_checks) == (3, 2)
    assert (counts.dropped_items, counts.replayed) == (4, 2)
    assert counts.usage == Usage(input_tokens=9, output_tokens=6)
    assert counts.cost_usd == 1.25
    assert store.count_lines(number, "2", only_this_call=True).cost_usd == 0.25
    store.put_outcome(number, 1, outcome("d"))
    assert store.count_lines(number, "2").cost_usd is None


def test_an_outcome_may_be_written_again(store: SqlStore) -> None:
    """An outcome that is written twice is stored once."""
    number = store.begin_call()
    for _ in range(2):
        store.put_outcome(number, 0, outcome("a"))
        assert ids(store, number) == ["a"]


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"thôn": "Tân Lâm\n"},
        {"a": 1, "usage": {"input_tokens": 1}, "cost_usd": None, "replayed": True, "b": [2]},
        {"usage": {}, "cost_usd": 0.5},
        {"record": {"usage": 1, "replayed": False}, "cost_usd": 1.0, "warnings": []},
    ],
)
def test_a_line_is_put_together_as_it_was(line: dict[str, Any]) -> None:
    """A stored line, joined with its columns, equals the original line without Unicode escapes."""
    columns = {name: line[name] for name in ("usage", "cost_usd", "replayed") if name in line}
    text = joined_line(split_line(line), columns)
    assert text.decode() == json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def test_new_articles_take_the_place_they_have_in_the_input(store: SqlStore) -> None:
    """Articles that a later call adds take the place that they have in its input."""
    call(store, "a", "c", "x")
    assert ids(store, call(store, "a", "b", "c")) == ["a", "b", "c", "x"]


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), unique=True))
def test_an_order_agrees_with_the_latest_input(known: list[int], listed: list[int]) -> None:
    """Articles are put in the order of the latest input; none is lost or moved needlessly."""
    names = [str(number) for number in known]
    latest = [str(number) for number in listed]
    order = merged_order(names, latest)
    assert sorted(order) == sorted(names)
    assert [name for name in order if name in latest] == latest
    unchanged = [name for name in names if name in latest]
    assert merged_order(names, unchanged) == names
