"""Extracting from one article or many: the library's front."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

from pydantic import BaseModel

from antq_llm.article import Article
from antq_llm.clients.base import Client
from antq_llm.clients.recorded import RecordingClient
from antq_llm.connect import check_stronger, connect
from antq_llm.dialogue import Asked, Rules, converse, converse_in_parts
from antq_llm.digest import digest_of
from antq_llm.errors import AntqError, ArticleError, ConfigurationError, PromptError
from antq_llm.escalation import with_escalation
from antq_llm.options import Options
from antq_llm.parts import split_text
from antq_llm.prompt import Prompt, inline_prompt, is_reference, list_prompts, load_prompt
from antq_llm.readers import read_article
from antq_llm.record import Extraction, Failure
from antq_llm.request import Request
from antq_llm.schemas.base import Schema
from antq_llm.schemas.movement_report import MovementReport
from antq_llm.schemas.registry import schema_from
from antq_llm.streaming import as_completed
from antq_llm.sync import run_sync

T = TypeVar("T", bound=BaseModel)

Source = str | Path | Article
PromptLike = str | Path | Prompt
SchemaLike = str | Path | Mapping[str, Any] | Schema[Any]

DEFAULT_SCHEMA = "movement_report"
GENERAL_PROMPT = "general"


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
        self.prompt, self.schema = choose(schema, prompt, self.options)
        if client is None:
            connection = connect(self.options, model, offline=offline)
            client, model = connection.client, connection.model
        elif not model:
            raise ConfigurationError("a client of your own needs the name of the model to ask for: pass model=")
        check_stronger(self.options, model)
        self.model = model
        self._client: Client = RecordingClient(client, self.options.record) if self.options.record else client

    async def aextract(self, source: Source, *, sample: int = 0) -> Extraction[T]:
        """Return the extraction of an article, a path or a text.

        ``sample`` counts on from ``options.sample``, so that another answer to the same request can be asked for; with ``options.samples`` above 1
        it counts rounds of so many. Raises ArticleError, PromptError, RecordingMissing, CompletionError, ExtractionError or ConfigurationError.
        """
        article = as_article(source)
        if len(article.text) > self.options.max_characters:
            size = f"{len(article.text)} characters, more than the {self.options.max_characters} allowed"
            raise ArticleError(f"{article.source or article.id} has {size}: raise max_characters, or cut it", kind="too_long")
        if self.options.escalate is None:
            return await self._extracted(article, self.model, sample)
        return await with_escalation(lambda model: self._extracted(article, model, sample), self.model, self.options.escalate)

    async def _extracted(self, article: Article, model: str, sample: int) -> Extraction[T]:
        """Return what one model gives: one answer, or the vote over a round of samples."""
        size = self.options.samples
        if size == 1:
            return await self._answered(article, model, sample)
        # The vote matches items by scipy, which takes long to import.
        from antq_llm.sampling import elect

        return await elect([self._answered(article, model, sample * size + number) for number in range(size)], self.options.ungrounded)

    async def _answered(self, article: Article, model: str, sample: int) -> Extraction[T]:
        """Return the extraction of one sample of a model."""
        rules = Rules(self.options.max_attempts, self.options.ungrounded, self.options.second_look)
        parts = split_text(article.text, self.options.part_characters)
        if len(parts) == 1:
            return await converse(self._asked(article, model, sample), self._client, rules)
        asked = [(part, self._asked(Article(part.text, article.id, article.source), model, sample)) for part in parts]
        return await converse_in_parts(self._asked(article, model, sample), asked, self._client, rules)

    def extract(self, source: Source) -> Extraction[T]:
        """Return the extraction of an article, a path or a text, from plain code; see ``aextract``."""
        return run_sync(self.aextract(source))

    async def extract_many(self, sources: Iterable[Source] | AsyncIterable[Source]) -> AsyncIterator[Extraction[T] | Failure]:
        """Yield an extraction or a failure for each article, as they complete; ``options.concurrency`` of them are held at a time.

        An error that would meet every article alike, such as a refused key, is raised.
        """
        async with aclosing(as_completed(sources, self.outcome, self.options.concurrency)) as outcomes:
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

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    def _asked(self, article: Article, model: str, sample: int) -> Asked[T]:
        return Asked(article, self.prompt, self.schema, self.request(article, sample, model))

    def request(self, article: Article, sample: int = 0, model: str | None = None) -> Request:
        """Return what is asked first about an article, before any re-ask; of the extractor's own model if none is named."""
        return Request(
            model=model or self.model,
            messages=self.prompt.render(article.text, article.digest, self.options.variables),
            schema=self.schema,
            parameters={} if self.options.temperature is None else {"temperature": float(self.options.temperature)},
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
        raise ArticleError(f"{type(source).__name__} is no article: give a text, a pathlib.Path or an Article")
    return Article(source)


def _name_of(source: Source) -> tuple[str, str | None]:
    if isinstance(source, Article):
        return source.id, source.source
    return (source.stem, str(source)) if isinstance(source, Path) else ("text", None)


def choose(schema: Any, prompt: PromptLike | None, options: Options) -> tuple[Prompt, Schema[Any]]:
    """Return prompt and schema that fit each other, each deciding the other where only one is given."""
    chosen_prompt = _given_prompt(prompt, options)
    if schema is None:
        reference = chosen_prompt.schema_reference if chosen_prompt and chosen_prompt.schema_reference else DEFAULT_SCHEMA
        chosen_schema = schema_from(reference, options.schemas)
    else:
        chosen_schema = schema_from(schema, options.schemas)
    if chosen_prompt is None:
        chosen_prompt = _prompt_for(chosen_schema, options)
    elif chosen_prompt.schema_reference not in {None, chosen_schema.reference}:
        raise PromptError(
            f"prompt {chosen_prompt.reference} is written for schema {chosen_prompt.schema_reference}, not {chosen_schema.reference}: "
            "choose another prompt, or leave the schema out"
        )
    return chosen_prompt, chosen_schema


def _given_prompt(prompt: PromptLike | None, options: Options) -> Prompt | None:
    if prompt is None or isinstance(prompt, Prompt):
        return prompt
    if isinstance(prompt, Path) or is_reference(prompt):
        return load_prompt(prompt, options.prompts)
    return inline_prompt(prompt)


def _prompt_for(schema: Schema[Any], options: Options) -> Prompt:
    folders = [options.prompts, None] if options.prompts else [None]
    for folder in folders:
        stable = [version for version in list_prompts(folder) if version.name == schema.name and version.status == "stable"]
        if stable:
            newest = stable[-1].load()
            if newest.schema_reference == schema.reference:
                return newest
    return load_prompt(GENERAL_PROMPT, options.prompts)
