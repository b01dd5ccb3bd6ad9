"""The cost of completions, from the user's prices or a packaged snapshot of public prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from antq_llm.clients.completion import Usage
from antq_llm.core.masking import masked_repr, masked_url
from antq_llm.errors import ConfigurationError

TOKENS_PER_PRICE = 1_000_000
BATCH_SHARE = 0.5
"""Ratio of the batch price to the live price.
Source: the pricing section of OpenAI's guide to the Batch API.
"""


@dataclass(frozen=True)
class Price:
    """A price in US dollars per million input and output tokens; cached tokens count as input."""

    input: float
    output: float

    def __post_init__(self) -> None:
        if not (0 <= self.input < float("inf") and 0 <= self.output < float("inf")):
            raise ConfigurationError(
                "a price must be two non-negative numbers, in US dollars per million tokens: use "
                "--price IN,OUT"
            )


@dataclass(frozen=True)
class PriceList:
    """The prices of an endpoint's models.

    The price of a model that is not in ``prices`` comes from the ``genai-prices`` package, which
    identifies providers by ``base_url`` and does not know local servers.
    """

    base_url: str
    prices: Mapping[str, Price] = field(default_factory=dict)
    """The user's prices, by model."""
    batch: bool = False
    """Whether requests go through the Batch API."""

    def __repr__(self) -> str:
        return masked_repr(self)

    def cost(self, usage: Usage, model: str) -> float | None:
        """Return the cost in US dollars; None if the price or a token count is unknown."""
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        if price := self.prices.get(model):
            total = usage.input_tokens * price.input + usage.output_tokens * price.output
            live = total / TOKENS_PER_PRICE
            return live * BATCH_SHARE if self.batch else live
        live_price = _public_price(usage, model, self.base_url, processing=None)
        if live_price is None or not self.batch:
            return live_price
        # The package returns the live price for models without a batch price.
        batch_price = _public_price(usage, model, self.base_url, processing="batch")
        if batch_price is not None and batch_price < live_price:
            return batch_price
        return live_price * BATCH_SHARE

    def max_cost(self, model: str, size: int, max_output: int) -> float | None:
        """Return the maximum cost of a request in US dollars; None if the price is unknown.

        The body has ``size`` bytes, and thus at most that many tokens; the answer has at most
        ``max_output`` tokens.
        """
        return self.cost(Usage(input_tokens=size, output_tokens=max_output, cached_tokens=0), model)

    def check(self, models: Iterable[str]) -> None:
        """Raise ConfigurationError for the first model without a known price."""
        for model in models:
            if self.cost(Usage(input_tokens=1, output_tokens=1, cached_tokens=0), model) is None:
                raise self.unknown_price(model)

    def unknown_price(self, model: str) -> ConfigurationError:
        """Return the error for a model with an unknown price, whose cost cannot be limited."""
        return ConfigurationError(
            f"the price of {model} at {masked_url(self.base_url)} is unknown, so its cost "
            f"cannot be limited: set the price with --price {model}=IN,OUT, in US dollars per "
            "million tokens"
        )


def _public_price(
    usage: Usage, model: str, base_url: str, *, processing: str | None
) -> float | None:
    import genai_prices

    tokens = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens or 0,
    )
    context = {"processing": processing} if processing else None
    try:
        price = genai_prices.calc_price(
            tokens, model, provider_api_url=base_url, price_context=context
        )
        return float(price.total_price)
    except (LookupError, ValueError):
        return None


def parse_price(text: str) -> tuple[str | None, Price]:
    """Parse ``IN,OUT`` or ``MODEL=IN,OUT``; return the model, or None, and the price.

    Raises ConfigurationError for anything else.
    """
    model, separator, numbers = text.rpartition("=")
    try:
        input_price, output_price = (float(number) for number in numbers.split(","))
    except ValueError:
        raise ConfigurationError(
            f"{text!r} is not a price: write IN,OUT or MODEL=IN,OUT, in US dollars per million "
            "tokens, such as 0.25,2"
        ) from None
    return (model if separator else None), Price(input_price, output_price)
