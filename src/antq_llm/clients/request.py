"""All that is asked of a model in one call, and its identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from antq_llm.core.digest import canonical_json, canonical_string, digest_of, digest_of_both
from antq_llm.prompts.messages import Message
from antq_llm.schemas.base import Schema


class Reask(NamedTuple):
    """The latest bad answer and what was wrong with it."""

    answer: str
    feedback: str
    turn: int = 1
    """Which re-ask it is, from 1: a model that gives the same bad answer again is asked again, not answered from a store."""


@lru_cache(maxsize=64)
def _encoded(messages: tuple[Message, ...]) -> str:
    """Return the beginning of a request's canonical JSON, up to its last message."""
    return '{"messages":[' + "".join(f"{canonical_json(message)}," for message in messages)


@lru_cache(maxsize=64)
def _rest(
    model: str,
    parameters: tuple[tuple[str, float | int, type], ...],
    reask: Reask | None,
    sample: int,
    schema: tuple[str, str],
) -> str:
    """Return the end of a request's canonical JSON, after its messages."""
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
    """A request before it is shaped for an endpoint's mode.

    Its digest covers what goes over the wire and the sample number; no retry, timeout or concurrency setting is part of it.
    """

    model: str
    messages: tuple[Message, ...]
    schema: Schema[Any]
    parameters: Mapping[str, float | int] = field(default_factory=dict)
    """Sampling parameters under their wire names, such as ``temperature``."""
    sample: int = 0
    reask: Reask | None = None
    article_id: str = ""
    article_digest: str = ""
    prompt: str = ""
    """The prompt's reference, for people; its digest decides."""
    prompt_digest: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over model, messages, schema, parameters, sample and re-ask."""
        # The canonical JSON of these parts as one object, put together from pieces so that fixed messages are encoded and read once for a prompt.
        # With their types, since 1 and 1.0 are equal and are written apart.
        parameters = tuple((name, value, type(value)) for name, value in self.parameters.items())
        rest = _rest(
            self.model,
            parameters,
            self.reask,
            self.sample,
            (self.schema.wire_name, self.schema.digest),
        )
        varying = "".join(
            f'["{role}",{canonical_string(content)}]' for role, content in self.messages[-1:]
        )
        return digest_of_both(_encoded(self.messages[:-1]), f"{varying}],{rest}")

    def asked(self) -> dict[str, Any]:
        """Return the digests of what is asked, part by part, so that a recording can be compared without the article's text."""
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
        """Return the request that asks again: the original with the latest bad answer only, so that it does not grow."""
        return replace(self, reask=reask)
