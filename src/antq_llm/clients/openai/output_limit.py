"""The two parameter names that endpoints use for the limit on output tokens."""

from __future__ import annotations

import openai

NEWER_NAME, OLDER_NAME = "max_completion_tokens", "max_tokens"
_OPENAI_HOSTS = ("api.openai.com", ".openai.azure.com")


def likely_limit_name(host: str) -> str:
    """Return the name that an endpoint probably accepts, judging by its host."""
    return NEWER_NAME if host.endswith(_OPENAI_HOSTS) else OLDER_NAME


def other_limit_name(name: str, error: openai.APIStatusError) -> str | None:
    """Return the other name if a request was refused because of ``name``, else None."""
    message = str(error.message)
    if error.param != name and f"'{name}'" not in message and f'"{name}"' not in message:
        return None
    return OLDER_NAME if name == NEWER_NAME else NEWER_NAME
