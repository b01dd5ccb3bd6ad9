"""``antq-llm eval``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.articles.sources import list_inputs
from antq_llm.cli.printing import say, show, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.core.atomic_write import write_atomically
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ArticleError, ConfigurationError
from antq_llm.evaluation.evaluation import OVERALL, Evaluation, ScoredSystem, System, evaluate
from antq_llm.evaluation.gold import read_folder
from antq_llm.evaluation.html_page import evaluation_page
from antq_llm.evaluation.systems import system_of_prompt, system_of_rules, system_of_run
from antq_llm.extraction.baseline import RULES
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.extraction.prompt_and_schema import DEFAULT_SCHEMA
from antq_llm.prompts.registry import is_reference, list_prompts, load_prompt
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.record_score import profile_for

SAMPLE_MARK = "#"
"""Between a prompt's reference and the number of a sample: ``movement_report@2#1``."""


@dataclass(frozen=True)
class EvalCall:
    """What the command was called with."""

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


def run_eval(call: EvalCall, *, as_json: bool) -> int:
    """Score the systems of a call, print or write the result, and return the exit status."""
    if call.baseline not in {None, RULES}:
        raise ConfigurationError(f"unknown baseline {call.baseline!r}: there is {RULES}")
    schema = load_schema(DEFAULT_SCHEMA)
    gold, articles, unreadable = _gold_and_articles(call)
    annotators = _annotators(call, schema)
    _check_before_asking(call)
    systems = [system.also_failed(unreadable) for system in asyncio.run(_systems(call, articles))]
    evaluation = evaluate(systems, gold, profile_for(schema), annotators)
    if as_json:
        show_json(json.dumps(evaluation.as_dict(), ensure_ascii=False, indent=1))
    else:
        _print_tables(evaluation)
    if call.out is not None:
        write_atomically(
            call.out / "evaluation.json",
            [json.dumps(evaluation.as_dict(), ensure_ascii=False, indent=1) + "\n"],
        )
        write_atomically(
            call.out / "evaluation.html",
            [evaluation_page(evaluation, {article.id: article.text for article in articles})],
        )
        say(f"{call.out / 'evaluation.html'} and {call.out / 'evaluation.json'}")
    return _status(call, evaluation)


def _gold_and_articles(call: EvalCall) -> tuple[dict[str, Any], list[Article], dict[str, str]]:
    """Return the gold annotations that have articles, the articles, and why some cannot be read; what has only one is named on standard error."""
    gold = read_folder(
        call.gold or data_folder("gold") / "movement_report", load_schema(DEFAULT_SCHEMA)
    )
    inputs = list_inputs(call.articles or (str(data_folder("seeds")),))
    ids = {one.id for one in inputs}
    if without := sorted(set(gold) - ids):
        say(f"left out, gold without an article: {', '.join(without)}")
    if without := sorted(ids - set(gold)):
        say(f"left out, articles without gold: {', '.join(without)}")
    articles: list[Article] = []
    unreadable: dict[str, str] = {}
    for one in inputs:
        if one.id in gold:
            try:
                articles.append(one.read())
            except ArticleError as error:
                unreadable[one.id] = str(error)
    if not articles:
        raise ConfigurationError(
            "no readable article has a gold annotation: gold files are named ARTICLE_ID.json"
        )
    return {one: gold[one] for one in gold if one in ids}, articles, unreadable


def _check_before_asking(call: EvalCall) -> None:
    """Find what is wrong with the call before anything is asked and paid for."""
    if call.out is not None and call.out.exists() and not call.out.is_dir():
        raise ConfigurationError(f"{call.out} is a file: name a folder with --out")
    names = ([RULES] if call.baseline else []) + [
        _name_of(reference, call.options.prompts) for reference in _references(call)
    ]
    names += _run_names(call.records)
    if call.no_worse_than is not None and call.no_worse_than not in names:
        raise ConfigurationError(
            f"--no-worse-than {call.no_worse_than} is none of the systems: {', '.join(names)}"
        )


def _references(call: EvalCall) -> tuple[str, ...] | list[str]:
    return call.prompts or (
        () if call.records or call.baseline else _stable_prompts(call.options.prompts)
    )


def _name_of(reference: str, folder: Path | None) -> str:
    """Return what a prompt's system is called: its full reference, and the sample if one is named."""
    prompt, _, sample = reference.partition(SAMPLE_MARK)
    if sample and not sample.isdecimal():
        raise ConfigurationError(f"{reference!r} names no sample: write {prompt}{SAMPLE_MARK}1")
    loaded = load_prompt(prompt if is_reference(prompt) else Path(prompt), folder)
    return loaded.reference + (f"{SAMPLE_MARK}{sample}" if sample else "")


def _run_names(folders: Sequence[Path]) -> list[str]:
    """Return what runs are called: their folders' names, or whole paths where two have one name."""
    short = [folder.resolve().name for folder in folders]
    return [
        name if short.count(name) == 1 else str(folder)
        for folder, name in zip(folders, short, strict=True)
    ]


def _annotators(call: EvalCall, schema: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    folder = call.annotators or (data_folder("gold") / "annotators" if call.gold is None else None)
    if folder is None:
        return None
    pair = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if len(pair) != 2:
        raise ConfigurationError(
            f"{folder} must have two folders, one for each annotator, with ID.json files"
        )
    return read_folder(pair[0], schema), read_folder(pair[1], schema)


async def _systems(call: EvalCall, articles: Sequence[Article]) -> list[System]:
    """Return the systems in the order in which they are compared: the baseline, the prompts, the runs."""
    systems = [system_of_rules(articles, load_schema(DEFAULT_SCHEMA))] if call.baseline else []
    for reference in _references(call):
        prompt, _, sample = reference.partition(SAMPLE_MARK)
        options = replace(call.options, sample=int(sample or 0))
        given = prompt if is_reference(prompt) else Path(prompt)
        async with Extractor(
            DEFAULT_SCHEMA, given, model=call.model, offline=call.offline, options=options
        ) as extractor:
            systems.append(
                await system_of_prompt(
                    _name_of(reference, call.options.prompts), extractor, articles
                )
            )
    schema = load_schema(DEFAULT_SCHEMA)
    ids = [article.id for article in articles]
    return systems + [
        system_of_run(name, folder, ids, schema)
        for name, folder in zip(_run_names(call.records), call.records, strict=True)
    ]


def _stable_prompts(folder: Path | None) -> list[str]:
    return [
        version.reference
        for version in list_prompts(folder)
        if version.name == DEFAULT_SCHEMA and version.status == "stable"
    ]


def _status(call: EvalCall, evaluation: Evaluation) -> int:
    """Return 1 if an article gave no record or a threshold is missed, and say which."""
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
        say(f"{line}")
    return 1 if missed else 0


def _failure_line(system: System) -> str:
    first, reason = next(iter(system.failures.items()))
    return f"{system.name} has no record of {len(system.failures)} article(s), which count as empty; {first}: {reason}"


def _worse_than(reference: str, evaluation: Evaluation) -> list[str]:
    worse = []
    for pair in evaluation.comparisons:
        interval = pair.fields[OVERALL].interval
        if pair.mode != "strict" or interval is None or reference not in {pair.a, pair.b}:
            continue
        # Turned round where the reference is the first of the two, so that below zero always means worse than it.
        low, high = interval if pair.b == reference else (-interval[1], -interval[0])
        if high < 0:
            worse.append(
                f"{pair.a if pair.b == reference else pair.b} is worse than {reference}: by {-high:.3f} to {-low:.3f} in strict F1 (95%)"
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
    for mode, scores in (("strict", system.scores.strict), ("relaxed", system.scores.relaxed)):
        span = system.intervals("strict" if mode == "strict" else "relaxed")[OVERALL]
        row |= {mode: _rounded(scores[OVERALL].counts.f1), f"{mode} 95%": _interval(span)}
    counts = system.scores.strict[OVERALL].counts
    usage = system.system.usage
    tokens = "" if usage.input_tokens is None else f"{usage.input_tokens} + {usage.output_tokens}"
    row |= {
        "precision": _rounded(counts.precision),
        "recall": _rounded(counts.recall),
        "tokens in + out": tokens,
    }
    return row | {
        "cost": "" if system.system.cost_usd is None else f"${system.system.cost_usd:.2f}"
    }


def _rounded(value: float | None, *, sign: bool = False) -> str:
    return "" if value is None else f"{value:+.3f}" if sign else f"{value:.3f}"


def _interval(span: tuple[float, float] | None, *, sign: bool = False) -> str:
    return (
        "" if span is None else f"[{_rounded(span[0], sign=sign)}, {_rounded(span[1], sign=sign)}]"
    )


def print_score_differences(a: str, b: str, folder: Path | None) -> None:
    """Print where two prompts' recorded answers on the packaged articles differ in strict F1, field by field; nothing is asked."""
    call = EvalCall(Options(prompts=folder), prompts=(a, b), offline=True)
    gold, articles, _ = _gold_and_articles(call)
    systems = asyncio.run(_systems(call, articles))
    if not all(system.records for system in systems):
        unrecorded = ", ".join(system.name for system in systems if not system.records)
        show(f"Scores are not compared: there are no recorded answers for {unrecorded}")
        return
    evaluation = evaluate(systems, gold, profile_for(load_schema(DEFAULT_SCHEMA)))
    pair = next(pair for pair in evaluation.comparisons if pair.mode == "strict")
    first, second = (system.scores.strict for system in evaluation.systems)
    rows = [
        {
            "field": name,
            systems[0].name: _rounded(first[name].counts.f1),
            systems[1].name: _rounded(second[name].counts.f1),
            "difference": _rounded(one.difference, sign=True),
            "95%": _interval(one.interval, sign=True),
            "p": _rounded(one.p),
            "p corrected": _rounded(one.p_adjusted),
        }
        for name, one in pair.fields.items()
        if one.difference and name.count(".") < 2
    ]
    print_rows(
        rows,
        as_json=False,
        title=f"Strict F1 over {len(gold)} packaged article(s), where it differs",
    )
    if caution := evaluation.caution():
        show(caution)
