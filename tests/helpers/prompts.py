"""A small prompt, and folders of prompts with a lock file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from antq_llm.core.digest import digest_of_bytes
from antq_llm.prompts.prompt import Prompt
from antq_llm.prompts.prompt_file import parse_prompt

NOTE_BODY = "# system\n\nĐọc bài báo.\n\n# user\n\n{{article}}\n"
NOTE_TEXT = f"---\nname: note\nversion: 1\nschema: null\nnotes: Một lời nhắc.\n---\n{NOTE_BODY}"


def parsed(text: str) -> Prompt:
    """Parse the text of a prompt file ``note.md``."""
    return parse_prompt(text.encode(), Path("note.md"))


def folder_of(
    base: Path, prompts: Mapping[str, str], statuses: Mapping[str, str] | None = None
) -> Path:
    """Write prompts (bodies by ``name@version``) and a lock file, and return their folder."""
    lock: dict[str, dict[str, Any]] = {}
    for reference, body in prompts.items():
        name, version = reference.split("@")
        path = base / name / f"v{version}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\nname: {name}\nversion: {version}\nschema: null\n---\n"
            f"# user\n\n{body}\n\n{{{{article}}}}\n",
            encoding="utf-8",
            newline="\n",
        )
        status = (statuses or {}).get(reference)
        if status is not None:
            entry = (
                {"status": status}
                if status == "draft"
                else {"status": status, "sha256": digest_of_bytes(path.read_bytes())}
            )
            lock.setdefault(name, {})[version] = entry
    (base / "lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return base
