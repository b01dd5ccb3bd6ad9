"""The settings of a run from a settings file, without the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError
from antq_llm.runs.run import Run
from antq_llm.runs.settings_file import read_options, read_run_settings

FILE = """
model = "rules"
max_cost = 2
price = ["1,2", "big=3,4"]
duplicate_threshold = 0.9

[var]
tone = "kỹ"

[extract]
out = "results"

[profiles.careful]
samples = 3
duplicates = true
model = "small"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a settings file and return its path."""
    path = tmp_path / "mine.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_a_run_is_made_from_a_file(file: Path) -> None:
    """A file gives the settings and options of a run, with paths relative to the file."""
    settings = read_run_settings(["in.txt"], file)
    assert (settings.inputs, settings.out) == (("in.txt",), file.parent / "results")
    assert (settings.model, settings.duplicates) == ("rules", None)
    assert settings.options.variables == {"tone": "kỹ"}
    assert settings.options.prices.keys() == {"rules", "big"}


def test_a_profile_is_named(file: Path) -> None:
    """The values of a profile take precedence over the other values in the file."""
    settings = read_run_settings(["in.txt"], file, "careful")
    assert (settings.model, settings.options.samples) == ("small", 3)
    assert settings.duplicates == 0.9


def test_arguments_come_before_the_file(file: Path) -> None:
    """An argument overrides the value in the file."""
    settings = read_run_settings(["in.txt"], file, out="o", model="m", var={"tone": "nhẹ"})
    assert (settings.out, settings.model) == (Path("o"), "m")
    assert settings.options.variables == {"tone": "nhẹ"}


def test_the_environment_is_read_if_it_is_passed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Environment variables are used only if the caller passes the environment."""
    monkeypatch.setenv("ANTQ_LLM_SAMPLES", "5")
    assert read_options(file).samples == 1
    assert read_options(file, environment={"ANTQ_LLM_SAMPLES": "5"}).samples == 5


def test_options_are_read_alone(file: Path) -> None:
    """The options of an extractor combine the file, the profile and the arguments."""
    options = read_options(file, "careful", concurrency=2)
    assert (options.max_cost, options.samples, options.concurrency) == (2.0, 3, 2)


def test_an_unknown_argument_is_refused(file: Path) -> None:
    """An argument that is not an option raises an error that suggests the nearest option."""
    with pytest.raises(ConfigurationError, match="unknown option 'limt'; did you mean limit"):
        read_options(file, limt=2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "2"),
        ("limit", True),
        ("samples", None),
        ("keep_answers", 1.5),
        ("max_cost", "1"),
        ("only_this_call", "no"),
        ("var", "tone=nhẹ"),
        ("metadata", "maybe"),
        ("out", 5),
        ("schema", dict),
    ],
)
def test_a_wrong_argument_is_refused(file: Path, name: str, value: object) -> None:
    """An argument with a wrong type or an unknown choice raises an error that names the option."""
    with pytest.raises(ConfigurationError, match=f"^{name} must "):
        read_run_settings(["in.txt"], file, **{name: value})


def test_arguments_have_the_forms_of_the_file(file: Path) -> None:
    """Arguments can be Path objects and, in place of a list, a tuple or a single item."""
    settings = read_run_settings(["in.txt"], file, model="m", price="5,6", keep=("a", "b"))
    assert settings.options.prices["m"].output == 6
    assert settings.fields.keep == ("a", "b")
    assert read_run_settings([], file, prompt=Path("own.md"), max_cost=None).prompt == Path(
        "own.md"
    )


def test_a_run_from_a_file_runs(file: Path) -> None:
    """A run with settings from a file writes to the folder that the file names."""
    totals = Run(read_run_settings([data_folder("seeds")], file, limit=2)).run()
    written = json.loads((file.parent / "results/run.json").read_text("utf-8"))
    assert totals.records == 2
    assert written["settings"]["limit"] == 2
