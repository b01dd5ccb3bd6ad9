"""The validation of options when they are created, and the number of tries."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm import ConfigurationError, Options


@pytest.mark.parametrize(
    "fields",
    [{"concurrency": 0}, {"max_attempts": 0}, {"tries": 0}, {"timeout": 0}, {"mode": "strict"}],
)
def test_impossible_option_is_a_configuration_error(fields: dict[str, Any]) -> None:
    """An option with an invalid value raises a ConfigurationError that names the option."""
    with pytest.raises(ConfigurationError, match=next(iter(fields))):
        Options(**fields)


def test_unknown_rule_for_ungrounded_items_is_refused() -> None:
    """An unknown value of ``ungrounded`` raises a ConfigurationError that names the option."""
    with pytest.raises(ConfigurationError, match="ungrounded"):
        Options(ungrounded="ignore")  # type: ignore[arg-type]


def test_unknown_language_is_refused() -> None:
    """An unsupported language raises a ConfigurationError that names the supported ones."""
    with pytest.raises(ConfigurationError, match="unknown language 'fr': choose one of vi, en"):
        Options(language="fr")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"article": "x"}, "'article' always contains the article"),
        ({"two words": "x"}, "'two words' cannot be the name"),
        ({"": "x"}, "'' cannot be the name"),
        ({"tone": 5}, "tone must be text, not 5"),
        ({"tone": "\udcff"}, "tone is not valid UTF-8"),
    ],
)
def test_a_variable_that_no_prompt_can_use_is_refused(
    variables: dict[str, Any], message: str
) -> None:
    """A variable with an invalid name or value raises a ConfigurationError that names it."""
    with pytest.raises(ConfigurationError, match=message):
        Options(variables=variables)


@pytest.mark.parametrize(
    ("fields", "tries"), [({}, 6), ({"tries": 2}, 2), ({"retries": 0}, 1), ({"retries": 3}, 4)]
)
def test_retries_come_after_the_first_try(fields: dict[str, int], tries: int) -> None:
    """The number of tries is ``retries`` plus one; if ``retries`` is not given, it is ``tries``."""
    assert Options(**fields).max_tries == tries  # type: ignore[arg-type]


def test_negative_retries_are_refused() -> None:
    """Negative ``retries`` raise a ConfigurationError that says how to turn retries off."""
    with pytest.raises(ConfigurationError, match="retries must be at least 0; 0 turns retries off"):
        Options(retries=-1)
