"""Masking of keys and of credentials in URLs."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass, field
from typing import Any

import pytest
from yarl import URL

from antq_llm.core.masking import Masker, masked_repr, masked_url, masked_urls

KEY = "sk-proj-0123456789"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://anna:pa55word@example.org/v1", "https://example.org/v1"),
        ("https://t0ken@example.org:8443/v1/", "https://example.org:8443/v1/"),
        ("https://example.org/v1?key=t0ken", "https://example.org/v1"),
        ("https://example.org/v1#fragm3nt", "https://example.org/v1"),
        ("http://anna:pa55word@[::1]:80/v1?a=b", "http://[::1]:80/v1"),
        ("http://anna:pa/55word@example.org/v1", "http://example.org/v1"),
        ("http://anna:pa?55word@example.org/v1", "http://example.org/v1"),
        ("http://anna:pa@55word@example.org/v1", "http://example.org/v1"),
        ("anna:pa55word@example.org/v1", "example.org/v1"),
        ("http:/anna:pa55word@example.org", "example.org"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1/"),
        ("https://example.org/v1/@cf/model", "https://example.org/v1/@cf/model"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    """The user, password, query and fragment of a URL are left out, even if it is malformed."""
    assert masked_url(url) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see (https://a.org/x?y=z), then", "see (https://a.org/x), then"),
        ("url='http://u:p@a.org/x?y', message", "url='http://a.org/x', message"),
        ("HTTP://U:P@A.ORG and ftp://u:p@b.org", "HTTP://A.ORG and ftp://b.org"),
        ('{"u":"https://a.org?x=1","c":5}', '{"u":"https://a.org","c":5}'),
        ("no URL: a@b.org?", "no URL: a@b.org?"),
    ],
)
def test_urls_in_a_text_are_masked(text: str, shown: str) -> None:
    """Every URL in a text is masked, and nothing else is changed."""
    assert masked_urls(text) == shown


@pytest.mark.parametrize(
    ("key", "text", "shown"),
    [
        (KEY, f"Incorrect key {KEY}.", "Incorrect key ***."),
        (KEY, f"x{KEY}y", "x***y"),
        ("key-x", "no key-x here, monkey-xs", "no *** here, monkey-xs"),
        ("x", "max x tokens", "max x tokens"),
        ("local", "a local model", "a local model"),
        ("a.*b+c|d?", "A.*B a.*b+c|d? aXb", "A.*B *** aXb"),
    ],
)
def test_a_key_in_a_text_is_masked(key: str, text: str, shown: str) -> None:
    """A long key is masked everywhere, a short one only as a whole word, a placeholder never."""
    assert Masker([key])(text) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f"no {KEY}", "no ***"),
        ({KEY: [KEY, 1, None]}, {"***": ["***", 1, None]}),
        ((KEY, 2.5), ("***", 2.5)),
        (URL("http://u:p@a.org/x?y=z"), URL("http://a.org/x")),
        (URL("http://a.org/x"), URL("http://a.org/x")),
    ],
)
def test_strings_inside_a_value_are_masked(value: Any, shown: Any) -> None:
    """Strings in containers and URLs are masked, and other values are unchanged."""
    assert Masker([KEY]).value(value) == shown


def test_headers_in_a_named_tuple_are_masked() -> None:
    """All headers in a named tuple, such as an error's request information, are masked."""
    info = namedtuple("info", ["url", "headers"])("http://u:p@a.org", {"a": "b"})
    assert Masker([]).value(info) == ("http://a.org", "***")


def test_an_error_is_masked_with_its_causes() -> None:
    """Arguments and attributes of an error, its causes, contexts and group members are masked."""
    cause = ValueError(KEY)
    cause.__context__ = LookupError(f"key {KEY}")
    error = ExceptionGroup("failed", [OSError(KEY)])
    error.__cause__ = cause
    cause.__cause__ = error  # Masking must end despite this cycle.
    error.url = f"http://a.org?key={KEY}"  # type: ignore[attr-defined]
    Masker([KEY]).scrub(error)
    assert [cause.args, cause.__context__.args] == [("***",), ("key ***",)]
    assert [error.exceptions[0].args, error.url] == [("***",), "http://a.org"]  # type: ignore[attr-defined]


@dataclass(repr=False)
class Settings:
    """Settings with a key and an address."""

    base_url: str | None = None
    api_key: str | None = None
    rate: int = 5
    hidden: str = field(default="x", repr=False)

    __repr__ = masked_repr


def test_a_repr_masks_the_key_and_the_address() -> None:
    """The repr is that of a dataclass, with the key and the URL's credentials masked."""
    settings = Settings("http://u:p@a.org", KEY)
    assert repr(settings) == "Settings(base_url='http://a.org', api_key='***', rate=5)"
    assert repr(Settings()) == "Settings(base_url=None, api_key=None, rate=5)"
