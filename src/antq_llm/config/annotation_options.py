"""Options of ``gold``, ``audit`` and ``report``."""

from __future__ import annotations

from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import AUDIT, GOLD, GOLD_GROUP, OUTPUT_GROUP, REPORT

ANNOTATION_OPTIONS = (
    CommandOption(
        "sample",
        "integer",
        (AUDIT,),
        OUTPUT_GROUP,
        "Number of items to draw.",
        "N",
        own_table=True,
    ),
    CommandOption(
        "seed",
        "integer",
        (AUDIT,),
        OUTPUT_GROUP,
        "Seed of the sample.",
        "N",
        default=0,
        own_table=True,
    ),
    CommandOption(
        "out",
        "path",
        (AUDIT,),
        OUTPUT_GROUP,
        "The file to judge; default: RUN/audit.csv.",
        "FILE",
        own_table=True,
    ),
    CommandOption(
        "to",
        "path",
        (GOLD,),
        OUTPUT_GROUP,
        "What to write: a folder of ID.json files, or a file of tasks.",
        "PATH",
        own_table=True,
    ),
    CommandOption(
        "articles",
        "paths",
        (GOLD, AUDIT, REPORT),
        GOLD_GROUP,
        "The articles; default for a run: those it was made from.",
        "DIR",
        own_table=True,
    ),
    CommandOption(
        "annotator",
        "text",
        (GOLD,),
        GOLD_GROUP,
        "Take only the annotations of the person with this id or e-mail address.",
        "NAME",
        own_table=True,
    ),
)
