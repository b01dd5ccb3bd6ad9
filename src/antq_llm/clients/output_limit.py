"""How the limit of an answer's tokens is called: OpenAI's present name, or the older one that most other endpoints know."""

from __future__ import annotations

import openai

PRESENT, OLDER = "max_completion_tokens", "max_tokens"
_OPENAI_HOSTS = ("api.openai.com", ".openai.azure.com")


def likely_name(host: str) -> str:
    """Return the name that an endpoint takes, as far as its host tells."""
    return PRESENT if host.endswith(_OPENAI_HOSTS) else OLDER


def other_name(name: str, error: openai.APIStatusError) -> str | None:
    """Return the other name where a refusal is about this one, else None."""
    if error.param != name and f"'{name}'" not in str(error.message) and f'"{name}"' not in str(error.message):
        return None
    return OLDER if name == PRESENT else PRESENT
