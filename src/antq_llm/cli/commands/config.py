"""The ``antq-llm config`` command, which prints the settings of another command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from antq_llm.cli.printing import masked
from antq_llm.cli.tables import print_rows
from antq_llm.config.option_groups import TABLES
from antq_llm.config.resolved_settings import ResolvedSettings, Setting
from antq_llm.core.masking import MASK, masked_url
from antq_llm.errors import ConfigurationError

KEY_VARIABLE = "OPENAI_API_KEY"


def check_command(command: str) -> str:
    """Return a command's name, or raise ConfigurationError if the command has no settings."""
    if command not in TABLES:
        raise ConfigurationError(
            f"there are no settings for {command!r}: name one of {', '.join(TABLES)}"
        )
    return command


def show_settings(settings: ResolvedSettings, *, as_json: bool) -> int:
    """Print the settings of a command and their sources, with secrets masked."""
    rows = [_row(name, setting, as_json=as_json) for name, setting in settings.settings.items()]
    if "base_url" in settings.settings:
        is_set = bool(os.environ.get(KEY_VARIABLE))
        key = Setting(MASK, "environment", KEY_VARIABLE) if is_set else Setting(None, "default")
        rows.append(_row("api_key", key, as_json=as_json))
    print_rows(rows, as_json=as_json)
    return 0


def _row(name: str, setting: Setting, *, as_json: bool) -> dict[str, Any]:
    shown = _shown(name, setting.value)
    return {
        "option": name,
        "value": shown if as_json else _as_text(shown),
        "source": setting.source,
        "from": setting.place or None,
    }


def _shown(name: str, value: Any) -> Any:
    """Return a value in JSON form, with secrets masked."""
    if isinstance(value, list):
        return [_shown(name, item) for item in value]
    if isinstance(value, dict):
        return {key: masked(text) for key, text in value.items()}
    if isinstance(value, str) and name == "base_url":
        return masked_url(value)
    return masked(str(value)) if isinstance(value, str | Path) else value


def _as_text(value: Any) -> str | None:
    if isinstance(value, dict):
        return " ".join(f"{name}={text}" for name, text in value.items())
    if isinstance(value, list):
        return " ".join(map(str, value))
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
