"""Options of ``extract`` alone."""

from __future__ import annotations

from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import (
    ANSWER_GROUP,
    ARTICLE_GROUP,
    EXTRACT,
    MODEL_GROUP,
    OUTPUT_GROUP,
    PROMPT_GROUP,
)

FIRST_EXTRACT_OPTIONS = (
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
        "only_this_call",
        "flag",
        (EXTRACT,),
        OUTPUT_GROUP,
        "With --out: leave articles of earlier calls out of the files.",
        default=False,
    ),
    CommandOption(
        "keep_answers",
        "integer",
        (EXTRACT,),
        OUTPUT_GROUP,
        "With --out: delete stored answers that are older; their records stay.",
        "DAYS",
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
"""Those that come first in the help."""

EXTRACT_OPTIONS = (
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
        "files_from",
        "path",
        (EXTRACT,),
        ARTICLE_GROUP,
        "Read the inputs in this file too, one per line; - for standard input.",
        "LIST",
    ),
    CommandOption(
        "text_field",
        "text",
        (EXTRACT,),
        ARTICLE_GROUP,
        "The field of tables with the text; default: guessed and shown, as all fields are.",
        "FIELD",
    ),
    CommandOption(
        "id_field", "text", (EXTRACT,), ARTICLE_GROUP, "The field with the article's id.", "FIELD"
    ),
    CommandOption(
        "title_field", "text", (EXTRACT,), ARTICLE_GROUP, "The field with the title.", "FIELD"
    ),
    CommandOption(
        "date_field",
        "text",
        (EXTRACT,),
        ARTICLE_GROUP,
        "The field with the date of publication.",
        "FIELD",
    ),
    CommandOption(
        "keep",
        "texts",
        (EXTRACT,),
        ARTICLE_GROUP,
        "Further fields for the metadata, separated by commas; may be repeated.",
        "FIELD",
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
