"""Prompts by reference, found among the versions in a folder and checked against its lock file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from antq_llm.core.digest import digest_of_bytes
from antq_llm.core.json_file import UnreadableJson, read_json_file
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import PromptError
from antq_llm.prompts.prompt import Prompt, Status
from antq_llm.prompts.prompt_file import parse_prompt

_REFERENCE = re.compile(r"([A-Za-z_][\w-]*)(?:@(\d{1,9}))?")

_Lock = dict[str, dict[str, dict[str, Any]]]
"""The contents of a lock file: the ``status`` and ``sha256`` of each version of each prompt."""


@dataclass(frozen=True)
class PromptVersion:
    """One version of a prompt: its file and its entry in the lock file."""

    name: str
    version: int
    path: Path
    status: Status
    sha256: str | None

    @property
    def reference(self) -> str:
        """The reference ``name@version``."""
        return f"{self.name}@{self.version}"

    def load(self) -> Prompt:
        """Return the prompt, read from its file.

        Raises PromptError if the file cannot be read, is malformed, was changed after its release
        or declares another reference.
        """
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise PromptError(
                f"prompt {self.reference}: {self.path} cannot be read ({error.strerror})"
            ) from error
        if self.status != "draft" and digest_of_bytes(data) != self.sha256:
            raise PromptError(
                f"{self.path} was changed after {self.reference} was released: restore the file, "
                f"or put the change into version {self.version + 1}"
            )
        prompt = parse_prompt(data, self.path, self.status)
        if prompt.reference != self.reference:
            raise PromptError(
                f"{self.path} declares {prompt.reference}, but its path is that of "
                f"{self.reference}: correct the name and version in the file, or move the file"
            )
        return prompt


def is_reference(text: str) -> bool:
    """Return whether a string has the form of a prompt reference, ``name`` or ``name@N``."""
    return _REFERENCE.fullmatch(text) is not None


def load_prompt(reference: str | Path, folder: Path | None = None) -> Prompt:
    """Return the prompt that a reference names.

    A reference is ``name@version``, ``name`` (which means the newest stable version) or the path of
    a file. A name is looked up in ``folder`` if the folder has a prompt of that name, and otherwise
    among the packaged prompts.
    """
    if isinstance(reference, str) and (match := _REFERENCE.fullmatch(reference)):
        return _find(match[1], match[2], folder).load()
    path = Path(reference)
    try:
        return parse_prompt(path.read_bytes(), path)
    except (OSError, ValueError) as error:  # ValueError for a name that no file can have
        raise PromptError(
            f"there is no prompt {str(reference)!r}: give name@version "
            "(see `antq-llm prompts list`), or the path of a file"
        ) from error


def list_prompts(folder: Path | None = None) -> list[PromptVersion]:
    """Return the versions in a folder (default: the packaged ones), sorted by name and version.

    Raises PromptError if the folder does not exist, or if its lock file is malformed or lists a
    version whose file is missing.
    """
    base = folder or data_folder("prompts")
    if not base.is_dir():
        raise PromptError(f"the prompt folder {base} does not exist: check the path")
    lock = _read_lock(base / "lock.json")
    versions = [
        _version_at(path, lock) for path in base.glob("*/v*.md") if path.stem[1:].isdecimal()
    ]
    present = {(version.name, str(version.version)) for version in versions}
    missing = [
        f"{name}@{number}"
        for name, entries in lock.items()
        for number in entries
        if (name, number) not in present
    ]
    if missing:
        raise PromptError(
            f"{base / 'lock.json'} lists versions whose files are missing ({', '.join(missing)}): "
            "restore them from version control"
        )
    return sorted(versions, key=lambda version: (version.name, version.version))


def _version_at(path: Path, lock: _Lock) -> PromptVersion:
    name, number = path.parent.name, int(path.stem[1:])
    entry = lock.get(name, {}).get(str(number), {})
    return PromptVersion(name, number, path, entry.get("status", "draft"), entry.get("sha256"))


def _read_lock(path: Path) -> _Lock:
    if not path.exists():
        return {}
    try:
        lock: _Lock = read_json_file(path)
        for name, entries in lock.items():
            for number, entry in entries.items():
                if entry["status"] not in get_args(Status) or (
                    entry["status"] != "draft" and "sha256" not in entry
                ):
                    raise PromptError(
                        f"{path}: {name}@{number} needs a status "
                        f"({', '.join(get_args(Status))}) and, once released, a sha256"
                    )
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        reason = f" ({error})" if isinstance(error, UnreadableJson) else ""
        raise PromptError(
            f"{path} is malformed: it must map each name and version to {{status, sha256}}{reason}"
        ) from error
    return lock


def _find(name: str, number: str | None, folder: Path | None) -> PromptVersion:
    own = list_prompts(folder) if folder else []
    # A name in the user's folder hides all packaged versions, so that nobody gets a mix of both.
    versions = own if any(version.name == name for version in own) else [*list_prompts(), *own]
    named = [version for version in versions if version.name == name]
    if number is not None:
        found = [version for version in named if version.version == int(number)]
    else:
        found = [version for version in named if version.status == "stable"]
    if not found:
        reason = (
            f"{name} has no stable version: name a version"
            if named and not number
            else f"unknown prompt {name}@{number}"
            if number
            else f"unknown prompt {name}"
        )
        known = ", ".join(version.reference for version in named or versions)
        raise PromptError(f"{reason}; available: {known}")
    return max(found, key=lambda version: version.version)
