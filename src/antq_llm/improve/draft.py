"""The draft of an improved prompt, which is written as the next free version."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from antq_llm.core.atomic_write import write_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.prompts.prompt import Prompt
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

    The version is a draft until the folder's lock file has an entry for it. Raises
    ConfigurationError if the messages read from the file would differ from the prompt's.
    """
    path = folder / name / f"v{version}.md"
    header = yaml.safe_dump(
        {"name": name, "version": version, "schema": prompt.schema_reference, "notes": notes},
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    body = "\n\n".join(f"# {message.role}\n\n{message.content}" for message in prompt.messages)
    text = f"---\n{header}---\n{body}\n"
    if parse_prompt(text.encode(), path).messages != prompt.messages:
        raise ConfigurationError(
            f"the draft cannot be written to {path}, because its messages would differ when read "
            "back: change the line of the prompt that looks like a heading, such as '# user'"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [text])
    return path
