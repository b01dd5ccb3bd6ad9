"""Extracting from one article or many: the library's front."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.articles.chunking import split_text
from antq_llm.articles.reading import read_article
from antq_llm.clients.base import Client
from antq_llm.clients.recordings import RecordingClient
from antq_llm.clients.request import Request
from antq_llm.core.concurrency import as_completed
from antq_llm.core.digest import digest_of
from antq_llm.core.event_loop import run_sync
from antq_llm.errors import AntqError, ArticleError, ConfigurationError, PromptError
from antq_llm.extraction.client_factory import check_stronger, resolve_client
from antq_llm.extraction.escalation import with_escalation
from antq_llm.extraction.options import Options
from antq_llm.extraction.prompt_and_schema import PromptLike, SchemaLike, resolve_prompt_and_schema
from antq_llm.extraction.reask import (
    ExtractionTask,
    ReaskPolicy,
    extract_in_chunks,
    extract_with_reasks,
)
from antq_llm.movement_report.record import MovementReport
from antq_llm.records.result import Extraction, Failure

T = TypeVar("T", bound=BaseModel)

Source = str | Path | Article


class Extractor(Generic[T]):
    """Extracts records of one schema with one prompt; made once, used for any number of articles.

    ``schema`` is a pydantic model, a JSON Schema as a mapping, or a reference (default: ``movement_report``). ``prompt`` is a reference
    (``name`` or ``name@N``), a path, or other text as the instructions themselves (default: the newest stable prompt of the schema's
    name, else the general one). ``model`` defaults to ``ANTQ_LLM_MODEL``. ``client`` replaces the endpoint, for tests.

    Raises ConfigurationError, PromptError or SchemaError where the call cannot be made as asked.
    """

    @overload
    def __init__(
        self: Extractor[MovementReport],
        schema: None = None,
        prompt: PromptLike | None = None,
        *,
        model: str | None = None,
        offline: bool = False,
        client: Client | None = None,
        options: Options | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        schema: type[T],
        prompt: PromptLike | None = None,
        *,
        model: str | None = None,
        offline: bool = False,
        client: Client | None = None,
        options: Options | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self: Extractor[Any],
        schema: SchemaLike,
        prompt: PromptLike | None = None,
        *,
        model: str | None = None,
        offline: bool = False,
        client: Client | None = None,
        options: Options | None = None,
    ) -> None: ...
    def __init__(
        self,
        schema: type[T] | SchemaLike | None = None,
        prompt: PromptLike | None = None,
        *,
        model: str | None = None,
        offline: bool = False,
        client: Client | None = None,
        options: Options | None = None,
    ) -> None:
        self.options = options or Options()
        self.prompt, self.schema = resolve_prompt_and_schema(schema, prompt, self.options)
        if client is None:
            connection = resolve_client(self.options, model, offline=offline)
            client, model = connection.client, connection.model
        elif not model:
            raise ConfigurationError(
                "a client of your own needs the name of the model to ask for: pass model="
            )
        check_stronger(self.options, model)
        self.model = model
        self._client: Client = (
            RecordingClient(client, self.options.record) if self.options.record else client
        )

    async def aextract(self, source: Source, *, sample: int = 0) -> Extraction[T]:
        """Return the extraction of an article, a path or a text.

        ``sample`` counts on from ``options.sample``, so that another answer to the same request can be asked for; with ``options.samples`` above 1
        it counts rounds of so many. Raises ArticleError, PromptError, RecordingMissing, CompletionError, ExtractionError or ConfigurationError.
        """
        article = as_article(source)
        if len(article.text) > self.options.max_characters:
            size = f"{len(article.text)} characters, more than the {self.options.max_characters} allowed"
            raise ArticleError(
                f"{article.source or article.id} has {size}: raise max_characters, or cut it",
                kind="too_long",
            )
        if self.options.escalate is None:
            return await self._extracted(article, self.model, sample)
        return await with_escalation(
            lambda model: self._extracted(article, model, sample), self.model, self.options.escalate
        )

    async def _extracted(self, article: Article, model: str, sample: int) -> Extraction[T]:
        """Return what one model gives: one answer, or the vote over a round of samples."""
        size = self.options.samples
        if size == 1:
            return await self._answered(article, model, sample)
        # The vote matches items by scipy, which takes long to import.
        from antq_llm.extraction.self_consistency import elect

        return await elect(
            [self._answered(article, model, sample * size + number) for number in range(size)],
            self.options.ungrounded,
        )

    async def _answered(self, article: Article, model: str, sample: int) -> Extraction[T]:
        """Return the extraction of one sample of a model."""
        rules = ReaskPolicy(
            self.options.max_attempts, self.options.ungrounded, self.options.second_look
        )
        parts = split_text(article.text, self.options.part_characters)
        if len(parts) == 1:
            return await extract_with_reasks(
                self._asked(article, model, sample), self._client, rules
            )
        asked = [
            (part, self._asked(Article(part.text, article.id, article.source), model, sample))
            for part in parts
        ]
        return await extract_in_chunks(
            self._asked(article, model, sample), asked, self._client, rules
        )

    def extract(self, source: Source) -> Extraction[T]:
        """Return the extraction of an article, a path or a text, from plain code; see ``aextract``."""
        return run_sync(self.aextract(source))

    async def extract_many(
        self, sources: Iterable[Source] | AsyncIterable[Source]
    ) -> AsyncIterator[Extraction[T] | Failure]:
        """Yield an extraction or a failure for each article, as they complete; ``options.concurrency`` of them are held at a time.

        An error that would meet every article alike, such as a refused key, is raised.
        """
        async with aclosing(
            as_completed(sources, self.outcome, self.options.concurrency)
        ) as outcomes:
            async for outcome in outcomes:
                yield outcome

    def key(self, article: Article) -> str:
        """Return the digest of an article's request, by which its samples are counted; rounds of samples are counted for each size."""
        digest = self.request(article).digest
        return digest if self.options.samples == 1 else digest_of([digest, self.options.samples])

    async def outcome(self, source: Source, *, sample: int = 0) -> Extraction[T] | Failure:
        """Return the extraction of an article, or its failure as a value; only what stops a whole run is raised."""
        try:
            return await self.aextract(source, sample=sample)
        except (ConfigurationError, PromptError):
            raise
        except AntqError as error:
            return Failure(*_name_of(source), error)

    async def aclose(self) -> None:
        """Close connections; the extractor can be used again."""
        await self._client.aclose()

    def close(self) -> None:
        """Close connections, from plain code."""
        run_sync(self.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _asked(self, article: Article, model: str, sample: int) -> ExtractionTask[T]:
        return ExtractionTask(
            article, self.prompt, self.schema, self.request(article, sample, model)
        )

    def request(self, article: Article, sample: int = 0, model: str | None = None) -> Request:
        """Return what is asked first about an article, before any re-ask; of the extractor's own model if none is named."""
        return Request(
            model=model or self.model,
            messages=self.prompt.render(article.text, article.digest, self.options.variables),
            schema=self.schema,
            parameters={}
            if self.options.temperature is None
            else {"temperature": float(self.options.temperature)},
            sample=self.options.sample + sample,
            article_id=article.id,
            article_digest=article.digest,
            prompt=self.prompt.reference,
            prompt_digest=self.prompt.digest,
        )


def as_article(source: Source) -> Article:
    """Return the article of a path or a text; ArticleError where there is none."""
    if isinstance(source, Article):
        return source
    if isinstance(source, Path):
        return read_article(source)
    if not isinstance(source, str):
        raise ArticleError(
            f"{type(source).__name__} is no article: give a text, a pathlib.Path or an Article"
        )
    return Article(source)


def _name_of(source: Source) -> tuple[str, str | None]:
    if isinstance(source, Article):
        return source.id, source.source
    return (source.stem, str(source)) if isinstance(source, Path) else ("text", None)
