"""Parsing of prices, and the cost of completions."""

from __future__ import annotations

import pytest

from antq_llm.clients.completion import Usage
from antq_llm.clients.pricing import Price, PriceList, parse_price
from antq_llm.errors import ConfigurationError

OPENAI = "https://api.openai.com/v1/"


def test_known_price_is_charged_per_token() -> None:
    """A million input tokens and a million output tokens of gpt-4o-mini cost 0.75 dollars."""
    cost = PriceList(OPENAI).cost(
        Usage(input_tokens=1_000_000, output_tokens=1_000_000), "gpt-4o-mini"
    )
    assert cost == pytest.approx(0.75)


def test_cached_tokens_are_cheaper() -> None:
    """Cached tokens are part of the input and are charged at their own price."""
    cost = PriceList(OPENAI).cost(
        Usage(input_tokens=1_000_000, output_tokens=0, cached_tokens=1_000_000), "gpt-4o-mini"
    )
    assert cost == pytest.approx(0.075)


def test_unknown_model_has_no_price() -> None:
    """The cost of a model without a known price is None, not 0."""
    assert (
        PriceList(OPENAI).cost(Usage(input_tokens=10, output_tokens=10), "no-such-model-x") is None
    )


@pytest.mark.parametrize("usage", [Usage(), Usage(input_tokens=10), Usage(output_tokens=10)])
def test_unknown_usage_has_no_price(usage: Usage) -> None:
    """The cost is None if a token count is unknown."""
    assert PriceList(OPENAI).cost(usage, "gpt-4o-mini") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.25,2", (None, Price(0.25, 2))), ("a/b=c=1,2.5", ("a/b=c", Price(1, 2.5)))],
)
def test_prices_are_parsed(text: str, expected: tuple[str | None, Price]) -> None:
    """A price is written as two numbers, optionally preceded by a model and an equals sign."""
    assert parse_price(text) == expected


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "m=", "-1,2", "1,nan", "inf,1"])
def test_an_invalid_price_is_refused(text: str) -> None:
    """Anything but two non-negative numbers is refused, and the error shows the expected form."""
    with pytest.raises(ConfigurationError, match="IN,OUT"):
        parse_price(text)


def test_a_batch_costs_what_the_provider_says_else_half() -> None:
    """A batch costs the provider's batch price or half of a price that the user sets."""
    from antq_llm.clients.completion import Usage

    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000, cached_tokens=0)
    openai = "https://api.openai.com/v1"
    assert PriceList(openai, batch=True).cost(usage, "gpt-4o-mini") == pytest.approx(0.375)
    assert PriceList("http://127.0.0.1/v1", {"m": Price(1, 3)}, batch=True).cost(usage, "m") == 2
    assert PriceList("http://127.0.0.1/v1", batch=True).cost(usage, "gpt-4o-mini") is None


def test_a_model_without_a_public_batch_price_costs_half_in_a_batch() -> None:
    """Without a public batch price, a batch costs half the public live price."""
    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000, cached_tokens=0)
    live, batch = (
        PriceList("https://api.deepseek.com", batch=is_batch).cost(usage, "deepseek-chat")
        for is_batch in (False, True)
    )
    assert live is not None
    assert batch == pytest.approx(live / 2)


def test_a_public_batch_price_that_is_not_half_is_kept() -> None:
    """If the provider has a batch price, it applies instead of half the live price."""
    import genai_prices

    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    public = genai_prices.calc_price(
        genai_prices.Usage(input_tokens=1_000_000, output_tokens=1_000_000),
        "grok-4.20",
        provider_id="x-ai",
        price_context={"processing": "batch"},
    )
    live = PriceList("https://api.x.ai/v1").cost(usage, "grok-4.20")
    batch = PriceList("https://api.x.ai/v1", batch=True).cost(usage, "grok-4.20")
    assert batch == pytest.approx(float(public.total_price))
    assert live is not None
    assert live / 2 < batch < live


@pytest.mark.parametrize(("given", "taken"), [(0.0, 0.0), (0.5, 0.5)])
def test_a_price_may_be_zero(given: float, taken: float) -> None:
    """A price may be zero or below one dollar."""
    assert (Price(given, 1.0).input, Price(1.0, given).output) == (taken, taken)


@pytest.mark.parametrize("price", [-0.01, float("inf"), float("nan")])
def test_a_price_is_finite_and_not_negative(price: float) -> None:
    """Negative and infinite prices are refused for input and for output."""
    for prices in ((price, 1.0), (1.0, price)):
        with pytest.raises(ConfigurationError, match="two non-negative numbers"):
            Price(*prices)
