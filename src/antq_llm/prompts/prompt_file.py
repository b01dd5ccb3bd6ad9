"""Prompt files: front matter, then a body with one section per message."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError

from antq_llm.core.digest import digest_of_bytes, digest_of_text
from antq_llm.errors import PromptError, encodable
from antq_llm.prompts.messages import Message, Role
from antq_llm.prompts.prompt import (
    ARTICLE_VARIABLE,
    Prompt,
    PromptVariable,
    Status,
    inline_prompt,
    variables_in,
)

_SECTION = re.compile(r"^# (system|user|assistant)[ \t]*$", re.MULTILINE)
_MAX_FRONT_MATTER = 20_000
"""The maximum length of the front matter, in characters."""
_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)


class DeclaredVariable(BaseModel):
    """A variable's entry in the front matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: StrictStr = ""
    default: StrictStr | None = None


class FrontMatter(BaseModel):
    """The header of a prompt file, between two ``---`` lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: int
    schema_reference: str | None = Field(alias="schema")
    notes: str = ""
    variables: dict[str, DeclaredVariable] = {}


class _PlainLoader(yaml.SafeLoader):
    """A YAML loader that rejects aliases, because a few lines of them can expand to any size."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed; write the value in full")
        return super().compose_node(parent, index)


def parse_prompt(data: bytes, path: Path, status: Status = "draft") -> Prompt:
    """Parse the bytes of a prompt file.

    A file without front matter is parsed with ``prompt_of_text``. Raises PromptError if the
    file is malformed; the error names the file and the malformed part.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise PromptError(f"{path} is not UTF-8: save it as UTF-8") from error
    front = _FRONT_MATTER.match(text)
    if front is None:
        if text.startswith("---"):
            raise PromptError(f"{path}: the front matter has no closing --- line: add one")
        return prompt_of_text(text, encodable(path.stem), str(path))
    header = _read_front_matter(front[1], path)
    messages = _read_sections(text[front.end() :], path)
    return Prompt(
        reference=f"{header.name}@{header.version}",
        digest=digest_of_bytes(data),
        messages=messages,
        schema_reference=header.schema_reference,
        notes=header.notes.strip(),
        status=status,
        path=path,
        declared=_declared_variables(header, messages, path),
    )


def prompt_of_text(text: str, reference: str = "inline", place: str = "the prompt") -> Prompt:
    """Parse the text of a prompt without front matter.

    The text is split into sections if it begins with a heading such as ``# system``. Otherwise, it
    is treated as plain instructions. ``place`` is the name of the text in error messages.
    """
    if _SECTION.match(text.lstrip()) is None:
        return inline_prompt(text, reference)
    return Prompt(
        reference=reference,
        digest=digest_of_text(text),
        messages=_read_sections(text.strip(), place),
    )


def _declared_variables(
    header: FrontMatter, messages: tuple[Message, ...], path: Path
) -> dict[str, PromptVariable]:
    used = {name for message in messages for name in variables_in(message.content)}
    for name in header.variables:
        if name == ARTICLE_VARIABLE:
            raise PromptError(
                f"{path}: front matter, variables: 'article' is filled in automatically: "
                "leave it out"
            )
        if name not in used:
            raise PromptError(
                f"{path}: front matter, variables: the body does not use {name!r}: "
                f"add {{{{{name}}}}} to the body, or leave the variable out"
            )
    return {
        name: PromptVariable(entry.description, entry.default)
        for name, entry in header.variables.items()
    }


def _load(text: str, path: Path) -> Any:
    if len(text) > _MAX_FRONT_MATTER:
        raise PromptError(
            f"{path}: the front matter has {len(text)} characters, more than the "
            f"{_MAX_FRONT_MATTER} allowed: put instructions after its closing --- line"
        )
    try:
        return yaml.load(text, _PlainLoader)  # noqa: S506 - a SafeLoader
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The loader lets Python's errors about impossible dates, numbers and keys through.
        raise PromptError(
            f"{path}: the front matter has a value that cannot be read "
            f"({type(error).__name__}: {error}): write it in quotation marks"
        ) from error


def _read_front_matter(text: str, path: Path) -> FrontMatter:
    try:
        data = _load(text, path)
        if not isinstance(data, dict):
            raise PromptError(
                f"{path}: the front matter must consist of 'key: value' lines with name, version "
                "and schema"
            )
        return FrontMatter.model_validate(data)
    except yaml.YAMLError as error:
        raise _not_yaml(path, error) from error
    except (TypeError, LookupError, OverflowError, RecursionError, AttributeError) as error:
        raise _not_yaml(path, error) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        takes = (
            "each variable can have a description and a default, both as quoted text"
            if key.startswith("variables")
            else "the keys are name, version, schema (or null), notes and variables"
        )
        raise PromptError(f"{path}: front matter, {key}: {first['msg']}; {takes}") from error
    except ValueError as error:  # such as a date that is not in the calendar
        raise _not_yaml(path, error) from error


def _not_yaml(path: Path, error: Exception) -> PromptError:
    return PromptError(
        f"{path}: the front matter is not valid YAML: {' '.join(str(error).split())}"
    )


def _read_sections(body: str, path: Path | str) -> tuple[Message, ...]:
    pieces = _SECTION.split(body)
    if pieces[0].strip():
        raise PromptError(
            f"{path}: text precedes the first section: put a line such as '# system' before it"
        )
    messages = []
    for role, content in zip(pieces[1::2], pieces[2::2], strict=True):
        if not content.strip():
            raise PromptError(f"{path}: the section '# {role}' is empty: fill it or remove it")
        messages.append(Message(_as_role(role), content.strip()))
    if not messages:
        raise PromptError(
            f"{path}: there are no sections: "
            "add the headings '# system' and '# user', each on its own line"
        )
    if sum(variables_in(message.content).count(ARTICLE_VARIABLE) for message in messages) != 1:
        raise PromptError(
            f"{path}: the body must contain {{{{article}}}} exactly once, preferably at the end"
        )
    return tuple(messages)


def _as_role(name: str) -> Role:
    return next(role for role in get_args(Role) if role == name)
