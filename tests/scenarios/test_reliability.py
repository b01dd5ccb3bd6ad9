"""The library behaves as in the tables of faults in docs/reliability.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from antq_llm.clients.budget import Budget, MemoryLedger
from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.pricing import Price
from antq_llm.errors import AntqError
from antq_llm.extraction.extractor import Extractor
from helpers.fault_server import GOOD, Fault, fault_server
from helpers.named_faults import FAULTS, TIMED
from helpers.paths import REPOSITORY
from helpers.support import Person, Waits

_ROW = re.compile(r"^\| `([\w-]+)` \|(.*)\|$", re.MULTILINE)
ANSWER_COST, MAX_COST = 0.002, 0.1


@dataclass(frozen=True)
class Row:
    """A row of a table of faults, without its name and description."""

    requests: str
    waits: str
    answers: str
    result: str
    charged: str
    once: str


def rows() -> dict[str, Row]:
    """Return the rows of the tables by the names of their faults."""
    page = (REPOSITORY / "docs" / "reliability.md").read_text(encoding="utf-8")
    found = {}
    for name, rest in _ROW.findall(page):
        _, *cells = (cell.strip().strip("`") for cell in rest.split("|"))
        found[name] = Row(*cells)
    return found


ROWS = rows()


async def observed(faults: Sequence[Fault], seconds: float) -> tuple[Row, list[float]]:
    """Return the library's reaction to faults as a row, and its waits in seconds."""
    waits = Waits()
    with fault_server(faults) as server:
        endpoint = Endpoint(
            base_url=server.base_url,
            api_key="key-x",
            timeout=seconds,
            max_output_tokens=1000,
            prices={"m": Price(0, 100.0)},
        )
        budget = Budget(100.0, MemoryLedger())
        client = OpenAIClient(endpoint, budget=budget, sleep=waits)
        try:
            result = await Extractor(Person, "Find.", model="m", client=client).aextract("Lan.")
            kind, answers = "record", len(result.attempts)
        except AntqError as error:
            kind, answers = error.kind, len(error.attempts)
        spent, reserved = await budget.used()
        await client.aclose()
    assert reserved == 0
    row = Row(
        str(len(server.bodies)), _range(waits.seconds), str(answers), kind, _charge(spent), ""
    )
    return row, waits.seconds


def _charge(spent: float) -> str:
    if not spent:
        return "nothing"
    maxima, rest = divmod(round(spent / ANSWER_COST), round(MAX_COST / ANSWER_COST))
    parts = [f"{maxima} × maximum"] * bool(maxima) + [f"{rest} × answer"] * bool(rest)
    return ", ".join(parts)


def _range(waits: Sequence[float]) -> str:
    """Return the sum of the waits, as a range if they have a random part."""
    total = sum(waits)
    if total == int(total):
        return f"{int(total)} s"
    least = sum(2**number for number in range(len(waits)))
    assert least <= total <= least + len(waits)
    return f"{least} to {least + len(waits)} s"


def test_the_table_has_every_fault() -> None:
    """The tables list exactly the faults of the test server, in the same order."""
    assert list(ROWS) == list(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
async def test_a_lasting_fault_has_the_result_of_its_row(name: str) -> None:
    """The requests, waits, answers, result and charge of a lasting fault match its row."""
    row, _ = await observed([FAULTS[name]], 0.1 if name in TIMED else 30.0)
    expected = ROWS[name]
    assert (row.requests, row.waits, row.answers) == (
        expected.requests,
        expected.waits,
        expected.answers,
    )
    assert (row.result, row.charged) == (expected.result, expected.charged)


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_that_passes_has_the_result_of_its_row(name: str) -> None:
    """If a fault occurs only once, the result is the one that its row gives for this case."""
    row, _ = await observed([FAULTS[name], GOOD], 0.5 if name in TIMED else 30.0)
    assert row.result == ROWS[name].once
