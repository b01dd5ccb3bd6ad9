"""Measurement of how often the checks reject correct values and how many wrong values they notice.

The correct values are those of gold records, which are checked like answers. Wrong values are
planted in these records, one at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from antq_llm.articles.article import Article
from antq_llm.evaluation.checks.checked_values import CHECKS, CheckName, check_of, checked_values
from antq_llm.evaluation.checks.planted_errors import ERROR_KINDS, ErrorKind, plant_errors
from antq_llm.evaluation.checks.rates import ArticleCount, Rate, rate_over
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import Fault, InvalidAnswer
from antq_llm.validation.checks import CheckedRecord, check_record

_Outcome = Literal["contradicted", "unverified", "unnoticed"]


@dataclass(frozen=True, slots=True)
class FalseFault:
    """A fault that a check wrongly reports in a gold value."""

    article: str
    check: CheckName
    fault: Fault

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as JSON data."""
        return {
            "article": self.article,
            "check": self.check,
            "pointer": self.fault.pointer,
            "message": str(self.fault),
        }


@dataclass(frozen=True, slots=True)
class GoldRow:
    """The results of one check on gold values."""

    check: CheckName
    faults: Rate
    unverified: int

    def as_dict(self) -> dict[str, Any]:
        """Return the results as JSON data."""
        return {
            "check": self.check,
            "values": self.faults.total,
            "faults": self.faults.hits,
            "rate": self.faults.value,
            "interval": self.faults.interval,
            "unverified": self.unverified,
        }


@dataclass(frozen=True, slots=True)
class PlantedRow:
    """The results for planted errors of one kind in the values that one check covers."""

    check: CheckName
    kind: ErrorKind
    contradicted: Rate
    """The rate at which wrong values are contradicted if they do not appear in the article."""
    unverified: int
    elsewhere: Rate
    """The rate at which wrong values are contradicted if they appear elsewhere in the article."""

    def as_dict(self) -> dict[str, Any]:
        """Return the results as JSON data."""
        return {
            "check": self.check,
            "kind": self.kind,
            "errors": self.contradicted.total,
            "contradicted": self.contradicted.hits,
            "rate": self.contradicted.value,
            "interval": self.contradicted.interval,
            "unverified": self.unverified,
            "printed_elsewhere": {
                "errors": self.elsewhere.total,
                "contradicted": self.elsewhere.hits,
            },
        }


@dataclass(frozen=True)
class CheckQuality:
    """The results of all checks on a set of articles."""

    articles: int
    seed: int
    gold: Sequence[GoldRow]
    planted: Sequence[PlantedRow]
    false_faults: Sequence[FalseFault]

    def as_dict(self) -> dict[str, Any]:
        """Return the results as JSON data."""
        return {
            "articles": self.articles,
            "seed": self.seed,
            "gold": [row.as_dict() for row in self.gold],
            "planted": [row.as_dict() for row in self.planted],
            "false_faults": [false.as_dict() for false in self.false_faults],
        }


def measure_checks(
    gold: Mapping[str, Any],
    articles: Iterable[Article],
    schema: Schema[Any],
    *,
    seed: int = 1,
    language: LanguageCode | None = None,
) -> CheckQuality:
    """Measure the checks on articles; ``gold`` maps article ids to gold records.

    ``seed`` determines the planted errors. ``language`` is the language of the articles, or None to
    detect it for each article.
    """
    measured = [
        _MeasuredArticle(
            article.id,
            gold[article.id],
            AnalyzedArticle.of(article, language),
            schema,
            seed=f"{seed}:{article.id}",
            others=[record for other, record in sorted(gold.items()) if other != article.id],
        )
        for article in sorted(articles, key=lambda article: article.id)
    ]
    return CheckQuality(
        articles=len(measured),
        seed=seed,
        gold=list(_gold_rows(measured)),
        planted=list(_planted_rows(measured)),
        false_faults=[false for article in measured for false in article.false_faults],
    )


class _MeasuredArticle:
    """The results of the checks on one gold record and on the errors planted in it."""

    def __init__(
        self,
        article: str,
        data: Any,
        analyzed: AnalyzedArticle,
        schema: Schema[Any],
        *,
        seed: str,
        others: Sequence[Any],
    ) -> None:
        self._data = data
        self._schema = schema
        self._analyzed = analyzed
        self.values: Counter[CheckName] = Counter({"schema": 1})
        self.unverified: Counter[CheckName] = Counter()
        self.false_faults: list[FalseFault] = []
        self.outcomes: Counter[tuple[CheckName, ErrorKind, bool, _Outcome]] = Counter()
        try:
            checked = check_record(data, schema, analyzed)
        except InvalidAnswer as invalid:
            self.false_faults = [FalseFault(article, "schema", fault) for fault in invalid.faults]
            return
        self.values += checked_values(checked, schema)
        self.false_faults = [
            FalseFault(article, check_of(fault.pointer, checked, schema), fault)
            for fault in checked.faults
        ]
        for finding in checked.unverified:
            self.unverified[check_of(finding.fault.pointer, checked, schema)] += 1
        self._plant(checked, seed, others)

    def _plant(self, gold: CheckedRecord[Any], seed: str, others: Sequence[Any]) -> None:
        faults = set(gold.faults)
        doubts = {finding.fault for finding in gold.unverified}
        for error in plant_errors(self._data, self._schema, self._analyzed, seed, others):
            outcome: _Outcome = "unnoticed"
            try:
                checked = check_record(error.record, self._schema, self._analyzed)
            except InvalidAnswer:
                outcome = "contradicted"
            else:
                if set(checked.faults) - faults:
                    outcome = "contradicted"
                elif {finding.fault for finding in checked.unverified} - doubts:
                    outcome = "unverified"
            check = (
                "name" if error.kind == "invented" else check_of(error.pointer, gold, self._schema)
            )
            self.outcomes[check, error.kind, error.printed_elsewhere, outcome] += 1


def _gold_rows(measured: Sequence[_MeasuredArticle]) -> Iterator[GoldRow]:
    for check in CHECKS:
        counts = [
            ArticleCount(
                min(
                    sum(false.check == check for false in article.false_faults),
                    article.values[check],
                ),
                article.values[check],
            )
            for article in measured
        ]
        if any(count.total for count in counts):
            unverified = sum(article.unverified[check] for article in measured)
            yield GoldRow(check, rate_over(counts), unverified)


def _planted_rows(measured: Sequence[_MeasuredArticle]) -> Iterator[PlantedRow]:
    pairs = {(check, kind) for article in measured for check, kind, _, _ in article.outcomes}
    order = sorted(pairs, key=lambda pair: (CHECKS.index(pair[0]), ERROR_KINDS.index(pair[1])))
    for check, kind in order:
        yield PlantedRow(
            check,
            kind,
            contradicted=_rate_of(measured, check, kind, is_elsewhere=False),
            unverified=sum(
                article.outcomes[check, kind, False, "unverified"] for article in measured
            ),
            elsewhere=_rate_of(measured, check, kind, is_elsewhere=True),
        )


def _rate_of(
    measured: Sequence[_MeasuredArticle], check: CheckName, kind: ErrorKind, *, is_elsewhere: bool
) -> Rate:
    return rate_over(
        [
            ArticleCount(
                article.outcomes[check, kind, is_elsewhere, "contradicted"],
                sum(
                    article.outcomes[check, kind, is_elsewhere, outcome]
                    for outcome in get_args(_Outcome)
                ),
            )
            for article in measured
        ]
    )
