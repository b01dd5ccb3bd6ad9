"""Reading JSON files that may be damaged or written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MAX_DEPTH = 100
"""Maximum nesting depth of a document; a deeper one could exhaust the stack of recursive code."""


class UnreadableJson(ValueError):  # noqa: N818 - the caller names the file and the remedy
    """A file that cannot be read, is not valid JSON or exceeds a limit; the message says why."""


def read_json_file(path: Path) -> Any:
    """Return the JSON document in a file, with or without a byte-order mark.

    Raises UnreadableJson if the file cannot be read, is not valid JSON, is nested deeper than 100
    levels or contains numbers or characters that JSON or UTF-8 cannot represent.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableJson(error.strerror or str(error)) from error
    if not data.strip():
        raise UnreadableJson("it is empty")
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
        is_deep = is_deeper(document, MAX_DEPTH)
    except RecursionError as error:
        raise UnreadableJson(f"it is nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:  # invalid JSON or UTF-8, or a number with thousands of digits
        raise UnreadableJson(str(error)) from error
    if is_deep:
        raise UnreadableJson(f"it is nested deeper than {MAX_DEPTH} levels")
    try:
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:  # 1e999 is parsed as infinity; lone surrogates cannot be encoded
        raise UnreadableJson(
            "it contains a number that is too large, or a lone surrogate"
        ) from error
    return document


def is_deeper(document: Any, limit: int) -> bool:
    """Return whether a JSON value has more than ``limit`` levels of objects and arrays."""
    level, depth = [document], 0
    while level := [child for node in level for child in _children(node)]:
        depth += 1
        if depth > limit:
            return True
    return False


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
