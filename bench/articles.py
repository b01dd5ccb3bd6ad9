"""Distinct articles of about 5 kB made from the five seeds, with the gold records as answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import ascii_lowercase
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
MARK_LETTERS = 6

Passage = tuple[str, str, dict[str, Any]]
"""An item: the name of its list, its quote and its other fields as plain values."""


@cache
def seeds() -> list[str]:
    """Return the texts of the seeds, in the order of their file names."""
    return [path.read_bytes().decode() for path in sorted((REPOSITORY / "seeds").glob("*.txt"))]


@cache
def records() -> list[dict[str, Any]]:
    """Return the gold record of each seed."""
    return [
        json.loads(path.read_bytes())
        for path in sorted((REPOSITORY / "gold" / "movement_report").glob("*.json"))
    ]


def article(number: int) -> str:
    """Return the text of a seed with a last line that makes it unique.

    The line names the seed by a letter, so that the benchmark server can find the answer quickly.
    It contains no figure that an extraction would have to account for.
    """
    letters = "".join(ascii_lowercase[number // 26**place % 26] for place in range(MARK_LETTERS))
    seed = number % len(seeds())
    return f"{seeds()[seed]}\nref-{ascii_lowercase[seed]}-{letters}"


def write_articles(path: Path, numbers: Iterable[int]) -> None:
    """Write articles as JSON lines that ``antq-llm extract`` can read."""
    with path.open("w", encoding="utf-8") as file:
        for number in numbers:
            file.write(
                json.dumps(
                    {"id": f"article-{number:06}", "text": article(number)}, ensure_ascii=False
                )
                + "\n"
            )


def passages(record: dict[str, Any]) -> list[Passage]:
    """Return the quoted items of a record as a flat list, like langextract's extractions."""
    found: list[Passage] = []
    for name, value in record.items():
        items = value if isinstance(value, list) else [value]
        found += [(name, item["quote"], _flat(item)) for item in items if isinstance(item, dict)]
    return found


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    inner = {
        key: value
        for part in item.values()
        if isinstance(part, dict)
        for key, value in part.items()
    }
    outer = {
        key: value for key, value in item.items() if key != "quote" and not isinstance(value, dict)
    }
    return {key: value for key, value in {**outer, **inner}.items() if value is not None}


def example() -> dict[str, Any]:
    """Return an example for clients that need one: a text and one passage of each kind."""
    first: dict[str, Passage] = {}
    for record in records():
        for passage in passages(record):
            first.setdefault(passage[0], passage)
    return {
        "text": "\n".join(quote for _, quote, _ in first.values()),
        "passages": list(first.values()),
    }
