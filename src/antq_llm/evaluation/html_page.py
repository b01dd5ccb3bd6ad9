"""One self-contained HTML page of an evaluation: leaderboard, fields, comparisons, then every article with its errors first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from antq_llm.evaluation.evaluation import MODES, OVERALL, Evaluation, ScoredSystem
from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.grounding import ground

_ERROR_ORDER = ("wrong_value", "missed", "spurious", "wrong_span")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an article that is in quotes of gold, of the extraction, of both, or of none (``kind`` is ``""``)."""

    text: str
    kind: str


def evaluation_page(evaluation: Evaluation, texts: Mapping[str, str]) -> str:
    """Return the page; ``texts`` are the articles by id, and one without a text is shown without it."""
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
        articles=[_article_view(one, evaluation, texts.get(one)) for one in evaluation.gold],
    )


def _system_view(system: ScoredSystem) -> dict[str, Any]:
    scores = {"strict": system.scores.strict[OVERALL], "relaxed": system.scores.relaxed[OVERALL]}
    spans = {mode: system.intervals(mode)[OVERALL] for mode in MODES}
    own = {
        "name": system.system.name,
        "failures": len(system.system.failures),
        "cost": system.system.cost_usd,
        "usage": system.system.usage,
    }
    return {**own, "scores": scores, "spans": spans}


def _field_rows(systems: Sequence[ScoredSystem]) -> list[dict[str, Any]]:
    """Return a row for each field that any system or gold has slots in, with the systems' strict scores."""
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


def _article_view(article_id: str, evaluation: Evaluation, text: str | None) -> dict[str, Any]:
    gold = evaluation.gold[article_id]
    views = [_extraction_view(system, article_id, gold, text) for system in evaluation.systems]
    return {
        "id": article_id,
        "headline": gold.get("headline") or "",
        "views": sorted(views, key=lambda view: view["name"]),
    }


def _extraction_view(
    system: ScoredSystem, article_id: str, gold: Any, text: str | None
) -> dict[str, Any]:
    score = system.by_article[article_id]
    extracted = system.system.records.get(article_id)
    errors = [
        {
            "kind": error.kind,
            "field": error.field,
            "gold": _shown(error.gold),
            "extracted": _shown(error.extracted),
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
        "stretches": mark(text, gold, extracted or {}) if text is not None else [],
        "lists": _side_by_side(gold, extracted or {}),
    }


def mark(text: str, gold: Any, extracted: Any) -> list[Stretch]:
    """Return an article cut into stretches by whose quotes cover them."""
    aligner = Aligner(text)
    covered = {"gold": _spans(gold, aligner), "extracted": _spans(extracted, aligner)}
    cuts = sorted(
        {
            0,
            len(text),
            *(position for spans in covered.values() for span in spans for position in span),
        }
    )
    stretches = []
    for start, end in pairwise(cuts):
        inside = [
            name
            for name, spans in covered.items()
            if any(span[0] <= start and end <= span[1] for span in spans)
        ]
        stretches.append(Stretch(text[start:end], "both" if len(inside) == 2 else "".join(inside)))
    return stretches


def _spans(record: Any, aligner: Aligner) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in ground(record, aligner).evidence]


def _side_by_side(gold: Any, extracted: Any) -> list[dict[str, Any]]:
    """Return the lists of both records, each item as its values without the quote."""
    names = [
        name
        for name, value in gold.items()
        if isinstance(value, list) and (value or extracted.get(name))
    ]
    return [
        {"name": name, "gold": _lines(gold[name]), "extracted": _lines(extracted.get(name, []))}
        for name in names
    ]


def _lines(items: Sequence[Any]) -> list[str]:
    return [_line(item) for item in items]


def _shown(value: Any) -> str:
    return "–" if value is None else _line(value)


def _line(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    is_passage = "speaker" in item
    shown = {
        key: value
        for key, value in item.items()
        if (key != "quote" or is_passage) and value not in (None, [], {})
    }
    return " · ".join(f"{key}: {_value(value)}" for key, value in shown.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part is not None)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
