"""Options that ``extract``, ``eval`` and ``improve`` share."""

from __future__ import annotations

from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import (
    ANSWER_GROUP,
    EVAL,
    EXTRACT,
    IMPROVE,
    MODEL_GROUP,
    PROMPT_GROUP,
    RATE_GROUP,
    RECORDING_GROUP,
)

_ALL = (EXTRACT, EVAL, IMPROVE)


EXTRACTION_OPTIONS = (
    CommandOption(
        "schema",
        "schema",
        (*_ALL, "recheck", "diff"),
        PROMPT_GROUP,
        "A schema: name, name/N, a JSON Schema file, or package.module:Model.",
        "REF",
        completes="schemas",
    ),
    CommandOption(
        "var",
        "variables",
        _ALL,
        PROMPT_GROUP,
        "The value of a variable of the prompt.",
        "NAME=VALUE",
    ),
    CommandOption(
        "prompts",
        "path",
        (*_ALL, "prompts"),
        PROMPT_GROUP,
        "A folder of your own prompts.",
        "DIR",
    ),
    CommandOption(
        "schemas",
        "path",
        (*_ALL, "schemas"),
        PROMPT_GROUP,
        "A folder of your own schemas.",
        "DIR",
    ),
    CommandOption(
        "model", "text", _ALL, MODEL_GROUP, "The model to ask; default: ANTQ_LLM_MODEL.", "NAME"
    ),
    CommandOption(
        "base_url",
        "text",
        _ALL,
        MODEL_GROUP,
        "The endpoint; default: OPENAI_BASE_URL, else the SDK's.",
        "URL",
        aliases=("OPENAI_BASE_URL",),
    ),
    CommandOption(
        "mode",
        "text",
        _ALL,
        MODEL_GROUP,
        "json_schema, tools, json or md_json; default: the strictest that works.",
        "MODE",
        choices=("json_schema", "tools", "json", "md_json"),
    ),
    CommandOption(
        "temperature",
        "number",
        _ALL,
        MODEL_GROUP,
        "Sampling temperature; default: the endpoint's.",
        "T",
    ),
    CommandOption(
        "max_output_tokens",
        "integer",
        _ALL,
        MODEL_GROUP,
        "Tokens per answer, at most; default: the endpoint's, or 16384 with --max-cost.",
        "N",
    ),
    CommandOption(
        "timeout",
        "number",
        _ALL,
        MODEL_GROUP,
        "Seconds per request, at most.",
        "S",
        default=600.0,
    ),
    CommandOption(
        "language",
        "text",
        _ALL,
        ANSWER_GROUP,
        "The articles' language, vi or en; default: detected for each.",
        "CODE",
        choices=("vi", "en"),
    ),
    CommandOption(
        "max_attempts",
        "integer",
        _ALL,
        ANSWER_GROUP,
        "Answers per article, at most.",
        "N",
        default=3,
    ),
    CommandOption(
        "concurrency", "integer", _ALL, RATE_GROUP, "Articles in parallel.", "N", default=8
    ),
    CommandOption(
        "rpm",
        "integer",
        _ALL,
        RATE_GROUP,
        "Requests per minute, at most; default: what the endpoint allows.",
        "N",
    ),
    CommandOption(
        "tpm",
        "integer",
        _ALL,
        RATE_GROUP,
        "Input and output tokens per minute, at most.",
        "N",
    ),
    CommandOption(
        "retries",
        "integer",
        _ALL,
        RATE_GROUP,
        "Times to send a request again when the network or the server fails; 0 for never.",
        "N",
        default=5,
    ),
    CommandOption(
        "max_cost",
        "number",
        _ALL,
        RATE_GROUP,
        "Budget of all calls with the same store (in --out).",
        "USD",
    ),
    CommandOption(
        "price",
        "texts",
        _ALL,
        RATE_GROUP,
        "US dollars per million input and output tokens; MODEL=IN,OUT for another model.",
        "IN,OUT",
    ),
    CommandOption(
        "offline",
        "flag",
        _ALL,
        RECORDING_GROUP,
        "Answer from recordings, without opening a socket.",
        default=False,
    ),
    CommandOption(
        "recordings",
        "path",
        _ALL,
        RECORDING_GROUP,
        "Look for answers here first; default with --offline: the packaged ones.",
        "DIR",
    ),
    CommandOption("record", "path", _ALL, RECORDING_GROUP, "Record completions here.", "DIR"),
)
