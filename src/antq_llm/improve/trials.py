"""Trials of a prompt on gold articles, with scores and errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.clients.base import Client
from antq_llm.errors import BudgetExceeded, RecordingMissing
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.prompts.prompt import Prompt
from antq_llm.records.result import Extraction, Failure
from antq_llm.schemas.base import Schema
from antq_llm.scoring.metrics import Counts
from antq_llm.scoring.record_score import RecordScore, profile_for, score_record

OVERALL = "overall"


@dataclass(frozen=True)
class Trial:
    """The result of trying a prompt on one gold article."""

    article: Article
    score: RecordScore
    failure: str | None = None
    """The reason there is no record; the trial is then scored as if the record were empty."""

    @property
    def counts(self) -> Counts:
        """The strict counts over all slots."""
        return self.score.strict[OVERALL]

    @property
    def f1(self) -> float:
        """The strict F1 over all slots; 1 if there was nothing to find and nothing was found."""
        f1 = self.counts.f1
        return 1.0 if f1 is None else f1


@dataclass
class TrialRunner:
    """A runner that tries prompts on articles with one client and remembers the results."""

    schema: Schema[Any]
    gold: Mapping[str, Any]
    client: Client
    model: str
    options: Options
    _trials: dict[tuple[str, str], Trial] = field(default_factory=dict)
    """The results by prompt digest and article id."""

    async def run(self, prompt: Prompt, articles: Sequence[Article]) -> list[Trial]:
        """Try a prompt on each article and return the trials in the order of the articles.

        Raises BudgetExceeded or RecordingMissing; other failures count as empty records.
        """
        new = [article for article in articles if (prompt.digest, article.id) not in self._trials]
        if new:
            extractor = Extractor(
                self.schema, prompt, client=self.client, model=self.model, options=self.options
            )
            async for outcome in extractor.extract_many(new):
                trial = self._trial(outcome, {article.id: article for article in new})
                self._trials[prompt.digest, trial.article.id] = trial
        return [self._trials[prompt.digest, article.id] for article in articles]

    def _trial(self, outcome: Extraction[Any] | Failure, articles: Mapping[str, Article]) -> Trial:
        profile = profile_for(self.schema)
        if isinstance(outcome, Extraction):
            article = outcome.article
            record = self.schema.dump(outcome.record)
            return Trial(article, score_record(self.gold[article.id], record, profile))
        if isinstance(outcome.error, BudgetExceeded | RecordingMissing):
            raise outcome.error
        article = articles[outcome.article_id]
        score = score_record(self.gold[article.id], {}, profile)
        return Trial(article, score, str(outcome.error))
