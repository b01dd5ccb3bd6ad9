"""The report of ``antq-llm extract --dry-run``, which sends no requests."""

from __future__ import annotations

import json

from antq_llm.cli.printing import say, show, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.runs.cost_estimate import Range
from antq_llm.runs.dry_run import DryRun, DryRunReport
from antq_llm.runs.settings import RunSettings


def run_dry(settings: RunSettings, *, as_json: bool) -> int:
    """Print what a run would send and cost, and return the exit status."""
    report = DryRun(settings).run()
    for message in report.messages:
        say(message)
    if as_json:
        show_json(json.dumps(report.as_dict(), indent=1))
    else:
        _print_report(report)
    return 0


def _print_report(report: DryRunReport) -> None:
    estimate = report.estimate
    show(
        f"{report.articles} article(s): {report.done} already answered, "
        f"{report.failed} failed, {report.open} to ask about."
    )
    rows = [
        _row("requests", estimate.requests),
        _row("input tokens", estimate.input_tokens),
        _row("output tokens", estimate.output_tokens),
    ]
    if estimate.cost_usd is not None:
        rows.append(_row("US dollars", estimate.cost_usd, digits=4))
    print_rows(rows, as_json=False)
    if estimate.cost_usd is None:
        say("the price is unknown: give it with --price IN,OUT")
    if report.open:
        show(
            'The "from" column assumes that answers are short and that no request is repeated. '
            'The "to" column assumes that answers are long and that requests are repeated up to '
            "twice as often as so far. If too few requests have been answered to measure this, "
            'the "to" column assumes that every request is repeated as often as allowed.'
        )
    if report.open and estimate.at_most_usd is not None:
        show(
            f"At most ${estimate.at_most_usd:.4f}: the cost if every answer has the maximum length "
            "and every article needs all attempts, or --max-cost if that is lower."
        )


def _row(name: str, ends: Range, *, digits: int = 0) -> dict[str, str]:
    # Token counts are rounded to integers; amounts of money have no thousands separator.
    def shown(value: float) -> str:
        return f"{value:.{digits}f}" if digits else f"{round(value):,}"

    return {"what": name, "from": shown(ends.low), "to": shown(ends.high)}
