"""The ``antq-llm recheck`` command, which checks the records of a run again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from antq_llm.cli.commands.runs.diff import print_diff
from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.printing import say, show_json
from antq_llm.evaluation.runs.recheck import Recheck, RecheckReport
from antq_llm.evaluation.runs.run_diff import RunDiff, diff_runs
from antq_llm.records.stored_run import open_run
from antq_llm.runs.settings_file import schema_source

_EXAMPLES = 3
"""Maximum number of articles named for each reason."""


def run_recheck(
    folder: Path, inputs: Sequence[str], out: Path | None, schema: str | None, *, as_json: bool
) -> int:
    """Recheck a run and print what changes; return 1 if an article could not be rechecked."""
    add_current_folder(schema)
    recheck = Recheck(folder, inputs, schema_source(schema))
    with tempfile.TemporaryDirectory() as scratch:
        target = out or Path(scratch) / "out"
        report = recheck.write(target)
        rechecked = open_run(target, recheck.run.schema)
        found = diff_runs(recheck.run, rechecked, only=report.rechecked)
    if as_json:
        show_json(json.dumps(_as_dict(report, found), ensure_ascii=False, indent=1))
    else:
        print_diff(found, "the run", "the recheck")
    where = f", in {out}" if out else ""
    say(
        f"{len(report.rechecked)} article(s) rechecked: {report.records} record(s), "
        f"{report.failures} failure(s){where}"
    )
    for reason, ids in report.skipped.items():
        more = ", …" if len(ids) > _EXAMPLES else ""
        say(f"{len(ids)} article(s) not rechecked ({', '.join(ids[:_EXAMPLES])}{more}): {reason}")
    return 1 if report.skipped else 0


def _as_dict(report: RecheckReport, found: RunDiff) -> dict[str, object]:
    return {
        "rechecked": len(report.rechecked),
        "records": report.records,
        "failures": report.failures,
        "skipped": {reason: list(ids) for reason, ids in report.skipped.items()},
        "diff": found.as_dict(),
    }
