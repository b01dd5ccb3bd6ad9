"""Reflective optimisation with GEPA, which revises a prompt to prevent errors seen in trials.

GEPA (Agrawal et al. 2025, "GEPA: Reflective Prompt Evolution Can Outperform Reinforcement
Learning", arXiv 2507.19457) chooses the candidate to revise next and the articles to use. Trials
and revisions use the same clients as a run, so that each answer is checked, stored and counted
towards the budget.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from antq_llm.articles.article import Article
from antq_llm.errors import (
    BudgetExceeded,
    CompletionError,
    ConfigurationError,
    ExtractionError,
    PromptError,
    RecordingMissing,
)
from antq_llm.improve.instructions import instructions_of, with_instructions
from antq_llm.improve.revision import Reviser, Revision
from antq_llm.improve.trials import Trial, TrialRunner
from antq_llm.prompts.prompt import Prompt

T = TypeVar("T")

_log = logging.getLogger(__name__)
_COMPONENT = "instructions"
_TRIAL = "trial"
_ARTICLES_PER_REVISION = 3


@dataclass(frozen=True)
class Candidate:
    """A prompt that was tried on all training articles."""

    prompt: Prompt
    trials: Sequence[Trial]
    revision: Revision | None = None
    """The revision that led to the candidate; None for the original prompt."""
    parent: str | None = None
    """The digest of the prompt that was revised."""

    @property
    def mean_f1(self) -> float:
        """The mean strict F1 of the trials."""
        return sum(trial.f1 for trial in self.trials) / len(self.trials)


@dataclass(frozen=True)
class Optimisation:
    """The candidates of an optimisation, the original first, and the reason it ended."""

    candidates: Sequence[Candidate]
    reason: str

    @property
    def best(self) -> Candidate:
        """The candidate with the highest mean F1; in a tie, the earliest."""
        return max(self.candidates, key=lambda candidate: candidate.mean_f1)


async def optimise(
    prompt: Prompt,
    articles: Sequence[Article],
    trials: TrialRunner,
    reviser: Reviser,
    *,
    max_trials: int,
    seed: int = 0,
    report: Callable[[str], None] = _log.info,
) -> Optimisation:
    """Return the candidates found in about ``max_trials`` trials, each on one article.

    The same arguments and answers give the same candidates, so a repeated run finds its answers in
    the store. The optimisation ends early if the budget is spent, a request for a revision fails or
    a recording is missing. Raises ConfigurationError if GEPA is not installed, and BudgetExceeded
    or RecordingMissing if the original prompt cannot be tried.
    """
    optimize = _import_gepa().optimize
    adapter = _Adapter(prompt, articles, trials, reviser, asyncio.get_running_loop(), report)
    await adapter.add_original()
    try:
        await asyncio.to_thread(
            optimize,
            seed_candidate={_COMPONENT: instructions_of(prompt)},
            trainset=list(articles),
            valset=list(articles),
            adapter=adapter,
            reflection_minibatch_size=min(_ARTICLES_PER_REVISION, len(articles)),
            max_metric_calls=max_trials,
            seed=seed,
            stop_callbacks=[lambda _: adapter.error is not None],
            logger=_Logger(),
            raise_on_exception=True,
        )
    except Exception as error:
        # GEPA logs some errors and continues, so the adapter keeps the first one.
        adapter.error = adapter.error or error
    return Optimisation(adapter.candidates(), _reason(adapter.error, max_trials))


def _reason(error: Exception | None, max_trials: int) -> str:
    """Return why the optimisation ended, or raise the error if it is unexpected."""
    if error is None:
        return f"the limit of {max_trials} trials was reached"
    if isinstance(error, BudgetExceeded | RecordingMissing | CompletionError):
        return str(error)
    raise error


def _import_gepa() -> Any:
    try:
        return importlib.import_module("gepa")
    except ImportError as error:
        raise ConfigurationError(
            'improve needs gepa, which is not installed: pip install "antq-llm[improve]"'
        ) from error


class _Logger:
    """A logger that passes GEPA's messages to the log, at debug level."""

    def log(self, message: str) -> None:
        _log.debug("%s", message)


@dataclass
class _Adapter:
    """The adapter that GEPA calls from its thread; trials and revisions run on the event loop."""

    prompt: Prompt
    articles: Sequence[Article]
    trials: TrialRunner
    reviser: Reviser
    loop: asyncio.AbstractEventLoop
    report: Callable[[str], None]
    error: Exception | None = None
    """The error that stopped the optimisation, if any."""
    _revisions: dict[str, tuple[Revision, str]] = field(default_factory=dict)
    """Each revision with its parent prompt's digest, keyed by the digest of the revised prompt."""
    _complete: dict[str, Candidate] = field(default_factory=dict)

    def candidates(self) -> list[Candidate]:
        return list(self._complete.values())

    async def add_original(self) -> None:
        """Try the original prompt and add it as the first candidate."""
        self._add(self.prompt, await self.trials.run(self.prompt, self.articles))

    def evaluate(
        self,
        batch: Sequence[Article],
        candidate: Mapping[str, str],
        capture_traces: bool = False,
    ) -> Any:
        """Return the F1 of a candidate on each article, as GEPA's ``EvaluationBatch``."""
        prompt = self._prompt(candidate)
        found = self._await(self.trials.run(prompt, batch))
        if len(batch) == len(self.articles):
            self._add(prompt, found)
        return importlib.import_module("gepa.core.adapter").EvaluationBatch(
            outputs=found,
            scores=[trial.f1 for trial in found],
            trajectories=found if capture_traces else None,
        )

    def make_reflective_dataset(
        self,
        candidate: Mapping[str, str],  # noqa: ARG002 - part of GEPA's protocol
        eval_batch: Any,
        components_to_update: Sequence[str],
    ) -> dict[str, list[Any]]:
        """Return the trials to reflect on, for ``propose_new_texts``."""
        entries = [{_TRIAL: trial} for trial in eval_batch.trajectories]
        return dict.fromkeys(components_to_update, entries)

    def propose_new_texts(
        self,
        candidate: Mapping[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Trial]]],
        components_to_update: Sequence[str],  # noqa: ARG002 - part of GEPA's protocol
    ) -> dict[str, str]:
        """Return revised instructions, or the old ones if the revision cannot be used."""
        instructions = candidate[_COMPONENT]
        trials = [entry[_TRIAL] for entry in reflective_dataset[_COMPONENT]]
        try:
            revision = self._await(self.reviser.revise(instructions, trials))
            revised = with_instructions(self.prompt, revision.instructions)
        except (PromptError, ExtractionError) as error:
            self.report(f"a revision could not be used: {error}")
            return {_COMPONENT: instructions}
        parent = self._prompt(candidate)
        self._revisions.setdefault(revised.digest, (revision, parent.digest))
        return {_COMPONENT: revision.instructions}

    def _prompt(self, candidate: Mapping[str, str]) -> Prompt:
        instructions = candidate[_COMPONENT]
        if instructions == instructions_of(self.prompt):
            return self.prompt
        return with_instructions(self.prompt, instructions)

    def _add(self, prompt: Prompt, trials: Sequence[Trial]) -> None:
        if prompt.digest in self._complete:
            return
        revision, parent = self._revisions.get(prompt.digest, (None, None))
        added = Candidate(prompt, trials, revision, parent)
        self._complete[prompt.digest] = added
        self.report(f"{prompt.reference}: mean F1 {added.mean_f1:.3f} on the training articles")

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(work, self.loop).result()
        except ExtractionError:
            raise
        except Exception as error:
            self.error = self.error or error
            raise
