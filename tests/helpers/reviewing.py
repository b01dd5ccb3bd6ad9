"""A run to review, and a review served in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from antq_llm.records.stored_run import open_run
from antq_llm.review.web.server import ReviewServer, review_server
from antq_llm.review.workspace import Workspace

SCHEMA = {
    "title": "visits",
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "published", "people", "figures"],
    "properties": {
        "kind": {"enum": ["visit", "other"], "description": "`visit` or not."},
        "published": {
            "anyOf": [
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["date", "quote"],
                    "properties": {
                        "date": {"type": "string", "x-antq-role": ["publication_date"]},
                        "quote": {"type": "string"},
                    },
                },
                {"type": "null"},
            ]
        },
        "people": {
            "type": "array",
            "description": "Persons named.",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "speaks_of", "parts", "quote"],
                "properties": {
                    "name": {
                        "type": "string",
                        "x-antq-role": [
                            {"role": "name", "noun": "person"},
                            {"role": "identity", "weight": 1},
                        ],
                    },
                    "speaks_of": {
                        "type": ["string", "null"],
                        "x-antq-role": [{"role": "refers", "to": "/people/*/name"}],
                    },
                    "parts": {
                        "type": "array",
                        "items": {"type": "string", "enum": ["host", "guest"]},
                    },
                    "quote": {"type": "string"},
                },
            },
        },
        "figures": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["label", "value", "comparator", "quote"],
                "properties": {
                    "label": {
                        "type": "string",
                        "x-antq-role": [{"role": "identity", "weight": 0.5}],
                    },
                    "value": {
                        "type": "number",
                        "x-antq-role": [
                            {"role": "figure", "comparator": "comparator"},
                            {"role": "identity", "weight": 0.5},
                        ],
                    },
                    "comparator": {"enum": ["=", ">", ">=", "~", "<", "<="]},
                    "note": {"type": "string"},
                    "quote": {"type": "string"},
                },
            },
        },
    },
}
TEXT = (
    "Mayor Anna Fields opened the new library on 4 March 2024.\r\n"
    "More than 1,200 people came, and Peter Lowe showed 35 of them around.\r\n"
)
RECORD: Mapping[str, Any] = {
    "kind": "visit",
    "published": None,
    "people": [
        {
            "name": "Anna Fields",
            "speaks_of": None,
            "parts": ["host"],
            "quote": "Mayor Anna Fields opened the new library",
        }
    ],
    "figures": [
        {
            "label": "people who came",
            "value": 1300,
            "comparator": ">",
            "quote": "More than 1,200 people came",
        }
    ],
}


USAGE = {"usage": {}, "cost_usd": 0}


def write_run(folder: Path, articles: Mapping[str, tuple[str, Any]] | None = None) -> Path:
    """Write a run with the schema ``visits``; ``articles`` gives the text and record for each id.

    An article whose record is None is written as failed.
    """
    run, texts = folder / "run", folder / "articles"
    run.mkdir()
    texts.mkdir()
    (folder / "visits.json").write_text(json.dumps(SCHEMA), "utf-8")
    lines: dict[str, list[str]] = {"records": [], "failures": []}
    for article_id, (text, record) in (articles or {"library": (TEXT, RECORD)}).items():
        path = texts / f"{article_id}.txt"
        path.write_bytes(text.encode())
        line = {"article_id": article_id, "source": str(path), "schema": "visits"}
        if record is None:
            error = {"type": "ExtractionError", "kind": "invalid", "message": "no valid answer"}
            lines["failures"].append(json.dumps(line | USAGE | {"error": error, "attempts": []}))
        else:
            result = {"record": record, "evidence": [], "attempts": 1, "warnings": []}
            lines["records"].append(json.dumps(line | USAGE | result))
    for name, written in lines.items():
        (run / f"{name}.jsonl").write_text("".join(f"{one}\n" for one in written), "utf-8")
    settings = {"schema_file": str(folder / "visits.json"), "inputs": [str(texts)]}
    (run / "run.json").write_text(json.dumps({"settings": settings}), "utf-8")
    return run


def workspace_of(folder: Path, articles: Mapping[str, tuple[str, Any]] | None = None) -> Workspace:
    """Return the workspace for the review of a new run in a folder, with gold in ``gold``."""
    return Workspace(open_run(write_run(folder, articles)), folder / "gold")


@contextmanager
def served(workspace: Workspace) -> Iterator[ReviewServer]:
    """Serve a review in a thread."""
    review = review_server(workspace)
    server = review.server()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [review.listener]})
    thread.start()
    try:
        yield review
    finally:
        server.should_exit = True
        thread.join()
        review.listener.close()


def gold_of(workspace: Workspace, article_id: str = "library", ending: str = "json") -> Any:
    """Return the content of an article's file in the gold folder, or None if there is no file."""
    path = workspace.store.folder / f"{article_id}.{ending}"
    return json.loads(path.read_text("utf-8")) if path.exists() else None
