"""Descriptions and units of the columns that do not come from a record."""

from __future__ import annotations

from antq_llm.tables.run_tables import DROPPED_ITEMS, FAILURES, METADATA, WARNINGS
from antq_llm.tables.table import ARTICLES_TABLE, TableKey

TABLES: dict[TableKey, str] = {
    ARTICLES_TABLE: (
        "One row for each extracted article: how it was extracted, and its record without lists "
        "of objects."
    ),
    FAILURES: "One row for each article without a record.",
    WARNINGS: "One row for each warning about a record.",
    DROPPED_ITEMS: "One row for each item dropped from a record.",
    METADATA: "The metadata that the source gives for each article, extracted or failed.",
}

COLUMNS: dict[tuple[TableKey | None, str], str] = {
    (None, "article_id"): "The article's id, as in records.jsonl or failures.jsonl.",
    (None, "item"): "The zero-based index of the item in its list.",
    (None, "source"): "The file, line or row that the article was read from.",
    (None, "start"): "The offset of the first character of the quote in the article.",
    (None, "end"): "The offset just after the last character of the quote in the article.",
    (None, "match"): "How the quote was found: exact, normalized or fuzzy.",
    (None, "probability"): (
        "The probability that every field of the item is right; empty if not computed."
    ),
    (None, "agreement"): "How far the samples agree on the item, from 0 to 1.",
    (None, "schema"): "The schema of the record.",
    (None, "prompt"): "The prompt that was sent; empty with --model rules.",
    (None, "model"): "The requested model.",
    (None, "prompt_sha256"): "The SHA-256 digest of the prompt.",
    (None, "attempts"): "The number of answers received.",
    (None, "input_tokens"): "The number of tokens sent.",
    (None, "output_tokens"): "The number of tokens in the answers.",
    (None, "cached_tokens"): "The number of tokens sent that the provider had cached.",
    (None, "cost_usd"): (
        "The cost of the answers, at the prices in force when they were received; empty if unknown."
    ),
    (None, "replayed"): "Whether all answers came from a store or recordings.",
    (ARTICLES_TABLE, "warnings"): "The number of warnings.",
    (FAILURES, "type"): "The class of the error.",
    (FAILURES, "kind"): "The kind of the failure.",
    (FAILURES, "message"): "What happened and what to do.",
    (WARNINGS, "item"): "The zero-based index of the warning among its article's warnings.",
    (WARNINGS, "kind"): "The kind of the warning.",
    (WARNINGS, "message"): "The text of the warning.",
    (WARNINGS, "pointer"): "A JSON Pointer to the place in the record that the warning is about.",
    (WARNINGS, "start"): (
        "The offset in the article of the first character of the passage that the warning is about."
    ),
    (WARNINGS, "end"): "The offset just after the last character of the passage.",
    (DROPPED_ITEMS, "item"): "The zero-based index of the item among its article's dropped items.",
    (DROPPED_ITEMS, "message"): "Why the item was dropped.",
    (DROPPED_ITEMS, "quote"): "The quote of the item.",
    (DROPPED_ITEMS, "data"): "The item as JSON.",
    (METADATA, "title"): "The title of the article.",
    (METADATA, "published"): "The publication date, in ISO 8601 format if it could be parsed.",
    (METADATA, "site"): "The site or outlet that published the article.",
    (METADATA, "author"): "The author of the article.",
    (METADATA, "url"): "The URL of the article.",
}
"""Descriptions, keyed by table and column; those under None apply to tables without their own."""

DATE_DESCRIPTIONS = {
    "earliest": "The first day that {field} can mean; empty if the start is not known.",
    "latest": "The last day that {field} can mean; empty if the end is not known.",
    "year": "The year of {field}; empty if it is not known or there are several.",
    "month": "The month of {field}, from 1 to 12; empty if it is not known or there are several.",
}

UNITS = {
    "start": "Unicode code points",
    "end": "Unicode code points",
    "input_tokens": "tokens",
    "output_tokens": "tokens",
    "cached_tokens": "tokens",
    "cost_usd": "US dollars",
}
