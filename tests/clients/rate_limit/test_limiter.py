"""How fast the live client sends: what makes it faster and slower, and what it never exceeds."""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.clients.openai.client import Endpoint, OpenAIClient
from antq_llm.clients.rate_limit.limiter import (
    DECREASE,
    FIRST_WINDOW,
    GROWTH_PAUSE,
    Permit,
    RateLimiter,
    estimated_tokens,
)
from antq_llm.clients.rate_limit.windows import ServerQuota, seconds_of
from antq_llm.errors import CompletionError, ConfigurationError
from antq_llm.extraction.options import Options
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import Waits, client_at, request_for

GOOD = '{"name": "Lan"}'
T = TypeVar("T")


class FakeTime(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer as soon as nothing else is to be done."""

    def __init__(self) -> None:
        self.seconds = 0.0
        selector = selectors.DefaultSelector()
        poll = selector.select

        def select(timeout: float | None = None) -> Any:
            events = poll(0)
            if not events:
                assert timeout is not None, "all tasks wait, and no timer will wake them"
                self.seconds += max(0.0, timeout)
            return events

        selector.select = select  # type: ignore[method-assign]
        super().__init__(selector)

    def time(self) -> float:
        """Return the seconds since the beginning."""
        return self.seconds


def in_fake_time(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in fake time."""
    with asyncio.Runner(loop_factory=FakeTime) as runner:
        return runner.run(coroutine)


def fake_pace(ceiling: int = 64, *, rpm: int | None = None, tpm: int | None = None) -> RateLimiter:
    """Return a pace on the clock of the running loop."""
    return RateLimiter(ceiling, rpm=rpm, tpm=tpm, clock=asyncio.get_running_loop().time)


def now() -> float:
    """Return the seconds of the running loop."""
    return asyncio.get_running_loop().time()


async def entered(pace: RateLimiter, tokens: int = 1) -> Permit:
    """Return a turn that may go out."""
    turn = pace.turn(tokens)
    await turn.__aenter__()
    return turn


async def answer_all(pace: RateLimiter, turns: list[Permit]) -> None:
    """Answer turns, and end each."""
    for turn in turns:
        turn.answered(None)
        await turn.__aexit__(None, None, None)


async def keep_busy(
    pace: RateLimiter, seconds: float, *, each: float = 1.0, log: list[float] | None = None
) -> None:
    """Send as many requests as the pace lets out, each answered after a while, for some seconds."""

    async def ask() -> None:
        while True:
            async with pace.turn(1) as turn:
                if log is not None:
                    log.append(now())
                await asyncio.sleep(each)
                turn.answered(None)

    tasks = [asyncio.create_task(ask()) for _ in range(200)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def refuse(pace: RateLimiter, number: int = 1, after: float | None = 1.0) -> None:
    """Send requests and have all of them refused at once."""
    turns = [await entered(pace) for _ in range(number)]
    for turn in turns:
        turn.refused(after)
        await turn.__aexit__(None, None, None)


def test_slow_start_doubles_per_window() -> None:
    """From a small window the concurrency doubles each time that a window is answered, up to the ceiling."""

    async def run() -> None:
        pace = fake_pace(ceiling=200)
        windows = [pace.window]
        busy = asyncio.create_task(keep_busy(pace, 5))
        for second in range(4):
            await asyncio.sleep(second + 1.5 - now())
            windows.append(pace.window)
        assert windows == [FIRST_WINDOW, 2 * FIRST_WINDOW, 4 * FIRST_WINDOW, 200, 200]
        await busy

    in_fake_time(run())


def test_window_that_is_not_used_does_not_grow() -> None:
    """Where fewer requests are asked for than may go out, answers say nothing of more, and the window stays."""

    async def run() -> int:
        pace = fake_pace()
        for _ in range(100):
            await answer_all(pace, [await entered(pace)])
        return pace.window

    assert in_fake_time(run()) == FIRST_WINDOW


def test_growth_after_a_decrease_is_one_per_window() -> None:
    """Past the window at which it was refused, the concurrency grows by one for each window that is answered."""

    async def run() -> tuple[int, int]:
        pace = fake_pace(ceiling=1000)
        await refuse(pace, 1, after=0.0)
        pace._threshold = 0.0
        pace._rate.sent = lambda now: None  # type: ignore[method-assign]
        before = pace.window
        await keep_busy(pace, 10.5)
        return before, pace.window

    before, after = in_fake_time(run())
    assert before + 9 <= after <= before + 10


def test_one_decrease_for_an_episode() -> None:
    """A whole window of refusals decreases the window once, and a refusal of what was sent after it once more."""

    async def run() -> list[int]:
        pace = fake_pace()
        await refuse(pace, FIRST_WINDOW)
        windows = [pace.window]
        await refuse(pace, 1)
        return [*windows, pace.window]

    assert in_fake_time(run()) == [int(FIRST_WINDOW * DECREASE), int(FIRST_WINDOW * DECREASE**2)]


def test_window_never_closes() -> None:
    """However often it is refused, one request may still go out, and ever later."""

    async def run() -> tuple[int, float]:
        pace = fake_pace()
        for _ in range(30):
            await refuse(pace, 1, after=None)
        return pace.window, now()

    window, seconds = in_fake_time(run())
    assert window == 1
    assert seconds > 1000


def test_server_failure_pauses_growth() -> None:
    """After a 5xx the window neither shrinks nor grows for some seconds, and then grows again."""

    async def run() -> list[int]:
        pace = fake_pace(ceiling=1000)
        turn = await entered(pace)
        turn.failed()
        await turn.__aexit__(None, None, None)
        await keep_busy(pace, GROWTH_PAUSE - 0.1)
        windows = [pace.window]
        await keep_busy(pace, 2.5)
        return [*windows, pace.window]

    first, later = in_fake_time(run())
    assert first == FIRST_WINDOW
    assert later > first


@pytest.mark.parametrize("tell", [Permit.refused, Permit.failed], ids=["429", "503"])
def test_retry_after_holds_every_request(tell: Callable[[Permit, float], None]) -> None:
    """Before a Retry-After has passed no request of the client goes out, not even one that was never refused."""

    async def run() -> list[float]:
        pace = fake_pace()
        turn = await entered(pace)
        tell(turn, 7.0)
        await turn.__aexit__(None, None, None)
        log: list[float] = []
        await keep_busy(pace, 10, log=log)
        return log

    log = in_fake_time(run())
    assert min(log) == 7.0


def test_own_wait_is_not_added_to() -> None:
    """A request that has waited out its own Retry-After goes out at once."""

    async def run() -> list[float]:
        waits = Waits()
        pace = RateLimiter(sleep=waits)
        await refuse(pace, 1, after=7.0)
        await pace.pause(7.0)
        await entered(pace)
        return waits.seconds

    assert in_fake_time(run()) == [7.0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("0.5", 0.5),
        ("1h2m3.5s", 3723.5),
        ("0s", 0.0),
        ("soon", None),
        ("", None),
        ("-1", None),
        ("1s later", None),
    ],
)
def test_reset_is_read(value: str, seconds: float | None) -> None:
    """A reset header is read in all its spellings, and what is none is None."""
    assert seconds_of(value) == seconds


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_nothing_left_waits_for_the_reset(kind: str) -> None:
    """Where the headers say that nothing remains, the next request goes out at the reset."""

    async def run() -> float:
        pace = fake_pace()
        turn = await entered(pace, 100)
        turn.read({f"x-ratelimit-remaining-{kind}": "0", f"x-ratelimit-reset-{kind}": "6m0s"})
        await answer_all(pace, [turn])
        await entered(pace, 100)
        return now()

    assert in_fake_time(run()) == 360.0


def test_what_is_left_is_used_up() -> None:
    """As many requests go out before the reset as the headers say remain."""

    async def run() -> list[float]:
        pace = fake_pace()
        turn = await entered(pace)
        turn.read({"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "20s"})
        await answer_all(pace, [turn])
        times = []
        for _ in range(5):
            await answer_all(pace, [await entered(pace)])
            times.append(now())
        return times

    assert in_fake_time(run()) == [0.0, 0.0, 0.0, 20.0, 20.0]


def test_answer_out_of_order_says_nothing_new() -> None:
    """What an answer says is left does not hold once the answer to a later request was read."""
    left = ServerQuota("requests")
    first, second = left.spend(1), left.spend(1)
    left.read(
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "9s"}, second, 0.0
    )
    left.read(
        {"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "9s"}, first, 0.0
    )
    assert left.ready_at(1, 0.0) == 9.0


def test_reset_far_off_is_not_waited_for() -> None:
    """A reset of a day's limit, hours off, does not hold requests silently."""

    async def run() -> float:
        pace = fake_pace()
        turn = await entered(pace)
        turn.read({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "5h0m0s"})
        await answer_all(pace, [turn])
        await entered(pace)
        return now()

    assert in_fake_time(run()) == 0.0


Schedule = list[tuple[float, int, float]]


async def sent_over(pace: RateLimiter, schedule: Schedule) -> list[tuple[float, int]]:
    """Ask at random times for random tokens, of which a part is used; return when each went out, and what of it counts."""
    sent: list[tuple[float, int]] = []

    async def ask(delay: float, tokens: int, part: float) -> None:
        await asyncio.sleep(delay)
        async with pace.turn(tokens) as turn:
            used = int(tokens * part)
            sent.append((now(), used))
            turn.answered(used)

    await asyncio.gather(*(ask(*one) for one in schedule))
    return sent


def most_in_a_minute(sent: list[tuple[float, int]]) -> tuple[int, int]:
    """Return the most requests and the most tokens in any sliding minute."""
    windows = [[amount for at, amount in sent if begin <= at < begin + 60] for begin, _ in sent]
    return max(len(window) for window in windows), max(sum(window) for window in windows)


schedules = st.lists(
    st.tuples(st.floats(0, 200), st.integers(1, 400), st.floats(0, 1)), min_size=1, max_size=60
)


@settings(max_examples=60, deadline=None)
@given(schedules, st.integers(1, 40), st.integers(400, 4000))
def test_ceilings_hold_in_any_minute(schedule: Schedule, rpm: int, tpm: int) -> None:
    """Whatever is asked for and when, no sliding minute has more requests or tokens than allowed, and all go out in the end."""

    async def run() -> list[tuple[float, int]]:
        return await sent_over(fake_pace(rpm=rpm, tpm=tpm), schedule)

    sent = in_fake_time(run())
    requests, tokens = most_in_a_minute(sent)
    assert len(sent) == len(schedule)
    assert requests <= rpm
    assert tokens <= tpm


def test_ceiling_is_reached() -> None:
    """Where there is enough to send, a ceiling of 600 requests a minute lets out some 6,000 in ten minutes."""

    async def run() -> int:
        log: list[float] = []
        await keep_busy(fake_pace(rpm=600), 600, log=log)
        return len(log)

    assert 5900 <= in_fake_time(run()) <= 6100


def test_reserved_tokens_are_settled() -> None:
    """What was reserved and not used is free again, and what was used beyond it is owed."""

    async def run(used: int) -> float:
        pace = fake_pace(tpm=1000)
        turn = await entered(pace, 1000)
        turn.answered(used)
        await turn.__aexit__(None, None, None)
        await entered(pace, 900)
        return now()

    assert in_fake_time(run(100)) == 0.0
    assert in_fake_time(run(1000)) == 60.0
    assert in_fake_time(run(1500)) > 60.0


def test_request_larger_than_the_ceiling_goes_alone() -> None:
    """A request of more tokens than a minute allows is sent all the same, and nothing else in its minute."""

    async def run() -> float:
        pace = fake_pace(tpm=100)
        await entered(pace, 500)
        await entered(pace, 1)
        return now()

    assert in_fake_time(run()) >= 60.0


def test_tokens_are_estimated_from_bytes_and_output() -> None:
    """A body of 3,000 bytes and 500 tokens of output reserve 1,500 tokens; an answer without a limit reserves more than none."""
    assert estimated_tokens(3000, 500) == 1500
    assert estimated_tokens(3000) > 2000


def test_first_come_first_served() -> None:
    """Those who wait go out in the order in which they came."""

    async def run() -> list[int]:
        pace = fake_pace(ceiling=1)
        order: list[int] = []

        async def ask(number: int) -> None:
            async with pace.turn(1):
                order.append(number)
                await asyncio.sleep(1)

        await asyncio.gather(*(ask(number) for number in range(20)))
        return order

    assert in_fake_time(run()) == list(range(20))


def test_cancelled_waiter_frees_its_place() -> None:
    """One who is cancelled while waiting, or at the moment of being let out, neither goes out nor blocks who comes after."""

    async def run() -> list[int]:
        pace = fake_pace(ceiling=1)
        holder = await entered(pace)
        order: list[int] = []

        async def ask(number: int) -> None:
            async with pace.turn(1):
                order.append(number)

        tasks = [asyncio.create_task(ask(number)) for number in range(4)]
        await asyncio.sleep(1)
        tasks[1].cancel()
        await answer_all(pace, [holder])
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return order

    assert in_fake_time(run()) == [2, 3]


def test_cancelled_in_the_moment_of_a_release_blocks_nobody() -> None:
    """The first in the row is cancelled just before a place becomes free: the next one gets it."""

    async def run() -> Permit:
        pace = fake_pace(ceiling=1)
        holder = await entered(pace)
        first, second = (asyncio.create_task(entered(pace)) for _ in range(2))
        await asyncio.sleep(1)
        first.cancel()
        await answer_all(pace, [holder])
        return await second

    assert in_fake_time(run()).number == 2


def test_waiting_is_no_busy_loop() -> None:
    """A hundred who wait ten minutes ring the clock a few times, not each for itself or over and over."""

    async def run() -> int:
        waits = 0

        async def sleep(seconds: float) -> None:
            nonlocal waits
            waits += 1
            await asyncio.sleep(seconds)

        pace = RateLimiter(clock=now, sleep=sleep)
        await refuse(pace, 1, after=600.0)
        tasks = [asyncio.create_task(entered(pace)) for _ in range(10)]
        await asyncio.gather(*tasks)
        return waits

    assert in_fake_time(run()) <= 15


def test_every_event_loop_can_use_it() -> None:
    """One pace serves loop after loop, and two loops in two threads at once."""
    pace = RateLimiter(ceiling=2)
    done: list[int] = []

    async def ask() -> None:
        for _ in range(50):
            async with pace.turn(1) as turn:
                await asyncio.sleep(0)
                turn.answered(None)
        done.append(1)

    async def some() -> None:
        await asyncio.gather(*(ask() for _ in range(5)))

    asyncio.run(some())
    threads = [threading.Thread(target=asyncio.run, args=(some(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 15


async def test_headers_of_a_response_reach_the_pace() -> None:
    """After a response that says nothing remains, the client's next request waits for the reset."""
    waits = Waits()
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "40s"}
    with scripted_endpoint([Reply(GOOD, headers=headers), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, waits=waits) as client:
            await client.complete(request_for())
            await client.complete(request_for())
    assert [round(seconds) for seconds in waits.seconds] == [40]


async def test_used_up_quota_is_no_sign_of_the_pace() -> None:
    """A 429 that means the account is empty leaves the window as it is."""
    with scripted_endpoint([error(429, "no more", "insufficient_quota")]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            with pytest.raises(CompletionError):
                await client.complete(request_for())
            assert client.pace.window == FIRST_WINDOW


async def test_ceilings_reach_the_pace_of_a_client() -> None:
    """An endpoint's rpm holds the client's requests back."""
    waits = Waits()
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        client = OpenAIClient(Endpoint(base_url=endpoint.base_url, api_key="x", rpm=1), sleep=waits)
        await client.complete(request_for())
        await client.complete(request_for())
        await client.aclose()
    assert [round(seconds) for seconds in waits.seconds] == [60]


@pytest.mark.parametrize("fields", [{"rpm": 0}, {"tpm": 0}, {"rpm": -1}])
def test_ceiling_below_one_is_refused(fields: dict[str, int]) -> None:
    """A ceiling of no requests or tokens is a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="rpm and tpm"):
        Options(**fields)  # type: ignore[arg-type]


def test_limited_server_is_kept_busy_and_is_rarely_overrun() -> None:
    """At a server that takes 50 requests a second, under 3% are refused after ten seconds, and nine tenths of what it takes are sent."""

    async def run() -> list[tuple[float, bool]]:
        pace, taken, seen = fake_pace(), deque[float](), list[tuple[float, bool]]()

        async def ask() -> None:
            while True:
                async with pace.turn(1) as turn:
                    while taken and taken[0] <= now() - 1:
                        taken.popleft()
                    seen.append((now(), len(taken) < 50))
                    if len(taken) >= 50:
                        turn.refused(1.0)
                    else:
                        taken.append(now())
                        await asyncio.sleep(0.2)
                        turn.answered(None)
                        continue
                await pace.pause(1.0)

        tasks = [asyncio.create_task(ask()) for _ in range(64)]
        await asyncio.sleep(60)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return [one for one in seen if one[0] >= 10]

    late = [answered for _, answered in in_fake_time(run())]
    assert late.count(False) < 0.03 * len(late)
    assert late.count(True) >= 0.9 * 50 * 50


async def test_limited_http_server_is_rarely_overrun() -> None:
    """At a real server that takes 200 requests a second, all requests are answered in the end, and under 3% of those after the first 300 are refused."""
    lock, taken, seen = threading.Lock(), deque[float](), list[bool]()

    def answer(_: dict[str, Any]) -> Reply:
        with lock:
            at = time.monotonic()
            while taken and taken[0] <= at - 0.25:
                taken.popleft()
            seen.append(len(taken) < 50)
            if len(taken) >= 50:
                return error(429, "slow down", Retry_After=f"{taken[0] + 0.25 - at:.3f}")
            taken.append(at)
        return Reply(GOOD)

    with scripted_endpoint(answer) as endpoint:
        client = OpenAIClient(
            Endpoint(base_url=endpoint.base_url, api_key="x", concurrency=16, tries=50)
        )
        await asyncio.gather(
            *(client.complete(request_for(f"Văn bản {number}.")) for number in range(700))
        )
        await client.aclose()
    late = seen[300:]
    assert seen.count(True) == 700
    assert late.count(False) < 0.03 * len(late)
