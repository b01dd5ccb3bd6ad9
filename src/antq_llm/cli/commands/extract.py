"""``antq-llm extract``."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from antq_llm.articles.sources import list_inputs
from antq_llm.cli.commands.batches import check_batch_call, stored_client
from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.printing import say, write_json
from antq_llm.cli.progress import ProgressState, progress
from antq_llm.core.masking import masked_url
from antq_llm.duplicates.finder import DuplicateFinder
from antq_llm.duplicates.minhash import DEFAULT_THRESHOLD
from antq_llm.errors import BudgetExceeded, ConfigurationError, RunStopped
from antq_llm.extraction.baseline import RULES, RulesExtractor
from antq_llm.extraction.client_factory import ResolvedClient, model_name, prices_of, resolve_client
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.extraction.prompt_and_schema import resolve_prompt_and_schema
from antq_llm.prompts.registry import is_reference
from antq_llm.records.result import Failure
from antq_llm.runs.outputs import OrderedLines, OutputFolder
from antq_llm.runs.runner import Outcome, Runner, RunTotals

HELD_FOR_EACH, HELD_FROM = 2, 16
"""Articles held for each request that is sent at a time, and from how many at a time on: of fewer, judging takes no time that matters."""


@dataclass(frozen=True)
class RunSettings:
    """What the command was called with."""

    inputs: tuple[str, ...]
    options: Options
    out: Path | None = None
    prompt: str | None = None
    schema: str | None = None
    model: str | None = None
    offline: bool = False
    limit: int | None = None
    retry_failed: bool = False
    duplicates: float | None = None
    """From which similarity on articles are held for copies; None where each is asked about itself."""
    batch: bool = False
    dry_run: bool = False
    """Whether it is only said what would be sent."""
    json: bool = False
    """Whether a dry run's table is JSON."""

    def settings(self) -> dict[str, Any]:
        """Return the call as JSON values, without the key."""
        options = {
            key: str(value) if isinstance(value, Path) else value
            for key, value in asdict(self.options).items()
            if key != "api_key"
        }
        options["base_url"] = masked_url(options["base_url"]) if options["base_url"] else None
        own = {
            "inputs": list(self.inputs),
            "prompt": self.prompt,
            "schema": self.schema,
            "model": self.model,
            "offline": self.offline,
        }
        given = {
            "limit": self.limit,
            "retry_failed": self.retry_failed,
            "batch": self.batch,
            "duplicates": self.duplicates,
        }
        return {**own, **given, **options}


def settings_from_options(given: Mapping[str, Any]) -> RunSettings:
    """Return the call that the command's parameters make, by name: each is a field of the options or of the call."""
    own = {one.name for one in fields(RunSettings)}
    options = {
        name: value
        for name, value in given.items()
        if name in {one.name for one in fields(Options)}
    }
    prices = prices_of(given["price"] or (), given["model"])
    settled = {
        "inputs": tuple(given["inputs"]),
        "duplicates": _least_similarity(given["duplicates"], given["duplicate_threshold"]),
    }
    return RunSettings(
        **{name: value for name, value in given.items() if name in own} | settled,
        options=Options(**options, prices=prices),
    )


def _least_similarity(is_on: bool, threshold: float | None) -> float | None:
    """Return from which similarity on articles are held for copies, None where they are not looked for."""
    if threshold is not None and not is_on:
        raise ConfigurationError(
            "--duplicate-threshold needs --duplicates: without it, no copies are looked for"
        )
    return (DEFAULT_THRESHOLD if threshold is None else threshold) if is_on else None


def run_extract(call: RunSettings) -> int:
    """Run the call and return its exit status."""
    if call.limit is not None and call.limit < 1:
        raise ConfigurationError("--limit must be at least 1")
    if call.options.escalate == RULES:
        raise ConfigurationError(
            "--escalate names the rules, which are no model: name a stronger model"
        )
    if call.retry_failed and call.out is None:
        raise ConfigurationError(
            "--retry-failed needs --out: without it, nothing is kept between runs"
        )
    if call.duplicates is not None and call.out is None:
        raise ConfigurationError(
            "--duplicates needs --out: a copy's record comes from the answer that is kept there"
        )
    if call.batch:
        check_batch_call(call.inputs, call.out, call.model, offline=call.offline)
    if call.json and not call.dry_run:
        raise ConfigurationError("--json goes with --dry-run: records are JSON lines as they are")
    add_current_folder(call.schema)
    if call.dry_run:
        return _run_dry(call)
    tally = asyncio.run(extract_all(call, on_outcome=_Report()))
    failed = tally.failures.total()
    where = f", in {call.out}" if call.out else ""
    kinds = "".join(f"; {count} {kind}" for kind, count in sorted(tally.failures.items()))
    copies = f", {tally.duplicates} of them of copies" if tally.duplicates else ""
    known = (
        f" ({tally.replayed} without a request now)"
        if tally.replayed and not call.offline and model_name(call.model) != RULES
        else ""
    )
    spent = f"; ${tally.spent_usd:.4f} spent by this call" if tally.spent_usd else ""
    say(f"{tally.records} record(s){known}{copies}, {failed} failure(s){where}{kinds}{spent}")
    return 1 if failed else 0


def _run_dry(call: RunSettings) -> int:
    # What sizes requests up takes as long to import as what sends them.
    from antq_llm.cli.commands.dry_run import print_dry
    from antq_llm.runs.dry_run import run_dry

    if call.offline:
        raise ConfigurationError(
            "--dry-run says what would be sent, and --offline sends nothing: leave out one of them"
        )
    chosen = prompt, schema = resolve_prompt_and_schema(
        _path_or_name(call.schema), _prompt_reference(call.prompt), call.options
    )
    copies = None if call.duplicates is None else DuplicateFinder(schema, call.duplicates)
    found = run_dry(
        list_inputs(call.inputs, call.out)[: call.limit],
        chosen,
        call.options,
        call.model,
        out=call.out,
        batch=call.batch,
        copies=copies,
    )
    print_dry({"prompt": prompt.reference, **found}, as_json=call.json)
    return 0


async def extract_all(
    call: RunSettings, on_outcome: Callable[[Outcome], None] = lambda _: None
) -> RunTotals:
    """Run the call and return what it came to; the files are written also when it is interrupted."""
    # What is wrong with the call is said before a folder is made.
    inputs = list_inputs(call.inputs, call.out)[: call.limit]
    prompt, schema = resolve_prompt_and_schema(
        _path_or_name(call.schema), _prompt_reference(call.prompt), call.options
    )
    copies = None if call.duplicates is None else DuplicateFinder(schema, call.duplicates)
    extractor: Extractor[Any] | RulesExtractor
    rounds = connection = None
    if model_name(call.model) == RULES:
        if copies:
            raise ConfigurationError(
                "--duplicates saves requests, and the rules make none: leave it out, or name a model"
            )
        extractor, model = RulesExtractor(schema, call.options), RULES
        folder = OutputFolder(call.out) if call.out else None
    else:
        connection = resolve_client(call.options, call.model, offline=call.offline)
        client, model = connection.client, connection.model
        folder = OutputFolder(call.out) if call.out else None
        if folder is not None:
            client, rounds = await stored_client(
                connection, folder, call.options, batch=call.batch, offline=call.offline
            )
        extractor = Extractor(schema, prompt, client=client, model=model, options=call.options)
    batch = Runner(
        extractor,
        folder or OrderedLines(write_json),
        folder.store if folder else None,
        call.retry_failed,
        copies,
        rounds,
    )
    pace = connection.rate_limiter if connection and not rounds else None
    if pace is not None and call.options.concurrency >= HELD_FROM:
        # The pace lets no more out than are asked for at a time: while an answer is judged and kept, the request of another article takes its place.
        batch.at_a_time = HELD_FOR_EACH * call.options.concurrency
    used = None if model == RULES else prompt.reference
    files = _Closing(
        batch,
        folder,
        {**call.settings(), "prompt": used, "schema": schema.reference, "model": model},
        connection,
    )
    with (
        progress(
            ProgressState(len(inputs), batch.tally, lambda: pace.window if pace else None)
        ) as advance,
        _seldom_collected(),
    ):

        def done(outcome: Outcome) -> None:
            on_outcome(outcome)
            advance()

        batch.on_outcome = done
        async with AsyncExitStack() as ending:
            ending.callback(sys.stdout.flush)
            ending.push_async_callback(extractor.aclose)
            ending.push_async_callback(files.close)
            if rounds is not None:
                ending.push_async_callback(rounds.aclose)
            tally = await batch.run(inputs)
            if rounds is not None:
                rounds.finish()
            return tally


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for cycles of garbage seldom, and never in what was made before: a run makes few, and looking takes a tenth of its time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@dataclass
class _Closing:
    """Writes the files of a run that has come to its end, whichever way."""

    batch: Runner
    folder: OutputFolder | None
    settings: dict[str, Any]
    connection: ResolvedClient | None
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    clock: float = field(default_factory=time.monotonic)

    async def close(self) -> None:
        """Write them, and close the store."""
        if self.folder is None:
            return
        with closing(self.folder):
            await self.folder.store.drain()
            budget = self.connection.budget if self.connection else None
            money = None
            if budget is not None:
                spent, reserved = await budget.used()
                money = {"max_cost_usd": budget.limit, "spent_usd": spent, "reserved_usd": reserved}
            self.folder.finish(
                self.batch.tally, self.settings, self.started, time.monotonic() - self.clock, money
            )


def _path_or_name(schema: str | None) -> Any:
    return Path(schema) if schema and (schema.endswith(".json") or "\\" in schema) else schema


def _prompt_reference(prompt: str | None) -> str | Path | None:
    """On the command line a prompt is a reference or a file, never the instructions themselves."""
    return (
        prompt
        if prompt is None or (is_reference(prompt) and not Path(prompt).is_file())
        else Path(prompt)
    )


@dataclass
class _Report:
    """Says on standard error why articles failed."""

    budget_is_said: bool = False

    def __call__(self, outcome: Outcome) -> None:
        """Say it of one article; why a run was stopped is said once, for all the articles that were not reached."""
        if not isinstance(outcome, Failure) or isinstance(outcome.error, RunStopped):
            return
        if isinstance(outcome.error, BudgetExceeded):
            if not self.budget_is_said:
                say(f"the run ends, since {outcome.error}")
            self.budget_is_said = True
            return
        say(f"{outcome.article_id}: {outcome.error}")
