"""The knobs of a run, in one value that is handed through unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from antq_llm.clients.completion import MODES, Mode
from antq_llm.clients.pricing import Price
from antq_llm.core.masking import masked_repr
from antq_llm.errors import ConfigurationError

Ungrounded = Literal["drop", "fail", "keep"]

MAX_SAMPLES = 25
"""More would cost more than the last of them can tell."""
DEFAULT_BUDGETED_OUTPUT = 16_384
"""Tokens that an answer may have where a budget is held and no limit was given: several times what a long article's record takes."""
MIN_CHUNK_CHARACTERS = 1000
"""Characters: in smaller parts the head of the article would leave no room for the rest."""


@dataclass(frozen=True)
class Options:
    """How articles are asked about; every field has the value that suits most runs."""

    base_url: str | None = None
    """An OpenAI-compatible endpoint; None for ``OPENAI_BASE_URL``, else the SDK's default."""
    api_key: str | None = None
    """None for ``OPENAI_API_KEY``."""
    timeout: float = 600.0
    """Seconds that one request may take."""
    tries: int = 6
    """How often one request is sent at the most, where the network or the server fails."""
    mode: Mode | None = None
    """How the schema is put to the endpoint; None for the strictest mode that it takes."""
    temperature: float | None = None
    """None leaves it to the endpoint: some models refuse the parameter."""
    sample: int = 0
    """The number of the answer asked for: another number is another answer to the same request, kept and recorded beside the first."""
    samples: int = 1
    """How often each article is asked about, from ``sample`` on; above 1 the record is voted item by item, and each item has a confidence."""
    escalate: str | None = None
    """A stronger model of the same endpoint, asked anew about each article of which the first one left something open."""
    max_attempts: int = 3
    """How many answers to one article are judged at the most; with ``samples`` or ``escalate``, in each sample and of each model."""
    concurrency: int = 8
    """How many articles are asked about, and held in memory, at a time."""
    rpm: int | None = None
    """How many requests go out in any minute at the most; None for as many as the endpoint takes."""
    tpm: int | None = None
    """How many tokens, in and out, are used in any minute at the most; None for as many as the endpoint takes."""
    max_cost: float | None = None
    """US dollars that a run, with all earlier ones on the same store, may cost at the most; None for no limit."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By model, where a price is not known or another one holds; else those of the ``genai-prices`` package."""
    max_output_tokens: int | None = None
    """Tokens that one answer may have at the most; None leaves it to the endpoint or, where a budget is held, is 16,384. No part of a request's identity."""
    ungrounded: Ungrounded = "drop"
    """What becomes of an item whose quote does not stand in the article after the last attempt."""
    second_look: bool = False
    """Whether a focused question is asked about figures that no item accounts for; it costs a request where there are any."""
    part_characters: int = 24_000
    """Longer articles are asked about in parts of at most so many characters."""
    max_characters: int = 400_000
    """Longer articles are refused."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Values of the prompt's own variables."""
    recordings: Path | None = None
    """Where answers are looked up before a model is asked; offline, None for the packaged recordings."""
    record: Path | None = None
    """Where completions are recorded."""
    prompts: Path | None = None
    """A folder of a person's own prompts."""
    schemas: Path | None = None
    """A folder of a person's own schemas."""

    def __repr__(self) -> str:
        return masked_repr(self)

    @property
    def output_limit(self) -> int | None:
        """The limit that is sent: without one, no answer's cost would be bounded."""
        return (
            DEFAULT_BUDGETED_OUTPUT
            if self.max_output_tokens is None and self.max_cost is not None
            else self.max_output_tokens
        )

    def __post_init__(self) -> None:
        self._check_samples()
        if self.max_cost is not None and not 0 <= self.max_cost < float("inf"):
            raise ConfigurationError("max_cost must be a number of at least 0, in US dollars")
        if self.max_output_tokens is not None and self.max_output_tokens < 1:
            raise ConfigurationError("max_output_tokens must be at least 1")
        if min(self.max_attempts, self.tries, self.concurrency) < 1:
            raise ConfigurationError("max_attempts, tries and concurrency must be at least 1")
        if any(ceiling is not None and ceiling < 1 for ceiling in (self.rpm, self.tpm)):
            raise ConfigurationError("rpm and tpm must be at least 1")
        if self.part_characters < MIN_CHUNK_CHARACTERS or self.max_characters < 1:
            raise ConfigurationError(
                f"part_characters must be at least {MIN_CHUNK_CHARACTERS}, max_characters at least 1"
            )
        if self.ungrounded not in get_args(Ungrounded):
            raise ConfigurationError(
                f"unknown rule {self.ungrounded!r} for ungrounded items: choose one of {', '.join(get_args(Ungrounded))}"
            )
        if self.temperature is not None and not 0 <= self.temperature < float("inf"):
            raise ConfigurationError("temperature must be a number of at least 0")
        if not 0 < self.timeout < float("inf"):
            raise ConfigurationError("timeout must be a number of more than 0 seconds")
        if self.mode is not None and self.mode not in MODES:
            raise ConfigurationError(
                f"unknown mode {self.mode!r}: choose one of {', '.join(MODES)}"
            )

    def _check_samples(self) -> None:
        if self.sample < 0:
            raise ConfigurationError("sample must be at least 0")
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise ConfigurationError(f"samples must be 1 to {MAX_SAMPLES}")
        if self.escalate is not None and not self.escalate.strip():
            raise ConfigurationError(
                "escalate names no model: give the name of a stronger one, or leave it out"
            )
