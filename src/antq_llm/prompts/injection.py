"""Text in an article that addresses a model: it changes nothing, but a reader of the record should know that it was there."""

from __future__ import annotations

import re

_ADDRESSED = re.compile(
    r"(?:bỏ qua|phớt lờ|quên)\s+(?:tất cả |mọi |các |những |toàn bộ )*(?:hướng dẫn|chỉ dẫn|yêu cầu|chỉ thị|quy tắc|lệnh)\s+(?:trước|ở trên|bên trên|phía trên)"
    r"|(?:ignore|disregard|forget)\s+(?:all |any |the |your )*(?:previous|prior|above|earlier)\s+(?:instructions?|prompts?|rules?|messages?)"
    r"|^[ \t>*#]*(?:system|assistant|developer|user)(?: prompt| message)?\s*:"
    r"|<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>|</?(?:article|system|assistant|tool_call|function_call|faults)\b[^>\n]{0,40}>"
    r"|\"(?:tool_calls?|function_call)\"\s*:|(?:bạn|mày) là (?:một )?(?:mô hình ngôn ngữ|trợ lý ảo|AI\b|chatbot)"
    r"|you are (?:now )?(?:a|an) (?:AI|language model|assistant)\b",
    re.IGNORECASE | re.MULTILINE,
)


_SIGNS = (
    *("<", "_call", "inst]", "system", "assistant", "developer", "user"),
    *("bỏ qua", "phớt lờ", "quên", "bạn là", "mày là", "ignore", "disregard", "forget", "you are"),
)
"""Lower-case words without one of which nothing is found: looking for them first is ten times as fast."""


def addressed_to_model(text: str) -> list[tuple[int, str]]:
    """Return where a text seems to speak to a model, as offsets in code points and the words that do."""
    lowered = text.lower()
    if not any(sign in lowered for sign in _SIGNS):
        return []
    return [(match.start(), match[0].strip()) for match in _ADDRESSED.finditer(text)]
