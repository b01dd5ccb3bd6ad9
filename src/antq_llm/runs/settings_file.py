"""The settings of a run, built from option values or, in Python code, from a settings file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.config.option import CommandOption
from antq_llm.config.option_groups import EXTRACT
from antq_llm.config.option_table import options_of
from antq_llm.config.resolved_settings import resolve_settings
from antq_llm.config.values import WrongValue, check_value, nearest
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.client_factory import prices_of
from antq_llm.extraction.options import Options
from antq_llm.prompts.registry import is_reference
from antq_llm.runs.settings import RunSettings
from antq_llm.schemas.registry import DEFAULT_SCHEMA


def read_run_settings(
    inputs: Iterable[str | Path],
    file: str | Path,
    profile: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    **overrides: Any,
) -> RunSettings:
    """Return the settings that ``antq-llm extract --config FILE`` would use for ``inputs``.

    ``overrides`` are options, named as in the file; they take precedence over the file.
    ``environment``, such as ``os.environ``, takes precedence over the file but not over
    ``overrides``; by default, ``ANTQ_LLM_…`` variables are not read. Raises ConfigurationError if
    the file, the profile or an override cannot be used.
    """
    values = _read_values(file, profile, environment, overrides)
    return run_settings_from([str(path) for path in inputs], values)


def read_options(
    file: str | Path,
    profile: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    **overrides: Any,
) -> Options:
    """Return the options of an ``Extractor`` from a settings file; see ``read_run_settings``."""
    return options_from(_read_values(file, profile, environment, overrides))


def run_settings_from(inputs: Iterable[str], values: Mapping[str, Any]) -> RunSettings:
    """Return the settings of a run; ``values`` maps all ``extract`` options to their values."""
    return RunSettings(
        inputs=tuple(inputs),
        options=options_from(values),
        files_from=values["files_from"],
        fields=ReadingOptions(
            text_field=values["text_field"],
            id_field=values["id_field"],
            title_field=values["title_field"],
            date_field=values["date_field"],
            keep=tuple(_names(values["keep"] or ())),
            metadata=values["metadata"],
        ),
        out=values["out"],
        prompt=_prompt_source(values["prompt"]),
        schema=schema_source(values["schema"]),
        model=values["model"],
        offline=values["offline"],
        limit=values["limit"],
        retry_failed=values["retry_failed"],
        duplicates=_threshold(values["duplicate_threshold"]) if values["duplicates"] else None,
        batch=values["batch"],
        only_this_call=values["only_this_call"],
        keep_answers=values["keep_answers"],
        store=values["store"],
        processes=values["processes"],
    )


def options_from(values: Mapping[str, Any]) -> Options:
    """Return the options of an extraction; ``values`` maps a command's options to their values."""
    names = {field.name for field in fields(Options)}
    return Options(
        **{name: value for name, value in values.items() if name in names},
        prices=prices_of(values["price"] or (), values["model"]),
        variables=values["var"] or {},
    )


def schema_source(schema: str | None) -> str | Path | None:
    """Return the reference or file that ``--schema`` names, or None if the option is not given."""
    if schema is None:
        return None
    if not schema.strip():
        raise ConfigurationError(
            "--schema is empty: name a JSON Schema file, package.module:Model, or a reference such "
            f"as {DEFAULT_SCHEMA}"
        )
    return Path(schema) if schema.endswith(".json") or "\\" in schema else schema


def _read_values(
    file: str | Path,
    profile: str | None,
    environment: Mapping[str, str] | None,
    overrides: Mapping[str, Any],
) -> dict[str, Any]:
    known = {option.name: option for option in options_of(EXTRACT)}
    if unknown := sorted(overrides.keys() - known):
        raise ConfigurationError(f"unknown option {unknown[0]!r}{nearest(unknown[0], known)}")
    given = {name: _checked(known[name], value) for name, value in overrides.items()}
    return resolve_settings(
        EXTRACT,
        given,
        config=Path(file),
        profile=profile,
        environment=environment or {},
        folder=None,
    ).values


def _checked(option: CommandOption, value: Any) -> Any:
    """Check and return the value of an override; a ``Path`` is accepted like a string."""
    if value is None and option.default is None:
        return None
    items = list(value) if isinstance(value, tuple) else value
    plain = [_plain(one) for one in items] if isinstance(items, list) else _plain(items)
    try:
        checked = check_value(option, plain)
    except WrongValue as error:
        raise ConfigurationError(f"{option.name} {error.reason}") from None
    return Path(checked) if option.kind == "path" else checked


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _prompt_source(prompt: str | None) -> str | Path | None:
    """Return a prompt reference or the path of a prompt file, never the text of a prompt."""
    if prompt is None or (is_reference(prompt) and not Path(prompt).is_file()):
        return prompt
    return Path(prompt)


def _names(values: Iterable[str]) -> Iterator[str]:
    """Yield the names in ``values``; a value may contain several names, separated by commas."""
    for value in values:
        yield from filter(None, map(str.strip, value.split(",")))


def _threshold(threshold: float | None) -> float:
    if threshold is not None:
        return threshold
    from antq_llm.duplicates.minhash import DEFAULT_THRESHOLD

    return DEFAULT_THRESHOLD
