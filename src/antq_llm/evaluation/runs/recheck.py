"""A recheck, which judges the stored answers of a run with the current checks, without a model."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion, Usage
from antq_llm.clients.recordings import RecordedClient
from antq_llm.clients.request import Request
from antq_llm.core.packaged_data import data_folder
from antq_llm.duplicates.finder import DuplicateFinder
from antq_llm.errors import ConfigurationError, PromptError, RecordingMissing
from antq_llm.evaluation.runs.run_articles import articles_of_run
from antq_llm.extraction.baseline import RULES
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.prompts.messages import Message
from antq_llm.prompts.prompt import ARTICLE_VARIABLE, Prompt
from antq_llm.prompts.registry import load_prompt
from antq_llm.records.result import Extraction, Failure
from antq_llm.records.stored_run import StoredRun, open_run
from antq_llm.runs.identity import DECIDING_OPTIONS, RunIdentity
from antq_llm.runs.outputs import OutputFolder, stored_outcome
from antq_llm.runs.runner import Runner
from antq_llm.runs.totals import Outcome, RunTotals
from antq_llm.schemas.base import Schema
from antq_llm.store.opening import has_store, open_store
from antq_llm.store.protocol import Store
from antq_llm.store.rows import StoredAnswer

_USED_SETTINGS = (*DECIDING_OPTIONS, "max_attempts", "max_characters", "confidence")
_NO_TEXT = (
    "the text was found neither among the inputs nor in texts/: name the original files as inputs"
)


@dataclass(frozen=True)
class RecheckReport:
    """The result of a recheck."""

    rechecked: tuple[str, ...]
    """The ids of articles whose answers were judged again."""
    skipped: Mapping[str, tuple[str, ...]]
    """The ids of articles whose answers were not judged, by reason."""
    records: int
    failures: int


class Recheck:
    """A recheck, which judges a run's answers again and writes the outcomes to another folder.

    ``inputs`` are the articles (default: the inputs named in ``run.json``); texts extracted from
    pages and documents are read from ``texts/``. ``schema`` replaces the run's schema, for example
    if its roles have changed. Raises ConfigurationError if the run has no stored model answers or
    its schema cannot be loaded.
    """

    def __init__(self, folder: Path, inputs: Sequence[str] = (), schema: Any = None) -> None:
        if not has_store(folder):
            raise ConfigurationError(
                f"{folder} has no store with answers to judge: "
                "name a folder that antq-llm extract --out wrote"
            )
        self.run = open_run(folder, schema)
        self._inputs = inputs
        self._model = self._model_of_run()
        self._schema: Schema[Any] = self.run.known_schema()
        self._options = _options(self.run.settings)
        self._prompt = _prompt(self.run)

    def write(self, out: Path) -> RecheckReport:
        """Judge all answers again, and write records, failures and ``run.json`` to a folder.

        Raises ConfigurationError if the folder is the run's own.
        """
        if out.resolve() == self.run.folder.resolve():
            raise ConfigurationError(f"{out} is the folder of the run itself: name another --out")
        return asyncio.run(self._write(out))

    async def _write(self, out: Path) -> RecheckReport:
        inputs, without_text = articles_of_run(self.run, self._inputs)
        started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
        identity = RunIdentity.of(self._prompt, self._schema, self._model, self._options)
        with ExitStack() as stack:
            store = stack.enter_context(closing(open_store(self.run.folder)))
            target = stack.enter_context(closing(OutputFolder(out, identity)))
            sink = _RecheckSink(target)
            extractor = Extractor(
                self._schema,
                self._prompt,
                client=StoredAnswerClient(store, _recordings(self.run.settings)),
                model=self._model,
                options=self._options,
            )
            runner = Runner(extractor, sink, store, finder=self._finder())
            await runner.run(inputs)
            settings = {**self.run.settings, "rechecked": str(self.run.folder)}
            target.finish(sink.totals, settings, started, time.monotonic() - clock)
        sink.skipped[_NO_TEXT] += without_text
        return RecheckReport(
            tuple(sink.rechecked),
            {reason: tuple(ids) for reason, ids in sink.skipped.items() if ids},
            sink.totals.records,
            sink.totals.failures.total(),
        )

    def _model_of_run(self) -> str:
        model = self.run.settings.get("model")
        if not isinstance(model, str) or model == RULES:
            raise ConfigurationError(
                f"{self.run.folder} has no model answers to judge: "
                "run antq-llm extract with a model"
            )
        return model

    def _finder(self) -> DuplicateFinder | None:
        threshold = self.run.settings.get("duplicates")
        if threshold is None:
            return None
        return DuplicateFinder(self._schema, threshold, self._options.language)


class StoredAnswerClient:
    """A client that returns stored answers, found by the request's digest or else taken in order.

    Changed checks can give different feedback, so a recheck may make a request that the run never
    sent. If an article has no further answer, its last answer is repeated at no cost.
    ``recordings`` provides the answers that the run did not store because it took them from
    recordings.
    """

    def __init__(self, store: Store, recordings: Client | None = None) -> None:
        self._store = store
        self._recordings = recordings

    async def complete(self, request: Request) -> Completion:
        completion = (
            self._store.completion(request.digest)
            or await self._recorded(request)
            or self._in_turn(request)
        )
        return completion.model_copy(update={"replayed": True})

    async def aclose(self) -> None:
        return None

    async def _recorded(self, request: Request) -> Completion | None:
        if self._recordings is None:
            return None
        try:
            return await self._recordings.complete(request)
        except RecordingMissing:
            return None

    def _in_turn(self, request: Request) -> Completion:
        answers = [
            answer
            for answer in self._store.answers_of(request.article_digest)
            if _is_about_the_same(answer, request)
        ]
        if not answers:
            raise RecordingMissing(
                "no answer about this text is stored: "
                "if the text has changed since the run, name the original file as an input"
            )
        turn = request.reask.turn if request.reask else 0
        if turn < len(answers):
            return answers[turn].completion
        last = answers[-1].completion
        return RepeatedCompletion(**{**vars(last), "usage": Usage(), "cost_usd": 0.0})


class RepeatedCompletion(Completion):
    """The last answer about an article, repeated because no later answer is stored."""


@dataclass
class _RecheckSink:
    """A sink that writes outcomes and collects the ids of rechecked and skipped articles."""

    target: OutputFolder
    totals: RunTotals = field(default_factory=RunTotals)
    rechecked: list[str] = field(default_factory=list)
    skipped: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def put(self, position: int, outcome: Outcome) -> None:
        """Write an outcome, or note the article as skipped if its answers could not be judged."""
        settled = _without_repetitions(outcome)
        stored = stored_outcome(settled)
        if isinstance(settled, Failure) and stored.is_stop:
            self.skipped[str(settled.error)].append(settled.article_id)
            return
        self.rechecked.append(stored.article_id)
        self.target.put(position, settled)
        self.totals.add(settled)


def _without_repetitions(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Extraction):
        kept = tuple(
            attempt
            for attempt in outcome.attempts
            if not isinstance(attempt.completion, RepeatedCompletion)
        )
        return replace(outcome, attempts=kept)
    outcome.error.attempts = tuple(
        attempt
        for attempt in outcome.error.attempts
        if not isinstance(attempt.completion, RepeatedCompletion)
    )
    return outcome


def _is_about_the_same(answer: StoredAnswer, request: Request) -> bool:
    """Return whether an answer has a request's prompt, schema, model, parameters and sample."""
    asked, wanted = answer.asked, request.asked()
    return (
        all(asked.get(name) == wanted[name] for name in ("model", "parameters", "sample"))
        and asked.get("prompt", {}).get("sha256") == wanted["prompt"]["sha256"]
        and asked.get("schema", {}).get("sha256") == wanted["schema"]["sha256"]
    )


def _recordings(settings: Mapping[str, Any]) -> Client | None:
    """Return a client for a run's recordings, or None if the run had none."""
    folder = settings.get("recordings")
    if folder is None and not settings.get("offline"):
        return None
    return RecordedClient(Path(folder) if folder else data_folder("recordings"))


def _options(settings: Mapping[str, Any]) -> Options:
    """Return the options of a run that determine its outcomes."""
    known = {one.name for one in fields(Options)}
    values = {name: settings[name] for name in _USED_SETTINGS if name in settings and name in known}
    calibration = settings.get("calibration")
    return Options(**values, calibration=Path(calibration) if calibration else None)


def _prompt(run: StoredRun) -> Prompt:
    """Return a run's prompt, or only its variables if the prompt's text is missing or has changed.

    The text is needed only to find answers by the digests of their requests.
    """
    settings, identity = run.settings, run.identity.get("prompt") or {}
    reference, folder = identity.get("reference") or settings.get("prompt"), settings.get("prompts")
    digest = identity.get("sha256") or next(
        (str(line.get("prompt_sha256")) for line in run.record_lines()), ""
    )
    file = settings.get("prompt_file")
    try:
        prompt = load_prompt(Path(file) if file else str(reference), folder and Path(folder))
    except PromptError:
        prompt = None
    if prompt is not None and prompt.digest == digest:
        return prompt
    names = (ARTICLE_VARIABLE, *(settings.get("variables") or ()))
    text = " ".join(f"{{{{{name}}}}}" for name in names)
    return Prompt(str(reference), digest, (Message("user", text),))
