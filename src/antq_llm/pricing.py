"""What completions cost: by prices that a person gives, else by a packaged snapshot of public prices."""

from __future__ import annotations

from dataclasses import dataclass

from antq_llm.completion import Usage
from antq_llm.errors import ConfigurationError

TOKENS = 1_000_000


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens, in and out; cached tokens count as input."""

    input: float
    output: float

    def __post_init__(self) -> None:
        if not (0 <= self.input < float("inf") and 0 <= self.output < float("inf")):
            raise ConfigurationError("a price is two numbers of at least 0, in US dollars for a million tokens: --price IN,OUT")


def cost_of(usage: Usage, model: str, base_url: str, price: Price | None = None) -> float | None:
    """Return what a completion cost in US dollars, None where model, endpoint or token counts are not known.

    Without a ``price`` it is that of the ``genai-prices`` package for the provider behind ``base_url``: a local server has none.
    """
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    if price is not None:
        return (usage.input_tokens * price.input + usage.output_tokens * price.output) / TOKENS
    import genai_prices

    try:
        found = genai_prices.calc_price(
            genai_prices.Usage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cache_read_tokens=usage.cached_tokens or 0),
            model,
            provider_api_url=base_url,
        )
    except (LookupError, ValueError):
        return None
    return float(found.total_price)


def parse_price(text: str) -> tuple[str | None, Price]:
    """Return the price in ``IN,OUT`` or ``MODEL=IN,OUT``, and the model if one is named; ConfigurationError says what is wrong."""
    model, mark, numbers = text.rpartition("=")
    try:
        into, out = (float(number) for number in numbers.split(","))
    except ValueError:
        raise ConfigurationError(f"{text!r} is no price: write IN,OUT or MODEL=IN,OUT, in US dollars for a million tokens, such as 0.25,2") from None
    return (model if mark else None), Price(into, out)
