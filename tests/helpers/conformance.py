"""A third-party server and an extraction task for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options


class Shop(BaseModel):
    """A small record without constraints, since not every mode sends them."""

    name: str
    kind: Literal["flowers", "books", "bread"]
    is_open: bool


ARTICLE = "The shop Aster sells flowers. It is open."
TOKENS = 400


@dataclass(frozen=True)
class Server:
    """The name and the base URL of a server."""

    name: str
    url: str

    def extractor(self, **options: Any) -> Extractor[Shop]:
        """Return an extractor of shop records that uses the server."""
        settings = {
            "base_url": self.url,
            "api_key": "any",
            "max_output_tokens": TOKENS,
            "max_attempts": 2,
            "temperature": 0.0,
            "timeout": 120.0,
            "retries": 1,
            **options,
        }
        return Extractor(Shop, "Extract the shop.", model="m", options=Options(**settings))
