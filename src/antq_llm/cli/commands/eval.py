"""The ``antq-llm eval`` command, which scores systems or checks against gold annotations."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antq_llm.cli.commands.eval_checks import print_checks
from antq_llm.cli.commands.eval_status import status_of
from antq_llm.cli.commands.eval_tables import (
    print_confidence,
    print_curves,
    print_differences,
    print_evaluation,
)
from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.interruption import continued_by_the_same_command
from antq_llm.cli.printing import say, show, show_json
from antq_llm.core.atomic_write import write_atomically
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.checks.check_quality import measure_checks
from antq_llm.evaluation.evaluation import evaluate
from antq_llm.evaluation.gold import GoldArticles, pair_with_articles, read_annotators, read_gold
from antq_llm.evaluation.gold_faults import faults_against_articles
from antq_llm.evaluation.html_page import evaluation_page
from antq_llm.evaluation.systems import SystemSources, measure_confidence
from antq_llm.extraction.options import Options
from antq_llm.runs.settings_file import options_from, schema_source
from antq_llm.schemas.base import Schema
from antq_llm.schemas.registry import DEFAULT_SCHEMA, list_schemas, load_schema
from antq_llm.scoring.record_score import profile_for

_MAX_FAULTS = 20
"""Maximum number of faults in the gold annotations that are printed."""


@dataclass(frozen=True)
class EvalCall:
    """The arguments of ``antq-llm eval``."""

    options: Options
    gold: Path | None = None
    articles: tuple[str, ...] = ()
    annotators: Path | None = None
    schema: str | Path = DEFAULT_SCHEMA
    prompts: tuple[str, ...] = ()
    records: tuple[Path, ...] = ()
    baseline: str | None = None
    model: str | None = None
    offline: bool = False
    out: Path | None = None
    store: Path | None = None
    """The folder in which the model's answers are kept; default: ``out``."""
    fail_under: float | None = None
    no_worse_than: str | None = None
    checks: bool = False
    """Whether to score the checks instead of systems."""
    seed: int = 1
    curve: bool = False

    @property
    def of_systems(self) -> list[str]:
        """The given options that apply only to systems."""
        given = {
            "--prompt": self.prompts,
            "--records": self.records,
            "--baseline": self.baseline,
            "--annotators": self.annotators,
            "--fail-under": self.fail_under,
            "--no-worse-than": self.no_worse_than,
            "--curve": self.curve or None,
        }
        return [option for option, value in given.items() if value not in (None, ())]

    @property
    def folders(self) -> dict[str, Path]:
        """The output folders, by option."""
        named = {"--out": self.out, "--store": self.store}
        return {option: folder for option, folder in named.items() if folder is not None}

    def load_schema(self) -> Schema[Any]:
        """Return the schema of the gold annotations."""
        return load_schema(self.schema, self.options.schemas)

    def sources(self, schema: Schema[Any]) -> SystemSources:
        """Return the sources of the systems named by the arguments."""
        return SystemSources(
            schema,
            self.options,
            prompts=self.prompts,
            runs=self.records,
            baseline=self.baseline,
            model=self.model,
            offline=self.offline,
            store=self.store or self.out,
        )


def call_from_values(values: Mapping[str, Any]) -> EvalCall:
    """Return the arguments of the command, given the values of its options by name."""
    fail_under = values["fail_under"]
    if fail_under is not None and not 0 <= fail_under <= 1:
        raise ConfigurationError(f"--fail-under must be an F1 from 0 to 1, not {fail_under}")
    add_current_folder(values["schema"])
    schema = schema_source(values["schema"])
    return EvalCall(
        options_from(values),
        gold=values["gold"],
        articles=tuple(map(str, values["articles"] or ())),
        annotators=values["annotators"],
        schema=DEFAULT_SCHEMA if schema is None else schema,
        prompts=tuple(values["prompt"] or ()),
        records=tuple(values["records"] or ()),
        baseline=values["baseline"],
        model=values["model"],
        offline=values["offline"],
        out=values["out"],
        store=values["store"],
        fail_under=fail_under,
        no_worse_than=values["no_worse_than"],
        checks=values["checks"],
        seed=values["seed"],
        curve=values["curve"],
    )


def run_eval(call: EvalCall, *, as_json: bool) -> int:
    """Score systems or checks, output the result and return the exit status."""
    schema = call.load_schema()
    if call.checks:
        return _run_checks(call, schema, as_json=as_json)
    sources = call.sources(schema)
    paired = read_gold_and_articles(call, schema)
    annotators = _annotators(call, schema)
    # Find errors in the call before spending anything.
    _check_folders(call)
    _check_reference(call, sources)
    with continued_by_the_same_command(call.store or call.out):
        systems = [
            system.also_failed(paired.unreadable)
            for system in asyncio.run(sources.systems(paired.articles))
        ]
    confidence = measure_confidence(systems, paired, schema, call.options.calibration)
    evaluation = evaluate(
        systems, paired.gold, profile_for(schema), annotators, confidence.by_system
    )
    data = json.dumps(evaluation.as_dict(curve=call.curve), ensure_ascii=False, indent=1)
    if as_json:
        show_json(data)
    else:
        print_evaluation(evaluation)
        print_confidence(evaluation, confidence.fitted_on)
        if call.curve:
            print_curves(evaluation)
    if call.out is not None:
        texts = {article.id: article.text for article in paired.articles}
        page = evaluation_page(evaluation, texts, schema.roles)
        write_atomically(call.out / "evaluation.json", [f"{data}\n"])
        write_atomically(call.out / "evaluation.html", [page])
        say(f"written: {call.out / 'evaluation.html'} and {call.out / 'evaluation.json'}")
    return status_of(evaluation, call.fail_under, call.no_worse_than)


def _run_checks(call: EvalCall, schema: Schema[Any], *, as_json: bool) -> int:
    """Score the checks; return 1 if an article cannot be read."""
    if call.of_systems:
        raise ConfigurationError(
            f"--checks scores checks, not systems: leave out {', '.join(call.of_systems)}"
        )
    if not schema.roles:
        raise ConfigurationError(
            f"{schema.reference} declares no roles, so no values are checked: "
            "see docs/design/roles.md"
        )
    _check_folders(call)
    paired = read_gold_and_articles(call, schema)
    quality = measure_checks(
        paired.gold, paired.articles, schema, seed=call.seed, language=call.options.language
    )
    data = print_checks(quality, as_json=as_json)
    if call.out is not None:
        write_atomically(call.out / "checks.json", [f"{data}\n"])
        say(f"written: {call.out / 'checks.json'}")
    for article_id, reason in paired.unreadable.items():
        say(f"left out: {article_id} ({reason})")
    return 1 if paired.unreadable else 0


def read_gold_and_articles(call: EvalCall, schema: Schema[Any]) -> GoldArticles:
    """Return gold annotations and articles; print unpaired ids and faults on standard error."""
    packaged = _packaged_gold(schema)
    gold_folder = call.gold or packaged
    if call.gold is not None and not (call.articles or packaged):
        raise ConfigurationError(
            f"--articles is missing: name the articles annotated in {call.gold}"
        )
    if gold_folder is None or not (call.articles or packaged):
        raise ConfigurationError(
            f"there are no packaged gold annotations for {schema.reference}: "
            "name a folder of annotations with --gold, and their articles with --articles"
        )
    gold = read_gold(gold_folder, schema)
    articles = call.articles or (str(data_folder("seeds")),)
    paired = pair_with_articles(gold, articles, call.options.reading)
    for message in paired.messages:
        say(message)
    if paired.gold_without_article:
        say(f"left out: gold without an article ({', '.join(paired.gold_without_article)})")
    if paired.articles_without_gold:
        say(f"left out: articles without gold ({', '.join(paired.articles_without_gold)})")
    paired.raise_if_empty()
    faults = faults_against_articles(paired.gold, paired.articles, schema)
    for fault in faults[:_MAX_FAULTS]:
        say(f"gold {fault}")
    if len(faults) > _MAX_FAULTS:
        say(f"gold has {len(faults)} faults: run antq-llm gold check to list all of them")
    return paired


def _packaged_gold(schema: Schema[Any]) -> Path | None:
    """Return the folder of the packaged gold annotations for a schema, if there is one."""
    folder = data_folder("gold") / schema.name
    return folder if schema.reference in list_schemas() and folder.is_dir() else None


def _annotators(
    call: EvalCall, schema: Schema[Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    if call.annotators is not None:
        return read_annotators(call.annotators, schema)
    if call.gold is None:
        return read_annotators(data_folder("gold") / "annotators", schema)
    return None


def _check_folders(call: EvalCall) -> None:
    for option, folder in call.folders.items():
        if folder.exists() and not folder.is_dir():
            raise ConfigurationError(f"{folder} is a file: name a folder with {option}")


def _check_reference(call: EvalCall, sources: SystemSources) -> None:
    names = sources.names()
    if call.no_worse_than is not None and call.no_worse_than not in names:
        raise ConfigurationError(
            f"there is no system {call.no_worse_than} for --no-worse-than: "
            f"name one of {', '.join(names)}"
        )


def print_score_differences(a: str, b: str, folder: Path | None) -> None:
    """Print the fields whose strict F1 differs between two prompts.

    The recorded answers for the packaged articles are scored.
    """
    call = EvalCall(Options(prompts=folder), prompts=(a, b), offline=True)
    schema = call.load_schema()
    paired = read_gold_and_articles(call, schema)
    systems = asyncio.run(call.sources(schema).systems(paired.articles))
    if not all(system.records for system in systems):
        unrecorded = ", ".join(system.name for system in systems if not system.records)
        show(f"Scores are not compared: there are no recorded answers for {unrecorded}")
        return
    evaluation = evaluate(systems, paired.gold, profile_for(schema))
    pair = next(pair for pair in evaluation.comparisons if pair.mode == "strict")
    print_differences(evaluation, pair, (systems[0].name, systems[1].name))
