"""The packaged gold records, and evaluations and runs made from them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from antq_llm.core.packaged_data import data_folder
from antq_llm.evaluation.evaluation import Evaluation, System, evaluate
from antq_llm.evaluation.gold import read_gold
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.record_score import profile_for

SCHEMA = load_schema("movement_report")
GOLD = read_gold(data_folder("gold") / "movement_report", SCHEMA)


def without_people(records: dict[str, Any]) -> dict[str, Any]:
    """Return records without their people and statements, which lowers their score."""
    spoiled = copy.deepcopy(records)
    for record in spoiled.values():
        record["people"], record["statements"] = [], []
    return spoiled


def evaluation_of(*systems: System) -> Evaluation:
    """Return the evaluation of systems against the packaged gold records."""
    return evaluate(systems, GOLD, profile_for(SCHEMA))


def write_run(folder: Path, records: dict[str, Any]) -> Path:
    """Write records to the folder of a run, and return the folder."""
    folder.mkdir()
    usage = {"input_tokens": 10, "output_tokens": 5, "cached_tokens": None}
    lines = [
        json.dumps({"article_id": article_id, "record": record, "cost_usd": 0.5, "usage": usage})
        for article_id, record in records.items()
    ]
    (folder / "records.jsonl").write_text("".join(line + "\n" for line in lines), "utf-8")
    return folder
