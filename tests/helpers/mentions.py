"""What mentions state, as tests compare it."""

from __future__ import annotations

from antq_llm.mentions.mention import Mention


def value_of(mention: Mention) -> int | float | str:
    """Return the value of a mention; a range of dates as an interval of EDTF."""
    return mention.edtf if mention.kind == "date" else mention.value
