"""Articles that are copies of earlier ones of the same run: found before they are asked about, and given the record of the first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeGuard

from antq_llm.articles.article import Article
from antq_llm.articles.sources import Input
from antq_llm.duplicates.minhash import (
    DEFAULT_THRESHOLD,
    NearDuplicateIndex,
    shingles_of,
    similarity,
    sketch_of,
)
from antq_llm.duplicates.record_transfer import (
    ArticlePair,
    ComparedArticle,
    compare_articles,
    transfer_record,
)
from antq_llm.duplicates.text_diff import forms_of
from antq_llm.errors import ArticleError, ConfigurationError, Deferred
from antq_llm.records.result import Extraction, Failure
from antq_llm.schemas.base import Schema

Outcome = Extraction[Any] | Failure

MIN_THRESHOLD = 0.5
MAX_CANDIDATES = 5
"""How many of the earlier articles that are probably alike are read again and compared."""


class Ask(Protocol):
    """What gives an article its outcome by asking about it, or from the store what was answered before."""

    async def __call__(self, article: Article, *, retry: bool = True) -> Outcome:
        """Return the outcome; with ``retry``, a failure of an earlier run is asked about again if the run is to."""
        ...


@dataclass(frozen=True)
class _Duplicate:
    """An article that may be a copy, and of which."""

    number: int
    pair: ArticlePair
    similarity: float


@dataclass(frozen=True)
class _Representative:
    """An article that is asked about itself, for its copies too."""

    number: int


class DuplicateFinder:
    """The representatives of a run: the articles that are no copies of earlier ones.

    Of a representative it keeps where it can be read again and a few numbers, never its text or its outcome.
    """

    def __init__(self, schema: Schema[Any], threshold: float = DEFAULT_THRESHOLD) -> None:
        if not MIN_THRESHOLD <= threshold <= 1:
            raise ConfigurationError(
                f"the threshold of duplicates must be from {MIN_THRESHOLD} to 1 (the same words), not {threshold}"
            )
        self._kind = schema.kind
        self._threshold = threshold
        self._seen = NearDuplicateIndex(threshold)
        self._representatives: list[Input] = []
        self._under_way: dict[int, asyncio.Future[Outcome | None]] = {}
        self._without_record: set[int] = set()
        self._deferred: dict[str, int] = {}
        """Of representatives whose answers come in a later round, the number by the article's id."""

    async def outcome(self, source: Input, article: Article, ask: Ask) -> Outcome:
        """Return the outcome of an article: that of its representative carried over if it is a copy, else what asking about it gives.

        Which article represents which is decided before anything is waited for, so it is settled by the order of the calls alone.
        """
        copy = self._again(source) or self._find(source, article)
        if isinstance(copy, _Representative):
            return await self._represent(copy.number, source, article, ask)
        original = await self._original(copy, ask)
        if _is_deferred(original):
            return replace(original, article_id=source.id, source=source.source)
        carried = (
            transfer_record(original, copy.pair, copy.similarity)
            if isinstance(original, Extraction)
            else None
        )
        return carried or await ask(article)

    def _again(self, source: Input) -> _Representative | None:
        """Return the representative that an article became in an earlier round, None if it became none."""
        number = self._deferred.pop(source.id, None)
        if number is None:
            return None
        self._under_way[number] = asyncio.get_running_loop().create_future()
        return _Representative(number)

    def _find(self, source: Input, article: Article) -> _Duplicate | _Representative:
        """Return what an article is a copy of, or the representative that it becomes."""
        text = ComparedArticle(article)
        shingles = _shingles(article)
        sketch = sketch_of(shingles)
        alike: list[tuple[float, int, ComparedArticle]] = []
        for number in self._seen.nearest(sketch, MAX_CANDIDATES):
            try:
                earlier = self._representatives[number].read()
            except ArticleError:
                # It can be read no more, as standard input or a file that was changed: it represents nothing any longer.
                continue
            near = similarity(shingles, _shingles(earlier))
            if near >= self._threshold:
                alike.append((near, number, ComparedArticle(earlier)))
        for near, number, other in sorted(alike, key=lambda one: (-one[0], one[1])):
            if pair := compare_articles(other, text, self._kind):
                return _Duplicate(number, pair, near)
        self._representatives.append(source)
        number = self._seen.add(sketch)
        self._under_way[number] = asyncio.get_running_loop().create_future()
        return _Representative(number)

    async def _represent(self, number: int, source: Input, article: Article, ask: Ask) -> Outcome:
        outcome: Outcome | None = None
        try:
            outcome = await ask(article)
        finally:
            if _is_deferred(outcome):
                self._deferred[source.id] = number
            elif not isinstance(outcome, Extraction):
                self._without_record.add(number)
            self._under_way.pop(number).set_result(outcome)
        return outcome

    async def _original(self, copy: _Duplicate, ask: Ask) -> Outcome | None:
        """Return the outcome of a copy's representative, None if it is known to have no record."""
        if copy.number in self._under_way:
            # Shielded: a copy that is given up does not take the result from the others that wait for it.
            return await asyncio.shield(self._under_way[copy.number])
        if copy.number in self._without_record:
            return None
        return await ask(copy.pair.earlier.article, retry=False)


def _is_deferred(outcome: Outcome | None) -> TypeGuard[Failure]:
    return isinstance(outcome, Failure) and isinstance(outcome.error, Deferred)


def _shingles(article: Article) -> frozenset[str]:
    return shingles_of(forms_of(article.text))
