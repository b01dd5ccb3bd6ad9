"""The draft of an improved prompt, which is written as the next free version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from antq_llm.core.atomic_write import write_atomically
from antq_llm.errors import ConfigurationError, PromptError
from antq_llm.prompts.messages import Message
from antq_llm.prompts.prompt import Prompt, PromptVariable, variables_in
from antq_llm.prompts.prompt_file import parse_prompt
from antq_llm.prompts.registry import list_prompts

_NAME = re.compile(r"([A-Za-z_][\w-]*)@(\d+)")


def prompt_name(prompt: Prompt) -> str:
    """Return the name under which to write a draft of a prompt.

    Raises ConfigurationError if the prompt lacks a name or a version.
    """
    match = _NAME.fullmatch(prompt.reference)
    if match is None:
        raise ConfigurationError(
            f"prompt {prompt.reference} has no name and version: "
            "add front matter with name, version, schema and notes to its file"
        )
    return match[1]


def next_version(name: str, folder: Path) -> int:
    """Return the version number that follows all versions in ``folder`` and in the package."""
    own = list_prompts(folder) if folder.is_dir() else []
    taken = [version.version for version in [*list_prompts(), *own] if version.name == name]
    return max(taken, default=0) + 1


def write_draft(prompt: Prompt, name: str, version: int, notes: str, folder: Path) -> Path:
    """Write a version of a prompt to a folder of prompts, and return the file's path.

    The version is a draft until the folder's lock file has an entry for it. Line breaks become
    ``\\n``, and messages lose spaces and line breaks at their ends. Raises ConfigurationError if
    the messages read from the file would differ further from the prompt's.
    """
    path = folder / name / f"v{version}.md"
    messages = tuple(Message(one.role, _in_file(one.content)) for one in prompt.messages)
    header = yaml.safe_dump(
        {
            "name": name,
            "version": version,
            "schema": prompt.schema_reference,
            "notes": notes,
            "variables": _variables(prompt.declared, messages),
        },
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    body = "\n\n".join(f"# {message.role}\n\n{message.content}" for message in messages)
    text = f"---\n{header}---\n{body}\n"
    if _messages_in(text, path) != messages:
        raise ConfigurationError(
            f"the draft cannot be written to {path}, because its messages would differ when read "
            "back: change the line of the prompt that looks like a heading, such as '# user'"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [text])
    return path


def _in_file(content: str) -> str:
    return content.replace("\r\n", "\n").replace("\r", "\n").strip()


def _variables(
    declared: Mapping[str, PromptVariable], messages: Iterable[Message]
) -> dict[str, dict[str, str]]:
    """Return the entries in the front matter of the declared variables that messages use."""
    used = {name for message in messages for name in variables_in(message.content)}
    entries = {}
    for name, variable in declared.items():
        if name in used:
            default = {} if variable.default is None else {"default": variable.default}
            entries[name] = {"description": variable.description, **default}
    return entries


def _messages_in(text: str, path: Path) -> tuple[Message, ...] | None:
    try:
        return parse_prompt(text.encode(), path).messages
    except PromptError:
        return None
