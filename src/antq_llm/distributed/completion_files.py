"""Answers stored as files in the output, one per request."""

from __future__ import annotations

import asyncio
import json

from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.distributed.storage import Storage

FOLDER = "_completions"


class CompletionFiles:
    """A store that keeps each answer in a file named after the digest of its request."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def find(self, digest: str) -> Completion | None:
        content = await asyncio.to_thread(self._storage.read, _name(digest))
        if content is None:
            return None
        try:
            return Completion.model_validate(json.loads(content)["completion"])
        except ValueError:
            return None  # cut short when its writer was lost; the request is sent again

    async def keep(self, request: Request, completion: Completion) -> None:
        content = {"asked": request.asked(), "completion": completion.model_dump(mode="json")}
        text = json.dumps(content, ensure_ascii=False)
        await asyncio.to_thread(self._storage.write, _name(request.digest), text.encode())


def _name(digest: str) -> str:
    return f"{FOLDER}/{digest[:2]}/{digest}.json"
