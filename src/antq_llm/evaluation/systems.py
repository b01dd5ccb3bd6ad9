"""Where an evaluation's systems and gold annotations come from: prompts, runs made earlier, the rules, and folders of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.clients.completion import Usage, total_cost, total_usage
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.evaluation import System
from antq_llm.extraction.baseline import RULES, extract_by_rules
from antq_llm.extraction.extractor import Extractor
from antq_llm.records.lines import read_failures, read_records
from antq_llm.records.result import Failure
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer


async def system_of_prompt(
    name: str, extractor: Extractor[Any], articles: Sequence[Article]
) -> System:
    """Return what a prompt gives for articles; failures are counted, and count as empty records."""
    records: dict[str, Any] = {}
    failures: dict[str, str] = {}
    costs: list[float | None] = []
    usages: list[Usage] = []
    async for outcome in extractor.extract_many(articles):
        attempts = outcome.error.attempts if isinstance(outcome, Failure) else outcome.attempts
        costs += [attempt.completion.cost_usd for attempt in attempts]
        usages += [attempt.usage for attempt in attempts]
        if isinstance(outcome, Failure):
            failures[outcome.article_id] = str(outcome.error)
        else:
            records[outcome.article.id] = outcome.schema.dump(outcome.record)
    return System(name, records, failures, total_cost(costs), total_usage(usages))


def system_of_rules(articles: Sequence[Article], schema: Schema[Any]) -> System:
    """Return what the rules give for articles, at no cost."""
    records = {
        article.id: schema.dump(extract_by_rules(article, schema).record) for article in articles
    }
    return System(RULES, records, cost_usd=0.0, usage=total_usage(()))


def system_of_run(name: str, folder: Path, ids: Sequence[str], schema: Schema[Any]) -> System:
    """Return what a run made earlier gave for articles, from its ``records.jsonl`` and ``failures.jsonl``; what is in neither counts as failed.

    ConfigurationError where its records are of another schema.
    """
    wanted = set(ids)
    kept = [line for line in read_records(folder) if line["article_id"] in wanted]
    failed = [line for line in read_failures(folder) if line["article_id"] in wanted]
    if other := next(
        (
            line["schema"]
            for line in kept
            if line.get("schema", schema.reference) != schema.reference
        ),
        None,
    ):
        raise ConfigurationError(
            f"{folder} has records of {other}, and the gold annotations are of {schema.reference}: give a run of that schema"
        )
    records = {line["article_id"]: _checked(line, folder, schema) for line in kept}
    reasons = {line["article_id"]: line["error"]["message"] for line in failed}
    failures = {
        one: reasons.get(one, f"{folder} has no record of it") for one in ids if one not in records
    }
    lines = [*kept, *failed]
    usage = total_usage(Usage.model_validate(line["usage"]) for line in lines)
    return System(name, records, failures, total_cost(line["cost_usd"] for line in lines), usage)


def _checked(line: Mapping[str, Any], folder: Path, schema: Schema[Any]) -> Any:
    try:
        return schema.dump(schema.read_data(line.get("record")))
    except InvalidAnswer as error:
        raise ConfigurationError(
            f"{folder}: the record of {line['article_id']} is no {schema.reference} record: {error}"
        ) from error
