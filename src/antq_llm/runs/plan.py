"""What a run and a dry run have in common: inputs, prompt, schema and the search for copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.inputs import Input
from antq_llm.duplicates.finder import DuplicateFinder
from antq_llm.extraction.baseline import RulesExtractor
from antq_llm.extraction.prompt_and_schema import resolve_prompt_and_schema
from antq_llm.prompts.prompt import Prompt
from antq_llm.runs.settings import RunSettings
from antq_llm.schemas.base import Schema


@dataclass(frozen=True)
class RunPlan:
    """The resolved settings of a run."""

    inputs: list[Input]
    prompt: Prompt
    schema: Schema[Any]
    finder: DuplicateFinder | None
    """None if each article is processed by itself."""
    rules: RulesExtractor[Any] | None
    """None if a model is asked."""


def plan_run(settings: RunSettings) -> RunPlan:
    """Resolve the settings of a run. Nothing is asked, and no folder is made.

    Raises ConfigurationError, PromptError or SchemaError if that is not possible.
    """
    inputs = list(list_inputs(settings.inputs, settings.out).inputs[: settings.limit])
    prompt, schema = resolve_prompt_and_schema(settings.schema, settings.prompt, settings.options)
    finder = (
        None
        if settings.duplicates is None
        else DuplicateFinder(schema, settings.duplicates, settings.options.language)
    )
    rules = RulesExtractor(schema, settings.options) if settings.uses_rules else None
    return RunPlan(inputs, prompt, schema, finder, rules)
