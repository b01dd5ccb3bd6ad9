"""Writing the draft of a prompt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.improve.draft import next_version, prompt_name, write_draft
from antq_llm.prompts.messages import Message
from antq_llm.prompts.prompt import PromptVariable
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


@pytest.mark.parametrize("content", ["A\n# user\nB", "A\n# user", "A\n# user\n{{article}}"])
def test_text_that_looks_like_a_section_is_refused(tmp_path: Path, content: str) -> None:
    """A line ``# user`` in the instructions is refused, since it would start a section."""
    prompt = load_prompt("general@1")
    torn = replace(prompt, messages=(Message("system", content), *prompt.messages[1:]))
    with pytest.raises(ConfigurationError, match="looks like a heading"):
        write_draft(torn, "general", 2, "", tmp_path)
    assert not list(tmp_path.rglob("*.md"))


def test_line_breaks_of_other_systems_are_converted(tmp_path: Path) -> None:
    """A draft has the line breaks that prompt files are read with."""
    prompt = load_prompt("general@1")
    windows = replace(prompt, messages=(Message("system", " A\r\nB\rC\r\n"), prompt.messages[-1]))
    write_draft(windows, "general", 2, "", tmp_path)
    assert load_prompt("general@2", tmp_path).messages[0] == Message("system", "A\nB\nC")


def test_a_draft_declares_the_variables_that_it_uses(tmp_path: Path) -> None:
    """Declared variables keep their description and default; those no longer used are left out."""
    prompt = load_prompt("general@1")
    declared = {
        "region": PromptVariable("Vùng.", "miền Bắc"),
        "tone": PromptVariable("Giọng."),
        "unused": PromptVariable(),
    }
    own = replace(
        prompt,
        messages=(Message("system", "{{region}} {{tone}}"), prompt.messages[-1]),
        declared=declared,
    )
    write_draft(own, "general", 2, "", tmp_path)
    draft = load_prompt("general@2", tmp_path)
    assert draft.declared == {name: declared[name] for name in ("region", "tone")}


def test_a_prompt_without_a_version_cannot_be_improved() -> None:
    """The error for a prompt without a version mentions the front matter that its file needs."""
    prompt = replace(load_prompt("general@1"), reference="inline")
    with pytest.raises(ConfigurationError, match="front matter"):
        prompt_name(prompt)
