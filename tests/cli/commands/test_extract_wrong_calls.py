"""Usage errors of ``antq-llm extract``, which exit with status 2 and print one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.command_line import (
    REPORT,
    Cli,
    at,
    results,
)
from helpers.endpoint import Reply, error, scripted_endpoint


@pytest.mark.parametrize("name", ["no/such/folder", "gone.txt"])
def test_missing_input(cli: Cli, key: str, name: str) -> None:
    """An input that does not exist is a usage error, and the message names it."""
    done = cli("extract", name, "--model", "m")
    assert done.status == 2
    assert name in done.complaint


def test_folder_without_articles(cli: Cli, key: str, tmp_path: Path) -> None:
    """A folder without articles is a usage error."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG")
    done = cli("extract", tmp_path / "pictures", "--model", "m")
    assert done.status == 2
    assert "has no articles" in done.complaint


@pytest.mark.parametrize("prompt", ["no_such_prompt", "movement_report@77", "gone/prompt.md"])
def test_unknown_prompt(cli: Cli, key: str, articles: Path, prompt: str) -> None:
    """An unknown prompt is a usage error, and the message names it."""
    done = cli("extract", articles, "--prompt", prompt, "--model", "m")
    assert done.status == 2
    assert prompt in done.complaint


@pytest.mark.parametrize(
    "schema",
    [
        "no_such_schema",
        "movement_report/77",
        "gone.json",
        "no.such.module:Model",
        "json:JSONDecoder",
    ],
)
def test_unknown_schema(cli: Cli, key: str, articles: Path, schema: str) -> None:
    """An unknown schema is a usage error, and the message names it."""
    done = cli("extract", articles, "--schema", schema, "--model", "m")
    assert done.status == 2
    assert schema in done.complaint


def test_empty_schema(cli: Cli, key: str, articles: Path) -> None:
    """An empty --schema is a usage error and does not select the default schema."""
    done = cli("extract", articles, "--schema", "", "--model", "m")
    assert done.status == 2
    assert "--schema is empty" in done.complaint


def test_unknown_language(cli: Cli, key: str, articles: Path) -> None:
    """An unknown language is a usage error, and the message lists the supported ones."""
    done = cli("extract", articles, "--language", "fr", "--model", "m")
    assert done.status == 2
    assert "choose one of vi, en" in done.complaint


def test_module_that_breaks_on_import_is_a_wrong_call(cli: Cli, key: str, articles: Path) -> None:
    """A module that fails on import is a usage error with a one-line message."""
    Path("broken_models_x.py").write_text("raise ValueError('first line\\nsecond line')\n", "utf-8")
    done = cli("extract", articles, "--schema", "broken_models_x:Model", "--model", "m")
    assert done.status == 2
    assert "broken_models_x:Model" in done.complaint


def test_prompt_for_another_schema(cli: Cli, key: str, articles: Path, named: Path) -> None:
    """A prompt for another schema is a usage error."""
    done = cli(
        "extract", articles, "--schema", named, "--prompt", "movement_report", "--model", "m"
    )
    assert done.status == 2
    assert "is for schema movement_report/1" in done.complaint


def test_no_key(cli: Cli, articles: Path) -> None:
    """Without an API key, the error names OPENAI_API_KEY and --offline."""
    done = cli("extract", articles, "--model", "m")
    assert done.status == 2
    assert "OPENAI_API_KEY" in done.complaint
    assert "--offline" in done.complaint


def test_no_model(cli: Cli, key: str, articles: Path) -> None:
    """Without a model, the error names --model and ANTQ_LLM_MODEL."""
    done = cli("extract", articles)
    assert done.status == 2
    assert "--model" in done.complaint
    assert "ANTQ_LLM_MODEL" in done.complaint


def test_wrong_call_leaves_no_folder(cli: Cli, articles: Path, tmp_path: Path) -> None:
    """After a usage error, the --out folder is not created."""
    assert cli("extract", articles, "--model", "m", "--out", tmp_path / "out").status == 2
    assert not (tmp_path / "out").exists()


def test_refused_key(cli: Cli, key: str, articles: Path) -> None:
    """A refused key is a usage error, and the message does not show the key."""
    with scripted_endpoint([error(401, "Incorrect API key")]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert done.status == 2
    assert "refused the key" in done.err
    assert key not in done.err
    assert "Traceback" not in done.err


def test_refused_key_leaves_no_article_out(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """If the key is refused, every article is recorded as a failure in the --out folder."""
    with scripted_endpoint([error(401, "Incorrect API key")]) as endpoint:
        done = cli("extract", articles, *at(endpoint), "--out", tmp_path / "out")
    assert done.status == 2
    assert results(tmp_path / "out") == ([], ["a", "b", "sub/c"])


def test_unknown_model_at_the_endpoint(cli: Cli, key: str, articles: Path) -> None:
    """A model that the endpoint does not know is a usage error."""
    with scripted_endpoint([error(404, "The model `m-1` does not exist")]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert done.status == 2
    assert "The model `m-1` does not exist" in done.err


@pytest.mark.parametrize(
    "options",
    [
        ["--mode", "strict"],
        ["--limit", "0"],
        ["--concurrency", "0"],
        ["--max-attempts", "0"],
        ["--timeout", "0"],
        ["--ungrounded", "ignore"],
        ["--retry-failed"],
        ["--base-url", "localhost:8080"],
        ["--recordings", "gone"],
        ["--temperature", "nan"],
        ["--limit", "two"],
    ],
    ids=" ".join,
)
def test_impossible_option(cli: Cli, key: str, articles: Path, options: list[str]) -> None:
    """An invalid option is a usage error with a one-line message, and no request is sent."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint), *options)
    assert (done.status, endpoint.bodies) == (2, [])
    assert done.complaint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\nname: mine\nversion: one\nschema: null\n---\n# user\n\n{{article}}\n", "version"),
        ("---\nname: mine\nschema: null\n---\n# user\n\n{{article}}\n", "version"),
        ("---\nname: [mine\n---\n# user\n\n{{article}}\n", "YAML"),
        (
            "---\nname: mine\nversion: 1\nschema: null\ncolour: red\n---\n# user\n\n{{article}}\n",
            "colour",
        ),
        (
            "---\nname: mine\nversion: 1\nschema: null\n# user\n\n{{article}}\n",
            "no closing --- line",
        ),
        ("---\nname: mine\nversion: 1\nschema: null\n---\n# user\n\nno article\n", "{{article}}"),
        ("---\n---\n# user\n\n{{article}}\n", "front matter"),
    ],
    ids=[
        "version is not a number",
        "no version",
        "broken YAML",
        "unknown key",
        "not closed",
        "no article",
        "empty",
    ],
)
@pytest.mark.usefixtures("key")
def test_malformed_prompt_file(
    cli: Cli, articles: Path, tmp_path: Path, text: str, words: str
) -> None:
    """A malformed prompt file is a usage error, and the message names the file and the fault."""
    path = tmp_path / "mine.md"
    path.write_text(text, "utf-8")
    done = cli("extract", articles, "--prompt", path, "--model", "m")
    assert done.status == 2
    assert str(path) in done.complaint
    assert words in done.complaint


def test_out_that_is_a_file(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """If --out names a file, the command exits with a usage error and does not change the file."""
    (tmp_path / "out").write_text("mine", "utf-8")
    done = cli("extract", articles, "--model", "m", "--out", tmp_path / "out")
    assert done.status == 2
    assert "is a file" in done.complaint
    assert (tmp_path / "out").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    "schema",
    [
        '{"type": "objekt"}',
        '{"$ref": "https://example.org/x.json"}',
        "[1]",
        "not JSON",
        '{"type": "object",\n "a": \n}',
    ],
)
def test_schema_file_that_is_no_schema(
    cli: Cli, key: str, articles: Path, tmp_path: Path, schema: str
) -> None:
    """A file that is not a usable JSON Schema is a usage error."""
    path = tmp_path / "mine.json"
    path.write_text(schema, "utf-8")
    done = cli("extract", articles, "--schema", path, "--model", "m")
    assert done.status == 2
    assert "mine" in done.complaint


def test_extract_refuses_a_changed_prompt(
    cli: Cli, key: str, articles: Path, changed: Path
) -> None:
    """``extract`` refuses a released prompt that was changed and names its file."""
    done = cli(
        "extract", articles, "--prompts", changed, "--prompt", "movement_report@5", "--model", "m"
    )
    assert done.status == 2
    assert str(changed / "movement_report" / "v5.md") in done.complaint


def test_extract_refuses_a_changed_prompt_that_it_would_choose(
    cli: Cli, key: str, articles: Path, changed: Path
) -> None:
    """A released prompt that was changed is refused even if it is the default."""
    done = cli("extract", articles, "--prompts", changed, "--model", "m")
    assert done.status == 2
    assert str(changed / "movement_report" / "v5.md") in done.complaint
