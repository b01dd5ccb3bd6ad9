"""Extraction of records from one or many articles."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.articles.chunking import split_text
from antq_llm.articles.reading import Source, as_article
from antq_llm.clients.base import Client
from antq_llm.clients.recordings import RecordingClient
from antq_llm.clients.request import Request
from antq_llm.core.concurrency import as_completed, until
from antq_llm.core.digest import digest_of
from antq_llm.core.event_loop import ClosedByContext, run_sync
from antq_llm.errors import (
    AccessRefused,
    AntqError,
    ArticleError,
    ConfigurationError,
    PromptError,
)
from antq_llm.extraction.access_refusals import AccessRefusals
from antq_llm.extraction.baseline import RULES, ClientOfRules, check_rules, extract_by_rules
from antq_llm.extraction.client_factory import check_stronger, model_name, resolve_client
from antq_llm.extraction.options import Options
from antq_llm.extraction.prompt_and_schema import PromptLike, SchemaLike, resolve_prompt_and_schema
from antq_llm.extraction.reask import ExtractionTask, ReaskPolicy, extract_with_reasks
from antq_llm.extraction.unsure_items import rate_and_look, rater_of
from antq_llm.mentions.language import LanguageCode
from antq_llm.records.result import Extraction, Failure, failure_of, warnings_of_article
from antq_llm.telemetry.active import without_collector
from antq_llm.telemetry.article_span import traced_article

if TYPE_CHECKING:
    from antq_llm.movement_report.record import MovementReport

T = TypeVar("T", bound=BaseModel)


class Extractor(ClosedByContext, Generic[T]):
    """An extractor of records from any number of articles, with one schema and one prompt.

    ``schema`` is a reference, a pydantic model or a JSON Schema as a mapping (default: the packaged
    schema). ``prompt`` is a reference (``name`` or ``name@N``), a path or the instructions; by
    default, it is the newest stable prompt with the schema's name, or else a general prompt.
    ``model`` defaults to ``ANTQ_LLM_MODEL``; ``rules`` selects the baseline, which uses no model.
    With ``offline``, answers come from recordings and no connection is opened. If ``client`` is
    given, it answers the requests instead of the endpoint.

    Raises ConfigurationError, PromptError or SchemaError for invalid arguments or combinations.
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
        self._is_offline = offline
        self._uses_rules = client is None and model_name(model) == RULES
        if self._uses_rules:
            check_rules(self.schema, self.options)
            client, model = ClientOfRules(), RULES
        else:
            self.prompt.values_of(self.options.variables)
        if client is None:
            resolved = resolve_client(self.options, model, offline=offline)
            client, model = resolved.client, resolved.model
        elif not model:
            raise ConfigurationError("a client needs the name of a model: pass model=")
        check_stronger(self.options, model)
        self.model = model
        self._rater = rater_of(self.schema, self.options)
        self._client: Client = (
            RecordingClient(client, self.options.record) if self.options.record else client
        )

    @property
    def client(self) -> Client:
        """The client that answers requests; it records the answers if ``options.record`` is set."""
        return self._client

    async def aextract(self, source: Source, *, sample: int = 0) -> Extraction[T]:
        """Extract a record from an article, given as an ``Article``, a path or a text.

        ``sample`` is added to ``options.sample``; each number gives an independent answer. If
        ``options.samples`` is above 1, ``sample`` is instead the index of a round of that many
        samples. Raises ArticleError, PromptError, RecordingMissing, CompletionError,
        ExtractionError or ConfigurationError.
        """
        article = as_article(source, self.options.reading)
        if len(article.text) > self.options.max_characters:
            raise ArticleError(
                f"{article.source or article.id} has {len(article.text)} characters, "
                f"more than the {self.options.max_characters} allowed: "
                "raise max_characters, or shorten the article",
                kind="too_long",
            )
        if self._uses_rules:
            return extract_by_rules(article, self.schema)
        with without_collector(is_offline=self._is_offline):
            extraction = await traced_article(
                article.id,
                self.prompt.reference,
                self.schema.reference,
                self._extract_with_all_models(article, sample),
            )
        if not article.notices:
            return extraction
        warnings = (*warnings_of_article(article), *extraction.warnings)
        return replace(extraction, warnings=warnings)

    async def _extract_with_all_models(self, article: Article, sample: int) -> Extraction[T]:
        if self.options.escalate is None:
            extraction = await self._extract_with(article, self.model, sample)
        else:
            from antq_llm.extraction.escalation import with_escalation

            extraction = await with_escalation(
                lambda model: self._extract_with(article, model, sample),
                self.model,
                self.options.escalate,
                self.options.language,
            )
        if self._rater is None:
            return extraction
        further = range(sample + 1, sample + 1 + self.options.second_look_samples)
        return await rate_and_look(
            extraction,
            self._rater,
            lambda: [
                self._extract_sample(article, extraction.model, at, second_look=False)
                for at in further
            ],
            self.options,
        )

    async def _extract_with(self, article: Article, model: str, sample: int) -> Extraction[T]:
        """Return the extraction by one model, from one sample or from a vote over several."""
        samples = self.options.samples
        if samples == 1:
            return await self._extract_sample(article, model, sample)
        # Voting needs scipy, which is slow to import.
        from antq_llm.extraction.self_consistency import elect

        first = sample * samples
        return await elect(
            [
                self._extract_sample(article, model, number)
                for number in range(first, first + samples)
            ],
            self.options.ungrounded,
            self.options.language,
        )

    async def _extract_sample(
        self, article: Article, model: str, sample: int, *, second_look: bool | None = None
    ) -> Extraction[T]:
        rules = self.options
        looks = rules.second_look if second_look is None else second_look
        policy = ReaskPolicy(rules.max_attempts, rules.ungrounded, looks, rules.output_limit)
        task = self._task(article, model, sample)
        chunks = split_text(article.text, self.options.part_characters)
        if len(chunks) == 1:
            return await extract_with_reasks(task, self._client, policy)
        from antq_llm.extraction.chunks import extract_in_chunks

        # Chunks are read in the language of the whole article.
        language = task.analyzed.language.code
        chunk_tasks = [
            (chunk, self._task(replace(article, text=chunk.text), model, sample, language))
            for chunk in chunks
        ]
        return await extract_in_chunks(task, chunk_tasks, self._client, policy)

    def extract(self, source: Source) -> Extraction[T]:
        """Extract a record from an article; this is the blocking version of ``aextract``."""
        return run_sync(self.aextract(source))

    async def extract_many(
        self, sources: Iterable[Source] | AsyncIterable[Source]
    ) -> AsyncIterator[Extraction[T] | Failure]:
        """Yield an extraction or a failure for each article, in the order of completion.

        At most ``options.concurrency`` articles are in memory. An error that affects every article
        is raised, such as a key with which all articles, or the first three, are refused.
        """
        refusals = AccessRefusals()
        async with aclosing(
            as_completed(
                until(lambda: refusals.ends_run, sources), self.outcome, self.options.concurrency
            )
        ) as outcomes:
            async for outcome in outcomes:
                if not refusals.holds(outcome):
                    yield outcome
        for failure in refusals.settled():
            yield failure

    def key(self, article: Article) -> str:
        """Return the digest by which an article's samples, or rounds of samples, are counted."""
        digest = self.request(article).digest
        return digest if self.options.samples == 1 else digest_of([digest, self.options.samples])

    async def outcome(self, source: Source, *, sample: int = 0) -> Extraction[T] | Failure:
        """Return the extraction or the failure of an article.

        Raises ConfigurationError (except AccessRefused) and PromptError, which stop a whole run.
        """
        try:
            return await self.aextract(source, sample=sample)
        except AccessRefused as error:
            return failure_of(source, error)
        except (ConfigurationError, PromptError):
            raise
        except AntqError as error:
            return failure_of(source, error)

    async def aclose(self) -> None:
        """Close the connections; the extractor can still be used afterwards."""
        await self._client.aclose()

    def _task(
        self, article: Article, model: str, sample: int, language: LanguageCode | None = None
    ) -> ExtractionTask[T]:
        return ExtractionTask(
            article,
            self.prompt,
            self.schema,
            self.request(article, sample, model),
            language or self.options.language,
        )

    def request(self, article: Article, sample: int = 0, model: str | None = None) -> Request:
        """Return the first request about an article, by default for the extractor's model."""
        return Request(
            model=model or self.model,
            messages=self.prompt.render(
                article.text,
                article.digest,
                self.options.variables,
                header=None if article.header is None else article.header.as_lines(),
            ),
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
