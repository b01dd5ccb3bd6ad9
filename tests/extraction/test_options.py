"""Options: values outside their range are refused when they are given."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm import ConfigurationError, Options


@pytest.mark.parametrize(
    "fields",
    [{"concurrency": 0}, {"max_attempts": 0}, {"tries": 0}, {"timeout": 0}, {"mode": "strict"}],
)
def test_impossible_option_is_a_configuration_error(fields: dict[str, Any]) -> None:
    """An option outside its range is a ConfigurationError that names it."""
    with pytest.raises(ConfigurationError, match=next(iter(fields))):
        Options(**fields)


def test_unknown_rule_for_ungrounded_items_is_refused() -> None:
    """An unknown rule for ungrounded items is a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="ungrounded"):
        Options(ungrounded="ignore")  # type: ignore[arg-type]


def test_unknown_language_is_refused() -> None:
    """A language that cannot be read is a ConfigurationError that names the others."""
    with pytest.raises(ConfigurationError, match="unknown language 'fr': choose one of vi, en"):
        Options(language="fr")  # type: ignore[arg-type]
