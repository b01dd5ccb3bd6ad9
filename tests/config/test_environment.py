"""Options set by environment variables."""

from __future__ import annotations

import pytest

from antq_llm.config.environment import environment_values, unknown_variables
from antq_llm.errors import ConfigurationError


def test_an_option_is_read_from_its_variable() -> None:
    """ANTQ_LLM_OPTION sets an option of every command that has it."""
    environment = {"ANTQ_LLM_MAX_COST": "2.5"}
    expected = {"max_cost": ("ANTQ_LLM_MAX_COST", 2.5)}
    assert environment_values("extract", environment) == expected
    assert environment_values("eval", environment) == expected


def test_the_variable_of_a_command_comes_first() -> None:
    """ANTQ_LLM_COMMAND_OPTION takes precedence over ANTQ_LLM_OPTION for its command."""
    environment = {"ANTQ_LLM_OUT": "a", "ANTQ_LLM_EVAL_OUT": "b"}
    assert environment_values("extract", environment)["out"][0] == "ANTQ_LLM_OUT"
    assert environment_values("eval", environment)["out"][0] == "ANTQ_LLM_EVAL_OUT"


def test_the_address_of_the_sdk_comes_last() -> None:
    """OPENAI_BASE_URL sets the address unless ANTQ_LLM_BASE_URL is set."""
    environment = {"OPENAI_BASE_URL": "http://a", "ANTQ_LLM_BASE_URL": "http://b"}
    assert environment_values("extract", environment)["base_url"][1] == "http://b"
    del environment["ANTQ_LLM_BASE_URL"]
    assert environment_values("extract", environment)["base_url"][1] == "http://a"


def test_an_empty_variable_is_not_set() -> None:
    """An empty variable counts as not set."""
    assert environment_values("extract", {"ANTQ_LLM_LIMIT": "", "ANTQ_LLM_OFFLINE": ""}) == {}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [("LIMIT", "many", "must be a whole number"), ("VAR", "tone", "must be NAME=VALUE")],
)
def test_a_wrong_value_is_an_error_with_the_variable(name: str, value: str, message: str) -> None:
    """An invalid value raises a ConfigurationError that names the variable."""
    with pytest.raises(ConfigurationError, match=f"ANTQ_LLM_{name}.*{message}"):
        environment_values("extract", {f"ANTQ_LLM_{name}": value})


def test_an_unknown_variable_is_reported() -> None:
    """An unknown variable that begins with ANTQ_LLM_ is reported with the nearest known name."""
    [message] = unknown_variables({"ANTQ_LLM_CONCURENCY": "3", "HOME": "x", "ANTQ_LLM_RPM": "1"})
    assert "ANTQ_LLM_CONCURENCY matches no option" in message
    assert "did you mean ANTQ_LLM_CONCURRENCY?" in message


def test_the_key_has_a_variable_of_its_name() -> None:
    """For an API key in the wrong variable, the message names the right one and hides the key."""
    [message] = unknown_variables({"ANTQ_LLM_API_KEY": "sk-secret"})
    assert "OPENAI_API_KEY" in message
    assert "sk-secret" not in message


def test_known_variables_are_not_reported() -> None:
    """Variables for options, the settings file and the profile are not reported."""
    known = ["CONFIG", "PROFILE", "MODEL", "EXPORT_TO", "EVAL_FAIL_UNDER", "PROMPTS", "DEMO_OUT"]
    assert unknown_variables({f"ANTQ_LLM_{name}": "x" for name in known}) == []
