"""Names of attributes and metrics: OpenTelemetry's names and antq_llm's own.

The names for generative AI are still in development at
https://github.com/open-telemetry/semantic-conventions-genai, and OpenTelemetry's packages have only
deprecated copies of them.
"""

from __future__ import annotations

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
WORKFLOW = "gen_ai.workflow.name"
OUTPUT_TYPE = "gen_ai.output.type"
REQUEST_MODEL = "gen_ai.request.model"
REQUEST_PREFIX = "gen_ai.request."
"""The prefix of the names of sampling parameters."""
RESPONSE_MODEL = "gen_ai.response.model"
FINISH_REASONS = "gen_ai.response.finish_reasons"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - a name
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"
SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"
ERROR_TYPE = "error.type"
HTTP_STATUS = "http.response.status_code"

ARTICLE = "antq_llm.article.id"
PROMPT = "antq_llm.prompt"
SCHEMA = "antq_llm.schema"
SAMPLE = "antq_llm.sample"
REASK = "antq_llm.reask"
RETRIES = "antq_llm.retries"
ATTEMPTS = "antq_llm.attempts"
REPLAYED = "antq_llm.replayed"
DROPPED = "antq_llm.dropped_items"
WARNINGS = "antq_llm.warnings"
COST = "antq_llm.cost_usd"
OUTCOME = "antq_llm.outcome"
"""The outcome of an article: ``record`` or ``failure``."""
RUN_PREFIX = "antq_llm.run."
"""The prefix of the names of a run's totals."""

TOKEN_USAGE_METRIC = "gen_ai.client.token.usage"  # noqa: S105 - a name
DURATION_METRIC = "gen_ai.client.operation.duration"
COST_METRIC = "antq_llm.client.cost"
RETRIES_METRIC = "antq_llm.client.retries"
ARTICLES_METRIC = "antq_llm.articles"

TOKEN_BOUNDARIES = tuple(4**power for power in range(14))
DURATION_BOUNDARIES = tuple(0.01 * 2**power for power in range(14))
"""The bucket boundaries of the duration histogram, in seconds."""
