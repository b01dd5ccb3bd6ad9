"""The overview of a run in its report: counts, failures by kind, cost and settings."""

from __future__ import annotations

from collections import Counter
from typing import Any

from antq_llm.records.stored_run import StoredRun
from antq_llm.report.report_data import ReportData

_SETTINGS = ("model", "prompt", "schema", "language", "samples", "max_attempts", "ungrounded")
_TOKENS = ("input_tokens", "output_tokens", "cached_tokens")


def overview(run: StoredRun, data: ReportData) -> dict[str, Any]:
    """Return the totals of a run's records and failures, with data from ``run.json``."""
    costs: list[float | None] = []
    tokens: Counter[str] = Counter()
    unknown_tokens = 0
    kinds: Counter[str] = Counter()
    records = failures = 0
    for record in run.records:
        records += 1
        costs.append(record.cost_usd)
        unknown_tokens += _add_tokens(tokens, record.line.get("usage"))
    for failure in run.failures:
        failures += 1
        kinds[failure.kind or "unknown"] += 1
        costs.append(failure.cost_usd)
        unknown_tokens += _add_tokens(tokens, failure.line.get("usage"))
    known = [cost for cost in costs if cost is not None]
    return {
        "records": records,
        "failures": failures,
        "failures_by_kind": kinds.most_common(),
        "items": sum(table["rows"] for table in data.tables_json() if table["is_list"]),
        "warnings": data.warning_kinds.most_common(),
        "cost_usd": sum(known) if known else None,
        "articles_without_cost": len(costs) - len(known),
        "tokens": {name: tokens[name] for name in _TOKENS} if tokens else None,
        "articles_without_tokens": unknown_tokens,
        "texts": {state: data.text_states[state] for state in ("shown", "missing", "changed")},
        "unread": run.run.get("unread") or {},
        "started": run.run.get("started"),
        "seconds": run.run.get("seconds"),
        "settings": {
            name: run.settings[name] for name in _SETTINGS if run.settings.get(name) is not None
        },
        "rated": data.first_look.rated,
        "first_look_total": data.first_look.added,
    }


def _add_tokens(tokens: Counter[str], usage: Any) -> bool:
    """Add an article's token counts; return whether its number of input tokens is unknown."""
    counts = usage if isinstance(usage, dict) else {}
    known = {name: counts[name] for name in _TOKENS if isinstance(counts.get(name), int)}
    tokens.update(known)
    return "input_tokens" not in known
