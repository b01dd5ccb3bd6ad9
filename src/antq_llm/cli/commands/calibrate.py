"""The ``antq-llm calibrate`` command, which calibrates item confidence with gold annotations."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from antq_llm.cli.commands.eval import EvalCall, read_gold_and_articles
from antq_llm.cli.commands.eval_tables import print_quality
from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.options.settings_command import CommandCall
from antq_llm.cli.printing import say, show, show_json
from antq_llm.confidence.calibration import calibrate, labelled_items
from antq_llm.errors import ConfigurationError
from antq_llm.runs.settings_file import options_from, schema_source
from antq_llm.schemas.registry import DEFAULT_SCHEMA


def run_calibrate(call: CommandCall) -> int:
    """Fit a calibration, write it to a file and print its quality.

    The exit status is 1 if an article with gold annotations cannot be read or has no record.
    """
    values = call.values
    out = values["out"]
    if out.is_dir():
        raise ConfigurationError(f"{out} is a folder: name a file with --out")
    arguments = _eval_call(values)
    schema = arguments.load_schema()
    paired = read_gold_and_articles(arguments, schema)
    sources = arguments.sources(schema)
    sources.names()
    systems = asyncio.run(sources.systems(paired.articles))
    texts = {article.id: article.text for article in paired.articles}
    items = labelled_items(
        [line for system in systems for line in system.lines.values()], paired.gold, texts, schema
    )
    for system in systems:
        unknown = [name for name, line in system.lines.items() if "evidence" not in line]
        if unknown:
            say(f"left out of {system.name}: {len(unknown)} record(s) without evidence")
    calibration = calibrate(
        items, schema, {article.id: article.digest for article in paired.articles}
    )
    calibration.model.write(out)
    if values["json"]:
        show_json(json.dumps(calibration.model.figures, ensure_ascii=False, indent=1))
    else:
        print_quality({f"{name} answers": quality for name, quality in calibration.quality.items()})
        show("The items of each article were rated by a model fitted to the other articles.")
        show(f"The calibration was written to {out}.")
    for system in systems:
        for article_id, reason in system.failures.items():
            say(f"left out of {system.name}: {article_id} ({reason})")
    for article_id, reason in paired.unreadable.items():
        say(f"left out: {article_id} ({reason})")
    return 1 if paired.unreadable or any(system.failures for system in systems) else 0


def _eval_call(values: dict[str, Any]) -> EvalCall:
    add_current_folder(values["schema"])
    schema = schema_source(values["schema"])
    return EvalCall(
        options_from(values),
        gold=values["gold"],
        articles=tuple(map(str, values["articles"] or ())),
        schema=DEFAULT_SCHEMA if schema is None else schema,
        prompts=tuple(values["prompt"] or ()),
        records=tuple(values["records"] or ()),
        model=values["model"],
        offline=values["offline"],
    )
