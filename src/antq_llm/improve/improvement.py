"""The improvement of a prompt on training articles, and its test on held-out articles.

The improved prompt is accepted if it is at least as good as the original on the held-out articles.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from antq_llm.clients.base import Client
from antq_llm.errors import BudgetExceeded, RecordingMissing
from antq_llm.evaluation.connected_client import connected_client
from antq_llm.evaluation.evaluation import OVERALL
from antq_llm.evaluation.significance import Comparison, Interval, compare, intervals
from antq_llm.extraction.client_factory import endpoint_of
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.improve.examples import choose_examples, worked_examples
from antq_llm.improve.gold_split import GoldSplit
from antq_llm.improve.instructions import with_examples
from antq_llm.improve.optimiser import Candidate, Optimisation, optimise
from antq_llm.improve.revision import REVISION_PROMPT, Reviser, Revision
from antq_llm.improve.trials import Trial, TrialRunner
from antq_llm.prompts.prompt import Prompt, inline_prompt
from antq_llm.schemas.base import Schema
from antq_llm.scoring.record_score import counts_array

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImprovementSettings:
    """The prompt to improve, the gold articles and the settings of the search."""

    prompt: Prompt
    schema: Schema[Any]
    split: GoldSplit
    options: Options
    out: Path
    """The folder of the store that keeps all answers; a repeated call reuses them."""
    model: str | None = None
    reviser: str | None = None
    """The model that revises the instructions, or None to use the model that extracts."""
    offline: bool = False
    max_trials: int = 100
    """Approximate number of trials in the optimisation; each trial extracts one article."""
    examples: int = 0
    """Maximum number of worked examples to choose from the training articles."""
    seed: int = 0


@dataclass(frozen=True)
class HeldOutTest:
    """The trials of the original prompt and of a candidate on the held-out articles."""

    original: Sequence[Trial]
    candidate: Sequence[Trial]

    @cached_property
    def comparison(self) -> Comparison:
        """The paired comparison of strict overall F1; differences are candidate minus original."""
        return compare(_counts(self.candidate), _counts(self.original))[0]

    @property
    def accepts(self) -> bool:
        """Whether the candidate's F1 is at least as high as the original's."""
        difference = self.comparison.difference
        return difference is not None and difference >= 0

    def f1(self, trials: Sequence[Trial]) -> tuple[float | None, Interval | None]:
        """Return the strict micro F1 of trials with its 95% confidence interval."""
        tp, fp, fn = _counts(trials).sum(axis=(0, 1))
        total = 2 * tp + fp + fn
        return (2 * tp / total if total else None), intervals(_counts(trials))[0]


@dataclass(frozen=True)
class Improvement:
    """The result of an improvement: the candidates tried, the chosen one and its test."""

    settings: ImprovementSettings
    optimisation: Optimisation
    chosen: Candidate
    """The best candidate, with worked examples if they helped on the training articles."""
    examples: Sequence[str]
    """The ids of the articles in the worked examples of the chosen candidate."""
    test: HeldOutTest | None
    """The held-out test; None if the original was chosen or the test could not be completed."""

    @property
    def is_accepted(self) -> bool:
        """Whether there is a new prompt that passed the test on the held-out articles."""
        return self.test is not None and self.test.accepts

    @property
    def revisions(self) -> list[Revision]:
        """The revisions that led from the original to the chosen candidate, in order."""
        by_digest = {
            candidate.prompt.digest: candidate for candidate in self.optimisation.candidates
        }
        path: list[Revision] = []
        at: Candidate | None = self.optimisation.best
        while at is not None and at.revision is not None:
            path.append(at.revision)
            at = by_digest.get(at.parent or "")
        return path[::-1]


async def improve_prompt(
    settings: ImprovementSettings, report: Callable[[str], None] = _log.info
) -> Improvement:
    """Improve a prompt and test the result.

    Nothing is written except the answers in the store. The original is tried on the held-out
    articles first, before the search can use up the budget. Raises BudgetExceeded if the budget
    does not cover the trials of the original.
    """
    options, reviser = settings.options, settings.reviser
    if reviser and options.max_cost is not None and not settings.offline:
        endpoint_of(options).price_list().check([reviser])
    async with AsyncExitStack() as stack:
        connected = await stack.enter_async_context(
            connected_client(
                settings.options, settings.model, offline=settings.offline, store=settings.out
            )
        )
        trials = TrialRunner(
            settings.schema,
            settings.split.gold,
            connected.client,
            connected.model,
            settings.options,
        )
        original = await trials.run(settings.prompt, settings.split.held_out)
        optimisation = await optimise(
            settings.prompt,
            settings.split.training,
            trials,
            _reviser(settings, connected.client, connected.model),
            max_trials=settings.max_trials,
            seed=settings.seed,
            report=report,
        )
        chosen, examples = await _with_examples(settings, optimisation.best, trials, report)
        test = await _test(settings, chosen, original, trials, report)
        return Improvement(settings, optimisation, chosen, examples, test)


def improve_prompt_sync(
    settings: ImprovementSettings, report: Callable[[str], None] = _log.info
) -> Improvement:
    """Improve a prompt; the blocking version of ``improve_prompt``."""
    return asyncio.run(improve_prompt(settings, report))


def _reviser(settings: ImprovementSettings, client: Client, model: str) -> Reviser:
    options = replace(
        settings.options,
        part_characters=settings.options.max_characters,
        samples=1,
        escalate=None,
        second_look=False,
        variables={},
    )
    extractor = Extractor(
        Revision,
        inline_prompt(REVISION_PROMPT, "revision"),
        client=client,
        model=settings.reviser or model,
        options=options,
    )
    return Reviser(extractor, settings.schema)


async def _with_examples(
    settings: ImprovementSettings,
    best: Candidate,
    trials: TrialRunner,
    report: Callable[[str], None],
) -> tuple[Candidate, list[str]]:
    """Return the best candidate, with worked examples if they help, and the ids of the examples.

    Examples help if they raise the mean F1 on the other training articles.
    """
    split = settings.split
    shown = choose_examples(split.training, split.gold, settings.examples)
    others = [article for article in split.training if article not in shown]
    if not shown or not others:
        return best, []
    prompt = with_examples(best.prompt, worked_examples(shown, split.gold))
    try:
        tried = await trials.run(prompt, others)
        without = await trials.run(best.prompt, others)
    except (BudgetExceeded, RecordingMissing) as error:
        report(f"the trials of worked examples were not completed: {error}")
        return best, []
    added = replace(best, prompt=prompt, trials=tried)
    before = sum(trial.f1 for trial in without) / len(without)
    report(f"mean F1 {added.mean_f1:.3f} with {len(shown)} worked example(s), {before:.3f} without")
    return (added, [article.id for article in shown]) if added.mean_f1 > before else (best, [])


async def _test(
    settings: ImprovementSettings,
    chosen: Candidate,
    original: Sequence[Trial],
    trials: TrialRunner,
    report: Callable[[str], None],
) -> HeldOutTest | None:
    if chosen.prompt.digest == settings.prompt.digest:
        return None
    try:
        return HeldOutTest(original, await trials.run(chosen.prompt, settings.split.held_out))
    except (BudgetExceeded, RecordingMissing) as error:
        report(f"the new prompt was not tested on the held-out articles: {error}")
        return None


def _counts(trials: Sequence[Trial]) -> Any:
    return counts_array([trial.score for trial in trials], [OVERALL], "strict")
