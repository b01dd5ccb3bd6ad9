"""The messages of a chat with a model."""

from __future__ import annotations

from typing import Literal, NamedTuple

Role = Literal["system", "user", "assistant"]


class Message(NamedTuple):
    """One message of a chat: the role of its author and its text."""

    role: Role
    content: str
