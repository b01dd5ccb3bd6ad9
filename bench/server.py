"""A local endpoint that answers each request with the record of its article.

The byline of each record contains the mark of its article (its unique last line), so all answers
differ.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from articles import passages, records

_MARK = re.compile(rb"ref-([a-z])-[a-z]{6}")
_ANY_MARK = "@mark"
"""The placeholder for the mark in a prepared answer."""
_TOOLS = b'"tools":'
"""The key ``tools`` of a request; strings cannot contain it, since they escape quotation marks."""
_EXTRACTIONS = b'"langextract_extractions"'
"""The name of langextract's answer schema."""
_QUESTION = "\nQ: "


class Answers:
    """The bodies of all answers, prepared in advance."""

    def __init__(self) -> None:
        self._texts = [
            json.dumps(
                {**record, "byline": [*record["byline"], _ANY_MARK]},
                ensure_ascii=False,
                separators=(",", ":"),
            )
            for record in records()
        ]
        self._messages = [_body({"role": "assistant", "content": text}) for text in self._texts]
        self._calls: dict[tuple[int, str], bytes] = {}
        self._passages = [passage for record in records() for passage in passages(record)]

    def to(self, request: bytes) -> bytes:
        """Return the answer to a request: a message, a tool call, or langextract's extractions."""
        if _EXTRACTIONS in request:
            return self._extractions(json.loads(request)["messages"][-1]["content"])
        mark = _MARK.search(request)
        if mark is None:
            raise web.HTTPBadRequest(
                text="this server can answer only for articles made by bench/articles.py"
            )
        seed = mark[1][0] - ord("a")
        body = self._messages[seed]
        if _TOOLS in request:
            body = self._call(seed, json.loads(request)["tools"][0]["function"]["name"])
        return body.replace(_ANY_MARK.encode(), mark[0])

    def _call(self, seed: int, name: str) -> bytes:
        if (seed, name) not in self._calls:
            function = {"name": name, "arguments": self._texts[seed]}
            message = {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "call", "type": "function", "function": function}],
            }
            self._calls[seed, name] = _body(message)
        return self._calls[seed, name]

    def _extractions(self, prompt: str) -> bytes:
        """Return the passages of the chunk in langextract's prompt; the chunk may lack the mark."""
        chunk = prompt[prompt.rindex(_QUESTION) :]
        found = [
            {name: quote, f"{name}_attributes": fields}
            for name, quote, fields in self._passages
            if quote in chunk
        ]
        return _body(
            {"role": "assistant", "content": json.dumps({"extractions": found}, ensure_ascii=False)}
        )


def _body(message: dict[str, Any]) -> bytes:
    choice = {
        "index": 0,
        "finish_reason": "tool_calls" if "tool_calls" in message else "stop",
        "message": message,
    }
    usage = {"prompt_tokens": 2000, "completion_tokens": 1500, "total_tokens": 3500}
    completion = {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }
    return json.dumps(completion, ensure_ascii=False).encode()


async def serve(delay: float) -> None:
    """Print the port; answer each request after ``delay`` seconds until the process is terminated.

    ``/load`` returns the number of requests so far and the CPU time of the server.
    """
    answers, count = Answers(), 0

    async def answer(request: web.BaseRequest) -> web.Response:
        nonlocal count
        if request.path == "/load":
            return web.json_response({"requests": count, "cpu_seconds": time.process_time()})
        body = await request.read()
        count += 1
        if delay:
            await asyncio.sleep(delay)
        return web.Response(body=answers.to(body), content_type="application/json")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def pin(pid: int, core: int) -> None:
    """Pin a process to a core, on Linux only; -1 is the last core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {sorted(os.sched_getaffinity(0))[core]})


@contextmanager
def running(delay: float = 0.0) -> Iterator[str]:
    """Run a server in another process on the last core, and yield its base URL."""
    with subprocess.Popen(
        [sys.executable, __file__, "--delay", str(delay)], stdout=subprocess.PIPE, text=True
    ) as process:
        pin(process.pid, -1)
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds until an answer")
    asyncio.run(serve(parser.parse_args().delay))
