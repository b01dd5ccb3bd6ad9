"""The ``antq-llm audit`` command, which measures the precision of a run on a sample."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from antq_llm.annotation.audit_file import read_audit, write_audit
from antq_llm.annotation.audit_report import AuditReport, audit_report, items_not_in_run
from antq_llm.annotation.audit_sample import draw_sample
from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.printing import say, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.evaluation.checks.rates import Rate
from antq_llm.evaluation.runs.run_articles import RunTexts
from antq_llm.records.stored_run import StoredRun, open_run
from antq_llm.runs.settings_file import schema_source

AUDIT_FILE = "audit.csv"


def run_audit(
    folder: Path,
    sample: int | None,
    seed: int,
    out: Path | None,
    articles: Sequence[str],
    schema: str | None,
    *,
    as_json: bool,
) -> int:
    """Write a sample to judge, or print the precision computed from the verdicts.

    An existing file is read and never overwritten, so that no verdict is lost. The exit status is 1
    if the file has items that are not in the run.
    """
    add_current_folder(schema)
    run = open_run(folder, schema_source(schema))
    path = out or folder / AUDIT_FILE
    if path.exists() or sample is None:
        return _print_report(run, path, sample, as_json=as_json)
    texts = RunTexts(run, tuple(map(str, articles)))
    items = draw_sample(run, sample, seed=seed, text_of=texts.get)
    write_audit(path, items)
    if len(items) < sample:
        say(f"the run has only {len(items)} item(s); all of them are in the sample")
    say(
        f"{len(items)} item(s) to judge are in {path}: enter 'right' or 'wrong' in the verdict "
        "column, then run the same command again"
    )
    if as_json:
        show_json(json.dumps({"file": str(path), "items": len(items)}, ensure_ascii=False))
    return 0


def _print_report(run: StoredRun, path: Path, sample: int | None, *, as_json: bool) -> int:
    items = read_audit(path)
    if sample is not None and sample != len(items):
        say(
            f"{path} already has a sample of {len(items)} item(s): name a different file with "
            "--out for another sample"
        )
    if other := items_not_in_run(items, run):
        say(
            f"{len(other)} item(s) in {path} are not in {run.folder}: the run has changed since "
            "the sample was drawn, or the sample is from another run; the first item is "
            f"{other[0].article_id} {other[0].pointer}"
        )
    report = audit_report(items)
    if as_json:
        show_json(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        _print_rates(report)
    if report.unjudged:
        say(f"{report.unjudged} of {len(items)} item(s) have no verdict and are not counted")
    return 1 if other else 0


def _print_rates(report: AuditReport) -> None:
    rates = {"all items": report.overall, **report.fields}
    print_rows([_row(name, rate) for name, rate in rates.items()], as_json=False, title="Precision")
    if report.wrong:
        print_rows(
            [
                {"article": item.article_id, "item": item.pointer, "says": item.item}
                | {"note": item.note}
                for item in report.wrong
            ],
            as_json=False,
            title="Wrong",
        )


def _row(name: str, rate: Rate) -> dict[str, str | int | None]:
    low_high = None if rate.interval is None else "{:.1%} to {:.1%}".format(*rate.interval)
    return {
        "items": name,
        "precision": None if rate.value is None else f"{rate.value:.1%}",
        "95% interval": low_high,
        "right": rate.hits,
        "judged": rate.total,
    }
