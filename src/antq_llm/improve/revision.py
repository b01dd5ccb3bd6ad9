"""Revision of a prompt's instructions by a model that sees the errors they led to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from antq_llm.articles.article import Article
from antq_llm.core.digest import digest_of_text
from antq_llm.extraction.extractor import Extractor
from antq_llm.improve.feedback import report_on
from antq_llm.improve.trials import Trial
from antq_llm.schemas.base import Schema

# The texts below are sent to the model. They may be edited, because no recording depends on them.
REVISION_PROMPT = """\
You improve the instructions of a prompt. A language model reads one article with these \
instructions and writes a JSON record; the record is compared with the annotation of a person.

You are given the JSON Schema of the record, the present instructions, and the errors that they \
led to on some articles.

Find what the instructions leave open, say wrongly or say too weakly, and write better ones:
- State general rules that also help with other articles of the kind. Never copy a name, figure \
or passage of these articles; invent examples of your own where one helps.
- Keep what works. Keep every variable in double braces exactly as it is.
- Leave no errors unexplained that several articles share; ignore what looks like a slip.
- Write clear, short sentences. Do not repeat the schema.
"""


class Change(BaseModel):
    """One change to the instructions."""

    model_config = ConfigDict(extra="forbid")

    what: str = Field(description="What was changed, in one sentence.")
    why: str = Field(description="Which kind of error it is meant to prevent, in one sentence.")


class Revision(BaseModel):
    """Revised instructions."""

    model_config = ConfigDict(extra="forbid")

    changes: list[Change] = Field(description="The changes, most important first.")
    instructions: str = Field(
        min_length=1, description="The whole revised text of the instructions."
    )


@dataclass(frozen=True)
class Reviser:
    """A model that revises instructions.

    Its answers are checked, stored and counted towards the budget like answers about articles, so
    that a continued run never asks for the same revision again.
    """

    extractor: Extractor[Revision]
    schema: Schema[Any]

    async def revise(self, instructions: str, trials: Sequence[Trial]) -> Revision:
        """Return a revision of instructions, based on the errors in trials that used them.

        Raises the same errors as ``Extractor.aextract``.
        """
        schema = json.dumps(self.schema.json_schema, ensure_ascii=False)
        text = (
            f"JSON Schema of the record:\n{schema}\n\n"
            f"Present instructions:\n{instructions}\n\n"
            f"Errors:\n{report_on(trials)}"
        )
        article = Article(text, f"revision-{digest_of_text(text)[:12]}")
        return (await self.extractor.aextract(article)).record
