"""Options that ``extract`` and ``eval`` share."""

from __future__ import annotations

from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import (
    ANSWER_GROUP,
    EVAL,
    EXTRACT,
    MODEL_GROUP,
    PROMPT_GROUP,
    RATE_GROUP,
    RECORDING_GROUP,
)

_BOTH = (EXTRACT, EVAL)


EXTRACTION_OPTIONS = (
    CommandOption(
        "schema",
        "schema",
        _BOTH,
        PROMPT_GROUP,
        "A schema: name, name/N, a JSON Schema file, or package.module:Model.",
        "REF",
        completes="schemas",
    ),
    CommandOption(
        "var",
        "variables",
        _BOTH,
        PROMPT_GROUP,
        "The value of a variable of the prompt.",
        "NAME=VALUE",
    ),
    CommandOption(
        "prompts",
        "path",
        (*_BOTH, "prompts"),
        PROMPT_GROUP,
        "A folder of your own prompts.",
        "DIR",
    ),
    CommandOption(
        "schemas",
        "path",
        (*_BOTH, "schemas"),
        PROMPT_GROUP,
        "A folder of your own schemas.",
        "DIR",
    ),
    CommandOption(
        "model", "text", _BOTH, MODEL_GROUP, "The model to ask; default: ANTQ_LLM_MODEL.", "NAME"
    ),
    CommandOption(
        "base_url",
        "text",
        _BOTH,
        MODEL_GROUP,
        "The endpoint; default: OPENAI_BASE_URL, else the SDK's.",
        "URL",
        aliases=("OPENAI_BASE_URL",),
    ),
    CommandOption(
        "mode",
        "text",
        _BOTH,
        MODEL_GROUP,
        "json_schema, tools, json or md_json; default: the strictest that works.",
        "MODE",
        choices=("json_schema", "tools", "json", "md_json"),
    ),
    CommandOption(
        "temperature",
        "number",
        _BOTH,
        MODEL_GROUP,
        "Sampling temperature; default: the endpoint's.",
        "T",
    ),
    CommandOption(
        "max_output_tokens",
        "integer",
        _BOTH,
        MODEL_GROUP,
        "Tokens per answer, at most; default: the endpoint's, or 16384 with --max-cost.",
        "N",
    ),
    CommandOption(
        "timeout",
        "number",
        _BOTH,
        MODEL_GROUP,
        "Seconds per request, at most.",
        "S",
        default=600.0,
    ),
    CommandOption(
        "language",
        "text",
        _BOTH,
        ANSWER_GROUP,
        "The articles' language, vi or en; default: detected for each.",
        "CODE",
        choices=("vi", "en"),
    ),
    CommandOption(
        "max_attempts",
        "integer",
        _BOTH,
        ANSWER_GROUP,
        "Answers per article, at most.",
        "N",
        default=3,
    ),
    CommandOption(
        "concurrency", "integer", _BOTH, RATE_GROUP, "Articles in parallel.", "N", default=8
    ),
    CommandOption(
        "rpm",
        "integer",
        _BOTH,
        RATE_GROUP,
        "Requests per minute, at most; default: what the endpoint allows.",
        "N",
    ),
    CommandOption(
        "tpm",
        "integer",
        _BOTH,
        RATE_GROUP,
        "Input and output tokens per minute, at most.",
        "N",
    ),
    CommandOption(
        "retries",
        "integer",
        _BOTH,
        RATE_GROUP,
        "Times to send a request again when the network or the server fails; 0 for never.",
        "N",
        default=5,
    ),
    CommandOption(
        "max_cost",
        "number",
        _BOTH,
        RATE_GROUP,
        "Budget of all calls with the same store (in --out).",
        "USD",
    ),
    CommandOption(
        "price",
        "texts",
        _BOTH,
        RATE_GROUP,
        "US dollars per million input and output tokens; MODEL=IN,OUT for another model.",
        "IN,OUT",
    ),
    CommandOption(
        "offline",
        "flag",
        _BOTH,
        RECORDING_GROUP,
        "Answer from recordings, without opening a socket.",
        default=False,
    ),
    CommandOption(
        "recordings",
        "path",
        _BOTH,
        RECORDING_GROUP,
        "Look for answers here first; default with --offline: the packaged ones.",
        "DIR",
    ),
    CommandOption("record", "path", _BOTH, RECORDING_GROUP, "Record completions here.", "DIR"),
)
