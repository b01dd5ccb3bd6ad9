"""The parts of a prompt that may change: instructions and worked examples."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from antq_llm.core.digest import digest_of
from antq_llm.errors import PromptError
from antq_llm.prompts.messages import Message
from antq_llm.prompts.prompt import Prompt, variables_in

EXAMPLE_CODE = "EXAMPLE"
"""The code in the delimiters of an example; each real article has its own code."""


@dataclass(frozen=True)
class WorkedExample:
    """An article with its gold record, to show to a model."""

    article: str
    record: Any

    def messages(self) -> tuple[Message, Message]:
        """Return a user message with the article and an assistant message with the record."""
        return (
            Message("user", f"<article {EXAMPLE_CODE}>\n{self.article}\n</article {EXAMPLE_CODE}>"),
            Message(
                "assistant", json.dumps(self.record, ensure_ascii=False, separators=(",", ":"))
            ),
        )


def instructions_of(prompt: Prompt) -> str:
    """Return the instructions of a prompt: its first system message, or else its first message."""
    return prompt.messages[_place(prompt)].content


def with_instructions(prompt: Prompt, instructions: str) -> Prompt:
    """Return a prompt with new instructions.

    Raises PromptError if the new instructions are empty or do not use each variable as often as the
    old ones.
    """
    text = instructions.strip()
    place = _place(prompt)
    if not text:
        raise PromptError("the new instructions are empty")
    before, after = (Counter(variables_in(part)) for part in (prompt.messages[place].content, text))
    if before != after:
        names = ", ".join(f"{{{{{name}}}}}" for name in sorted({*before, *after}))
        raise PromptError(
            f"the new instructions must use the variables {names} as often as the old ones"
        )
    messages = list(prompt.messages)
    messages[place] = Message(messages[place].role, text)
    return _changed(prompt, messages)


def with_examples(prompt: Prompt, examples: Sequence[WorkedExample]) -> Prompt:
    """Return a prompt with worked examples before its last message.

    Raises PromptError if an example contains text that would be read as a variable.
    """
    shown = [message for example in examples for message in example.messages()]
    for message in shown:
        if names := variables_in(message.content):
            raise PromptError(
                f"an example contains {{{{{names[0]}}}}}, which would be read as a variable: "
                "choose other examples"
            )
    return _changed(prompt, [*prompt.messages[:-1], *shown, prompt.messages[-1]])


def _place(prompt: Prompt) -> int:
    roles = [message.role for message in prompt.messages]
    return roles.index("system") if "system" in roles else 0


def _changed(prompt: Prompt, messages: Sequence[Message]) -> Prompt:
    digest = digest_of([list(message) for message in messages])
    base = prompt.reference.partition("+")[0]
    return replace(
        prompt,
        reference=f"{base}+{digest[:8]}",
        digest=digest,
        messages=tuple(messages),
        status="draft",
        path=None,
    )
