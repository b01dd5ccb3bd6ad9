"""Canonical JSON and digests."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from antq_llm.core.digest import (
    canonical_json,
    canonical_string,
    digest_of,
    digest_of_both,
    digest_of_bytes,
    digest_of_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": [1, 2.5, None], "a": {"ô": "Đ"}}, '{"a":{"ô":"Đ"},"b":[1,2.5,null]}'),
        ("tab\t\u2028", '"tab\\t\u2028"'),
    ],
)
def test_canonical_json(value: Any, text: str) -> None:
    """Canonical JSON has sorted keys and no unnecessary spaces or escapes."""
    assert canonical_json(value) == text


def test_canonical_json_is_json() -> None:
    """A value that JSON cannot represent, such as NaN, raises a ValueError."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_a_canonical_string_is_canonical_json() -> None:
    """``canonical_string`` agrees with ``canonical_json`` for every character."""
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    assert canonical_string(every) == canonical_json(every)


def test_digests_are_sha_256_in_utf_8() -> None:
    """Each digest is the SHA-256 of the UTF-8 bytes of the text or JSON."""
    digest = hashlib.sha256('"Đ"'.encode()).hexdigest()
    digests = [
        digest_of("Đ"),
        digest_of_text('"Đ"'),
        digest_of_both('"', 'Đ"'),
        digest_of_bytes('"Đ"'.encode()),
    ]
    assert digests == [digest] * 4
