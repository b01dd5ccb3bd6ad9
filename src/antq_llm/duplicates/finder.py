"""Detection of copies before they are sent to a model, and reuse of the originals' records."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeGuard

from rensa import RMinHash

from antq_llm.articles.article import Article
from antq_llm.articles.inputs import Input
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
from antq_llm.errors import ArticleError, ConfigurationError, Deferred
from antq_llm.mentions.language import LanguageCode
from antq_llm.records.result import Extraction, Failure
from antq_llm.schemas.base import Schema
from antq_llm.text.tokens import forms_of

Outcome = Extraction[Any] | Failure

MIN_THRESHOLD = 0.5
MAX_CANDIDATES = 5
"""Maximum number of earlier articles that are read again and compared, most similar first."""


class Ask(Protocol):
    """A function that gets an article's outcome by asking a model or reading a stored answer."""

    async def __call__(self, article: Article, *, retry: bool = True) -> Outcome:
        """Return the outcome; ``retry`` allows another attempt after an earlier failure."""
        ...


@dataclass(frozen=True)
class _Duplicate:
    """A possible copy of a representative."""

    number: int
    """The number of the representative."""
    pair: ArticlePair
    similarity: float


@dataclass(frozen=True)
class _Representative:
    """An article whose outcome can also be used for its copies."""

    number: int


@dataclass(frozen=True)
class _Candidate:
    """A representative that is similar enough to an article to be compared with it."""

    number: int
    similarity: float
    article: Article


class DuplicateFinder:
    """A search for copies among the articles of a run.

    An article that is not a copy becomes a representative. For each representative, the finder
    keeps a few numbers and the input from which to read the article again, but not its text or
    outcome.
    """

    def __init__(
        self,
        schema: Schema[Any],
        threshold: float = DEFAULT_THRESHOLD,
        language: LanguageCode | None = None,
    ) -> None:
        if not MIN_THRESHOLD <= threshold <= 1:
            raise ConfigurationError(
                f"the threshold for duplicates must be from {MIN_THRESHOLD} to 1 (the same words), "
                f"not {threshold}"
            )
        self._hooks = schema.hooks
        self._threshold = threshold
        self._language = language
        self._index = NearDuplicateIndex(threshold)
        self._representatives: list[Input] = []
        self._pending: dict[int, asyncio.Future[Outcome | None]] = {}
        self._without_record: set[int] = set()
        self._deferred: dict[str, int] = {}
        """The numbers of representatives whose answers arrive in a later round, by article id."""

    async def outcome(self, source: Input, article: Article, ask: Ask) -> Outcome:
        """Return an article's outcome, transferred from its representative or returned by ``ask``.

        Representatives are chosen before the first ``await``, so they depend only on the order of
        the calls.
        """
        match = self._resumed(source) or self._find(source, article)
        if isinstance(match, _Representative):
            return await self._ask_for_all(match.number, source, article, ask)
        original = await self._original(match, ask)
        if _is_deferred(original):
            return replace(original, article_id=source.id, source=source.source)
        transferred = (
            transfer_record(original, match.pair, match.similarity)
            if isinstance(original, Extraction)
            else None
        )
        return transferred or await ask(article)

    def _resumed(self, source: Input) -> _Representative | None:
        """Return the representative that an article became in an earlier round, or None."""
        number = self._deferred.pop(source.id, None)
        if number is None:
            return None
        self._pending[number] = asyncio.get_running_loop().create_future()
        return _Representative(number)

    def _find(self, source: Input, article: Article) -> _Duplicate | _Representative:
        """Return an article as a possible copy of a representative or as a new representative."""
        later = ComparedArticle(article, self._hooks, self._language)
        shingles = _shingles(article)
        sketch = sketch_of(shingles)
        for candidate in self._candidates(shingles, sketch):
            earlier = ComparedArticle(candidate.article, self._hooks, self._language)
            if pair := compare_articles(earlier, later):
                return _Duplicate(candidate.number, pair, candidate.similarity)
        self._representatives.append(source)
        number = self._index.add(sketch)
        self._pending[number] = asyncio.get_running_loop().create_future()
        return _Representative(number)

    def _candidates(self, shingles: frozenset[str], sketch: RMinHash) -> list[_Candidate]:
        """Return representatives whose similarity reaches the threshold, most similar first.

        At most ``MAX_CANDIDATES`` are returned; those that cannot be read again are left out.
        """
        candidates = []
        for number in self._index.nearest(sketch, MAX_CANDIDATES):
            try:
                article = self._representatives[number].read()
            except ArticleError:
                # Standard input and changed files cannot be read again, and so cannot be
                # compared.
                continue
            score = similarity(shingles, _shingles(article))
            if score >= self._threshold:
                candidates.append(_Candidate(number, score, article))
        return sorted(candidates, key=lambda found: (-found.similarity, found.number))

    async def _ask_for_all(self, number: int, source: Input, article: Article, ask: Ask) -> Outcome:
        """Get a representative's outcome, pass it to the waiting copies and return it."""
        outcome: Outcome | None = None
        try:
            outcome = await ask(article)
        finally:
            if _is_deferred(outcome):
                self._deferred[source.id] = number
            elif not isinstance(outcome, Extraction):
                self._without_record.add(number)
            self._pending.pop(number).set_result(outcome)
        return outcome

    async def _original(self, match: _Duplicate, ask: Ask) -> Outcome | None:
        """Return a representative's outcome; None if it is known to have no record."""
        if match.number in self._pending:
            # Shielded, so that cancelling one copy does not cancel the others' result.
            return await asyncio.shield(self._pending[match.number])
        if match.number in self._without_record:
            return None
        return await ask(match.pair.earlier.article, retry=False)


def _is_deferred(outcome: Outcome | None) -> TypeGuard[Failure]:
    return isinstance(outcome, Failure) and isinstance(outcome.error, Deferred)


def _shingles(article: Article) -> frozenset[str]:
    return shingles_of(forms_of(article.text))
