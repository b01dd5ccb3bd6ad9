"""A request to a model, and the digest that identifies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from antq_llm.core.digest import canonical_json, canonical_string, digest_of, digest_of_both
from antq_llm.prompts.messages import Message
from antq_llm.schemas.base import Schema


class Reask(NamedTuple):
    """The latest faulty answer and the feedback on it."""

    answer: str
    feedback: str
    turn: int = 1
    """The number of the re-ask, from 1; it makes each request unique even if answers repeat."""


@lru_cache(maxsize=64)
def _json_before_last_message(messages: tuple[Message, ...]) -> str:
    """Return the start of a request's canonical JSON, with all messages except the last."""
    return '{"messages":[' + "".join(f"{canonical_json(message)}," for message in messages)


@lru_cache(maxsize=64)
def _json_after_messages(
    model: str,
    parameters: tuple[tuple[str, float | int, type], ...],
    reask: Reask | None,
    sample: int,
    schema: tuple[str, str],
) -> str:
    """Return the end of a request's canonical JSON, after its messages."""
    # Part of a digest: do not edit.
    return canonical_json(
        {
            "model": model,
            "parameters": {name: value for name, value, _ in parameters},
            "reask": reask,
            "sample": sample,
            "schema": schema,
        }
    )[1:]


@dataclass(frozen=True)
class Request:
    """A request before it is adapted to an endpoint's mode.

    Its digest covers the content that is sent and the sample number, but not settings for retries,
    timeouts or concurrency.
    """

    model: str
    messages: tuple[Message, ...]
    schema: Schema[Any]
    parameters: Mapping[str, float | int] = field(default_factory=dict)
    """Sampling parameters by their API names, such as ``temperature``."""
    sample: int = 0
    reask: Reask | None = None
    article_id: str = ""
    article_digest: str = ""
    prompt: str = ""
    """The prompt's reference, for display; only ``prompt_digest`` identifies the prompt."""
    prompt_digest: str = ""

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the model, messages, schema, parameters, sample and re-ask."""
        # Part of a digest: do not edit.
        # The canonical JSON is joined from cached pieces, so that the messages that are the same
        # for all articles are encoded once per prompt.
        # The types distinguish 1 and 1.0, which are equal but written differently.
        parameters = tuple((name, value, type(value)) for name, value in self.parameters.items())
        end = _json_after_messages(
            self.model,
            parameters,
            self.reask,
            self.sample,
            (self.schema.wire_name, self.schema.digest),
        )
        last_message = "".join(
            f'["{role}",{canonical_string(content)}]' for role, content in self.messages[-1:]
        )
        start = _json_before_last_message(self.messages[:-1])
        return digest_of_both(start, f"{last_message}],{end}")

    def asked(self) -> dict[str, Any]:
        """Return the request's parts, with digests instead of texts, as stored with completions."""
        # Part of a digest: do not edit.
        return {
            "article": {"id": self.article_id, "sha256": self.article_digest},
            "prompt": {"reference": self.prompt, "sha256": self.prompt_digest},
            "schema": {"reference": self.schema.reference, "sha256": self.schema.digest},
            "model": self.model,
            "parameters": dict(self.parameters),
            "sample": self.sample,
            "reask": None if self.reask is None else digest_of(self.reask),
        }

    def again(self, reask: Reask) -> Request:
        """Return the request with ``reask``, which replaces any earlier re-ask."""
        return replace(self, reask=reask)
