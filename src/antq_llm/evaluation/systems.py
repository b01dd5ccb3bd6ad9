"""The systems of an evaluation: the rules baseline, prompts and earlier runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.clients.completion import Usage, total_cost, total_usage
from antq_llm.confidence.item_rater import ItemRater
from antq_llm.confidence.line_quality import has_probabilities, line_quality
from antq_llm.confidence.ranking_quality import RankingQuality
from antq_llm.errors import ConfigurationError, PromptError
from antq_llm.evaluation.connected_client import connected_client
from antq_llm.evaluation.evaluation import System
from antq_llm.evaluation.gold import GoldArticles
from antq_llm.extraction.baseline import RULES, baseline_of, extract_by_rules
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.extraction.prompt_and_schema import default_prompts, resolve_prompt_and_schema
from antq_llm.prompts.prompt import Prompt
from antq_llm.prompts.registry import is_reference, load_prompt
from antq_llm.records.result import Failure
from antq_llm.records.stored_run import open_run
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer

SAMPLE_DELIMITER = "#"
"""The character between a prompt reference and a sample index, as in ``name@2#1``."""
_MAX_SAMPLE_DIGITS = 9


@dataclass(frozen=True, slots=True)
class PromptSample:
    """A prompt with the index of the sample to score."""

    name: str
    """The full reference of the prompt, with the sample index if one is given."""
    prompt: str | Path
    sample: int

    @classmethod
    def parse(cls, text: str, folder: Path | None) -> PromptSample:
        """Parse ``PROMPT`` or ``PROMPT#SAMPLE``, where the prompt is a reference or a file."""
        prompt, _, sample = text.partition(SAMPLE_DELIMITER)
        if sample and not (sample.isdecimal() and len(sample) <= _MAX_SAMPLE_DIGITS):
            raise ConfigurationError(
                f"{text!r} has no valid sample: use a number, as in {prompt}{SAMPLE_DELIMITER}1"
            )
        source = prompt if is_reference(prompt) else Path(prompt)
        name = load_prompt(source, folder).reference
        suffix = f"{SAMPLE_DELIMITER}{sample}" if sample else ""
        return cls(f"{name}{suffix}", source, int(sample or 0))


@dataclass(frozen=True)
class SystemSources:
    """The systems to compare, in order: the baseline, prompts and folders of earlier runs.

    ``prompts`` are references or files; ``#SAMPLE`` after one of them selects a sample (default:
    0). If no system is given, the systems are all stable versions of the schema's prompt, or the
    general prompt if there are none.
    """

    schema: Schema[Any]
    options: Options
    prompts: Sequence[str] = ()
    runs: Sequence[Path] = ()
    baseline: str | None = None
    model: str | None = None
    offline: bool = False
    store: Path | None = None
    """The folder whose store keeps the model's answers; None to keep no answers."""

    def __post_init__(self) -> None:
        if self.baseline not in {None, RULES}:
            raise ConfigurationError(f"unknown baseline {self.baseline!r}: use {RULES}")
        if self.baseline:
            baseline_of(self.schema)

    def names(self) -> list[str]:
        """Return the names of the systems, in order.

        Raises PromptError if a prompt cannot be loaded or is for another schema. It is also raised
        if a prompt's variable has no value, or if no prompt uses one of the given variables.
        """
        baseline = [RULES] if self.baseline else []
        samples = self._prompt_samples()
        prompts = [
            resolve_prompt_and_schema(self.schema, sample.prompt, self.options)[0]
            for sample in samples
        ]
        self._check_variables(prompts)
        return [*baseline, *(sample.name for sample in samples), *run_names(self.runs)]

    async def systems(self, articles: Sequence[Article]) -> list[System]:
        """Return the systems with their records, which are extracted or read from earlier runs."""
        systems = [system_of_rules(articles, self.schema)] if self.baseline else []
        if samples := self._prompt_samples():
            async with connected_client(
                self.options, self.model, offline=self.offline, store=self.store
            ) as connected:
                for sample in samples:
                    variables = self._variables_of(load_prompt(sample.prompt, self.options.prompts))
                    options = replace(self.options, sample=sample.sample, variables=variables)
                    async with connected.extractor(
                        self.schema, sample.prompt, options
                    ) as extractor:
                        systems.append(await system_of_prompt(sample.name, extractor, articles))
        ids = [article.id for article in articles]
        for name, folder in zip(run_names(self.runs), self.runs, strict=True):
            systems.append(system_of_run(name, folder, ids, self.schema))
        return systems

    def _prompt_samples(self) -> list[PromptSample]:
        folder = self.options.prompts
        prompts = self.prompts
        if not prompts and not self.runs and not self.baseline:
            prompts = default_prompts(self.schema, folder)
        return [PromptSample.parse(prompt, folder) for prompt in prompts]

    def _check_variables(self, prompts: Sequence[Prompt]) -> None:
        used = frozenset[str]().union(*(prompt.variables for prompt in prompts))
        if unused := sorted(self.options.variables.keys() - used):
            raise PromptError(f"no prompt uses the variable(s) {', '.join(unused)}: leave them out")
        for prompt in prompts:
            prompt.values_of(self._variables_of(prompt))

    def _variables_of(self, prompt: Prompt) -> dict[str, str]:
        """Return the values of the variables that a prompt uses."""
        return {
            name: value
            for name, value in self.options.variables.items()
            if name in prompt.variables
        }


@dataclass(frozen=True, slots=True)
class MeasuredConfidence:
    """The quality of the confidence in the items that several systems extracted."""

    by_system: Mapping[str, RankingQuality | None]
    """The quality, by system name; None for a system whose items have no probabilities."""
    fitted_on: int
    """The number of rated articles on which the calibration was also fitted."""


def measure_confidence(
    systems: Sequence[System],
    paired: GoldArticles,
    schema: Schema[Any],
    calibration: Path | None = None,
) -> MeasuredConfidence:
    """Measure how well the probabilities of the systems' items agree with the gold annotations.

    Records without probabilities are rated with the packaged calibration. If ``calibration`` is
    given, all records are rated with it.
    """
    rater = ItemRater.of(schema, calibration)
    anew = calibration is not None
    texts = {article.id: article.text for article in paired.articles}
    rated_here = {
        article_id
        for system in systems
        for article_id, line in system.lines.items()
        if anew or not has_probabilities(line)
    }
    return MeasuredConfidence(
        {
            system.name: line_quality(
                system.lines.values(), paired.gold, texts, schema, rater, anew=anew
            )
            for system in systems
        },
        rater.fitted_on(article.digest for article in paired.articles if article.id in rated_here),
    )


async def system_of_prompt(
    name: str, extractor: Extractor[Any], articles: Sequence[Article]
) -> System:
    """Extract records with a prompt, and return them and the failures as a system.

    Failures count as empty records.
    """
    records: dict[str, Any] = {}
    failures: dict[str, str] = {}
    costs: list[float | None] = []
    usages: list[Usage] = []
    lines: dict[str, dict[str, Any]] = {}
    async for outcome in extractor.extract_many(articles):
        attempts = outcome.error.attempts if isinstance(outcome, Failure) else outcome.attempts
        costs += [attempt.completion.cost_usd for attempt in attempts]
        usages += [attempt.usage for attempt in attempts]
        if isinstance(outcome, Failure):
            failures[outcome.article_id] = str(outcome.error)
        else:
            line = outcome.as_line()
            lines[outcome.article.id] = line
            records[outcome.article.id] = line["record"]
    return System(name, records, failures, total_cost(costs), total_usage(usages), lines)


def system_of_rules(articles: Sequence[Article], schema: Schema[Any]) -> System:
    """Extract records with the rules baseline, at no cost, and return them as a system."""
    records = {
        article.id: schema.dump(extract_by_rules(article, schema).record) for article in articles
    }
    return System(RULES, records, cost_usd=0.0, usage=total_usage(()))


def system_of_run(name: str, folder: Path, ids: Sequence[str], schema: Schema[Any]) -> System:
    """Return the records and failures of an earlier run as a system.

    An article with neither a record nor a failure counts as failed. Raises ConfigurationError if
    the records have another schema or cannot be read.
    """
    wanted = set(ids)
    run = open_run(folder, schema)
    lines = [line for line in run.record_lines() if line["article_id"] in wanted]
    failed = [line for line in run.failure_lines() if line["article_id"] in wanted]
    for line in lines:
        if line.get("schema", schema.reference) != schema.reference:
            raise ConfigurationError(
                f"{folder} has records of {line['schema']}, but the gold annotations are of "
                f"{schema.reference}: name a run with the schema {schema.reference}"
            )
    records = {line["article_id"]: _read_record(line, folder, schema) for line in lines}
    reasons = {line["article_id"]: line["error"]["message"] for line in failed}
    failures = {
        article_id: reasons.get(article_id, f"{folder} has no record for the article")
        for article_id in ids
        if article_id not in records
    }
    usage = total_usage(Usage.model_validate(line["usage"]) for line in [*lines, *failed])
    cost = total_cost(line["cost_usd"] for line in [*lines, *failed])
    read = {line["article_id"]: {**line, "record": records[line["article_id"]]} for line in lines}
    return System(name, records, failures, cost, usage, read)


def run_names(folders: Sequence[Path]) -> list[str]:
    """Return names for runs: the folder names, or the paths of folders that share a name."""
    short = [folder.resolve().name for folder in folders]
    return [
        name if short.count(name) == 1 else str(folder)
        for folder, name in zip(folders, short, strict=True)
    ]


def _read_record(line: Mapping[str, Any], folder: Path, schema: Schema[Any]) -> Any:
    try:
        return schema.dump(schema.read_data(line.get("record")))
    except InvalidAnswer as error:
        raise ConfigurationError(
            f"the record of {line['article_id']} in {folder} is not a valid "
            f"{schema.reference} record ({error}): correct records.jsonl, or leave the run out"
        ) from error
