"""Writing the draft of a prompt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.improve.draft import next_version, prompt_name, write_draft
from antq_llm.prompts.messages import Message
from antq_llm.prompts.registry import load_prompt
from helpers.shops import PROMPT


def loaded(folder: Path) -> object:
    """Write version 1 of the prompt to a folder, and return the prompt loaded from there."""
    (folder / "shop").mkdir()
    (folder / "shop" / "v1.md").write_text(PROMPT)
    return load_prompt("shop@1", folder)


def test_a_draft_reads_back_as_it_was(tmp_path: Path) -> None:
    """A draft is read back with its messages, its schema and notes that contain odd characters."""
    prompt = load_prompt("movement_report@2")
    write_draft(prompt, "movement_report", 7, "Đổi: 'a': # b\n - c", tmp_path)
    draft = load_prompt("movement_report@7", tmp_path)
    assert (draft.messages, draft.schema_reference) == (prompt.messages, prompt.schema_reference)
    assert draft.notes == "Đổi: 'a': # b\n - c"


def test_the_next_version_is_free_everywhere(tmp_path: Path) -> None:
    """A draft gets the version after the last one in the folder and the package."""
    loaded(tmp_path)
    assert next_version("shop", tmp_path) == 2
    assert next_version("general", tmp_path) == 2
    assert next_version("new", tmp_path / "absent") == 1


def test_text_that_looks_like_a_section_is_refused(tmp_path: Path) -> None:
    """A line ``# user`` in the instructions is refused, since it would start a section."""
    prompt = load_prompt("general@1")
    torn = replace(prompt, messages=(Message("system", "A\n# user\nB"), *prompt.messages[1:]))
    with pytest.raises(ConfigurationError, match="looks like a heading"):
        write_draft(torn, "general", 2, "", tmp_path)
    assert not list(tmp_path.rglob("*.md"))


def test_a_prompt_without_a_version_cannot_be_improved() -> None:
    """The error for a prompt without a version mentions the front matter that its file needs."""
    prompt = replace(load_prompt("general@1"), reference="inline")
    with pytest.raises(ConfigurationError, match="front matter"):
        prompt_name(prompt)
