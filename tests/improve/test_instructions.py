"""Changing the instructions and the examples of a prompt."""

from __future__ import annotations

import pytest

from antq_llm.errors import PromptError
from antq_llm.improve.instructions import (
    WorkedExample,
    instructions_of,
    with_examples,
    with_instructions,
)
from antq_llm.prompts.messages import Message
from antq_llm.prompts.prompt import Prompt

PROMPT = Prompt(
    "shop@1",
    "0" * 64,
    (
        Message("user", "First"),
        Message("system", "Old rules about {{topic}}."),
        Message("user", "{{article}}"),
    ),
)


def test_only_the_system_message_changes() -> None:
    """New instructions replace the first system message and change no other message."""
    changed = with_instructions(PROMPT, " New rules about {{topic}}. \n")
    assert instructions_of(changed) == "New rules about {{topic}}."
    assert changed.messages[::2] == PROMPT.messages[::2]


def test_other_instructions_have_another_digest_and_reference() -> None:
    """Equal instructions share a digest and a reference; other instructions have another digest."""
    one, two, three = (
        with_instructions(PROMPT, text) for text in ("{{topic}} a", "{{topic}} a", "{{topic}} b")
    )
    assert (one.digest, one.reference) == (two.digest, two.reference)
    assert one.digest != three.digest
    assert one.reference.startswith("shop@1+")


@pytest.mark.parametrize("text", ["", " \n", "No variable.", "{{topic}} {{topic}}", "{{other}}"])
def test_variables_are_kept(text: str) -> None:
    """Instructions that are empty or whose variables differ from the prompt's are refused."""
    with pytest.raises(PromptError, match=r"empty|variables"):
        with_instructions(PROMPT, text)


def test_examples_come_before_the_article() -> None:
    """Each example is a question and an answer in compact JSON before the last message."""
    changed = with_examples(PROMPT, [WorkedExample("Lan bán hoa.", {"name": "Lan"})])
    assert [message.role for message in changed.messages[2:]] == ["user", "assistant", "user"]
    assert changed.messages[3].content == '{"name":"Lan"}'


def test_an_example_with_a_variable_is_refused() -> None:
    """An example with double braces is refused, since they would be read as a variable."""
    with pytest.raises(PromptError, match="would be read as a variable"):
        with_examples(PROMPT, [WorkedExample("Buy {{topic}}.", {})])
