"""Replies that are too large, and responses that nobody requested."""

from __future__ import annotations

import asyncio
import json
import threading
import tracemalloc
from typing import Any

import pytest

from antq_llm.clients.openai.http import MAX_ERROR_BYTES, MAX_REPLY_BYTES
from antq_llm.errors import CompletionError
from helpers.fault_server import (
    ANSWER,
    Fault,
    completion,
    compressed,
    endless,
    fault_server,
    replying,
    response,
)
from helpers.support import client_at, request_for

MEGABYTE = 1_000_000


async def outcome_of(fault: Fault, *, tries: int = 2) -> tuple[CompletionError, int, int]:
    """Return a persistent fault's error, the number of requests and the peak memory in bytes."""
    with fault_server([fault]) as server:
        async with client_at(server.base_url, tries=tries) as client:
            tracemalloc.start()
            try:
                with pytest.raises(CompletionError) as caught:
                    await client.complete(request_for())
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
    return caught.value, len(server.bodies), peak


@pytest.mark.parametrize(
    "fault",
    [
        compressed(200 * MEGABYTE),
        compressed(200 * MEGABYTE, encoding="deflate"),
        replying(" " * (MAX_REPLY_BYTES + MEGABYTE)),
        replying(completion("x" * MAX_REPLY_BYTES)),
        endless(),
    ],
    ids=["gzip bomb", "deflate bomb", "blanks", "answer", "endless"],
)
async def test_a_reply_of_any_size_takes_little_memory(fault: Fault) -> None:
    """A reply that exceeds the size limit is cut off, and the request is not repeated."""
    error, requests, peak = await outcome_of(fault)
    assert (error.kind, requests) == ("transport", 1)
    assert "larger than any answer" in str(error)
    assert peak < 5 * MAX_REPLY_BYTES


@pytest.mark.parametrize(
    "fault",
    [
        compressed(200 * MEGABYTE, 500),
        replying({"error": {"message": "x" * 50 * MEGABYTE}}, 503),
        endless(status=502),
    ],
    ids=["gzip bomb", "long message", "endless"],
)
async def test_an_error_of_any_size_takes_little_memory(fault: Fault) -> None:
    """Only the beginning of an error's body is read, and the status still leads to a retry."""
    error, requests, peak = await outcome_of(fault)
    assert (error.kind, requests) == ("transport", 2)
    assert len(str(error)) < 1000
    # The server's own copy of the body is not counted, since it was made earlier.
    assert peak < 100 * MAX_ERROR_BYTES


async def test_an_answer_below_the_limit_is_read() -> None:
    """A long answer below the size limit is read in full."""
    answer = json.dumps({"name": "x" * 3 * MEGABYTE})
    with fault_server([replying(completion(answer))]) as server:
        async with client_at(server.base_url) as client:
            assert (await client.complete(request_for())).text == answer


def named(name: str) -> dict[str, Any]:
    """Return a completion whose answer contains the given name."""
    return completion(json.dumps({"name": name}))


LATE = {
    "response": response(named("late")),
    "responses": response(named("late")) * 3,
    "half a response": b"HTTP/1.1 200 OK\r\nContent-Le",
    "stray bytes": b"\r\n\r\nstray",
    "timeout of an idle connection": response("{}", 408),
}


@pytest.mark.parametrize("name", LATE)
@pytest.mark.parametrize("is_read", [True, False], ids=["read", "waiting"])
async def test_a_late_response_answers_no_other_request(name: str, is_read: bool) -> None:
    """Unrequested bytes are never mistaken for the answer to the next request."""
    late_sent = threading.Semaphore(0)

    def answer(body: dict[str, Any]) -> Fault:
        asked = body["messages"][-1]["content"][-1]
        return Fault(
            [response(named(asked))], late=LATE[name], late_after=0.01, on_late=late_sent.release
        )

    texts = []
    with fault_server(answer) as server:
        async with client_at(server.base_url, tries=3) as client:
            for number in range(4):
                completed = await client.complete(request_for(f"Bài {number}"))
                texts.append(json.loads(completed.text)["name"])
                if is_read:
                    await asyncio.to_thread(late_sent.acquire)
                else:
                    # The event loop does not see the bytes that now wait in the socket.
                    late_sent.acquire()
    assert texts == ["0", "1", "2", "3"]
    assert server.connections >= (2 if "half" in name else 4)


async def test_a_connection_is_kept_between_requests() -> None:
    """Without stray bytes, one connection serves all requests."""
    with fault_server([replying(completion())]) as server:
        async with client_at(server.base_url) as client:
            for number in range(3):
                assert (await client.complete(request_for(f"Bài {number}"))).text == ANSWER
    assert server.connections == 1


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "waiting"])
async def test_after_a_late_response_no_connection_is_reused(
    is_read: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """After a late response, no connection is reused, since another could look like an answer."""
    late_sent = threading.Event()
    late = Fault(
        [response(named("0"))], late=LATE["response"], late_after=0.01, on_late=late_sent.set
    )
    with fault_server([late, replying(named("1"))]) as server:
        async with client_at(server.base_url) as client:
            await client.complete(request_for())
            if is_read:
                await asyncio.to_thread(late_sent.wait)
            else:
                late_sent.wait()
            for number in range(3):
                await client.complete(request_for(f"Bài {number}"))
    assert server.connections == 4
    assert caplog.text.count("sent an unrequested response") == 1


async def test_a_connection_closed_by_the_server_is_no_late_response() -> None:
    """After the server closes an idle connection, later connections are still reused."""
    closed = Fault([response(completion())], closes=True)
    with fault_server([closed, replying(completion())]) as server:
        async with client_at(server.base_url) as client:
            for number in range(4):
                await client.complete(request_for(f"Bài {number}"))
    assert server.connections == 2
