"""All options of all commands."""

from __future__ import annotations

from antq_llm.config.extraction_options import (
    ANSWER_GROUP,
    EVAL,
    EXTRACT,
    EXTRACTION_OPTIONS,
    MODEL_GROUP,
    PROMPT_GROUP,
)
from antq_llm.config.option import CommandOption

TABLES = (EXTRACT, EVAL, "export", "demo")
"""The commands that have a table in a settings file."""

OUTPUT_GROUP = "Output"
ARTICLE_GROUP = "Articles and copies"
THRESHOLD_GROUP = "Thresholds"
GOLD_GROUP = "Gold and systems"

_FIRST_OPTIONS = (
    CommandOption(
        "out",
        "path",
        (EXTRACT,),
        OUTPUT_GROUP,
        "Write results and the store here; run the same command again to continue.",
        "DIR",
    ),
    CommandOption(
        "retry_failed",
        "flag",
        (EXTRACT,),
        OUTPUT_GROUP,
        "With --out: ask again about articles whose answers were invalid.",
        default=False,
    ),
    CommandOption(
        "dry_run",
        "flag",
        (EXTRACT,),
        OUTPUT_GROUP,
        "Send nothing; print what would be sent and what it would cost.",
        default=False,
    ),
    CommandOption(
        "prompt",
        "prompt",
        (EXTRACT,),
        PROMPT_GROUP,
        "A prompt: name, name@N, or a file.",
        "REF",
        completes="prompts",
    ),
)

_EXTRACT_OPTIONS = (
    CommandOption(
        "batch",
        "flag",
        (EXTRACT,),
        MODEL_GROUP,
        "With --out: use the Batch API at its lower price; can be interrupted.",
        default=False,
    ),
    CommandOption(
        "escalate",
        "text",
        (EXTRACT,),
        MODEL_GROUP,
        "Ask this stronger model about articles that --model left incomplete.",
        "MODEL",
    ),
    CommandOption(
        "ungrounded",
        "text",
        (EXTRACT,),
        ANSWER_GROUP,
        "What to do with items the article does not support: drop, fail or keep.",
        "RULE",
        default="drop",
        choices=("drop", "fail", "keep"),
    ),
    CommandOption(
        "sample",
        "integer",
        (EXTRACT,),
        ANSWER_GROUP,
        "Sample index: a different N gives an independent answer to the same request.",
        "N",
        default=0,
    ),
    CommandOption(
        "samples",
        "integer",
        (EXTRACT,),
        ANSWER_GROUP,
        "Ask N times and vote on each item; its agreement is its confidence.",
        "N",
        default=1,
    ),
    CommandOption(
        "second_look",
        "flag",
        (EXTRACT,),
        ANSWER_GROUP,
        "Ask a follow-up question about figures that are in no item.",
        default=False,
    ),
    CommandOption(
        "limit", "integer", (EXTRACT,), ARTICLE_GROUP, "Process only the first N articles.", "N"
    ),
    CommandOption(
        "part_characters",
        "integer",
        (EXTRACT,),
        ARTICLE_GROUP,
        "Split longer articles into chunks of at most N characters.",
        "N",
        default=24_000,
    ),
    CommandOption(
        "max_characters",
        "integer",
        (EXTRACT,),
        ARTICLE_GROUP,
        "Refuse longer articles.",
        "N",
        default=400_000,
    ),
    CommandOption(
        "duplicates",
        "flag",
        (EXTRACT,),
        ARTICLE_GROUP,
        "With --out: copies of an earlier article get its record without a request.",
        default=False,
    ),
    CommandOption(
        "duplicate_threshold",
        "number",
        (EXTRACT,),
        ARTICLE_GROUP,
        "With --duplicates: minimum similarity of a copy, 0.5 to 1; default: 0.8.",
        "S",
    ),
)

_SYSTEM_OPTIONS = (
    CommandOption(
        "gold",
        "path",
        (EVAL,),
        GOLD_GROUP,
        "Gold annotations, ARTICLE_ID.json; default: the packaged ones.",
        "DIR",
    ),
    CommandOption(
        "articles",
        "paths",
        (EVAL,),
        GOLD_GROUP,
        "Their articles; default: the packaged seeds.",
        "DIR",
    ),
    CommandOption(
        "annotators",
        "path",
        (EVAL,),
        GOLD_GROUP,
        "A folder with two annotators' folders: their agreement is the ceiling.",
        "DIR",
    ),
    CommandOption(
        "prompt",
        "prompts",
        (EVAL,),
        GOLD_GROUP,
        "A prompt to score; REF#N is its sample N. Default: every stable version of the "
        "schema's, else the general prompt.",
        "REF",
        completes="prompts",
    ),
    CommandOption(
        "records",
        "paths",
        (EVAL,),
        GOLD_GROUP,
        "An earlier run: a folder with records.jsonl.",
        "DIR",
    ),
    CommandOption(
        "baseline",
        "text",
        (EVAL,),
        GOLD_GROUP,
        "Also score a baseline without a model: rules.",
        "NAME",
        choices=("rules",),
    ),
)

_EVAL_OPTIONS = (
    CommandOption(
        "out",
        "path",
        (EVAL,),
        OUTPUT_GROUP,
        "Write evaluation.html and evaluation.json here, and keep the model's answers.",
        "DIR",
    ),
    CommandOption(
        "store",
        "path",
        (EVAL,),
        OUTPUT_GROUP,
        "Keep the model's answers here, such as in a run's --out; default: in --out.",
        "DIR",
    ),
    CommandOption(
        "fail_under",
        "number",
        (EVAL,),
        THRESHOLD_GROUP,
        "Exit 1 if a system's strict overall F1 is lower.",
        "F1",
    ),
    CommandOption(
        "no_worse_than",
        "text",
        (EVAL,),
        THRESHOLD_GROUP,
        "Exit 1 if a system is significantly worse than this one.",
        "REF",
    ),
)

_OTHER_OPTIONS = (
    CommandOption(
        "to",
        "text",
        ("export",),
        OUTPUT_GROUP,
        "csv, parquet, sqlite or xlsx.",
        "FORMAT",
        choices=("csv", "parquet", "sqlite", "xlsx"),
        required=True,
        own_table=True,
    ),
    CommandOption(
        "out",
        "path",
        ("export",),
        OUTPUT_GROUP,
        "Default: DIR/export (csv, parquet), DIR/export.sqlite3 or DIR/export.xlsx.",
        "PATH",
        own_table=True,
    ),
    CommandOption(
        "out",
        "path",
        ("demo",),
        OUTPUT_GROUP,
        "Write records.jsonl, failures.jsonl and run.json here.",
        "DIR",
        own_table=True,
    ),
    CommandOption(
        "json",
        "flag",
        (EXTRACT, EVAL, "demo", "prompts", "schemas", "config"),
        OUTPUT_GROUP,
        "Machine-readable output.",
        default=False,
        own_table=True,
    ),
)

OPTIONS = (
    *_FIRST_OPTIONS,
    *_SYSTEM_OPTIONS,
    *EXTRACTION_OPTIONS,
    *_EXTRACT_OPTIONS,
    *_EVAL_OPTIONS,
    *_OTHER_OPTIONS,
)
"""In the order of ``--help``: the group of the first option comes first."""


def options_of(command: str) -> tuple[CommandOption, ...]:
    """Return the options of a command, in the order of its help."""
    return tuple(option for option in OPTIONS if command in option.commands)


def option_of(command: str, name: str) -> CommandOption | None:
    """Return an option of a command by its name."""
    return next((option for option in options_of(command) if option.name == name), None)
