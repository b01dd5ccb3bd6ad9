"""Settings combined from the command line, environment, profile, file and defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from antq_llm.config import resolved_settings
from antq_llm.config.resolved_settings import ResolvedSettings, Setting, resolve_settings
from antq_llm.config.settings_file import FILE_NAME
from antq_llm.errors import ConfigurationError

FILE = "limit = 1\n[profiles.p]\nlimit = 2\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder that contains a settings file and a folder ``sub``."""
    (tmp_path / "sub").mkdir()
    write(tmp_path, FILE)
    return tmp_path


def write(folder: Path, text: str) -> Path:
    """Write a settings file that only its owner can change, and return its path."""
    path = folder / FILE_NAME
    path.write_text(text, "utf-8")
    path.chmod(0o644)
    return path


def resolved(
    folder: Path | None,
    given: Mapping[str, Any] | None = None,
    command: str = "extract",
    environment: Mapping[str, str] | None = None,
    **settings: Any,
) -> ResolvedSettings:
    """Return the settings of a command that is run in a folder."""
    return resolve_settings(
        command, given or {}, environment=environment or {}, folder=folder, **settings
    )


@pytest.mark.parametrize(
    ("sources", "value", "source"),
    [
        (4, 4, "command line"),
        (3, 3, "environment"),
        (2, 2, "profile"),
        (1, 1, "file"),
        (0, None, "default"),
    ],
)
def test_precedence(project: Path, sources: int, value: int | None, source: str) -> None:
    """The order of precedence is command line, environment, profile, file, default."""
    found = resolved(
        project if sources > 0 else None,
        {"limit": 4} if sources > 3 else {},
        environment={"ANTQ_LLM_LIMIT": "3"} if sources > 2 else {},
        profile="p" if sources > 1 else None,
    ).settings["limit"]
    assert (found.value, found.source) == (value, source)


def test_a_value_of_the_command_line_may_be_the_default(project: Path) -> None:
    """A flag that is turned off on the command line stays off if the settings file sets it."""
    write(project, "offline = true")
    assert resolved(project).values["offline"]
    assert not resolved(project, {"offline": False}).values["offline"]


def test_the_place_of_a_value_is_known(project: Path) -> None:
    """Each value records the environment variable, or the file and table, that it came from."""
    path = project / FILE_NAME
    assert resolved(project, profile="p").settings["limit"].place == f"{path} [profiles.p]"
    environment = {"ANTQ_LLM_LIMIT": "3"}
    found = resolved(project, environment=environment).settings["limit"]
    assert found == Setting(3, "environment", "ANTQ_LLM_LIMIT")


def test_variables_are_merged_by_name(project: Path) -> None:
    """Prompt variables from all sources are merged; for each, the first source takes precedence."""
    write(
        project,
        '[var]\na = "file"\nb = "file"\nc = "file"\nd = "file"\n[extract.var]\nd = "table"\n'
        '[profiles.p.var]\nb = "profile"\nc = "profile"',
    )
    found = resolved(
        project, {"var": {"c": "call"}}, environment={"ANTQ_LLM_VAR": "e=set"}, profile="p"
    )
    assert found.values["var"] == {
        "a": "file",
        "b": "profile",
        "c": "call",
        "d": "table",
        "e": "set",
    }


def test_a_named_file_comes_before_the_one_in_the_folder(project: Path, tmp_path: Path) -> None:
    """``--config`` takes precedence over ANTQ_LLM_CONFIG, and both over the file in the folder."""
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text("limit = 10", "utf-8")
    two.write_text("limit = 20", "utf-8")
    environment = {"ANTQ_LLM_CONFIG": str(one)}
    assert resolved(project, environment=environment).values["limit"] == 10
    assert resolved(project, environment=environment, config=two).values["limit"] == 20


def test_a_profile_is_named_in_the_environment(project: Path) -> None:
    """ANTQ_LLM_PROFILE names the profile unless the call does."""
    assert resolved(project, environment={"ANTQ_LLM_PROFILE": "p"}).values["limit"] == 2


def test_an_unknown_profile_is_refused(project: Path) -> None:
    """An unknown profile raises an error that names the existing ones."""
    with pytest.raises(ConfigurationError, match="no profile 'q'; its profiles: p"):
        resolved(project, profile="q")


def test_a_profile_without_a_file_is_refused() -> None:
    """A profile without a settings file raises an error."""
    with pytest.raises(ConfigurationError, match="the profile 'p' needs a settings file"):
        resolved(None, profile="p")


def test_the_file_that_is_used_is_named(project: Path) -> None:
    """A message names the file and the profile if they set an option of the command."""
    path = project / FILE_NAME
    assert resolved(project / "sub").messages == (f"settings from {path}",)
    assert resolved(project, profile="p").messages == (f"settings from {path}, profile p",)
    assert resolved(project, command="export").messages == ()


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ('base_url = "http://host/v1"', "--base-url"),
        ('[extract]\nstore = "postgresql://host/db"', "--store"),
        ('schema = "my.models:Invoice"', "--schema"),
        ('[extract]\nschema = "my.models:Invoice"', "--schema"),
    ],
)
def test_a_file_above_can_neither_run_code_nor_move_the_key(
    project: Path, text: str, option: str
) -> None:
    """An address or a Python model in a parent folder's file is refused, and advice is given."""
    path = write(project, text)
    with pytest.raises(ConfigurationError, match=f"--config {path}, or use {option}"):
        resolved(project / "sub")


@pytest.mark.parametrize("text", ['base_url = "http://host/v1"', 'schema = "my.models:Invoice"'])
def test_a_named_file_and_ones_own_here_are_trusted(project: Path, text: str) -> None:
    """An address or a Python model is accepted from a named file and the current folder's file."""
    path = write(project, text)
    name = text.split(maxsplit=1)[0]
    assert resolved(project).settings[name].source == "file"
    assert resolved(project / "sub", config=path).settings[name].source == "file"


def test_a_file_above_may_set_what_the_call_replaces(project: Path) -> None:
    """An address in a parent folder's file raises no error if the call does not use it."""
    write(project, 'base_url = "http://host/v1"')
    sub = project / "sub"
    assert resolved(sub, {"base_url": "http://b"}).values["base_url"] == "http://b"
    assert resolved(sub, {"offline": True}).values["offline"]


def test_schema_files_of_a_file_above_are_taken(project: Path) -> None:
    """A JSON Schema file is accepted even from a parent folder's settings file."""
    write(project, 'schema = "s.json"')
    assert resolved(project / "sub").values["schema"] == str(project / "s.json")


@pytest.fixture
def writable_by_others(project: Path) -> Path:
    """Return a folder with a settings file that any user can write to."""
    write(project, 'limit = 1\nbase_url = "http://host/v1"').chmod(0o666)
    return project


def test_a_file_above_that_others_can_write_is_ignored(writable_by_others: Path) -> None:
    """A parent folder's file that others can write to is ignored, and a message says so."""
    found = resolved(writable_by_others / "sub")
    assert found.values["limit"] is None
    assert "is ignored because other users can write to it: use --config" in found.messages[0]


def test_a_file_here_that_others_can_write_is_restricted(writable_by_others: Path) -> None:
    """The current folder's file is used if others can write to it, but not for an address."""
    with pytest.raises(ConfigurationError, match="sets base_url"):
        resolved(writable_by_others)
    write(writable_by_others, "limit = 1").chmod(0o666)
    assert resolved(writable_by_others).values["limit"] == 1


def test_a_pipe_in_place_of_the_file_is_refused(project: Path, tmp_path: Path) -> None:
    """A pipe in place of the settings file is refused without waiting for input."""
    (project / FILE_NAME).unlink()
    os.mkfifo(project / FILE_NAME)
    with pytest.raises(ConfigurationError, match="is not a regular file"):
        resolved(project)


def test_a_broken_link_in_place_of_the_file_is_refused(project: Path) -> None:
    """A settings file that is a broken link raises an error."""
    (project / "sub" / FILE_NAME).symlink_to("nothing.toml")
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        resolved(project / "sub")


def test_offline_the_model_of_the_environment_is_not_used(project: Path) -> None:
    """Offline, ANTQ_LLM_MODEL is ignored, but a model in the settings file is used."""
    environment = {"ANTQ_LLM_MODEL": "m"}
    assert resolved(None, {"offline": True}, environment=environment).values["model"] is None
    assert resolved(None, environment=environment).values["model"] == "m"
    write(project, 'model = "n"')
    assert resolved(project, {"offline": True}).values["model"] == "n"


def test_a_value_that_one_command_does_not_take_is_refused_there(project: Path) -> None:
    """A list of prompts outside tables is valid for eval and an error for extract."""
    write(project, 'prompt = ["a@1", "b@1"]')
    assert resolved(project, command="eval").values["prompt"] == ["a@1", "b@1"]
    with pytest.raises(ConfigurationError, match="prompt must be text, not a list"):
        resolved(project)


def test_unknown_variables_are_reported_once(project: Path) -> None:
    """A message names each environment variable that matches no option."""
    messages = resolved(None, environment={"ANTQ_LLM_COLOUR": "red"}).messages
    assert [message.split()[3] for message in messages] == ["ANTQ_LLM_COLOUR"]


def test_opening_the_file_reads_it_alone(project: Path) -> None:
    """The profiles in the settings file can be listed without resolving settings."""
    file = resolved_settings.open_settings_file(None, {}, project)
    assert file
    assert list(file.profiles) == ["p"]
