"""Contradictory settings of a run, and the settings in run.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.extraction.options import Options
from antq_llm.runs.settings import RunSettings


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"limit": 0}, "--limit must be at least 1"),
        ({"options": Options(escalate="rules")}, "--escalate must name a stronger model"),
        ({"out": None, "retry_failed": True}, "--retry-failed needs --out"),
        ({"out": None, "duplicates": 0.8}, "--duplicates needs --out"),
        ({"model": "rules", "duplicates": 0.8}, "--model rules sends none"),
        ({"out": None, "batch": True}, "--batch needs --out"),
        ({"offline": True, "batch": True}, "--offline"),
        ({"model": "rules", "batch": True}, "rules"),
        ({"inputs": ("-",), "batch": True}, "standard input"),
    ],
)
def test_settings_that_contradict_each_other(settings: dict[str, Any], words: str) -> None:
    """Contradictory settings raise a ConfigurationError that names them."""
    usable = {"inputs": ("in.jsonl",), "options": Options(), "out": Path("out"), "model": "m"}
    RunSettings(**usable)
    with pytest.raises(ConfigurationError, match=words):
        RunSettings(**{**usable, **settings})


def test_settings_as_json_values_have_no_secret() -> None:
    """The settings for run.json omit the API key and any user name and password in the base URL."""
    options = Options(api_key="key-x", base_url="http://user:secret@x.org/v1", record=Path("rec"))
    found = RunSettings(("in.jsonl",), options, prompt=Path("p.md")).as_dict()
    assert "api_key" not in found
    assert "secret" not in found["base_url"]
    assert (found["prompt"], found["record"]) == ("p.md", "rec")
    assert list(found)[:5] == ["inputs", "prompt", "schema", "model", "offline"]


def test_settings_as_json_values_have_the_language() -> None:
    """The language in run.json is the one that is named, or null if it is detected."""
    assert RunSettings(("in.jsonl",), Options(language="en")).as_dict()["language"] == "en"
    assert RunSettings(("in.jsonl",), Options()).as_dict()["language"] is None
