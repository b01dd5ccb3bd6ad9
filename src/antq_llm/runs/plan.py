"""The resolved settings of a run or dry run: inputs, prompt, schema and search for copies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antq_llm.articles.input_list import InputList, list_inputs
from antq_llm.articles.inputs import Input
from antq_llm.articles.sources import read_list
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.baseline import RulesExtractor
from antq_llm.extraction.prompt_and_schema import resolve_prompt_and_schema
from antq_llm.prompts.prompt import Prompt
from antq_llm.runs.settings import RunSettings
from antq_llm.schemas.base import Schema
from antq_llm.store.opening import has_store, open_store
from antq_llm.store.protocol import Store

if TYPE_CHECKING:
    from antq_llm.duplicates.finder import DuplicateFinder


@dataclass(frozen=True)
class RunPlan:
    """The resolved settings of a run."""

    inputs: Sequence[Input]
    listed: InputList
    """All articles in the inputs, regardless of the limit, and the files that were not read."""
    prompt: Prompt
    schema: Schema[Any]
    finder: DuplicateFinder | None
    """The search for copies; None if the run does not search for them."""
    rules: RulesExtractor[Any] | None
    """The rules baseline; None if the run uses a model."""


def plan_run(settings: RunSettings) -> RunPlan:
    """Resolve the settings of a run without sending a request or creating a folder.

    Raises ConfigurationError, PromptError or SchemaError if they cannot be resolved.
    """
    listed = _list_inputs(settings)
    prompt, schema = resolve_prompt_and_schema(settings.schema, settings.prompt, settings.options)
    finder = _finder(settings, schema)
    rules = RulesExtractor(schema, settings.options) if settings.uses_rules else None
    return RunPlan(listed[: settings.limit], listed, prompt, schema, finder, rules)


def _finder(settings: RunSettings, schema: Schema[Any]) -> DuplicateFinder | None:
    if settings.duplicates is None:
        return None
    from antq_llm.duplicates.finder import DuplicateFinder

    return DuplicateFinder(schema, settings.duplicates, settings.options.language)


def _list_inputs(settings: RunSettings) -> InputList:
    """List the inputs; articles in the store of the run's folder keep their ids."""
    if not settings.inputs and settings.files_from is None:
        raise ConfigurationError(
            "no INPUT: name files or folders, or a list of them with --files-from"
        )
    listed = () if settings.files_from is None else read_list(settings.files_from)
    names = (*settings.inputs, *listed)
    if settings.out is None or not has_store(settings.out, settings.store):
        return list_inputs(names, settings.out, settings.reading)
    with closing(open_store(settings.out, settings.store, is_new=False)) as store:
        return list_inputs(names, settings.out, settings.reading, StoredArticles(store))


@dataclass(frozen=True)
class StoredArticles:
    """The articles with an outcome in a store."""

    store: Store

    def has(self, article_id: str) -> bool:
        """Return whether the store has an outcome for the article with this id."""
        return self.store.line_of(article_id) is not None

    def source_of(self, article_id: str) -> str | None:
        """Return the source of the article with this id; None if the store does not have it."""
        line = self.store.line_of(article_id)
        return None if line is None else json.loads(line).get("source")
