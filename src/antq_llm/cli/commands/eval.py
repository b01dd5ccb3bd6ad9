"""``antq-llm eval``."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antq_llm.cli.printing import say, show, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.core.atomic_write import write_atomically
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.evaluation import (
    MODES,
    OVERALL,
    Evaluation,
    ScoredSystem,
    System,
    evaluate,
)
from antq_llm.evaluation.gold import GoldArticles, pair_with_articles, read_annotators, read_gold
from antq_llm.evaluation.html_page import evaluation_page
from antq_llm.evaluation.significance import Interval
from antq_llm.evaluation.systems import SystemSources
from antq_llm.extraction.options import Options
from antq_llm.schemas.base import Schema
from antq_llm.schemas.registry import DEFAULT_SCHEMA, load_schema
from antq_llm.scoring.record_score import profile_for


@dataclass(frozen=True)
class EvalCall:
    """The arguments of the command."""

    options: Options
    gold: Path | None = None
    articles: tuple[str, ...] = ()
    annotators: Path | None = None
    prompts: tuple[str, ...] = ()
    records: tuple[Path, ...] = ()
    baseline: str | None = None
    model: str | None = None
    offline: bool = False
    out: Path | None = None
    fail_under: float | None = None
    no_worse_than: str | None = None

    def sources(self, schema: Schema[Any]) -> SystemSources:
        """Return the systems that the arguments name."""
        return SystemSources(
            schema,
            self.options,
            prompts=self.prompts,
            runs=self.records,
            baseline=self.baseline,
            model=self.model,
            offline=self.offline,
        )


def run_eval(call: EvalCall, *, as_json: bool) -> int:
    """Score systems, print and write the result, and return the exit status."""
    schema = load_schema(DEFAULT_SCHEMA)
    sources = call.sources(schema)
    paired = _gold_and_articles(call, schema)
    annotators = _annotators(call, schema)
    # Errors in the call are found before anything is paid for.
    _check_out(call)
    _check_reference(call, sources)
    systems = [
        system.also_failed(paired.unreadable)
        for system in asyncio.run(sources.systems(paired.articles))
    ]
    evaluation = evaluate(systems, paired.gold, profile_for(schema), annotators)
    data = json.dumps(evaluation.as_dict(), ensure_ascii=False, indent=1)
    if as_json:
        show_json(data)
    else:
        _print_tables(evaluation)
    if call.out is not None:
        texts = {article.id: article.text for article in paired.articles}
        write_atomically(call.out / "evaluation.json", [f"{data}\n"])
        write_atomically(call.out / "evaluation.html", [evaluation_page(evaluation, texts)])
        say(f"{call.out / 'evaluation.html'} and {call.out / 'evaluation.json'}")
    return _status(call, evaluation)


def _gold_and_articles(call: EvalCall, schema: Schema[Any]) -> GoldArticles:
    """Read gold and articles, and name on standard error what has no counterpart."""
    gold = read_gold(call.gold or data_folder("gold") / "movement_report", schema)
    paired = pair_with_articles(gold, call.articles or (str(data_folder("seeds")),))
    if paired.gold_without_article:
        say(f"left out, gold without an article: {', '.join(paired.gold_without_article)}")
    if paired.articles_without_gold:
        say(f"left out, articles without gold: {', '.join(paired.articles_without_gold)}")
    paired.raise_if_empty()
    return paired


def _annotators(
    call: EvalCall, schema: Schema[Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    if call.annotators is not None:
        return read_annotators(call.annotators, schema)
    if call.gold is None:
        return read_annotators(data_folder("gold") / "annotators", schema)
    return None


def _check_out(call: EvalCall) -> None:
    if call.out is not None and call.out.exists() and not call.out.is_dir():
        raise ConfigurationError(f"{call.out} is a file: name a folder with --out")


def _check_reference(call: EvalCall, sources: SystemSources) -> None:
    names = sources.names()
    if call.no_worse_than is not None and call.no_worse_than not in names:
        raise ConfigurationError(
            f"--no-worse-than {call.no_worse_than} is not one of the systems: {', '.join(names)}"
        )


def _status(call: EvalCall, evaluation: Evaluation) -> int:
    """Return 1 and print why if an article has no record or a threshold is missed."""
    missed = [
        _failure_line(system.system) for system in evaluation.systems if system.system.failures
    ]
    for system in evaluation.systems:
        f1 = system.scores.strict[OVERALL].counts.f1
        if call.fail_under is not None and (f1 is None or f1 < call.fail_under):
            missed.append(
                f"{system.system.name} has a strict F1 of {_rounded(f1)}, below {call.fail_under}"
            )
    if call.no_worse_than is not None:
        missed += _worse_than(call.no_worse_than, evaluation)
    for line in missed:
        say(line)
    return 1 if missed else 0


def _failure_line(system: System) -> str:
    first, reason = next(iter(system.failures.items()))
    return (
        f"{system.name} has no record of {len(system.failures)} article(s), "
        f"which count as empty; {first}: {reason}"
    )


def _worse_than(reference: str, evaluation: Evaluation) -> list[str]:
    worse = []
    for pair in evaluation.comparisons:
        interval = pair.fields[OVERALL].interval
        if pair.mode != "strict" or interval is None or reference not in {pair.a, pair.b}:
            continue
        # The interval is of ``a`` minus ``b``: negated if the reference is ``a``.
        low, high = interval if pair.b == reference else (-interval[1], -interval[0])
        if high < 0:
            name = pair.a if pair.b == reference else pair.b
            worse.append(
                f"{name} is worse than {reference}: by {-high:.3f} to {-low:.3f} in strict F1 (95%)"
            )
    return worse


def _print_tables(evaluation: Evaluation) -> None:
    rows = [_row(system) for system in evaluation.systems]
    if evaluation.ceiling is not None:
        rows.append(_row(evaluation.ceiling))
    print_rows(
        rows,
        as_json=False,
        title=f"Scores over {len(evaluation.gold)} article(s): micro F1 with 95% intervals",
    )
    pairs = [
        {
            "a less b": f"{pair.a} less {pair.b}",
            "difference": _rounded(pair.fields[OVERALL].difference, sign=True),
            "interval": _interval(pair.fields[OVERALL].interval, sign=True),
            "p": _rounded(pair.fields[OVERALL].p),
            "detectable": _rounded(pair.fields[OVERALL].detectable),
        }
        for pair in evaluation.comparisons
        if pair.mode == "strict"
    ]
    if pairs:
        print_rows(pairs, as_json=False, title="Paired differences in strict F1")
    if caution := evaluation.caution():
        show(caution)


def _row(system: ScoredSystem) -> dict[str, Any]:
    row: dict[str, Any] = {"system": system.system.name, "failed": len(system.system.failures)}
    for mode in MODES:
        scores = system.scores.strict if mode == "strict" else system.scores.relaxed
        interval = system.intervals(mode)[OVERALL]
        row |= {mode: _rounded(scores[OVERALL].counts.f1), f"{mode} 95%": _interval(interval)}
    counts = system.scores.strict[OVERALL].counts
    usage, cost = system.system.usage, system.system.cost_usd
    tokens = "" if usage.input_tokens is None else f"{usage.input_tokens} + {usage.output_tokens}"
    return row | {
        "precision": _rounded(counts.precision),
        "recall": _rounded(counts.recall),
        "tokens in + out": tokens,
        "cost": "" if cost is None else f"${cost:.2f}",
    }


def _rounded(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return ""
    return f"{value:+.3f}" if sign else f"{value:.3f}"


def _interval(interval: Interval | None, *, sign: bool = False) -> str:
    if interval is None:
        return ""
    low, high = interval
    return f"[{_rounded(low, sign=sign)}, {_rounded(high, sign=sign)}]"


def print_score_differences(a: str, b: str, folder: Path | None) -> None:
    """Print where two prompts' recorded answers on the packaged articles differ in strict F1."""
    call = EvalCall(Options(prompts=folder), prompts=(a, b), offline=True)
    schema = load_schema(DEFAULT_SCHEMA)
    paired = _gold_and_articles(call, schema)
    systems = asyncio.run(call.sources(schema).systems(paired.articles))
    if not all(system.records for system in systems):
        unrecorded = ", ".join(system.name for system in systems if not system.records)
        show(f"Scores are not compared: there are no recorded answers for {unrecorded}")
        return
    evaluation = evaluate(systems, paired.gold, profile_for(schema))
    pair = next(pair for pair in evaluation.comparisons if pair.mode == "strict")
    first, second = (system.scores.strict for system in evaluation.systems)
    rows = [
        {
            "field": name,
            systems[0].name: _rounded(first[name].counts.f1),
            systems[1].name: _rounded(second[name].counts.f1),
            "difference": _rounded(comparison.difference, sign=True),
            "95%": _interval(comparison.interval, sign=True),
            "p": _rounded(comparison.p),
            "p corrected": _rounded(comparison.p_adjusted),
        }
        for name, comparison in pair.fields.items()
        if comparison.difference and name.count(".") < 2
    ]
    print_rows(
        rows,
        as_json=False,
        title=f"Strict F1 over {len(paired.gold)} packaged article(s), where it differs",
    )
    if caution := evaluation.caution():
        show(caution)
