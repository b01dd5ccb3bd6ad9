"""The tables of ``antq-llm eval --checks``."""

from __future__ import annotations

import json
from typing import Any

from antq_llm.cli.commands.eval_tables import rounded, shown_interval
from antq_llm.cli.printing import show, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.evaluation.checks.check_quality import CheckQuality, GoldRow, PlantedRow


def print_checks(quality: CheckQuality, *, as_json: bool) -> str:
    """Print the scores of the checks and return them as JSON."""
    data = json.dumps(quality.as_dict(), ensure_ascii=False, indent=1)
    if as_json:
        show_json(data)
        return data
    scope = f"for {quality.articles} article(s), with 95% intervals"
    print_rows(
        [_gold_row(row) for row in quality.gold],
        as_json=False,
        title=f"Faults found in gold {scope}",
    )
    print_rows(
        [_planted_row(row) for row in quality.planted],
        as_json=False,
        title=f"Planted errors (seed {quality.seed}) {scope}",
    )
    for false in quality.false_faults:
        show(f"{false.article}: {false.fault}")
    return data


def _gold_row(row: GoldRow) -> dict[str, Any]:
    return {
        "check": row.check,
        "values": row.faults.total,
        "faults": row.faults.hits,
        "rate": rounded(row.faults.value),
        "95%": shown_interval(row.faults.interval),
        "unverified": row.unverified,
    }


def _planted_row(row: PlantedRow) -> dict[str, Any]:
    return {
        "check": f"{row.check}: {row.kind}",
        "errors": row.contradicted.total,
        "contradicted": row.contradicted.hits,
        "rate": rounded(row.contradicted.value),
        "95%": shown_interval(row.contradicted.interval),
        "unverified": row.unverified,
        "printed elsewhere": f"{row.elsewhere.hits} of {row.elsewhere.total}",
    }
