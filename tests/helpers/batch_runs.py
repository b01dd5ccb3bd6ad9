"""Runs with ``--batch`` over numbered articles."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antq_llm.articles.input_list import list_inputs
from antq_llm.clients.openai.batch_api import BatchService as Service
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.openai_batch.polling_policy import PollingPolicy
from antq_llm.openai_batch.scheduler import BatchScheduler
from antq_llm.runs.outputs import OutputFolder
from antq_llm.runs.run import Run
from antq_llm.runs.runner import Runner
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import RunTotals
from antq_llm.store.stored_client import StoredClient
from helpers.batch_service import KEY, BatchService
from helpers.endpoint import Reply
from helpers.support import Waits

SCHEMA = {
    "title": "number",
    "type": "object",
    "properties": {"number": {"type": "integer"}},
    "required": ["number"],
    "additionalProperties": False,
}
WRONG = '{"number": "none"}'


def number_of(body: dict[str, Any]) -> int:
    """Return the number of the article in a request."""
    found = re.search(r"Bài số (\d+) về", json.dumps(body["messages"], ensure_ascii=False))
    assert found is not None
    return int(found[1])


def is_reask(body: dict[str, Any]) -> bool:
    """Return whether a request is a re-ask."""
    return any(message["role"] == "assistant" for message in body["messages"])


def right(body: dict[str, Any]) -> Reply:
    """Return a valid reply with the article's number."""
    return Reply(json.dumps({"number": number_of(body)}))


def wrong_at_first(body: dict[str, Any]) -> Reply:
    """Return an invalid reply to the first request about every third article, else a valid one."""
    return right(body) if is_reask(body) or number_of(body) % 3 else Reply(WRONG)


@dataclass
class Work:
    """A folder with numbered articles, and the runs that extract them."""

    folder: Path
    articles: int = 6
    model: str = "m"
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "schema.json").write_text(json.dumps(SCHEMA), "utf-8")
        self.write([f"Bài số {number} về an ninh." for number in range(self.articles)])

    def write(self, texts: list[str]) -> None:
        """Replace the articles with a0, a1 and so on, which have the given texts."""
        lines = (
            json.dumps({"id": f"a{number}", "text": text}, ensure_ascii=False)
            for number, text in enumerate(texts)
        )
        (self.folder / "in.jsonl").write_text("\n".join(lines), "utf-8")

    async def extract(
        self,
        service: BatchService,
        *,
        out: str = "out",
        batch: bool = True,
        retry_failed: bool = False,
        duplicates: float | None = None,
        **options: Any,
    ) -> RunTotals:
        """Do the work of ``antq-llm extract in.jsonl --out out --batch`` without waiting."""
        settings = RunSettings(
            (str(self.folder / "in.jsonl"),),
            Options(**{"base_url": service.base_url, "api_key": KEY, **options}),
            out=self.folder / out,
            schema=self.folder / "schema.json",
            model=self.model,
            batch=batch,
            retry_failed=retry_failed,
            duplicates=duplicates,
        )
        return await Run(settings, sleep=Waits()).execute()

    async def run_batches(
        self,
        service: BatchService,
        waits: Callable[[float], Awaitable[None]] | None = None,
        **settings: Any,
    ) -> RunTotals:
        """Extract the articles in batches, with other settings of the scheduler."""
        options = Options(base_url=service.base_url, api_key=KEY)
        folder = OutputFolder(self.folder / "out")
        sleep = waits or Waits()
        scheduler = BatchScheduler(
            Service(Endpoint(service.base_url, KEY), sleep=sleep),
            folder.store,
            self.folder / "out" / "batches",
            say=self.said.append,
            polling=PollingPolicy(max_failures=3),
            sleep=sleep,
            **settings,
        )
        client = StoredClient(scheduler.client, folder.store, scheduler.bought)
        extractor = Extractor(
            self.folder / "schema.json", model=self.model, client=client, options=options
        )
        runner = Runner(extractor, folder, folder.store, batches=scheduler)
        try:
            await scheduler.begin()
            totals = await runner.run(list_inputs([str(self.folder / "in.jsonl")]))
            scheduler.finish()
            return totals
        finally:
            await scheduler.aclose()
            folder.finish(runner.totals, {}, "", 0.0)
            folder.close()

    def records(self, out: str = "out") -> list[dict[str, Any]]:
        """Return the lines of ``records.jsonl``."""
        return self._lines(out, "records.jsonl")

    def failures(self, out: str = "out") -> list[dict[str, Any]]:
        """Return the lines of ``failures.jsonl``."""
        return self._lines(out, "failures.jsonl")

    def kinds(self) -> dict[str, str]:
        """Return the outcome of each article: ``record``, or the kind of its failure."""
        outcomes = {line["article_id"]: "record" for line in self.records()} | {
            line["article_id"]: line["error"]["kind"] for line in self.failures()
        }
        return dict(sorted(outcomes.items()))

    def numbers(self) -> list[int]:
        """Return the number in each record."""
        return [line["record"]["number"] for line in self.records()]

    def _lines(self, out: str, name: str) -> list[dict[str, Any]]:
        return [
            json.loads(line) for line in (self.folder / out / name).read_text("utf-8").splitlines()
        ]
