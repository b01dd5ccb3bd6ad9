"""The HTML page of an evaluation: leaderboard, comparisons, fields and articles.

Articles are in the order of their ids. The page loads no other files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from antq_llm.evaluation.evaluation import MODES, OVERALL, Evaluation, ScoredSystem
from antq_llm.evaluation.item_lines import ItemLines
from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.grounding import NO_QUOTE_PATHS, QuotePaths, ground
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.validation.rules.rule_plan import rule_plan

_ERROR_ORDER = ("wrong_value", "missed", "spurious", "wrong_span")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an article's text, with the records (gold, extracted) whose quotes cover it."""

    text: str
    kind: Literal["gold", "extracted", "both", ""]


@dataclass(frozen=True)
class _View:
    """The formatter and the quote paths that determine how records are shown."""

    lines: ItemLines
    quote_paths: QuotePaths


def evaluation_page(evaluation: Evaluation, texts: Mapping[str, str], roles: DeclaredRoles) -> str:
    """Return the HTML page of an evaluation.

    ``texts`` are the articles' available texts, by id; ``roles`` are the schema's roles.
    """
    view = _View(ItemLines(roles), rule_plan(roles).quote_paths)
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["rate"] = lambda value: "–" if value is None else f"{value:.3f}"
    environment.filters["signed"] = lambda value: "–" if value is None else f"{value:+.3f}"
    environment.filters["percent"] = lambda value: f"{100 * max(0.0, min(1.0, value or 0.0)):.1f}%"
    template = environment.from_string(
        (files("antq_llm") / "templates" / "evaluation.html").read_text("utf-8")
    )
    systems = [_system_view(system) for system in evaluation.systems]
    return template.render(
        systems=systems,
        ceiling=_system_view(evaluation.ceiling) if evaluation.ceiling else None,
        fields=_field_rows(evaluation.systems),
        comparisons=[pair for pair in evaluation.comparisons if pair.mode == "strict"],
        overall=OVERALL,
        caution=evaluation.caution(),
        articles=[
            _article_view(article_id, evaluation, texts.get(article_id), view)
            for article_id in evaluation.gold
        ],
    )


def _system_view(system: ScoredSystem) -> dict[str, Any]:
    return {
        "name": system.system.name,
        "failures": len(system.system.failures),
        "cost": system.system.cost_usd,
        "usage": system.system.usage,
        "scores": {
            "strict": system.scores.strict[OVERALL],
            "relaxed": system.scores.relaxed[OVERALL],
        },
        "spans": {mode: system.intervals(mode)[OVERALL] for mode in MODES},
    }


def _field_rows(systems: Sequence[ScoredSystem]) -> list[dict[str, Any]]:
    """Return a row of the systems' strict scores for each field in which any system has an F1."""
    if not systems:
        return []
    rows = [
        (name, [system.scores.strict[name] for system in systems]) for name in systems[0].fields
    ]
    return [
        {"name": name, "depth": name.count("."), "scores": scores}
        for name, scores in rows
        if any(score.counts.f1 is not None for score in scores)
    ]


def _article_view(
    article_id: str, evaluation: Evaluation, text: str | None, view: _View
) -> dict[str, Any]:
    gold = evaluation.gold[article_id]
    views = [
        _extraction_view(system, article_id, gold, text, view) for system in evaluation.systems
    ]
    return {
        "id": article_id,
        "title": view.lines.title(gold),
        "views": sorted(views, key=lambda view: view["name"]),
    }


def _extraction_view(
    system: ScoredSystem, article_id: str, gold: Any, text: str | None, view: _View
) -> dict[str, Any]:
    score = system.by_article[article_id]
    extracted = system.system.records.get(article_id)
    errors = [
        {
            "kind": error.kind,
            "field": error.field,
            "gold": _shown(error.gold, error.field, view.lines),
            "extracted": _shown(error.extracted, error.field, view.lines),
        }
        for error in sorted(
            score.errors, key=lambda error: (_ERROR_ORDER.index(error.kind), error.field)
        )
    ]
    return {
        "name": system.system.name,
        "failed": system.system.failures.get(article_id, "no record")
        if extracted is None
        else None,
        "f1": score.strict[OVERALL].f1,
        "relaxed": score.relaxed[OVERALL].f1,
        "errors": errors,
        "stretches": [] if text is None else mark(text, gold, extracted or {}, view.quote_paths),
        "lists": _side_by_side(gold, extracted or {}, view.lines),
    }


def mark(text: str, gold: Any, extracted: Any, paths: QuotePaths = NO_QUOTE_PATHS) -> list[Stretch]:
    """Split an article into stretches by the records whose quotes cover them.

    ``paths`` lead to quotes whose keys are not ``quote``.
    """
    aligner = Aligner(text)
    gold_spans, extracted_spans = (
        [(span.start, span.end) for span in ground(record, aligner, paths).evidence]
        for record in (gold, extracted)
    )
    cuts = {0, len(text), *(cut for span in gold_spans + extracted_spans for cut in span)}
    return [
        Stretch(
            text[start:end],
            _kind(_covers(gold_spans, start, end), _covers(extracted_spans, start, end)),
        )
        for start, end in pairwise(sorted(cuts))
    ]


def _covers(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(span_start <= start and end <= span_end for span_start, span_end in spans)


def _kind(in_gold: bool, in_extracted: bool) -> Literal["gold", "extracted", "both", ""]:
    if in_gold:
        return "both" if in_extracted else "gold"
    return "extracted" if in_extracted else ""


def _side_by_side(gold: Any, extracted: Any, lines: ItemLines) -> list[dict[str, Any]]:
    """Return each list with its gold and extracted items, one line per item."""
    names = [
        name
        for name, value in gold.items()
        if isinstance(value, list) and (value or extracted.get(name))
    ]
    return [
        {
            "name": name,
            "gold": [lines.line(item, name) for item in gold[name]],
            "extracted": [lines.line(item, name) for item in extracted.get(name) or []],
        }
        for name in names
    ]


def _shown(value: Any, field: str, lines: ItemLines) -> str:
    return "–" if value is None else lines.line(value, field)
