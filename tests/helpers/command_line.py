"""Calls to the command line, in this and other processes, and their results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.endpoint import Endpoint
from helpers.samples import answer, person, report

REPORT = answer(report(people=[person()]))


LAN = '{"name": "Lan"}'


INVALID = '{"name": 7}'


NAME_SCHEMA = {
    "title": "named",
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


RECORD_KEYS = [
    "article_id",
    "source",
    "schema",
    "prompt",
    "prompt_sha256",
    "model",
    "checks",
    "record",
    "evidence",
    "attempts",
    "usage",
    "cost_usd",
    "replayed",
    "warnings",
]


FAILURE_KEYS = ["article_id", "source", "checks", "error", "attempts", "usage", "cost_usd"]


LONGEST = 120
"""The maximum duration of a process in seconds."""


TREE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "family",
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "age": {
                    "oneOf": [
                        {"type": "integer", "minimum": 0},
                        {"type": "string", "pattern": "^khoảng "},
                    ]
                },
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name", "children"],
            "additionalProperties": False,
        }
    },
}


# A process that was started in the background may ignore Ctrl-C.
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from antq_llm.cli.main import main
main()
"""


@dataclass(frozen=True)
class Done:
    """The exit status and output of a call."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one-line error message of a call, which must be its only output."""
        assert self.out == ""
        assert "Traceback" not in self.err
        assert self.err.endswith("\n")
        (line,) = self.err.splitlines()
        assert line.startswith("antq-llm: ")
        return line


Cli = Callable[..., Done]


def at(endpoint: Endpoint, model: str = "m-1") -> list[str]:
    """Return the command-line options for an endpoint and a model."""
    return ["--base-url", endpoint.base_url, "--model", model]


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def results(out: Path) -> tuple[list[str], list[str]]:
    """Return the ids of the records and of the failures."""
    return [line["article_id"] for line in lines_of(out / "records.jsonl")], [
        line["article_id"] for line in lines_of(out / "failures.jsonl")
    ]


def family(age: Any) -> str:
    """Return an answer about a family whose innermost child has the given age."""
    return answer(
        {
            "name": "Lan",
            "age": "khoảng 60",
            "children": [
                {"name": "Minh", "children": [{"name": "An", "age": age, "children": []}]}
            ],
        }
    )


def process(*arguments: Any, **environment: str) -> subprocess.Popen[str]:
    """Start the command line in another process."""
    words = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    )


def finished(started: subprocess.Popen[str]) -> Done:
    """Wait for a process to end, and return its result."""
    out, err = started.communicate(timeout=LONGEST)
    return Done(started.returncode, out, err)
