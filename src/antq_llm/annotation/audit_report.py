"""The precision of a run, estimated from verdicts on a sample of its items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.annotation.audit_sample import AuditItem
from antq_llm.core.json_pointer import value_at
from antq_llm.evaluation.checks.rates import ArticleCount, Rate, rate_over
from antq_llm.records.stored_run import StoredRun


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The estimated precision of a run: the share of its items that are right."""

    overall: Rate
    fields: dict[str, Rate]
    """The precision of each list or field in the sample, by name."""
    articles: int
    """The number of articles with a judged item."""
    unjudged: int
    """The number of items without a verdict; they do not affect the precision."""
    wrong: tuple[AuditItem, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON data."""
        names = ("article_id", "pointer", "field", "item", "quote", "note")
        return {
            "precision": _rate(self.overall),
            "fields": {name: _rate(rate) for name, rate in self.fields.items()},
            "articles": self.articles,
            "unjudged": self.unjudged,
            "wrong": [{name: getattr(item, name) for name in names} for item in self.wrong],
        }


def audit_report(items: Sequence[AuditItem]) -> AuditReport:
    """Estimate a run's precision, with 95% confidence intervals, from verdicts on a random sample.

    Items of one article tend to be right or wrong together, so an interval can be wider if the
    sample has several items from the same article (see ``rate_over``).
    """
    judged = [item for item in items if item.verdict is not None]
    fields = dict.fromkeys(item.field for item in items)
    return AuditReport(
        _rate_of(judged),
        {name: _rate_of(item for item in judged if item.field == name) for name in fields},
        len({item.article_id for item in judged}),
        len(items) - len(judged),
        tuple(item for item in judged if item.verdict == "wrong"),
    )


def items_not_in_run(items: Sequence[AuditItem], run: StoredRun) -> list[AuditItem]:
    """Return the items of a sample that are not in the run."""
    records = {
        line["article_id"]: line["record"]
        for line in run.record_lines()
        if line["article_id"] in {item.article_id for item in items}
    }
    return [item for item in items if not _is_in(item, records.get(item.article_id))]


def _is_in(item: AuditItem, record: Any) -> bool:
    """Return whether a record contains an item.

    The item's pointer must lead to a value. If the item has a quote, the value must contain it.
    """
    try:
        found = value_at(record, item.pointer)
    except LookupError:
        return False
    texts = found.values() if isinstance(found, Mapping) else [found]
    quotes = {" ".join(text.split()) for text in texts if isinstance(text, str)}
    return not item.quote or " ".join(item.quote.split()) in quotes


def _rate_of(items: Iterable[AuditItem]) -> Rate:
    hits: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for item in items:
        totals[item.article_id] += 1
        hits[item.article_id] += item.verdict == "right"
    return rate_over([ArticleCount(hits[name], total) for name, total in totals.items()])


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "value": rate.value,
        "interval": rate.interval,
        "right": rate.hits,
        "judged": rate.total,
    }
