"""Every article of a run has an outcome, and nothing is paid for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.inputs import Input
from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion, Usage
from antq_llm.clients.request import Request
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import (
    AntqError,
    CompletionError,
    ConfigurationError,
    RecordingMissing,
    RunStopped,
)
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.records.result import Extraction, Failure
from antq_llm.runs.runner import Runner
from antq_llm.runs.totals import Outcome, RunTotals
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from antq_llm.store.stored_client import StoredClient
from helpers.samples import ByArticle, Note, completion

VALID = '{"subject": "Tân Lâm"}'
INVALID = '{"subject": 5}'


class Outcomes:
    """A sink that keeps outcomes by position and allows only one for each."""

    def __init__(self) -> None:
        self.by_position: dict[int, Outcome] = {}

    def put(self, position: int, outcome: Outcome) -> None:
        """Keep the outcome of a position that has none yet."""
        assert position not in self.by_position
        self.by_position[position] = outcome

    @property
    def words(self) -> dict[str, str]:
        """``record`` or the kind of failure for each article id, in input order."""
        sorted_outcomes = [self.by_position[position] for position in sorted(self.by_position)]
        return dict(
            (one.article.id, "record")
            if isinstance(one, Extraction)
            else (one.article_id, one.error.kind)
            for one in sorted_outcomes
        )


class Blocked:
    """A client that never answers and sets an event once ``articles`` requests are waiting."""

    def __init__(self, articles: int) -> None:
        self._open = articles
        self.asked = asyncio.Event()

    async def complete(self, request: Request) -> Completion:
        self._open -= 1
        if self._open == 0:
            self.asked.set()
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    async def aclose(self) -> None:
        return None


class InPairs:
    """A client that answers requests in pairs and records the highest number waiting."""

    def __init__(self) -> None:
        self._barrier = asyncio.Barrier(2)
        self._waiting = 0
        self.max_waiting = 0

    async def complete(self, request: Request) -> Completion:
        self._waiting += 1
        self.max_waiting = max(self.max_waiting, self._waiting)
        await self._barrier.wait()
        self._waiting -= 1
        return completion(VALID)

    async def aclose(self) -> None:
        return None


@pytest.fixture
def inputs(tmp_path: Path) -> list[Input]:
    """Four articles: a, b, c and d."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abcd":
        (folder / f"{name}.txt").write_text(f"Bài báo {name}.", encoding="utf-8")
    return list_inputs([str(folder)])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty store."""
    opened = SqliteStore(tmp_path / "store.sqlite3")
    yield opened
    opened.close()


def extractor(client: Client, **options: Any) -> Extractor[Note]:
    """Return an extractor of notes that processes one article at a time by default."""
    return Extractor(
        Note,
        "Trích xuất.",
        model="m",
        client=client,
        options=Options(**{"concurrency": 1, "max_attempts": 1, **options}),
    )


async def run(
    client: Client,
    inputs: list[Input],
    *,
    retries: SqliteStore | None = None,
    retry_failed: bool = False,
    **options: Any,
) -> tuple[Outcomes, RunTotals]:
    """Process all inputs, and return the sink and the totals."""
    sink = Outcomes()
    totals = await Runner(extractor(client, **options), sink, retries, retry_failed).run(inputs)
    return sink, totals


async def again(
    store: SqliteStore, client: Client, inputs: list[Input], *, retry_failed: bool = False
) -> dict[str, str]:
    """Process all inputs with a store, and return the outcome of each article."""
    sink, _ = await run(
        StoredClient(client, store), inputs, retries=store, retry_failed=retry_failed
    )
    return sink.words


@pytest.mark.parametrize("concurrency", [1, 2, 3, 8])
async def test_every_article_has_an_outcome(inputs: list[Input], concurrency: int) -> None:
    """Every article becomes a record or a failure, at any concurrency."""
    client = ByArticle(
        {"a": VALID, "b": INVALID, "c": CompletionError("down", kind="transport"), "d": VALID}
    )
    sink, _ = await run(client, inputs, concurrency=concurrency)
    assert sink.words == {"a": "record", "b": "invalid", "c": "transport", "d": "record"}


async def test_an_outcome_has_the_position_of_its_input(inputs: list[Input]) -> None:
    """An outcome has the position of its input, regardless of when it is completed."""
    sink, _ = await run(ByArticle(dict.fromkeys("abcd", VALID)), inputs[::-1], concurrency=4)
    assert list(sink.words) == ["d", "c", "b", "a"]


async def test_no_articles_are_no_outcomes() -> None:
    """A run without articles has neither records nor failures."""
    sink, totals = await run(ScriptedClient([]), [])
    assert sink.words == {}
    assert totals.records == 0
    assert totals.failures.total() == 0


async def test_as_many_articles_are_asked_about_at_a_time_as_was_set(inputs: list[Input]) -> None:
    """With a concurrency of two, two requests are pending at a time, never three."""
    client = InPairs()
    sink, _ = await run(client, inputs, concurrency=2)
    assert (list(sink.words.values()), client.max_waiting) == (["record"] * 4, 2)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CompletionError("down", kind="transport"), "transport"),
        (CompletionError("no", kind="rejected", status=400), "rejected"),
        (CompletionError("no", kind="refused"), "refused"),
        (RecordingMissing("none"), "recording_missing"),
    ],
)
async def test_an_error_of_one_article_is_its_own(
    inputs: list[Input], error: AntqError, kind: str
) -> None:
    """An error that concerns only one article does not stop the others."""
    sink, _ = await run(ByArticle({**dict.fromkeys("abcd", VALID), "b": error}), inputs)
    assert sink.words == {"a": "record", "b": kind, "c": "record", "d": "record"}


async def test_an_article_that_cannot_be_read_fails_alone(inputs: list[Input]) -> None:
    """A missing, empty or binary file fails without a request and does not stop the others."""
    Path(inputs[0].source).unlink()  # noqa: ASYNC240
    Path(inputs[1].source).write_bytes(b"")  # noqa: ASYNC240
    Path(inputs[2].source).write_bytes(b"%PDF-1.7\n\x01\x02\x03")  # noqa: ASYNC240
    client = ByArticle({"d": VALID})
    sink, _ = await run(client, inputs)
    assert (sink.words, client.asked) == (
        {"a": "unreadable", "b": "empty", "c": "unreadable", "d": "record"},
        ["d"],
    )


@pytest.mark.parametrize("concurrency", [1, 2, 8])
async def test_a_run_stops_at_an_error_that_meets_every_article(
    inputs: list[Input], concurrency: int
) -> None:
    """A refused key raises an error, and every remaining article becomes a failure."""
    sink = Outcomes()
    client = ByArticle({"a": VALID, **dict.fromkeys("bcd", ConfigurationError("no key"))})
    with pytest.raises(ConfigurationError, match="no key"):
        await Runner(extractor(client, concurrency=concurrency), sink).run(inputs)
    assert (list(sink.words), {sink.words[name] for name in "bcd"}) == (
        ["a", "b", "c", "d"],
        {"configuration"},
    )


async def test_nothing_is_asked_after_an_error_that_meets_every_article(
    inputs: list[Input],
) -> None:
    """After a refused key, no other request is sent."""
    client = ByArticle(dict.fromkeys("abcd", ConfigurationError("no key")))
    with pytest.raises(ConfigurationError, match="no key"):
        await Runner(extractor(client), Outcomes()).run(inputs)
    assert client.asked == ["a"]


async def test_what_was_received_before_a_stop_is_kept(tmp_path: Path) -> None:
    """Records that arrive together with the error that stops the run are kept."""
    names = [f"a{number:02}" for number in range(40)]
    for name in names:
        (tmp_path / f"{name}.txt").write_text("Bài báo.", encoding="utf-8")
    sink = Outcomes()
    client = ByArticle({**dict.fromkeys(names, VALID), "a39": ConfigurationError("no key")})
    with pytest.raises(ConfigurationError, match="no key"):
        await Runner(extractor(client, concurrency=40), sink).run(list_inputs([str(tmp_path)]))
    assert sink.words == {**dict.fromkeys(names, "record"), "a39": "configuration"}


async def test_a_run_stops_when_the_quota_is_used_up(inputs: list[Input]) -> None:
    """After the quota is exhausted, no request is sent, and the remaining articles fail."""
    client = ByArticle({"a": VALID, "b": CompletionError("used up", kind="quota", status=429)})
    sink, totals = await run(client, inputs)
    assert sink.words == {"a": "record", "b": "quota", "c": "quota", "d": "quota"}
    assert client.asked == ["a", "b"]
    assert totals.failures == {"quota": 3}


async def test_an_article_that_was_not_reached_says_why(inputs: list[Input]) -> None:
    """The failure of an unprocessed article says what stopped the run."""
    sink, _ = await run(ByArticle({"a": CompletionError("used up", kind="quota")}), inputs)
    failure = sink.by_position[3]
    assert isinstance(failure, Failure)
    assert str(failure.error) == "not processed because the run was stopped: used up"


@pytest.mark.parametrize("concurrency", [1, 2, 4])
async def test_an_interrupted_run_has_an_outcome_for_every_article(
    inputs: list[Input], concurrency: int
) -> None:
    """After Ctrl-C, each unfinished article is a failure."""
    sink, client = Outcomes(), Blocked(concurrency)
    task = asyncio.create_task(Runner(extractor(client, concurrency=concurrency), sink).run(inputs))
    await client.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sink.words == dict.fromkeys("abcd", "interrupted")


async def test_each_outcome_is_told_as_it_comes(inputs: list[Input]) -> None:
    """The callback gets every outcome once."""
    seen: list[Outcome] = []
    batch = Runner(
        extractor(ByArticle({**dict.fromkeys("abcd", VALID), "b": INVALID})),
        Outcomes(),
        on_outcome=seen.append,
    )
    await batch.run(inputs)
    assert [type(one).__name__ for one in seen] == [
        "Extraction",
        "Failure",
        "Extraction",
        "Extraction",
    ]


async def test_a_run_is_counted(inputs: list[Input]) -> None:
    """The totals include records, failures, tokens, the cost and the amount spent by this run."""
    client = ByArticle(
        {
            "a": VALID,
            "b": INVALID,
            "c": completion(VALID, replayed=True),
            "d": CompletionError("down", kind="transport"),
        }
    )
    _, totals = await run(client, inputs)
    assert totals == RunTotals(
        records=2,
        failures=totals.failures,
        dropped_items=0,
        replayed=1,
        usage=Usage(input_tokens=300, output_tokens=60, cached_tokens=0),
        cost_usd=1.5,
        asked=2,
        sent=Usage(input_tokens=200, output_tokens=40, cached_tokens=0),
        spent_usd=1.0,
    )
    assert totals.failures == {"invalid": 1, "transport": 1}


async def test_a_cost_that_is_not_known_makes_the_runs_unknown(inputs: list[Input]) -> None:
    """If the cost of one answer is unknown, the cost of the run is unknown too."""
    _, totals = await run(
        ByArticle({**dict.fromkeys("abcd", VALID), "b": completion(VALID, cost_usd=None)}), inputs
    )
    assert (totals.cost_usd, totals.usage.input_tokens) == (None, 400)


async def test_continuing_asks_nothing_again(inputs: list[Input], store: SqliteStore) -> None:
    """A second run with the same store has the same outcomes and sends nothing."""
    first = await again(store, ByArticle({**dict.fromkeys("abcd", VALID), "b": INVALID}), inputs)
    client = ScriptedClient([])
    assert (await again(store, client, inputs), client.requests) == (first, [])


async def test_continuing_asks_what_was_not_answered(
    inputs: list[Input], store: SqliteStore
) -> None:
    """The next run sends only articles that had a transport failure or were not processed."""
    await again(
        store,
        ByArticle(
            {
                "a": VALID,
                "b": CompletionError("down", kind="transport"),
                "c": CompletionError("used up", kind="quota"),
            }
        ),
        inputs,
    )
    client = ByArticle(dict.fromkeys("bcd", VALID))
    assert (await again(store, client, inputs), client.asked) == (
        dict.fromkeys("abcd", "record"),
        ["b", "c", "d"],
    )


async def test_continuing_asks_about_a_changed_article(
    inputs: list[Input], store: SqliteStore
) -> None:
    """If the text of an article changes, the next run sends the article again."""
    await again(store, ByArticle(dict.fromkeys("abcd", VALID)), inputs)
    Path(inputs[2].source).write_text("Bài khác.", encoding="utf-8")  # noqa: ASYNC240
    client = ByArticle({"c": VALID})
    await again(store, client, inputs)
    assert client.asked == ["c"]


async def test_what_is_continued_is_replayed(inputs: list[Input], store: SqliteStore) -> None:
    """The records of a second run are replayed, with their original cost."""
    await again(store, ByArticle(dict.fromkeys("abcd", VALID)), inputs)
    _, totals = await run(StoredClient(ScriptedClient([]), store), inputs, retries=store)
    assert totals.records == 4
    assert totals.replayed == 4
    assert totals.cost_usd == 2.0


async def test_a_failed_article_is_retried_with_a_new_sample(
    inputs: list[Input], store: SqliteStore
) -> None:
    """With retry_failed, only a failed article is sent again, with the next sample number."""
    await again(store, ByArticle({**dict.fromkeys("abcd", VALID), "b": INVALID}), inputs)
    client = ScriptedClient([VALID])
    words = await again(store, client, inputs, retry_failed=True)
    assert (words["b"], [(one.article_id, one.sample) for one in client.requests]) == (
        "record",
        [("b", 1)],
    )


async def test_a_retried_article_stays_as_it_came_out(
    inputs: list[Input], store: SqliteStore
) -> None:
    """The run after a retry reuses the answer from the retry and sends nothing."""
    await again(store, ByArticle({**dict.fromkeys("abcd", VALID), "b": INVALID}), inputs)
    await again(store, ScriptedClient([VALID]), inputs, retry_failed=True)
    client = ScriptedClient([])
    assert ((await again(store, client, inputs))["b"], client.requests) == ("record", [])


async def test_an_article_can_be_retried_more_than_once(
    inputs: list[Input], store: SqliteStore
) -> None:
    """Each retry uses the next sample number."""
    await again(store, ByArticle({**dict.fromkeys("abcd", VALID), "b": INVALID}), inputs)
    samples = []
    for _ in range(3):
        client = ScriptedClient([INVALID])
        await again(store, client, inputs, retry_failed=True)
        samples += [one.sample for one in client.requests]
    assert samples == [1, 2, 3]


async def test_what_failed_just_now_is_not_retried(inputs: list[Input], store: SqliteStore) -> None:
    """With retry_failed, an article that failed in this run is not retried."""
    client = ByArticle({**dict.fromkeys("abcd", VALID), "b": INVALID})
    await again(store, client, inputs, retry_failed=True)
    assert client.asked == ["a", "b", "c", "d"]


async def test_a_failure_of_transport_takes_no_new_sample(
    inputs: list[Input], store: SqliteStore
) -> None:
    """With retry_failed, an article without an answer keeps its first sample number."""
    await again(
        store,
        ByArticle({**dict.fromkeys("abcd", VALID), "b": CompletionError("down", kind="transport")}),
        inputs,
    )
    client = ScriptedClient([VALID])
    await again(store, client, inputs, retry_failed=True)
    assert [(one.article_id, one.sample) for one in client.requests] == [("b", 0)]


async def test_a_re_ask_that_was_cut_off_by_transport_takes_no_new_sample(
    inputs: list[Input], store: SqliteStore
) -> None:
    """With retry_failed, a re-ask that got no answer is sent again with the same sample number."""
    first = StoredClient(
        ScriptedClient([INVALID, CompletionError("down", kind="transport")]), store
    )
    await run(first, inputs[:1], retries=store, max_attempts=2)
    client = ScriptedClient([CompletionError("still down", kind="transport"), VALID])
    await run(
        StoredClient(client, store), inputs[:1], retries=store, retry_failed=True, max_attempts=2
    )
    assert [one.sample for one in client.requests] == [0]


async def test_a_re_ask_that_was_stopped_takes_no_new_sample(
    inputs: list[Input], store: SqliteStore
) -> None:
    """With retry_failed, a re-ask prevented by a stop is sent with the same sample number."""
    stop = RunStopped("stopped", kind="unreachable")
    first = StoredClient(ScriptedClient([INVALID, stop]), store)
    await run(first, inputs[:1], retries=store, max_attempts=2)
    client = ScriptedClient([RunStopped("still stopped", kind="unreachable"), VALID])
    await run(
        StoredClient(client, store), inputs[:1], retries=store, retry_failed=True, max_attempts=2
    )
    assert [one.sample for one in client.requests] == [0]


async def test_answers_in_flight_are_kept_when_an_error_meets_every_article(
    inputs: list[Input],
) -> None:
    """An answer that arrives after the error that ends the run is kept."""

    class Slow(ByArticle):
        """A client that answers the first article after the second has failed."""

        async def complete(self, request: Request) -> Completion:
            if request.article_id != "a":
                failed.set()
                return await super().complete(request)
            await failed.wait()
            await asyncio.sleep(0)
            return completion(VALID)

    failed, sink = asyncio.Event(), Outcomes()
    client = Slow(dict.fromkeys("bcd", ConfigurationError("no key")))
    with pytest.raises(ConfigurationError, match="no key"):
        await Runner(extractor(client, concurrency=2), sink).run(inputs)
    assert sink.words == {"a": "record", **dict.fromkeys("bcd", "configuration")}
