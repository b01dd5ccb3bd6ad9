"""The ``antq-llm improve`` command, which improves a prompt with gold annotations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.interruption import continued_by_the_same_command
from antq_llm.cli.options.settings_command import CommandCall
from antq_llm.cli.printing import say, show, show_json
from antq_llm.core.atomic_write import write_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.gold import pair_with_articles, read_gold
from antq_llm.extraction.prompt_and_schema import resolve_prompt_and_schema
from antq_llm.improve.draft import next_version, prompt_name, write_draft
from antq_llm.improve.gold_split import split_gold
from antq_llm.improve.improvement import (
    Improvement,
    ImprovementSettings,
    improve_prompt_sync,
)
from antq_llm.improve.improvement_report import as_data, notes, summary
from antq_llm.prompts.registry import is_reference
from antq_llm.runs.settings_file import options_from, schema_source

DEFAULT_PROMPTS = Path("prompts")


def run_improve(call: CommandCall) -> int:
    """Improve a prompt; return 0 if a draft was written, and 1 if no new prompt was accepted."""
    settings = _settings(call.arguments["reference"], call.values)
    name = prompt_name(settings.prompt)
    with continued_by_the_same_command(settings.out):
        improvement = improve_prompt_sync(settings, report=say)
    data = as_data(improvement)
    data["draft"] = None
    if improvement.is_accepted:
        data["draft"] = _write(improvement, name, settings.options.prompts or DEFAULT_PROMPTS)
    text = json.dumps(data, ensure_ascii=False, indent=1)
    write_atomically(settings.out / "improvement.json", [f"{text}\n"])
    if call.values["json"]:
        show_json(text)
    else:
        for line in summary(improvement):
            show(line)
        if data["draft"]:
            show(f"draft: {data['draft']}")
    say(str(settings.out / "improvement.json"))
    return 0 if improvement.is_accepted else 1


def _write(improvement: Improvement, name: str, folder: Path) -> str:
    version = next_version(name, folder)
    path = write_draft(improvement.chosen.prompt, name, version, notes(improvement), folder)
    return str(path)


def _settings(reference: str, values: Mapping[str, Any]) -> ImprovementSettings:
    add_current_folder(values["schema"])
    options = options_from(values)
    source = reference if is_reference(reference) else Path(reference)
    prompt, schema = resolve_prompt_and_schema(schema_source(values["schema"]), source, options)
    if values["out"].exists() and not values["out"].is_dir():
        raise ConfigurationError(f"{values['out']} is a file: name a folder with --out")
    if values["max_trials"] < 1 or values["examples"] < 0:
        raise ConfigurationError("--max-trials must be at least 1, and --examples at least 0")
    gold = read_gold(values["gold"], schema)
    paired = pair_with_articles(gold, tuple(values["articles"]), options.reading)
    for message in paired.messages:
        say(message)
    for article_id, reason in paired.unreadable.items():
        say(f"left out: {article_id} ({reason})")
    if paired.gold_without_article:
        say(f"left out: gold without an article ({', '.join(paired.gold_without_article)})")
    return ImprovementSettings(
        prompt=prompt,
        schema=schema,
        split=split_gold(
            paired.articles,
            paired.gold,
            held_out=values["held_out"],
            seed=values["seed"],
        ),
        options=options,
        out=values["out"],
        model=values["model"],
        reviser=values["reviser"],
        offline=values["offline"],
        max_trials=values["max_trials"],
        examples=values["examples"],
        seed=values["seed"],
    )
