"""Describing the exceptions of user modules, which can raise any exception."""

from __future__ import annotations


def described(error: BaseException) -> str:
    """Return the type and message of an exception on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
