"""Prompt injection: passages of an article that address a model, reported as warnings."""

from __future__ import annotations

import re

_INJECTION = re.compile(
    r"(?:bỏ qua|phớt lờ|quên)\s+(?:tất cả |mọi |các |những |toàn bộ )*"
    r"(?:hướng dẫn|chỉ dẫn|yêu cầu|chỉ thị|quy tắc|lệnh)\s+(?:trước|ở trên|bên trên|phía trên)"
    r"|(?:ignore|disregard|forget)\s+(?:all |any |the |your )*(?:previous|prior|above|earlier)\s+"
    r"(?:instructions?|prompts?|rules?|messages?)"
    r"|^[ \t>*#]*(?:system|assistant|developer|user)(?: prompt| message)?\s*:"
    r"|<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>"
    r"|</?(?:article|system|assistant|tool_call|function_call|faults)\b[^>\n]{0,40}>"
    r"|\"(?:tool_calls?|function_call)\"\s*:"
    r"|(?:bạn|mày) là (?:một )?(?:mô hình ngôn ngữ|trợ lý ảo|AI\b|chatbot)"
    r"|you are (?:now )?(?:a|an) (?:AI|language model|assistant)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNS = (
    *("<", "_call", "inst]", "system", "assistant", "developer", "user"),
    *("bỏ qua", "phớt lờ", "quên", "bạn là", "mày là", "ignore", "disregard", "forget", "you are"),
)
"""Lower-case strings; each match of ``_INJECTION``, in lower case, contains at least one of them.

Searching for these strings first is ten times as fast as using the regular expression alone.
"""


def find_injections(text: str) -> list[tuple[int, str]]:
    """Return the offset (in code points) and the text of each passage that addresses a model."""
    lowered = text.lower()
    if not any(sign in lowered for sign in _SIGNS):
        return []
    return [(match.start(), match[0].strip()) for match in _INJECTION.finditer(text)]
