"""The options of all commands, in one table."""

from __future__ import annotations

from pathlib import Path

from antq_llm.config.annotation_options import ANNOTATION_OPTIONS
from antq_llm.config.eval_options import EVAL_OPTIONS, FIRST_EVAL_OPTIONS
from antq_llm.config.extract_options import EXTRACT_OPTIONS, FIRST_EXTRACT_OPTIONS
from antq_llm.config.extraction_options import EXTRACTION_OPTIONS
from antq_llm.config.improve_options import FIRST_IMPROVE_OPTIONS, IMPROVE_OPTIONS
from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import (
    AUDIT,
    CALIBRATE,
    DEMO,
    EVAL,
    EXPORT,
    EXTRACT,
    GOLD,
    IMPROVE,
    OUTPUT_GROUP,
    REPORT,
)

_OTHER_OPTIONS = (
    CommandOption(
        "to",
        "text",
        (EXPORT,),
        OUTPUT_GROUP,
        "csv, parquet, sqlite or xlsx.",
        "FORMAT",
        choices=("csv", "parquet", "sqlite", "xlsx"),
        required=True,
        own_table=True,
    ),
    CommandOption(
        "flat",
        "text",
        (EXPORT,),
        OUTPUT_GROUP,
        "Write a single table of the items in this list, such as people, with their articles.",
        "LIST",
        own_table=True,
    ),
    CommandOption(
        "out",
        "path",
        (EXPORT,),
        OUTPUT_GROUP,
        "Where to write; default: DIR/export (csv, parquet), DIR/export.sqlite3 or "
        "DIR/export.xlsx; with --flat, DIR/export-LIST.",
        "PATH",
        own_table=True,
    ),
    CommandOption(
        "out",
        "path",
        (DEMO,),
        OUTPUT_GROUP,
        "Write records.jsonl, failures.jsonl and run.json here.",
        "DIR",
        own_table=True,
    ),
    CommandOption(
        "out",
        "path",
        (CALIBRATE,),
        OUTPUT_GROUP,
        "Write the calibration to this file.",
        "FILE",
        default=Path("calibration.json"),
        own_table=True,
    ),
    CommandOption(
        "out",
        "path",
        ("recheck",),
        OUTPUT_GROUP,
        "Write the resulting records and failures here.",
        "DIR",
        own_table=True,
    ),
    CommandOption(
        "out",
        "path",
        (REPORT,),
        OUTPUT_GROUP,
        "Write the report to this file; default: RUN/report.html.",
        "FILE",
        own_table=True,
    ),
    CommandOption(
        "language",
        "text",
        (REPORT,),
        OUTPUT_GROUP,
        "The initial language of the page, en or vi; readers can change it.",
        "CODE",
        choices=("en", "vi"),
        default="en",
        own_table=True,
    ),
    CommandOption(
        "json",
        "flag",
        (
            EXTRACT,
            EVAL,
            IMPROVE,
            CALIBRATE,
            DEMO,
            "prompts",
            "schemas",
            "config",
            "recheck",
            "diff",
            "forget",
            GOLD,
            AUDIT,
        ),
        OUTPUT_GROUP,
        "Print the result as JSON.",
        default=False,
        own_table=True,
    ),
)

OPTIONS = (
    *FIRST_EXTRACT_OPTIONS,
    *FIRST_EVAL_OPTIONS,
    *FIRST_IMPROVE_OPTIONS,
    *EXTRACTION_OPTIONS,
    *EXTRACT_OPTIONS,
    *EVAL_OPTIONS,
    *IMPROVE_OPTIONS,
    *ANNOTATION_OPTIONS,
    *_OTHER_OPTIONS,
)
"""All options, in the order of ``--help``; groups are in the order of their first options."""


def options_of(command: str) -> tuple[CommandOption, ...]:
    """Return the options of a command in the order of its help."""
    return tuple(option for option in OPTIONS if command in option.commands)
