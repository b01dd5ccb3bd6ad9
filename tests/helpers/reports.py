"""Runs to report on, and functions that read reports."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from antq_llm.records.text_files import text_file
from helpers.exports import line, run_folder
from helpers.road_accidents import ARTICLES, GOLD, SCHEMA_FILE

_BLOCK = re.compile(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', re.DOTALL)
HOSTILE = (
    '</script><script>window.ran = 1</script><img src=x onerror="window.ran = 2">'
    '<!-- \u202egnorw\u202c \x00\x1b[31m \U000e0041 " onfocus="window.ran = 3'
)
FORMULA = '=HYPERLINK("http://192.0.2.1/","x")'


def data_of(page: str) -> dict[str, Any]:
    """Return the JSON data blocks of a report, by id."""
    return {name: json.loads(text) for name, text in _BLOCK.findall(page)}


def policy_of(page: str) -> str:
    """Return the content security policy of a page."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def write_run(
    folder: Path,
    *lines: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
    failures: list[Mapping[str, Any]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Path:
    """Write the folder of a run; ``texts`` are stored like the texts of articles from pages."""
    run_folder(folder, *lines)
    for article_id, text in (texts or {}).items():
        path = text_file(folder, article_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    failed = "".join(json.dumps(failure) + "\n" for failure in failures or [])
    (folder / "failures.jsonl").write_text(failed, "utf-8")
    (folder / "run.json").write_text(json.dumps({"settings": settings or {}}), "utf-8")
    return folder


def failure(article_id: str, kind: str = "invalid", message: str = "no valid answer") -> Any:
    """Return the data of a line of ``failures.jsonl``."""
    return {
        "article_id": article_id,
        "source": f"{article_id}.txt",
        "error": {"type": "ExtractionError", "kind": kind, "message": message},
        "attempts": [],
        "usage": {"input_tokens": 10, "output_tokens": 5, "cached_tokens": 0},
        "cost_usd": 0.5,
    }


def evidence_of(record: Mapping[str, Any], text: str) -> list[dict[str, Any]]:
    """Return evidence for the items of a record whose quotes appear in a text."""
    items = [("/published", record["published"])] if record.get("published") else []
    for name, value in record.items():
        if isinstance(value, list):
            items += [
                (f"/{name}/{index}", item)
                for index, item in enumerate(value)
                if isinstance(item, dict)
            ]
    return [
        {"pointer": pointer, "start": start, "end": start + len(item["quote"]), "match": "exact"}
        for pointer, item in items
        if (start := text.find(item["quote"])) >= 0
    ]


def road_accidents_run(folder: Path) -> Path:
    """Write a run whose records are the gold of the road accidents example."""
    lines = [
        line(article_id, record, evidence=evidence_of(record, ARTICLES[article_id]), warnings=[])
        for article_id, record in GOLD.items()
    ]
    return write_run(folder, *lines, texts=ARTICLES, settings={"schema_file": str(SCHEMA_FILE)})


def hostile_run(folder: Path) -> Path:
    """Write a run with hostile markup in all texts: ids, values, quotes, messages and article."""
    record = {
        "title": HOSTILE,
        "notes": [{"label": HOSTILE, "formula": FORMULA, "quote": HOSTILE}],
    }
    warnings = [
        {"kind": "disputed", "message": HOSTILE, "pointer": "/notes/0/label"},
        {"kind": "unaccounted", "message": HOSTILE, "start": 0, "end": 9},
        {"kind": "dropped", "message": HOSTILE, "item": {HOSTILE: HOSTILE}},
    ]
    text = f"{HOSTILE}\n\n{HOSTILE} end"
    spans = [{"pointer": "/notes/0", "start": 0, "end": len(HOSTILE), "match": "exact"}]
    made = line(
        HOSTILE,
        record,
        evidence=spans,
        warnings=warnings,
        source=HOSTILE,
        metadata={"title": HOSTILE, HOSTILE: HOSTILE},
    )
    failed = failure(f"{HOSTILE} failed", HOSTILE, HOSTILE)
    settings = {"model": HOSTILE}
    folder.mkdir()
    return write_run(folder, made, texts={HOSTILE: text}, failures=[failed], settings=settings)
