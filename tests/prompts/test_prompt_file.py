"""Prompt files: front matter, sections and errors that name the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.core.digest import digest_of_bytes
from antq_llm.errors import PromptError
from antq_llm.prompts.messages import Message
from antq_llm.prompts.prompt_file import parse_prompt, prompt_of_text
from helpers.prompts import NOTE_BODY, NOTE_TEXT, parsed

PATH = Path("note.md")


def test_a_file_is_read_into_front_matter_and_messages() -> None:
    """A prompt file is read into a reference, a schema, notes and one message for each section."""
    prompt = parse_prompt(
        NOTE_TEXT.replace("schema: null", "schema: movement_report/1").encode(), PATH
    )
    assert (prompt.reference, prompt.schema_reference) == ("note@1", "movement_report/1")
    assert prompt.notes == "Một lời nhắc."
    assert prompt.messages == (Message("system", "Đọc bài báo."), Message("user", "{{article}}"))


def test_sections_keep_their_order_and_roles() -> None:
    """Messages keep the order and roles of their sections, so a prompt can include examples."""
    prompt = parsed(
        NOTE_TEXT.replace("# user", "# user\n\nBài mẫu.\n\n# assistant\n\n{}\n\n# user")
    )
    assert [message.role for message in prompt.messages] == ["system", "user", "assistant", "user"]


def test_a_heading_of_another_kind_is_text() -> None:
    """Only a first-level heading that consists of a role's name begins a section."""
    prompt = parsed(
        NOTE_TEXT.replace("Đọc bài báo.", "# people\n\n## user\n\n# user rules\n\nĐọc # system")
    )
    assert prompt.messages[0].content == "# people\n\n## user\n\n# user rules\n\nĐọc # system"


def test_windows_line_ends_do_not_change_the_messages() -> None:
    """A file with CRLF line ends gives the same messages as one with LF."""
    assert parsed(NOTE_TEXT.replace("\n", "\r\n")).messages == parsed(NOTE_TEXT).messages


def test_a_byte_order_mark_is_ignored() -> None:
    """A byte-order mark at the start of a file does not change the prompt."""
    assert parsed("\ufeff" + NOTE_TEXT).reference == "note@1"


def test_the_digest_of_a_prompt_is_that_of_its_file() -> None:
    """The digest of a prompt is the SHA-256 of its file's bytes."""
    assert parsed(NOTE_TEXT).digest == digest_of_bytes(NOTE_TEXT.encode())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"---\nname: note\nversion: 1\n{NOTE_BODY}",
            "the front matter has no closing --- line",
        ),
        (NOTE_TEXT.replace("name: note", "name: [note"), "the front matter is not valid YAML: "),
        (
            NOTE_TEXT.replace(
                "name: note\nversion: 1\nschema: null\nnotes: Một lời nhắc.", "- note"
            ),
            "the front matter must consist of 'key: value' lines",
        ),
        (
            NOTE_TEXT.replace("name: note\n", ""),
            "front matter, name: .*; the keys are name, version, schema",
        ),
        (
            NOTE_TEXT.replace("version: 1\n", ""),
            "front matter, version: .*; the keys are name, version, schema",
        ),
        (
            NOTE_TEXT.replace("schema: null\n", ""),
            "front matter, schema: .*; the keys are name, version, schema",
        ),
        (NOTE_TEXT.replace("version: 1", "version: one"), "front matter, version: "),
        (NOTE_TEXT.replace("notes:", "note:"), "front matter, note: "),
        (
            NOTE_TEXT.replace("# system", "Hello.\n\n# system"),
            "text precedes the first section: put a line such as '# system' before it",
        ),
        (NOTE_TEXT.replace("Đọc bài báo.", ""), "the section '# system' is empty"),
        (
            NOTE_TEXT.replace(NOTE_BODY, ""),
            "there are no sections: add the headings '# system' and '# user', each on its own line",
        ),
        (
            NOTE_TEXT.replace("{{article}}", "Bài."),
            r"the body must contain \{\{article\}\} exactly once",
        ),
        (
            NOTE_TEXT.replace("{{article}}", "{{article}} {{ article }}"),
            r"the body must contain \{\{article\}\} exactly once",
        ),
        (
            NOTE_TEXT.replace("Đọc bài báo.", "{{article}}"),
            r"the body must contain \{\{article\}\} exactly once",
        ),
        (
            NOTE_TEXT.replace("schema: null", "schema_reference: null"),
            r"front matter, schema: Field required",
        ),
    ],
)
def test_a_malformed_file_is_named(text: str, message: str) -> None:
    """A malformed prompt file raises a PromptError that names the file and says what is wrong."""
    with pytest.raises(PromptError, match=f"^note.md: {message}"):
        parsed(text)


def test_a_file_that_is_not_utf8_is_named() -> None:
    """A file in another encoding raises a PromptError that says how to save it."""
    with pytest.raises(PromptError, match=r"note\.md is not UTF-8: save it as UTF-8"):
        parse_prompt("Đọc".encode("utf-16-le") + b"\xff", PATH)


def test_a_file_without_front_matter_is_plain_instructions() -> None:
    """A file with neither front matter nor sections is plain instructions, named by its stem."""
    prompt = parsed("Đọc bài báo.")
    assert (prompt.reference, prompt.messages[0]) == ("note", Message("system", "Đọc bài báo."))


def with_variables(variables: str, body: str = "Đọc bài báo cho {{reader}}.") -> str:
    """Return the sample prompt with variables in its front matter and a body that uses them."""
    return NOTE_TEXT.replace("notes: Một", f"variables: {variables}\nnotes: Một").replace(
        "Đọc bài báo.", body
    )


def test_a_declared_default_is_filled_in() -> None:
    """A variable without a value takes the default that the front matter declares."""
    prompt = parsed(with_variables('{reader: {description: Ai đọc, default: "biên tập viên"}}'))
    [system, _] = prompt.render("Bài.", "0" * 64)
    assert system.content == "Đọc bài báo cho biên tập viên."
    assert prompt.declared["reader"].description == "Ai đọc"


def test_a_value_replaces_the_declared_default() -> None:
    """A value that is passed is used instead of the default."""
    prompt = parsed(with_variables('{reader: {default: "biên tập viên"}}'))
    assert prompt.values_of({"reader": "em bé"}) == {"reader": "em bé"}


def test_a_declared_variable_without_a_default_needs_a_value() -> None:
    """The error for a missing value includes the description from the front matter."""
    prompt = parsed(with_variables("{reader: {description: Ai đọc}}"))
    with pytest.raises(
        PromptError, match=r"needs a value for reader \(Ai đọc\): .* --var reader=VALUE"
    ):
        prompt.values_of({})


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ("{tone: {}}", r"variables: the body does not use 'tone': add \{\{tone\}\}"),
        ("{article: {}, reader: {}}", "variables: 'article' is filled in"),
        ("{reader: {default: 5}}", "variables.reader.default: .*both as quoted text"),
        ("{reader: {defualt: x}}", "variables.reader.defualt: .*a description and a default"),
        ("[reader]", "variables: "),
        ("{reader: x}", "variables.reader: "),
    ],
)
def test_a_malformed_declaration_is_named(variables: str, message: str) -> None:
    """An invalid declaration raises a PromptError that names the file and the faulty entry."""
    with pytest.raises(PromptError, match=f"^note.md: front matter, {message}"):
        parsed(with_variables(variables))


def test_prompts_with_variables_can_be_kept_in_sets() -> None:
    """A prompt with declared variables is hashable like any other."""
    text = with_variables('{reader: {default: "biên tập viên"}}')
    assert len({parsed(text), parsed(text)}) == 1


def bomb_of(link: str) -> str:
    """Return YAML in which each entry refers thirty times to the one before it."""
    lines = ["a0: &a0 {k0: 1}"]
    for number in range(8):
        inside = ", ".join([f"*a{number}"] * 30)
        lines.append(f"a{number + 1}: &a{number + 1}\n  {link}: [{inside}]\n  k{number}: 1")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "front",
    [
        bomb_of("<<"),
        bomb_of("x"),
        "name: &n a\nversion: 1\nschema: *n",
        "a: &a [*a]",
        "notes: " + "[" * 600,
        "notes: " + "{a: " * 900,
        "notes: " + "x" * 30_000,
        "version: 2023-13-45",
        "version: 2001-01-01T99:00:00Z",
        "version: " + "9" * 5000,
        "? [1]\n: 2",
        "notes: !!binary zz",
        "notes: !!python/object:os.system x",
        "version: .inf",
        "- name",
    ],
    ids=lambda front: front[:24],
)
def test_a_front_matter_that_cannot_be_read_is_a_prompt_error(front: str) -> None:
    """The error for aliases, deep nesting or impossible values in front matter names the file."""
    text = f"---\n{front}\n---\n# user\n{{{{article}}}}\n"
    with pytest.raises(PromptError, match=r"note\.md"):
        parse_prompt(text.encode(), PATH)


def test_sections_without_front_matter_are_messages() -> None:
    """A file that begins with a section is split into messages that do not include the headings."""
    prompt = parse_prompt(b"\n# system\nRead.\n\n# user\n{{article}}\n", PATH)
    assert prompt.messages == (Message("system", "Read."), Message("user", "{{article}}"))
    assert (prompt.reference, prompt.schema_reference) == ("note", None)


def test_sections_without_front_matter_need_the_article() -> None:
    """The error for sections without ``{{article}}`` names the file and says what is missing."""
    with pytest.raises(PromptError, match=r"note\.md: the body must contain \{\{article\}\}"):
        parse_prompt(b"# system\nRead.\n", PATH)


def test_sections_of_a_text_are_messages() -> None:
    """A prompt given as text in Python is read like a file without front matter."""
    prompt = prompt_of_text("# user\n{{article}}")
    assert (prompt.reference, prompt.messages) == ("inline", (Message("user", "{{article}}"),))


def test_a_heading_inside_instructions_is_text() -> None:
    """Instructions that do not begin with a section keep their headings."""
    prompt = parse_prompt(b"Read:\n# user\nnames", PATH)
    assert prompt.messages[0] == Message("system", "Read:\n# user\nnames")
