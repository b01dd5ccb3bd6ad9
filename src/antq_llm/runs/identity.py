"""The identity of a run: the prompt, schema, model and options that determine its outcomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from antq_llm.core.digest import canonical_json
from antq_llm.core.excerpt import excerpt
from antq_llm.extraction.options import Options
from antq_llm.prompts.prompt import Prompt
from antq_llm.schemas.base import Schema

DECIDING_OPTIONS = (
    "temperature",
    "max_output_tokens",
    "sample",
    "samples",
    "escalate",
    "ungrounded",
    "second_look",
    "second_look_samples",
    "part_characters",
    "language",
    "metadata",
    "variables",
)
"""The fields of ``Options`` that are part of the identity."""
OTHER_OPTIONS = (
    *("base_url", "api_key", "timeout", "tries", "retries", "mode", "concurrency", "rpm", "tpm"),
    *(
        "max_cost",
        "prices",
        "max_attempts",
        "max_characters",
        "recordings",
        "record",
        "prompts",
        "schemas",
        "confidence",
        "calibration",
    ),
)
"""The other fields of ``Options``, which may differ between the calls of a run."""
_OUTPUT_LIMIT = "max_output_tokens"


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between two identities, in readable form."""

    name: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.name} was {self.old} and is now {self.new}"


@dataclass(frozen=True)
class RunIdentity:
    """The parts that determine the outcomes of a run, by name.

    The parts ``prompt``, ``schema`` and ``roles`` each have a ``reference`` and a digest
    (``sha256``); ``prompt`` is None for the rules baseline.
    """

    parts: Mapping[str, Any]

    @classmethod
    def of(
        cls, prompt: Prompt | None, schema: Schema[Any], model: str, options: Options
    ) -> RunIdentity:
        """Return the identity of a call; ``prompt`` is None for the rules baseline.

        The rules use only the options ``language`` and ``metadata``.
        """
        names = DECIDING_OPTIONS if prompt else ("language", "metadata")
        parts = {
            "prompt": _reference(prompt.reference, prompt.digest) if prompt else None,
            "schema": _reference(schema.reference, schema.digest),
            "roles": _reference(f"{len(schema.roles.fields)} field(s)", schema.roles.digest),
            "model": model,
            **{name: getattr(options, name) for name in names},
        }
        return cls.from_text(canonical_json(parts))

    @classmethod
    def from_text(cls, text: str) -> RunIdentity:
        """Parse an identity from the text that ``as_text`` returned."""
        return cls(json.loads(text))

    def as_text(self) -> str:
        """Return the identity as canonical JSON."""
        return canonical_json(self.parts)

    def differences(self, earlier: RunIdentity) -> list[Difference]:
        """Return the differences between this identity and an earlier one.

        Parts that only one identity has are ignored, because the other was written by a version
        without them.
        """
        return [
            Difference(name, *_shown(earlier.parts[name], value))
            for name, value in self.parts.items()
            if name in earlier.parts
            and _compared(name, earlier.parts[name]) != _compared(name, value)
        ]


def _reference(reference: str, digest: str) -> dict[str, str]:
    return {"reference": reference, "sha256": digest}


def is_refused(difference: Difference, *, retry_failed: bool) -> bool:
    """Return whether a difference prevents a call from continuing a run.

    With ``retry_failed``, the output limit may differ, so that articles that failed at one limit
    can be retried at another.
    """
    return not (retry_failed and difference.name == _OUTPUT_LIMIT)


def _compared(name: str, value: Any) -> Any:
    """Return the value to compare; for a prompt, this is only its digest."""
    return value["sha256"] if name == "prompt" and value is not None else value


def _shown(old: Any, new: Any) -> tuple[str, str]:
    if _text(old) == _text(new):
        return _with_digest(old), _with_digest(new)
    return _text(old), _text(new)


def _text(value: Any) -> str:
    if value is None:
        return "not set"
    if _has_digest(value):
        return str(value["reference"])
    return excerpt(value if isinstance(value, str) else canonical_json(value))


def _with_digest(value: Any) -> str:
    if _has_digest(value):
        return f"{value['reference']} ({value['sha256'][:12]})"
    return canonical_json(value)


def _has_digest(value: Any) -> bool:
    return isinstance(value, Mapping) and "sha256" in value and "reference" in value
