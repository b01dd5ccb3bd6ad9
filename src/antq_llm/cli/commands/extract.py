"""``antq-llm extract``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.parameters import options_from, schema_source
from antq_llm.cli.printing import say, write_json
from antq_llm.cli.run_reporter import RunReporter
from antq_llm.cli.standard_streams import check_results_are_read, flush_results
from antq_llm.duplicates.minhash import DEFAULT_THRESHOLD
from antq_llm.errors import ConfigurationError
from antq_llm.prompts.registry import is_reference
from antq_llm.runs.outputs import OrderedLines
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import RunTotals


def run_extract(parameters: Mapping[str, Any]) -> int:
    """Run the command with its parameters, by name, and return the exit status."""
    settings = settings_from_parameters(parameters)
    if parameters["json"] and not parameters["dry_run"]:
        raise ConfigurationError("--json goes with --dry-run: records are always JSON lines")
    add_current_folder(parameters["schema"])
    if parameters["dry_run"]:
        from antq_llm.cli.commands.dry_run import run_dry

        return run_dry(settings, as_json=parameters["json"])
    if settings.out is None:
        check_results_are_read()
    with RunReporter() as reporter:
        totals = Run(settings, sink=OrderedLines(write_json)).run(reporter)
    flush_results()
    say(_summary(totals, settings))
    return 1 if totals.failures else 0


def settings_from_parameters(parameters: Mapping[str, Any]) -> RunSettings:
    """Return the settings that a call of the command makes."""
    return RunSettings(
        inputs=tuple(parameters["inputs"]),
        options=options_from(parameters),
        out=parameters["out"],
        prompt=_prompt(parameters["prompt"]),
        schema=schema_source(parameters["schema"]),
        model=parameters["model"],
        offline=parameters["offline"],
        limit=parameters["limit"],
        retry_failed=parameters["retry_failed"],
        duplicates=_threshold(parameters["duplicates"], parameters["duplicate_threshold"]),
        batch=parameters["batch"],
    )


def _threshold(is_on: bool, threshold: float | None) -> float | None:
    if threshold is not None and not is_on:
        raise ConfigurationError("--duplicate-threshold needs --duplicates")
    return (DEFAULT_THRESHOLD if threshold is None else threshold) if is_on else None


def _prompt(prompt: str | None) -> str | Path | None:
    """Return a reference or a file; on the command line a prompt is never the instructions."""
    if prompt is None or (is_reference(prompt) and not Path(prompt).is_file()):
        return prompt
    return Path(prompt)


def _summary(totals: RunTotals, settings: RunSettings) -> str:
    duplicates = f", {totals.duplicates} of them of copies" if totals.duplicates else ""
    replayed = (
        f" ({totals.replayed} without a request now)"
        if totals.replayed and not settings.offline and not settings.uses_rules
        else ""
    )
    where = f", in {settings.out}" if settings.out else ""
    kinds = "".join(f"; {count} {kind}" for kind, count in sorted(totals.failures.items()))
    spent = f"; ${totals.spent_usd:.4f} spent by this call" if totals.spent_usd else ""
    return (
        f"{totals.records} record(s){replayed}{duplicates}, "
        f"{totals.failures.total()} failure(s){where}{kinds}{spent}"
    )
