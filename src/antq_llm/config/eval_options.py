"""Options of ``eval``, some of which also apply to ``calibrate``."""

from __future__ import annotations

from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import (
    CALIBRATE,
    CHECKS_GROUP,
    EVAL,
    GOLD_GROUP,
    OUTPUT_GROUP,
    THRESHOLD_GROUP,
)

FIRST_EVAL_OPTIONS = (
    CommandOption(
        "gold",
        "path",
        (EVAL, CALIBRATE),
        GOLD_GROUP,
        "Folder of gold annotations, in files named ARTICLE_ID.json; default: the packaged ones.",
        "DIR",
    ),
    CommandOption(
        "articles",
        "paths",
        (EVAL, CALIBRATE),
        GOLD_GROUP,
        "The articles with gold annotations; default: the packaged ones.",
        "DIR",
    ),
    CommandOption(
        "annotators",
        "path",
        (EVAL,),
        GOLD_GROUP,
        "A folder with two annotators' gold folders; their agreement is the ceiling for scores.",
        "DIR",
    ),
    CommandOption(
        "prompt",
        "prompts",
        (EVAL, CALIBRATE),
        GOLD_GROUP,
        "A prompt to score; REF#N is its sample N. Default: all stable versions of the "
        "schema's prompt, else the general prompt.",
        "REF",
        completes="prompts",
    ),
    CommandOption(
        "records",
        "paths",
        (EVAL, CALIBRATE),
        GOLD_GROUP,
        "An earlier run to score: a folder with records.jsonl.",
        "DIR",
    ),
    CommandOption(
        "baseline",
        "text",
        (EVAL,),
        GOLD_GROUP,
        "Also score a baseline that needs no model: rules.",
        "NAME",
        choices=("rules",),
    ),
)
"""The options that come first in the help."""

EVAL_OPTIONS = (
    CommandOption(
        "out",
        "path",
        (EVAL,),
        OUTPUT_GROUP,
        "Write evaluation.html, evaluation.json and, without --store, the model's answers here.",
        "DIR",
    ),
    CommandOption(
        "store",
        "path",
        (EVAL,),
        OUTPUT_GROUP,
        "Keep the model's answers in this folder, such as the folder of a run; default: --out.",
        "DIR",
    ),
    CommandOption(
        "checks",
        "flag",
        (EVAL,),
        CHECKS_GROUP,
        "Score the checks, not the systems: count the planted errors that they find and the faults "
        "that they report in gold.",
        default=False,
    ),
    CommandOption(
        "curve",
        "flag",
        (EVAL,),
        GOLD_GROUP,
        "Also show how F1 and its interval change with the number of gold articles.",
        default=False,
    ),
    CommandOption(
        "seed",
        "integer",
        (EVAL,),
        CHECKS_GROUP,
        "With --checks: seed of the planted errors.",
        "N",
        default=1,
    ),
    CommandOption(
        "fail_under",
        "number",
        (EVAL,),
        THRESHOLD_GROUP,
        "Exit with status 1 if a system's strict overall F1 is below this value.",
        "F1",
    ),
    CommandOption(
        "no_worse_than",
        "text",
        (EVAL,),
        THRESHOLD_GROUP,
        "Exit with status 1 if a system is significantly worse than this one.",
        "REF",
    ),
)
