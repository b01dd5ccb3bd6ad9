"""The command ``antq-llm extract --engine ray``, which runs on a Ray cluster."""

from __future__ import annotations

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.interruption import continued_by_the_same_command
from antq_llm.cli.options.settings_command import CommandCall
from antq_llm.cli.printing import say
from antq_llm.cli.run_reporter import RunReporter
from antq_llm.distributed.job import ClusterRun, ClusterSettings
from antq_llm.distributed.storage import url_of
from antq_llm.errors import ConfigurationError
from antq_llm.runs.settings_file import run_settings_from

_LOCAL_ONLY = (
    *("batch", "duplicates", "retry_failed", "only_this_call", "keep_answers", "store"),
    *("dry_run", "json"),
)


def run_on_ray(call: CommandCall) -> int:
    """Run ``antq-llm extract`` on a Ray cluster and return the exit status."""
    values = call.values
    for name in _LOCAL_ONLY:
        if values[name]:
            raise ConfigurationError(
                f"--{name.replace('_', '-')} cannot be used with --engine ray: leave one out"
            )
    if values["out"] is None:
        raise ConfigurationError(
            "--engine ray needs --out: name a folder or URL that all nodes can reach"
        )
    out = url_of(values["out"])
    run = run_settings_from(call.arguments["inputs"] or (), {**values, "out": None})
    settings = ClusterSettings(run, out, values["workers"])
    add_current_folder(values["schema"])
    with continued_by_the_same_command(values["out"]), RunReporter() as reporter:
        totals = ClusterRun(settings).run(reporter)
    spent = f"; ${totals.spent_usd:.4f} spent by this call" if totals.spent_usd else ""
    kinds = "".join(f"; {count} {kind}" for kind, count in sorted(totals.failures.items()))
    say(f"{totals.records} record(s), {totals.failures.total()} failure(s), in {out}{kinds}{spent}")
    return 1 if totals.failures else 0
