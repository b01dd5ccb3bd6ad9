"""``antq-llm extract --dry-run``: what a run would send and cost."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from antq_llm.batch import Batch, Outcome
from antq_llm.cli.printing import show, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.clients.base import Client
from antq_llm.clients.output_limit import OLDER
from antq_llm.connect import after_recordings, check_stronger, endpoint_of, model_name
from antq_llm.copies import Copies
from antq_llm.errors import ConfigurationError
from antq_llm.extractor import Extractor
from antq_llm.inputs import Input
from antq_llm.options import Options
from antq_llm.outputs import STORE_FILE
from antq_llm.prompt import Prompt
from antq_llm.rules_extractor import RULES
from antq_llm.schemas.base import Schema
from antq_llm.store import Store, StoredClient
from antq_llm.survey import Rounds, Survey


class _Nowhere:
    """Takes outcomes and keeps none."""

    def put(self, position: int, outcome: Outcome) -> None:
        """Do nothing: the batch's tally counts."""


def run_dry(
    inputs: Sequence[Input], chosen: tuple[Prompt, Schema[Any]], options: Options, model: str | None, *, out: Path | None, batch: bool, copies: Copies | None
) -> dict[str, Any]:
    """Return what a run would send and cost, as JSON values; nothing is sent, and no folder is made."""
    asked = model_name(model)
    if asked is None or asked == RULES:
        raise ConfigurationError("--dry-run says what a language model would be sent, and the rules send nothing: name one with --model or ANTQ_LLM_MODEL")
    check_stronger(options, asked)
    limit = options.output_limit
    survey = Survey(options.mode, None if limit is None else {OLDER: limit})
    path = out / STORE_FILE if out else None
    client: Client = after_recordings(options, survey)
    if path is not None and path.is_file():
        with closing(Store(path)) as store:
            counts = asyncio.run(_pass(inputs, chosen, options, asked, survey.over(StoredClient(client, store)), store, copies))
    else:
        counts = asyncio.run(_pass(inputs, chosen, options, asked, survey.over(client), None, copies))
    rounds = Rounds(options.max_attempts, 2 if options.escalate else 1, options.second_look)
    estimate = survey.estimate(rounds, endpoint_of(options).tariff(batch=batch), limit)
    found = {"articles": len(inputs), **counts, **estimate.as_dict()}
    if options.max_cost is not None and found["at_most_usd"] is not None:
        found["at_most_usd"] = min(found["at_most_usd"], options.max_cost)
    return found


async def _pass(
    inputs: Sequence[Input], chosen: tuple[Prompt, Schema[Any]], options: Options, model: str, client: Client, store: Store | None, copies: Copies | None
) -> dict[str, int]:
    prompt, schema = chosen
    batch = Batch(Extractor(schema, prompt, client=client, model=model, options=options), _Nowhere(), store, copies=copies)
    await batch.run(inputs)
    tally = batch.tally
    return {"done": tally.records, "failed": tally.failures.total(), "open": len(inputs) - tally.records - tally.failures.total()}


def print_dry(found: dict[str, Any], *, as_json: bool) -> None:
    """Print what a dry run has found."""
    if as_json:
        show_json(json.dumps(found, indent=1))
        return
    show(f"{found['articles']} article(s): {found['done']} answered already, {found['failed']} failed, {found['open']} to be asked about.")
    rows = [_row(name.replace("_", " "), [f"{end:,}" for end in found[name]]) for name in ("requests", "input_tokens", "output_tokens")]
    if found["cost_usd"] is not None:
        rows.append(_row("US dollars", [f"{end:.4f}" for end in found["cost_usd"]]))
    print_rows(rows, as_json=False)
    if found["cost_usd"] is None:
        print("The price is not known: give it with --price IN,OUT", file=sys.stderr)
    if found["open"]:
        show("From: each is asked once and answers are short. To: as often as earlier ones make likely, or to the last attempt, and answers are long.")
    if found["open"] and found["at_most_usd"] is not None:
        show(f"Whatever comes, no more than ${found['at_most_usd']:.4f} (every answer at its limit, and wrong to the last attempt, or --max-cost).")


def _row(what: str, ends: Sequence[str]) -> dict[str, str]:
    return {"what": what, "from": ends[0], "to": ends[1]}
