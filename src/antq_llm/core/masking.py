"""Masking of secrets: credentials in URLs, and API keys in text and errors."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import fields
from typing import Any
from urllib.parse import quote

MASK = "***"

Mask = Callable[[str], str]

_MIN_SECRET = 4
"""Minimum number of characters in a secret that is masked; a shorter secret is usually a
placeholder for a local server and could match ordinary words."""
_LONG_SECRET = 8
"""Minimum number of characters in a secret that is also masked inside words."""
_URL_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^\s\"<>]+")
_CLOSING = re.compile(r"[)\]}'`.,;:!]*$")
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(:\d*)?")


def masked_url(url: object) -> str:
    """Return a URL without its user name, password, query and fragment.

    Malformed URLs, such as those without a scheme or with an unescaped ``/``, ``?`` or ``@`` in the
    password, are masked too.
    """
    text = str(url)
    scheme, mark, rest = text.partition("://")
    if not mark:
        scheme, rest = "", text
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        rest = rest[authority.rindex("@") + 1 :]
    elif "@" in rest and not _HOST_AND_PORT.fullmatch(authority):
        rest = rest[rest.rindex("@") + 1 :]
    shown = re.split(r"[?#]", rest, maxsplit=1)[0]
    path = shown.find("/")
    if path >= 0 and re.search(r":.*@", shown[path:]):
        shown = shown[shown.rindex("@") + 1 :]
    return scheme + mark + shown


def masked_urls(text: str) -> str:
    """Return the text with every URL in it masked."""
    return _URL_IN_TEXT.sub(_masked_match, text) if "://" in text else text


def _masked_match(found: re.Match[str]) -> str:
    token = found.group()
    closing = _CLOSING.search(token)
    end = closing.start() if closing else len(token)
    return masked_url(token[:end]) + token[end:]


class Masker:
    """A callable that replaces known secrets in text with ``***`` and masks URLs.

    A secret with fewer than 8 characters is masked only as a whole word. It is not masked at all if
    it has fewer than 4 characters or consists only of letters. Secrets of 8 or more characters are
    also masked in the percent-encoded, Base64 and JSON-escaped forms that a server may echo.
    """

    def __init__(self, secrets: Iterable[str | None]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        patterns = [_pattern(secret) for secret in longest_first]
        self._secrets = re.compile("|".join(filter(None, patterns)) or r"(?!)")

    def __call__(self, text: str) -> str:
        return masked_urls(self._secrets.sub(MASK, text))

    def value(self, value: Any) -> Any:
        """Return a value, such as a server's JSON response, with every string in it masked."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        if isinstance(value, tuple):
            masked: Any = tuple.__new__(type(value), [self.value(inner) for inner in value])
            # aiohttp's errors keep the request headers in a named tuple.
            return masked._replace(headers=MASK) if hasattr(masked, "headers") else masked
        if type(value).__name__ == "URL" and (url := masked_url(value)) != str(value):
            return type(value)(url)
        return value

    def scrub(self, error: BaseException) -> None:
        """Mask secrets, in place, in an error and in its causes, which a traceback also shows."""
        waiting: list[BaseException | None] = [error]
        seen: set[int] = set()
        while waiting:
            current = waiting.pop()
            if current is None or id(current) in seen:
                continue
            seen.add(id(current))
            waiting += [
                current.__cause__,
                current.__context__,
                *getattr(current, "exceptions", ()),
            ]
            with suppress(AttributeError, TypeError, ValueError, RecursionError):
                current.args = self.value(current.args)
            for name, value in list(vars(current).items()):
                with suppress(AttributeError, TypeError, ValueError, RecursionError):
                    if (masked_value := self.value(value)) != value:
                        setattr(current, name, masked_value)


def _forms(secret: str) -> set[str]:
    if len(secret) < _LONG_SECRET:
        return {secret}
    data = secret.encode(errors="surrogateescape")
    encoded = {coding(data).decode().rstrip("=") for coding in (b64encode, urlsafe_b64encode)}
    return {secret, quote(data), quote(data, safe=""), json.dumps(secret)[1:-1], *encoded}


def _pattern(secret: str) -> str:
    if len(secret) >= _LONG_SECRET:
        return re.escape(secret)
    if len(secret) < _MIN_SECRET or secret.isalpha():
        return ""
    return rf"(?<![\w-]){re.escape(secret)}(?![\w-])"


def masked_repr(value: Any) -> str:
    """Return the repr of a dataclass instance with ``api_key`` and ``base_url`` masked."""
    names = [field.name for field in fields(value) if field.repr]
    shown = [f"{name}={_field_repr(name, getattr(value, name))}" for name in names]
    return f"{type(value).__qualname__}({', '.join(shown)})"


def _field_repr(name: str, value: Any) -> str:
    if value and name == "api_key":
        return repr(MASK)
    return repr(masked_url(value) if value and name == "base_url" else value)
