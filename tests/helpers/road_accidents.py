"""The example schema in ``examples/road_accidents``, its articles and gold, and an ideal model."""

from __future__ import annotations

import copy
import importlib.util
import json
import sys
from typing import Any

from antq_llm.schemas.registry import load_schema
from helpers.endpoint import Reply
from helpers.paths import REPOSITORY

FOLDER = REPOSITORY / "examples/road_accidents"
MODEL = "road_accidents:RoadAccidentReport"
SCHEMA_FILE = FOLDER / "road_accidents.json"
ARTICLES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("articles/*.txt"))}
GOLD: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("gold/*.json"))
}


def _import_example() -> None:
    """Import the example's module by its own name, without changing ``sys.path``."""
    if "road_accidents" in sys.modules:
        return
    found = importlib.util.spec_from_file_location("road_accidents", FOLDER / "road_accidents.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["road_accidents"] = module
    found.loader.exec_module(module)


_import_example()
SCHEMA = load_schema(MODEL)


def asked_text(body: dict[str, Any]) -> str:
    """Return the text of the last message of a request that contains an article or chunk."""
    return next(
        message["content"] for message in body["messages"][::-1] if _article_id(message["content"])
    )


def article_of(body: dict[str, Any]) -> str:
    """Return the id of the article in a request."""
    return _article_id(asked_text(body))


def ideal_answer(body: dict[str, Any]) -> dict[str, Any]:
    """Return the article's gold record, limited to what the text of a request contains."""
    text = asked_text(body)
    gold = GOLD[article_of(body)]
    answer = {
        key: [copy.deepcopy(item) for item in value if item["quote"] in text]
        if isinstance(value, list)
        else value
        for key, value in gold.items()
    }
    if gold["published"] and gold["published"]["quote"] not in text:
        answer["published"] = None
    for accident in answer["accidents"]:
        if not _prints_time(text, accident["time"]):
            accident["time"] = None
    named = {person["name"] for person in answer["people"]}
    answer["statements"] = [said for said in answer["statements"] if said["speaker"] in named]
    return answer


def ideal_model(body: dict[str, Any]) -> Reply:
    """Answer as an ideal model would."""
    return reply(ideal_answer(body))


def reply(record: Any) -> Reply:
    """Return a reply with a record."""
    return Reply(json.dumps(record, ensure_ascii=False))


def with_killed(record: dict[str, Any], count: int) -> dict[str, Any]:
    """Return a copy of a record with another count in the first item of ``casualties``."""
    changed = copy.deepcopy(record)
    changed["casualties"][0]["count"] = count
    return changed


def sorted_items(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the items of its lists in a fixed order."""
    return {
        key: sorted(value, key=json.dumps) if isinstance(value, list) else value
        for key, value in record.items()
    }


def _prints_time(text: str, time: str | None) -> bool:
    """Return whether a text prints a time, such as 07:40 or 19:40, in the form ``7.40``."""
    if time is None:
        return True
    hour, minute = map(int, time.split(":"))
    return f"{hour % 12}.{minute:02d}" in text


def _article_id(text: str) -> str:
    """Return the id of the article whose first line is in a text, or an empty string."""
    return next((name for name, article in ARTICLES.items() if article.split("\n")[0] in text), "")
