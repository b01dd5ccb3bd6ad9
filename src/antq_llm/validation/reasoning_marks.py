"""The marks that models put around their reasoning, which is not part of an answer."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from antq_llm.text.lazy_patterns import lazy_re

_WORD = (
    r"[a-z_]{0,30}(?:think|thought|reason|reflect|scratchpad|monologue|rationale|analysis|draft)"
    r"[a-z_]{0,30}"
)
_MARK = lazy_re(
    rf"""
    # <think>, <thinking>, <thought>, <reasoning>, <seed:think>, <antThinking>
      <(?P<tag_closes>/?)(?:[a-z]{{1,20}}:)?(?P<tag>{_WORD})(?:\s[^<>]{{0,200}})?>
    # [THINK] of Mistral
    | \[(?P<square_closes>/?)THINK(?:ING)?\]
    # ◁think▷ of Kimi
    | ◁(?P<triangle_closes>/?)(?P<triangle>{_WORD})▷
    # gpt-oss: the channel "final", and calls to tools, are not reasoning
    | <\|channel\|>\s*(?P<channel>\w{{1,40}})(?P<to>(?:[^<]|<\|constrain\|>){{0,200}})<\|message\|>
    | (?P<message_end><\|(?:end|start|call|return|content)\|>)
    # the same without its special tokens
    | (?P<final>assistant\s?final)(?=(?:\s|json|`)*[{{\[])
    # <|channel>thought … <channel|> of Gemma
    | (?P<half_opens><\|channel>)\s*{_WORD} | (?P<half_closes><channel\|>)
    # <|begin_of_thought|> … <|end_of_thought|>, <|START_THINKING|>, <|think|>
    | <[|｜](?P<pipe_closes>/|end_(?:of_)?)?(?P<pipe>{_WORD})[|｜]>
    # <|inner_prefix|> … <|inner_suffix|> of Apertus, and numbered tokens of Pangu and MedGemma
    | (?P<pair_opens><\|inner_prefix\|>|\[unused16\]|<unused94>)
    | (?P<pair_closes><\|inner_suffix\|>|\[unused17\]|<unused95>)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ROOTS = re.compile("think|thought")
_STARTS_LINE = re.compile(r"(?:^|[\n>▷\]}|])[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at the beginning or end of reasoning in a text."""

    start: int
    end: int
    family: str
    """The family of the mark; reasoning usually begins and ends with marks of the same family."""
    opens: bool
    alone: bool = True
    """Whether an end mark without a beginning means that all text before it was reasoning."""
    is_mention: bool = False
    """Whether a beginning mark is in the middle of a line, as when a model mentions it."""


class ReasoningMarks:
    """The marks in a text, in order, found in linear time."""

    def __init__(self, text: str) -> None:
        self.marks: Sequence[Mark] = [_mark_of(found, text) for found in _MARK.finditer(text)]
        self._ends: dict[str, list[Mark]] = {}
        for mark in self.marks:
            if not mark.opens:
                for family in {mark.family, "any" if mark.alone else mark.family}:
                    self._ends.setdefault(family, []).append(mark)

    def end_of(self, mark: Mark) -> int | None:
        """Return the end of the reasoning that a mark opens; None if it is never closed."""
        for family in (mark.family, "any"):
            ends = self._ends.get(family, [])
            position = bisect_left(ends, mark.end, key=lambda end: end.start)
            if position < len(ends):
                return ends[position].end
        return None


def _mark_of(found: re.Match[str], text: str) -> Mark:
    groups = {name: value for name, value in found.groupdict().items() if value is not None}
    family, opens, alone = _kind_of(groups)
    is_mention = opens and not _STARTS_LINE.search(text, max(0, found.start() - 40), found.start())
    return Mark(found.start(), found.end(), family, opens, alone, is_mention)


def _kind_of(groups: dict[str, str]) -> tuple[str, bool, bool]:
    """Return the ``family``, ``opens`` and ``alone`` of a mark."""
    match groups:
        case {"channel": name, "to": recipient}:
            is_reasoning = name.lower() in {"analysis", "commentary"} and "to=" not in recipient
            return "channel", is_reasoning, True
        case {"message_end": _}:
            return "channel", False, False
        case {"final": _}:
            return "channel", False, True
        case {"half_opens": _} | {"half_closes": _}:
            return "half", "half_opens" in groups, True
        case {"pair_opens": _} | {"pair_closes": _}:
            return "pair", "pair_opens" in groups, True
        case {"pipe": name}:
            return "channel", not groups.get("pipe_closes"), True
    name = groups.get("tag") or groups.get("triangle") or "think"
    closes = any(groups.get(f"{style}_closes") for style in ("tag", "square", "triangle"))
    root = _ROOTS.search(name.lower())
    return root[0] if root else name.lower(), not closes, True
