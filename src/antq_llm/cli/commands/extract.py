"""The ``antq-llm extract`` command, which extracts a record from each article."""

from __future__ import annotations

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.interruption import continued_by_the_same_command
from antq_llm.cli.options.settings_command import CommandCall
from antq_llm.cli.printing import say, write_json
from antq_llm.cli.run_reporter import RunReporter
from antq_llm.cli.standard_streams import check_results_are_read, flush_results
from antq_llm.config.resolved_settings import ResolvedSettings
from antq_llm.errors import ConfigurationError
from antq_llm.runs.outputs import OrderedLines
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.settings_file import run_settings_from
from antq_llm.runs.totals import RunTotals


def run_extract(call: CommandCall) -> int:
    """Run ``antq-llm extract`` and return the exit status."""
    values = call.values
    if values["engine"] == "ray":
        from antq_llm.cli.commands.runs.extract_on_ray import run_on_ray

        return run_on_ray(call)
    if values["workers"] is not None:
        raise ConfigurationError(
            "--workers needs --engine ray: add --engine ray, or use --processes"
        )
    run_settings = run_settings_from(call.arguments["inputs"] or (), values)
    _check_companions(call.settings)
    add_current_folder(values["schema"])
    if values["dry_run"]:
        from antq_llm.cli.commands.dry_run import run_dry

        return run_dry(run_settings, as_json=values["json"])
    if run_settings.out is None:
        check_results_are_read()
    with continued_by_the_same_command(run_settings.out), RunReporter() as reporter:
        totals = Run(run_settings, sink=OrderedLines(write_json)).run(reporter)
    flush_results()
    say(_summary(totals, run_settings))
    return 1 if totals.failures else 0


def _check_companions(settings: ResolvedSettings) -> None:
    """Raise ConfigurationError for options given without the options that they need."""
    values = settings.values
    given = {
        name
        for name, setting in settings.settings.items()
        if setting.source == "command line" and setting.value
    }
    if "json" in given and not values["dry_run"]:
        raise ConfigurationError(
            "--json needs --dry-run: omit --json, because records are always written as JSON lines"
        )
    if "duplicate_threshold" in given and not values["duplicates"]:
        raise ConfigurationError(
            "--duplicate-threshold needs --duplicates: add --duplicates, or omit the threshold"
        )


def _summary(totals: RunTotals, settings: RunSettings) -> str:
    duplicates = (
        f", {totals.duplicates} of them for copies of other articles" if totals.duplicates else ""
    )
    replayed = (
        f" ({totals.replayed} without a new request)"
        if totals.replayed and not settings.offline and not settings.uses_rules
        else ""
    )
    expired = (
        f", {totals.expired} article(s) left unchanged because their answers were deleted"
        if totals.expired
        else ""
    )
    where = f", in {settings.out}" if settings.out else ""
    kinds = "".join(f"; {count} {kind}" for kind, count in sorted(totals.failures.items()))
    spent = f"; ${totals.spent_usd:.4f} spent by this call" if totals.spent_usd else ""
    return (
        f"{totals.records} record(s){replayed}{duplicates}, "
        f"{totals.failures.total()} failure(s){expired}{where}{kinds}{spent}"
    )
