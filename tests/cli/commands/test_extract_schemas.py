"""``antq-llm extract`` with the user's schemas, prompts and options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from helpers.command_line import (
    LAN,
    NAME_SCHEMA,
    Cli,
    at,
    family,
    lines_of,
    results,
)
from helpers.endpoint import Reply, scripted_endpoint


def test_recursive_json_schema_accepts_what_is_valid(
    cli: Cli, key: str, articles: Path, tree: Path
) -> None:
    """An answer that satisfies a recursive schema becomes the record at the first attempt."""
    with scripted_endpoint([Reply(family(5))]) as endpoint:
        done = cli("extract", articles / "a.txt", "--schema", tree, *at(endpoint))
    assert (done.status, len(endpoint.bodies)) == (0, 1)
    assert done.records[0]["record"] == json.loads(family(5))
    assert done.records[0]["schema"] == "family"
    assert done.records[0]["prompt"] == "general@1"
    assert done.records[0]["attempts"] == 1


@pytest.mark.parametrize("age", [-1, "năm", None, 1.5])
def test_recursive_json_schema_reasks_with_the_path(
    cli: Cli, key: str, articles: Path, tree: Path, age: Any
) -> None:
    """A fault three levels down in an answer leads to a re-ask that contains its path."""
    with scripted_endpoint([Reply(family(age)), Reply(family(5))]) as endpoint:
        done = cli("extract", articles / "a.txt", "--schema", tree, *at(endpoint))
    assert done.status == 0
    assert done.records[0]["attempts"] == 2
    assert len(endpoint.bodies) == 2
    assert "/children/0/children/0/age: " in endpoint.bodies[1]["messages"][-1]["content"]


def test_recursive_json_schema_that_is_never_met_fails(
    cli: Cli, key: str, articles: Path, tree: Path, tmp_path: Path
) -> None:
    """If no answer satisfies the schema, the failure contains each completion with its fault."""
    with scripted_endpoint([Reply(family(-1))]) as endpoint:
        done = cli(
            "extract",
            articles / "a.txt",
            "--schema",
            tree,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "2",
        )
    (failure,) = lines_of(tmp_path / "out" / "failures.jsonl")
    assert done.status == 1
    assert failure["error"]["type"] == "ExtractionError"
    assert failure["error"]["kind"] == "invalid"
    assert [attempt["completion"] for attempt in failure["attempts"]] == [family(-1)] * 2
    assert all("/children/0/children/0/age" in attempt["error"] for attempt in failure["attempts"])


def test_model_of_the_current_folder(cli: Cli, key: str, articles: Path) -> None:
    """A schema named as ``package.module:Model`` is imported from the current folder."""
    Path("own_package_x").mkdir()
    Path("own_package_x/models.py").write_text(
        "from pydantic import BaseModel\n\n\nclass Named(BaseModel):\n    name: str\n", "utf-8"
    )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli(
            "extract", articles / "a.txt", "--schema", "own_package_x.models:Named", *at(endpoint)
        )
    assert done.status == 0
    assert (done.records[0]["record"], done.records[0]["schema"]) == (
        {"name": "Lan"},
        "own_package_x.models:Named",
    )


def test_prompt_file_with_a_schema_file(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """A file of plain instructions is used as the prompt for the given schema."""
    path = tmp_path / "who.md"
    path.write_text("Tìm người được nêu tên.\n", "utf-8")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli(
            "extract", articles / "a.txt", "--schema", named, "--prompt", path, *at(endpoint)
        )
    assert (done.status, done.records[0]["prompt"]) == (0, "who")
    assert endpoint.bodies[0]["messages"][0]["content"] == "Tìm người được nêu tên."


def test_mode_that_the_schema_cannot_take(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """If the mode cannot express the schema, the error says why, and every article is a failure."""
    path = tmp_path / "loose.json"
    path.write_text(json.dumps({**NAME_SCHEMA, "required": []}), "utf-8")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli(
            "extract",
            articles,
            "--schema",
            path,
            "--mode",
            "json_schema",
            *at(endpoint),
            "--out",
            tmp_path / "out",
        )
    assert done.status == 2
    assert results(tmp_path / "out") == ([], ["a", "b", "sub/c"])
    assert "optional keys" in done.err


def test_options_reach_the_endpoint(cli: Cli, key: str, articles: Path, named: Path) -> None:
    """The request uses the model, mode and temperature given on the command line."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        cli(
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint, "viet-1"),
            "--mode",
            "tools",
            "--temperature",
            "0.25",
        )
    (body,) = endpoint.bodies
    assert body["model"] == "viet-1"
    assert body["temperature"] == 0.25
    assert body["tool_choice"]["function"]["name"] == "named"


def test_own_registered_schema_is_used(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """The newest version of a schema in the --schemas folder is found by name."""
    for version, name in ((1, "older"), (2, "name")):
        path = tmp_path / "mine" / "guests" / f"v{version}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(
                {**NAME_SCHEMA, "properties": {name: {"type": "string"}}, "required": [name]}
            ),
            "utf-8",
        )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli(
            "extract",
            articles / "a.txt",
            "--schemas",
            tmp_path / "mine",
            "--schema",
            "guests",
            *at(endpoint),
        )
    assert (done.status, done.records[0]["schema"]) == (0, "guests/2")
