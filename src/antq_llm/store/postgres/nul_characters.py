"""Escaping of NUL characters, which PostgreSQL does not accept in text.

An article's id, like any JSON string, can contain NUL characters.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.string import StrDumperUnknown, TextLoader

_NUL, _ESCAPE = "\0", "\ue000"
_ESCAPED_ESCAPE, _ESCAPED_NUL = f"{_ESCAPE}\ue001", f"{_ESCAPE}\ue002"


class _Dumper(StrDumperUnknown):
    def dump(self, obj: str) -> Any:
        if _NUL in obj or _ESCAPE in obj:
            obj = obj.replace(_ESCAPE, _ESCAPED_ESCAPE).replace(_NUL, _ESCAPED_NUL)
        return super().dump(obj)


class _Loader(TextLoader):
    def load(self, data: Any) -> str | bytes:
        text = super().load(data)
        if isinstance(text, str) and _ESCAPE in text:
            text = text.replace(_ESCAPED_NUL, _NUL).replace(_ESCAPED_ESCAPE, _ESCAPE)
        return text


def escape_nul_characters(connection: psycopg.Connection[Any]) -> None:
    """Escape NUL characters in texts sent over a connection; restore them in texts received."""
    connection.adapters.register_dumper(str, _Dumper)
    connection.adapters.register_loader("text", _Loader)
