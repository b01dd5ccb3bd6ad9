"""``antq-llm extract --dry-run``: what a run would send and cost."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from antq_llm.cli.printing import show, show_json
from antq_llm.cli.tables import print_rows


def print_dry(found: dict[str, Any], *, as_json: bool) -> None:
    """Print what a dry run has found."""
    if as_json:
        show_json(json.dumps(found, indent=1))
        return
    show(
        f"{found['articles']} article(s): {found['done']} answered already, {found['failed']} failed, {found['open']} to be asked about."
    )
    rows = [
        _row(name.replace("_", " "), [f"{end:,}" for end in found[name]])
        for name in ("requests", "input_tokens", "output_tokens")
    ]
    if found["cost_usd"] is not None:
        rows.append(_row("US dollars", [f"{end:.4f}" for end in found["cost_usd"]]))
    print_rows(rows, as_json=False)
    if found["cost_usd"] is None:
        print("The price is not known: give it with --price IN,OUT", file=sys.stderr)
    if found["open"]:
        show(
            "From: each is asked once and answers are short. To: as often as earlier ones make likely, or to the last attempt, and answers are long."
        )
    if found["open"] and found["at_most_usd"] is not None:
        show(
            f"Whatever comes, no more than ${found['at_most_usd']:.4f} (every answer at its limit, and wrong to the last attempt, or --max-cost)."
        )


def _row(what: str, ends: Sequence[str]) -> dict[str, str]:
    return {"what": what, "from": ends[0], "to": ends[1]}
