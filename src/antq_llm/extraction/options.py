"""The settings of an extraction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from antq_llm.articles.metadata import MetadataUse
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.clients.completion import MODES, Mode
from antq_llm.clients.pricing import Price
from antq_llm.core.field_docs import with_field_docs
from antq_llm.core.masking import masked_repr
from antq_llm.errors import ConfigurationError, encodable
from antq_llm.mentions.language import LANGUAGE_CODES, LanguageCode
from antq_llm.prompts.prompt import ARTICLE_VARIABLE, VARIABLE_NAME

Ungrounded = Literal["drop", "fail", "keep"]

MAX_SAMPLES = 25
DEFAULT_BUDGETED_OUTPUT = 16_384
"""The default output limit under a budget, in tokens: several times what a long article needs."""
MIN_CHUNK_CHARACTERS = 1000
"""The smallest allowed value of ``Options.part_characters``."""


@with_field_docs
@dataclass(frozen=True)
class Options:
    """Settings of an extraction; the defaults suit most runs."""

    base_url: str | None = None
    """URL of an OpenAI-compatible endpoint. Default: ``OPENAI_BASE_URL``, or the SDK's default."""
    api_key: str | None = None
    """API key. Default: ``OPENAI_API_KEY``."""
    timeout: float = 600.0
    """Timeout of one request, in seconds."""
    tries: int = 6
    """Maximum number of times to send a request if the network or the server fails."""
    retries: int | None = None
    """Maximum number of times to resend a request; 0 disables retries. Default: ``tries`` - 1."""
    mode: Mode | None = None
    """How to pass the schema to the endpoint. Default: the strictest mode that it accepts."""
    temperature: float | None = None
    """Sampling temperature. Default: not sent, because some models refuse the parameter."""
    sample: int = 0
    """Sample index: a different number gives an independent answer to the same request."""
    samples: int = 1
    """Number of independent answers per article, at most 25; the first has the index ``sample``.

    Several samples vote on each item of the record, and each item gets a confidence.
    """
    escalate: str | None = None
    """A stronger model, asked if the first model fails or problems remain in its record.

    Both models must be available at the same endpoint. Default: none.
    """
    max_attempts: int = 3
    """Maximum number of answers to check per article or chunk, for each sample and model."""
    concurrency: int = 8
    """Number of articles to process in parallel."""
    rpm: int | None = None
    """Requests per minute, at most. Default: as many as the endpoint accepts."""
    tpm: int | None = None
    """Input and output tokens per minute, at most. Default: as many as the endpoint accepts."""
    max_cost: float | None = None
    """Budget in US dollars for an ``Extractor``, or for all runs with the same store.

    Default: no limit.
    """
    prices: Mapping[str, Price] = field(default_factory=dict)
    """Prices by model. Default for a model: its price in the ``genai-prices`` package."""
    max_output_tokens: int | None = None
    """Output tokens per answer, at most; not part of the request digest.

    Default: the endpoint's limit, or 16,384 under a budget.
    """
    ungrounded: Ungrounded = "drop"
    """What to do with items that the article does not support: drop, fail or keep."""
    second_look: bool = False
    """Whether to ask, in one more request, about figures of the article that are in no item."""
    second_look_samples: int = 0
    """Number of further answers (2 to 25) to request for articles with unsure items; 0 for none.

    An unsure item is replaced if all further answers agree on another item. Needs ``second_look``;
    see ``docs/confidence.md``.
    """
    part_characters: int = 24_000
    """Maximum length of a chunk, in characters; longer articles are split."""
    max_characters: int = 400_000
    """Maximum length of an article, in characters; longer articles are refused."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Values of the prompt's variables, by name; part of the request digest."""
    recordings: Path | None = None
    """Folder of recordings to answer from. Default: the packaged ones offline, otherwise none."""
    record: Path | None = None
    """Folder in which to record completions. Default: completions are not recorded."""
    prompts: Path | None = None
    """Folder of your own prompts."""
    schemas: Path | None = None
    """Folder of your own schemas."""
    metadata: MetadataUse = "use"
    """Whether to read and send the metadata of articles: ``use`` or ``ignore``."""
    confidence: bool = False
    """Whether to compute the probability that each item is right; this sends no requests."""
    calibration: Path | None = None
    """A calibration file written by ``antq-llm calibrate``. Default: the packaged one."""
    language: LanguageCode | None = None
    """The language of the articles: ``vi`` or ``en``. Default: detected for each article."""

    def __repr__(self) -> str:
        return masked_repr(self)

    @property
    def reading(self) -> ReadingOptions:
        """The options for reading an article from a path."""
        return ReadingOptions(metadata=self.metadata)

    @property
    def output_limit(self) -> int | None:
        """The output limit to send; under a budget, there is always one, to bound the cost."""
        return (
            DEFAULT_BUDGETED_OUTPUT
            if self.max_output_tokens is None and self.max_cost is not None
            else self.max_output_tokens
        )

    @property
    def max_tries(self) -> int:
        """The maximum number of times to send a request, from ``retries`` or else ``tries``."""
        return self.tries if self.retries is None else self.retries + 1

    def __post_init__(self) -> None:
        self._check_samples()
        self._check_variables()
        if self.max_cost is not None and not 0 <= self.max_cost < float("inf"):
            raise ConfigurationError("max_cost must be a finite number of US dollars, at least 0")
        if self.max_output_tokens is not None and self.max_output_tokens < 1:
            raise ConfigurationError("max_output_tokens must be at least 1")
        if min(self.max_attempts, self.tries, self.concurrency) < 1:
            raise ConfigurationError("max_attempts, tries and concurrency must be at least 1")
        if self.retries is not None and self.retries < 0:
            raise ConfigurationError("retries must be at least 0; 0 turns retries off")
        if any(limit is not None and limit < 1 for limit in (self.rpm, self.tpm)):
            raise ConfigurationError("rpm and tpm must be at least 1")
        if self.part_characters < MIN_CHUNK_CHARACTERS or self.max_characters < 1:
            raise ConfigurationError(
                f"part_characters must be at least {MIN_CHUNK_CHARACTERS}, "
                "and max_characters must be at least 1"
            )
        if self.temperature is not None and not 0 <= self.temperature < float("inf"):
            raise ConfigurationError("temperature must be a finite number, at least 0")
        if not 0 < self.timeout < float("inf"):
            raise ConfigurationError("timeout must be a finite number of seconds, more than 0")
        self._check_choices()
        self._check_encodable()

    def _check_samples(self) -> None:
        if self.sample < 0:
            raise ConfigurationError("sample must be at least 0")
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise ConfigurationError(f"samples must be from 1 to {MAX_SAMPLES}")
        if self.second_look_samples and not 2 <= self.second_look_samples <= MAX_SAMPLES:
            raise ConfigurationError(f"second_look_samples must be 0, or from 2 to {MAX_SAMPLES}")
        if self.escalate is not None and not self.escalate.strip():
            raise ConfigurationError(
                "escalate names no model: name a stronger model, or leave escalate out"
            )

    def _check_encodable(self) -> None:
        if self.escalate and encodable(self.escalate) != self.escalate:
            raise ConfigurationError(
                f"escalate {self.escalate!r} has characters that cannot be sent: correct it"
            )

    def _check_variables(self) -> None:
        for name, value in self.variables.items():
            if not isinstance(name, str) or not re.fullmatch(VARIABLE_NAME, name):
                raise ConfigurationError(
                    f"{name!r} cannot be the name of a variable: use only letters, digits and _, "
                    "as in {{name}} in the prompt"
                )
            if name == ARTICLE_VARIABLE:
                raise ConfigurationError(
                    "the variable 'article' always contains the article: leave it out"
                )
            if not isinstance(value, str):
                raise ConfigurationError(
                    f"the value of the variable {name} must be text, not {value!r}"
                )
            if encodable(value) != value:
                raise ConfigurationError(
                    f"the value of the variable {name} is not valid UTF-8: correct it"
                )

    def _check_choices(self) -> None:
        if self.ungrounded not in get_args(Ungrounded):
            raise ConfigurationError(
                f"unknown value {self.ungrounded!r} for ungrounded: "
                f"choose one of {', '.join(get_args(Ungrounded))}"
            )
        if self.language is not None and self.language not in LANGUAGE_CODES:
            raise ConfigurationError(
                f"unknown language {self.language!r}: choose one of {', '.join(LANGUAGE_CODES)}"
            )
        if self.metadata not in get_args(MetadataUse):
            raise ConfigurationError(
                f"unknown value {self.metadata!r} for metadata: choose 'use' or 'ignore'"
            )
        if self.mode is not None and self.mode not in MODES:
            raise ConfigurationError(
                f"unknown mode {self.mode!r}: choose one of {', '.join(MODES)}"
            )
