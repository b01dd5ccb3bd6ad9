"""The ``antq-llm demo`` command, which extracts records from the packaged articles offline."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from antq_llm.cli.printing import show
from antq_llm.cli.tables import print_rows
from antq_llm.core.packaged_data import data_folder
from antq_llm.extraction.options import Options
from antq_llm.movement_report.record import ITEM_FIELDS
from antq_llm.records.lines import read_failures, read_records
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings

_HEADLINE_CHARACTERS = 60
_EXAMPLES = 3


def run_demo(out: Path | None, *, as_json: bool) -> int:
    """Extract the packaged articles' records, print a summary and return the exit status."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = out or Path(scratch)
        seeds = (str(data_folder("seeds")),)
        totals = Run(RunSettings(seeds, Options(), out=folder, offline=True)).run()
        lines, failures = list(read_records(folder)), list(read_failures(folder))
    print_rows(
        [_overview(line, as_json=as_json) for line in lines],
        as_json=as_json,
        title=None if as_json else "Records of five articles, from recorded answers",
    )
    if not as_json:
        print_rows(
            [row for line in lines for row in _examples(line)],
            as_json=False,
            title="Some items, with their positions in the articles",
        )
        for failure in failures:
            show(f"failed: {failure['article_id']}: {failure['error']['message']}")
        show(
            f"{totals.records} record(s), {totals.failures.total()} failure(s), nothing spent."
            + (f" Files: {out}/records.jsonl, {out}/run.json" if out else "")
        )
    return 1 if failures else 0


def _overview(line: dict[str, Any], *, as_json: bool) -> dict[str, Any]:
    record = line["record"]
    headline = record["headline"] or ""
    short = (
        headline if len(headline) <= _HEADLINE_CHARACTERS else headline[:_HEADLINE_CHARACTERS] + "…"
    )
    date = next((event["date"] for event in record["events"] if event["date"]), None)
    counts = {name.removeprefix("community_"): len(record[name]) for name in ITEM_FIELDS}
    return {
        "article": line["article_id"][: None if as_json else 3],
        "headline": short,
        "event": date,
        **counts,
    }


def _examples(line: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each of the first items, with the item's value as text and its span."""
    record = line["record"]
    spans = {
        evidence["pointer"]: f"{evidence['start']}–{evidence['end']}"
        for evidence in line["evidence"]
    }
    found = [
        (
            f"/people/{index}",
            "person",
            " ".join(filter(None, (item["rank"], item["name"]))) + _offices(item),
        )
        for index, item in enumerate(record["people"])
    ]
    found += [
        (
            f"/indicators/{index}",
            "indicator",
            f"{item['label']} {item['comparator']} {item['value']}"
            + (f" of {item['total']}" if item["total"] else ""),
        )
        for index, item in enumerate(record["indicators"])
    ]
    return [
        {
            "article": line["article_id"][:3],
            "what": what,
            "value": value,
            "characters": spans.get(pointer),
        }
        for pointer, what, value in found[:_EXAMPLES]
    ]


def _offices(person: dict[str, Any]) -> str:
    return f" ({'; '.join(person['positions'])})" if person["positions"] else ""
