"""Identity: canonical JSON and SHA-256, the one place where it is decided what "the same" means."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys, no spaces and unescaped Unicode: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@lru_cache(maxsize=64)
def canonical_string(text: str) -> str:
    """Return the canonical JSON of a string that comes again and again, such as a prompt's fixed messages."""
    return canonical_json(text)


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a JSON value as 64 hexadecimal digits."""
    return digest_of_text(canonical_json(value))


def digest_of_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8 as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
