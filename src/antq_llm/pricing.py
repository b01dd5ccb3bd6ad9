"""What completions cost, from a packaged snapshot of public prices."""

from __future__ import annotations

from antq_llm.completion import Usage


def cost_of(usage: Usage, model: str, base_url: str) -> float | None:
    """Return the price of a completion in US dollars, None where model, endpoint or token counts are not known.

    Prices are those of the ``genai-prices`` package for the provider behind ``base_url``: a local server has none.
    """
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    import genai_prices

    try:
        price = genai_prices.calc_price(
            genai_prices.Usage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cache_read_tokens=usage.cached_tokens or 0),
            model,
            provider_api_url=base_url,
        )
    except (LookupError, ValueError):
        return None
    return float(price.total_price)
