"""A random sample of a run's items, for a person to judge as right or wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from antq_llm.core.json_pointer import child_pointer, parts_of
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.item_lines import ItemLines
from antq_llm.evidence.grounding import quoted_items
from antq_llm.records.stored_run import StoredRun
from antq_llm.schemas.declared.declared_roles import NO_ROLES
from antq_llm.validation.rules.rule_plan import rule_plan

Verdict = Literal["right", "wrong"]
CONTEXT_CHARACTERS = 200
"""Number of characters of the article to show on each side of a quote."""


@dataclass(frozen=True, slots=True)
class AuditItem:
    """An item of a run, judged or yet to be judged."""

    article_id: str
    pointer: str
    """The JSON Pointer to the item in its article's record."""
    field: str
    """The name of the list or field that contains the item, such as ``people``."""
    item: str
    """The item as one line of text."""
    quote: str
    """The item's quote; empty if it has none."""
    context: str
    """The quote and the text around it; empty if there is no quote or it cannot be located."""
    verdict: Verdict | None = None
    """A person's verdict; None until the item is judged."""
    note: str = ""


def draw_sample(
    run: StoredRun,
    size: int,
    *,
    seed: int = 0,
    text_of: Callable[[str], str | None] = lambda _: None,
) -> list[AuditItem]:
    """Draw items uniformly at random and return them in the run's order.

    An item is an object in a list, or an object with a quote. The same run, size and seed give the
    same sample. If the run has fewer than ``size`` items, all are drawn. ``text_of`` returns the
    text of an article by id, or None if it is not found. Raises ConfigurationError if the size is
    below 1 or the run has no items.
    """
    if size < 1:
        raise ConfigurationError(f"the sample must have at least 1 item, not {size}")
    total = sum(len(_items_of(run, line)) for line in run.record_lines())
    if not total:
        raise ConfigurationError(f"{run.folder} has no items to judge: name another run")
    chosen = set(random.Random(seed).sample(range(total), min(size, total)))  # noqa: S311 - a sample
    return list(_chosen_items(run, chosen, text_of))


def _chosen_items(
    run: StoredRun, chosen: set[int], text_of: Callable[[str], str | None]
) -> Iterator[AuditItem]:
    lines = ItemLines(run.schema.roles if run.schema else NO_ROLES)
    number = 0
    for line in run.record_lines():
        items = _items_of(run, line)
        drawn = [index for index in range(len(items)) if number + index in chosen]
        number += len(items)
        text = text_of(line["article_id"]) if drawn else None
        spans = {evidence["pointer"]: evidence for evidence in line.get("evidence") or ()}
        for index in drawn:
            pointer, item, quote = items[index]
            field = field_of(pointer)
            yield AuditItem(
                line["article_id"],
                pointer,
                field,
                lines.line(item, field),
                quote,
                _context(text, spans.get(pointer, {})),
            )


def field_of(pointer: str) -> str:
    """Return the name of an item's list or field, such as ``people`` for ``/people/3``."""
    return ".".join(part for part in parts_of(pointer) if not part.isdecimal()) or "items"


def _items_of(run: StoredRun, line: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    """Return the pointer, object and quote of each item of a record, in the record's order."""
    roles = run.schema.roles if run.schema else NO_ROLES
    quotes = {
        quoted.pointer: quoted.quote
        for quoted in quoted_items(line["record"], rule_plan(roles).quote_paths)
    }
    return [
        (pointer, item, quotes.get(pointer, ""))
        for pointer, item, is_listed in _objects(line["record"], "", is_listed=False)
        if is_listed or pointer in quotes
    ]


def _objects(
    value: Any, pointer: str, *, is_listed: bool
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    if isinstance(value, dict):
        yield pointer, value, is_listed
        for name, part in value.items():
            yield from _objects(part, child_pointer(pointer, name), is_listed=False)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _objects(part, child_pointer(pointer, index), is_listed=True)


def _context(text: str | None, span: Mapping[str, Any]) -> str:
    if text is None or not span:
        return ""
    start, end = span["start"], span["end"]
    before = text[max(0, start - CONTEXT_CHARACTERS) : start]
    after = text[end : end + CONTEXT_CHARACTERS]
    return " ".join(f"{before}⟦{text[start:end]}⟧{after}".split())
