"""The differences and the agreement between two annotators, as the pages show them."""

from __future__ import annotations

from typing import Any

from antq_llm.evaluation.item_lines import ItemLines
from antq_llm.pages.strings import PageLanguage
from antq_llm.review.workspace import Workspace


def differences_view(
    workspace: Workspace, article_id: str, data: Any, language: PageLanguage
) -> dict[str, Any] | None:
    """Return the differences between the annotators' records; None if there are no annotators.

    In each row, ``chosen`` is the annotator whose value the record has, or None if it has neither.
    """
    if workspace.annotators is None:
        return None
    lines = ItemLines(workspace.schema.roles, workspace.schema_words(language))
    first, second = workspace.annotators.records(article_id)
    missing = [
        name
        for name, record in zip(workspace.annotators.names, (first, second), strict=True)
        if record is None
    ]
    return {
        "names": workspace.annotators.names,
        "missing": missing,
        "rows": [
            {
                "field": found.field,
                "quote": found.quote,
                "values": [_shown(found.value(side), found.field, lines) for side in ("a", "b")],
                "chosen": found.chosen_in(data),
            }
            for found in workspace.annotators.differences(article_id)
        ],
    }


def agreement_view(workspace: Workspace) -> dict[str, Any] | None:
    """Return the agreement on articles that both annotated; None if there are no annotators."""
    if workspace.annotators is None:
        return None
    count, scores = workspace.annotators.agreement(workspace.article_ids)
    return {
        "names": workspace.annotators.names,
        "articles": count,
        "rows": [
            {"field": field, "strict": _rate(score.counts.f1)}
            | {"relaxed": _rate(scores.relaxed[field].counts.f1)}
            for field, score in scores.strict.items()
            if score.counts.f1 is not None and "." not in field
        ],
    }


def _shown(value: Any, field: str, lines: ItemLines) -> str | None:
    return None if value is None or value == [] else lines.line(value, field)


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
