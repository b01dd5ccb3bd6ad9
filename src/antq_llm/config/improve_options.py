"""Options of ``improve`` alone."""

from __future__ import annotations

from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import GOLD_GROUP, IMPROVE, OUTPUT_GROUP

SEARCH_GROUP = "Search"

FIRST_IMPROVE_OPTIONS = (
    CommandOption(
        "gold",
        "path",
        (IMPROVE,),
        GOLD_GROUP,
        "Folder of gold annotations, in files named ARTICLE_ID.json.",
        "DIR",
        required=True,
    ),
    CommandOption(
        "articles",
        "paths",
        (IMPROVE,),
        GOLD_GROUP,
        "The articles with gold annotations.",
        "DIR",
        required=True,
    ),
    CommandOption(
        "max_trials",
        "integer",
        (IMPROVE,),
        SEARCH_GROUP,
        "Approximate number of trials while optimising; each extracts one article.",
        "N",
        default=100,
    ),
    CommandOption(
        "held_out",
        "number",
        (IMPROVE,),
        SEARCH_GROUP,
        "Share of the articles to hold out for the test.",
        "SHARE",
        default=0.5,
    ),
    CommandOption(
        "examples",
        "integer",
        (IMPROVE,),
        SEARCH_GROUP,
        "Number of worked examples to choose from the training articles.",
        "N",
        default=0,
    ),
    CommandOption(
        "seed",
        "integer",
        (IMPROVE,),
        SEARCH_GROUP,
        "Seed of the split and the search.",
        "N",
        default=0,
    ),
    CommandOption(
        "reviser",
        "text",
        (IMPROVE,),
        SEARCH_GROUP,
        "The model that revises the instructions; default: --model.",
        "NAME",
    ),
)
"""The options that come first in the help."""

IMPROVE_OPTIONS = (
    CommandOption(
        "out",
        "path",
        (IMPROVE,),
        OUTPUT_GROUP,
        "Keep all answers and improvement.json here; run the same command again to continue.",
        "DIR",
        required=True,
    ),
)
