"""Commands that read settings from a file or from environment variables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.core.packaged_data import data_folder
from helpers.command_line import REPORT, Cli, at, results
from helpers.endpoint import Reply, error, scripted_endpoint

SEEDS = data_folder("seeds")


def write(path: Path, text: str) -> Path:
    """Write a settings file that only its owner can modify; return its path."""
    path.write_text(text, "utf-8")
    path.chmod(0o644)
    return path


def test_the_file_in_the_folder_is_used(cli: Cli) -> None:
    """A run reads its options from antq-llm.toml and says so on standard error."""
    write(Path("antq-llm.toml"), 'model = "rules"\nlimit = 2\nout = "results"')
    done = cli("extract", SEEDS)
    assert done.err.startswith(f"antq-llm: settings from {Path.cwd() / 'antq-llm.toml'}\n")
    assert len(results(Path("results"))[0]) == 2


def test_the_command_line_comes_first(cli: Cli) -> None:
    """Options on the command line override those in the file, and --no-offline turns a flag off."""
    write(Path("antq-llm.toml"), 'model = "rules"\nlimit = 2\noffline = true')
    assert len(cli("extract", SEEDS, "--limit", 1, "--no-offline").records) == 1


def test_a_profile_of_a_named_file_is_used(cli: Cli, tmp_path: Path) -> None:
    """--config and --profile select a settings file and a profile in it."""
    file = write(tmp_path / "mine.toml", '[profiles.few]\nlimit = 1\nmodel = "rules"')
    assert len(cli("extract", SEEDS, "--config", file, "--profile", "few").records) == 1


def test_the_environment_is_used(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options are read from the environment, and unknown variables are reported."""
    monkeypatch.setenv("ANTQ_LLM_MODEL", "rules")
    monkeypatch.setenv("ANTQ_LLM_EXTRACT_LIMIT", "1")
    monkeypatch.setenv("ANTQ_LLM_LIMITS", "1")
    done = cli("extract", SEEDS)
    assert len(done.records) == 1
    assert "ANTQ_LLM_LIMITS matches no option" in done.err


@pytest.mark.parametrize("command", [["extract", SEEDS], ["demo"], ["prompts", "list"], ["eval"]])
def test_a_wrong_file_is_a_wrong_call(cli: Cli, command: list[str]) -> None:
    """With an invalid settings file, every command exits with status 2 and prints one line."""
    write(Path("antq-llm.toml"), "limt = 2")
    done = cli(*command)
    assert done.status == 2
    assert f"{Path.cwd() / 'antq-llm.toml'}: unknown key 'limt'; did you mean" in done.complaint


def test_control_characters_of_a_file_are_escaped(cli: Cli) -> None:
    """A key in the file cannot send control characters to the terminal."""
    write(Path("antq-llm.toml"), '"\\u001b[31m" = 1')
    assert "\x1b" not in cli("extract", SEEDS).complaint


def test_export_takes_its_format_from_its_table(cli: Cli) -> None:
    """A required option can come from the file; if it is missing, the error lists its values."""
    cli("extract", SEEDS, "--model", "rules", "--limit", 1, "--out", "run")
    missing = cli("export", "run")
    assert missing.status == 2
    assert "--to is missing: add --to FORMAT (csv, parquet" in missing.complaint
    write(Path("antq-llm.toml"), '[export]\nto = "csv"')
    assert cli("export", "run").status == 0
    assert Path("run/export").is_dir()


def test_a_folder_of_prompts_is_named_in_the_file(cli: Cli) -> None:
    """The ``prompts`` commands read the folder named in the settings file."""
    Path("mine/note").mkdir(parents=True)
    Path("mine/note/v1.md").write_text(
        "---\nname: note\nversion: 1\nschema: null\n---\n# user\n\n{{article}}\n", "utf-8"
    )
    write(Path("antq-llm.toml"), 'prompts = "mine"')
    assert "note@1" in cli("prompts", "list").out
    assert cli("prompts", "show", "note@1").status == 0


def test_a_threshold_in_the_file_needs_no_duplicates(cli: Cli) -> None:
    """--duplicate-threshold requires --duplicates, but a threshold in the file does not."""
    write(Path("antq-llm.toml"), 'model = "rules"\nlimit = 1\nduplicate_threshold = 0.9')
    assert cli("extract", SEEDS).status == 0
    done = cli("extract", SEEDS, "--duplicate-threshold", 0.9)
    assert (done.status, "needs --duplicates" in done.err) == (2, True)


def test_json_in_the_file_waits_for_a_dry_run(cli: Cli, key: str) -> None:
    """``json = true`` in the settings file affects only dry runs of ``extract``."""
    write(Path("antq-llm.toml"), 'model = "rules"\nlimit = 1\n[extract]\njson = true')
    assert cli("extract", SEEDS).status == 0
    assert json.loads(cli("extract", SEEDS, "--dry-run", "--model", "m").out)


def test_variables_are_sent(cli: Cli, key: str, articles: Path) -> None:
    """A prompt's variables come from the settings file and --var and are inserted unchanged."""
    Path("p.md").write_text("Đọc {{tone}} cho {{reader}}.\n\n{{article}}", "utf-8")
    write(Path("antq-llm.toml"), 'prompt = "p.md"\n[var]\ntone = "kỹ"\nreader = "em bé"')
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        cli(
            "extract", articles, "--limit", 1, *at(endpoint), "--var", "reader={{tone}}=x",
            "--schema", "movement_report",
        )  # fmt: skip
        [body] = endpoint.bodies
    assert body["messages"][0]["content"].startswith("Đọc kỹ cho {{tone}}=x.\n")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ([], "needs a value for tone: set --var tone=VALUE"),
        (["--var", "tone=x", "--var", "tome=y"], "does not use the variable(s) tome"),
        (["--var", "tone"], "'tone' must be NAME=VALUE"),
        (["--var", "tone=x", "--var", "tone=y"], "gives tone twice"),
        (["--var", "article=x"], "'article' always contains the article"),
    ],
)
def test_wrong_variables_are_a_wrong_call(
    cli: Cli, key: str, articles: Path, variables: list[str], message: str
) -> None:
    """A missing, unknown or malformed variable is a usage error, and nothing is written."""
    Path("p.md").write_text("Đọc {{tone}}.", "utf-8")
    done = cli("extract", articles, "--prompt", "p.md", "--model", "m", "--out", "o", *variables)
    assert (done.status, message in done.complaint) == (2, True)
    assert not Path("o").exists()


def test_variables_are_part_of_the_identity_of_a_request(
    cli: Cli, key: str, articles: Path
) -> None:
    """A recorded answer is used only with the same values, and so is the folder of a run."""
    Path("p.md").write_text("Đọc {{tone}}.", "utf-8")
    words = ["extract", articles, "--limit", 1, "--prompt", "p.md"]
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        for tone, status in [("x", 0), ("x", 0), ("y", 2)]:
            arguments = [*at(endpoint), "--out", "a", "--record", "kept", "--var", f"tone={tone}"]
            assert cli(*words, *arguments).status == status
        assert len(endpoint.bodies) == 1
    settings = json.loads(Path("a/run.json").read_text("utf-8"))["settings"]
    assert settings["variables"] == {"tone": "x"}
    for tone, status in [("x", 0), ("y", 1)]:
        recorded = ["--offline", "--recordings", "kept", "--model", "m-1"]
        assert cli(*words, *recorded, "--var", f"tone={tone}").status == status


@pytest.mark.parametrize("retries", [0, 1])
def test_retries_are_counted(cli: Cli, key: str, articles: Path, retries: int) -> None:
    """--retries sets how often a failed request is sent again; 0 means never."""
    with scripted_endpoint([error(503, "busy", retry_after="0")]) as endpoint:
        cli("extract", articles, "--limit", 1, *at(endpoint), "--retries", retries)
        assert len(endpoint.bodies) == retries + 1


def test_negative_retries_are_a_wrong_call(cli: Cli, key: str, articles: Path) -> None:
    """If --retries is negative, the error says how to turn retries off."""
    done = cli("extract", articles, "--model", "m", "--retries", -1)
    assert (done.status, "at least 0; 0 turns retries off" in done.complaint) == (2, True)
