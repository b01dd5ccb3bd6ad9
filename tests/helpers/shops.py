"""A made-up task for improving prompts: shops, their gold and a model that needs one rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from helpers.endpoint import Reply

SHOPS = ("Aster", "Birch", "Clover", "Daisy", "Elder", "Fennel", "Ginger", "Hazel")
RULE = "Leave out the class word."
SCHEMA = {
    "title": "shop",
    "type": "object",
    "properties": {"name": {"type": "string"}, "owner": {"type": "string"}},
    "required": ["name", "owner"],
    "additionalProperties": False,
}
PROMPT = """---
name: shop
version: 1
schema: null
notes: First.
---
# system

Extract the shop.

# user

{{article}}
"""


def write_task(folder: Path) -> None:
    """Write the schema, the prompt, the articles and the gold into a folder."""
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    (folder / "prompts" / "shop").mkdir(parents=True)
    (folder / "prompts" / "shop" / "v1.md").write_text(PROMPT)
    for part in ("articles", "gold"):
        (folder / part).mkdir()
    for name in SHOPS:
        (folder / "articles" / f"{name}.txt").write_text(f"The shop {name} belongs to {name} Ray.")
        gold = {"name": name, "owner": f"{name} Ray"}
        (folder / "gold" / f"{name}.json").write_text(json.dumps(gold))


def is_revision(body: Mapping[str, Any]) -> bool:
    """Return whether a request asks for revised instructions."""
    return "You improve the instructions" in body["messages"][0]["content"]


def model_that_learns(rules: str = f"Extract the shop. {RULE}") -> Callable[[Any], Reply]:
    """Return a model that is right only with the rule and revises instructions to ``rules``."""

    def reply(body: dict[str, Any]) -> Reply:
        if is_revision(body):
            changes = [{"what": "Said to leave out class words.", "why": "Names had them."}]
            return Reply(json.dumps({"changes": changes, "instructions": rules}))
        instructions = body["messages"][0]["content"]
        article = body["messages"][-1]["content"]
        name = next(shop for shop in SHOPS if f"shop {shop} belongs" in article)
        shown = name if RULE in instructions else f"shop {name}"
        return Reply(json.dumps({"name": shown, "owner": f"{name} Ray"}))

    return reply
