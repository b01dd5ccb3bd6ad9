"""The messages of a chat with a model."""

from __future__ import annotations

from typing import Literal, NamedTuple

Role = Literal["system", "user", "assistant"]


class Message(NamedTuple):
    """A chat message: its text and the role of its author."""

    role: Role
    content: str
