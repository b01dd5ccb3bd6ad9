"""Canonical JSON and SHA-256 digests, which identify prompts, requests and articles."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from pydantic_core import to_json


def canonical_json(value: Any) -> str:
    """Return a value as JSON with sorted keys, unescaped Unicode and no spaces between tokens.

    Equal values of the same types give equal text. Raises ValueError for NaN and infinity.
    """
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def canonical_string(text: str) -> str:
    """Return the canonical JSON of a string, twice as fast as ``canonical_json``."""
    return to_json(text).decode()


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a JSON value as 64 hexadecimal digits."""
    return digest_of_text(canonical_json(value))


def digest_of_text(text: str) -> str:
    """Return the SHA-256 of a string, encoded as UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=64)
def _started_hash(text: str) -> hashlib._Hash:
    return hashlib.sha256(text.encode())


def digest_of_both(first: str, second: str) -> str:
    """Return the SHA-256 of two concatenated strings as 64 hexadecimal digits.

    The hash of the first string is cached, which saves time if many calls share that string.
    """
    digest = _started_hash(first).copy()
    digest.update(second.encode())
    return digest.hexdigest()


def digest_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
