"""The ``antq-llm forget`` command, which deletes articles from a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from antq_llm.cli.printing import say, show_json
from antq_llm.runs.forgetting import ForgetReport, forget_articles


def run_forget(folder: Path, article_ids: Sequence[str], *, as_json: bool) -> int:
    """Delete articles from a run and print what was deleted; return 1 if an id is unknown."""
    report = forget_articles(folder, list(dict.fromkeys(article_ids)))
    if as_json:
        show_json(json.dumps(_as_dict(report), ensure_ascii=False, indent=1))
    stored = report.stored
    say(
        f"deleted: {stored.answers} answer(s), {stored.outcomes} outcome(s), {report.lines} "
        f"line(s), {report.texts} text(s)"
    )
    if stored.pending:
        say(
            f"{stored.pending} request(s) are pending in batches: wait until the batches end or "
            "cancel them at the provider, then repeat this command"
        )
    if stored.same_text:
        say(
            "not deleted: the lines of other articles with the same text "
            f"({', '.join(stored.same_text)})"
        )
    if report.left:
        say(f"not searched: {', '.join(report.left)} in {folder}")
    say(
        "not deleted: exports, evaluation pages, recordings and backups elsewhere; data kept by "
        "the endpoint's provider; the articles themselves"
    )
    if report.unknown:
        say(f"{folder} has nothing about {', '.join(report.unknown)}: check each id")
    return 1 if report.unknown else 0


def _as_dict(report: ForgetReport) -> dict[str, object]:
    return {
        "answers": report.stored.answers,
        "outcomes": report.stored.outcomes,
        "lines": report.lines,
        "texts": report.texts,
        "pending": report.stored.pending,
        "same_text": list(report.stored.same_text),
        "not_searched": list(report.left),
        "unknown": list(report.unknown),
    }
