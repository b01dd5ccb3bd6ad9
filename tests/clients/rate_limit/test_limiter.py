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

from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.rate_limit.concurrency_window import DECREASE, INITIAL_WINDOW
from antq_llm.clients.rate_limit.limiter import GROWTH_PAUSE, Permit, RateLimiter
from antq_llm.clients.rate_limit.token_estimate import estimated_tokens
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


def fake_limiter(
    max_concurrency: int = 64, *, rpm: int | None = None, tpm: int | None = None
) -> RateLimiter:
    """Return a limiter on the clock of the running loop."""
    return RateLimiter(max_concurrency, rpm=rpm, tpm=tpm, clock=asyncio.get_running_loop().time)


def now() -> float:
    """Return the seconds of the running loop."""
    return asyncio.get_running_loop().time()


async def entered(limiter: RateLimiter, tokens: int = 1) -> Permit:
    """Return a permit that may go out."""
    permit = limiter.permit(tokens)
    await permit.__aenter__()
    return permit


async def answer_all(limiter: RateLimiter, permits: list[Permit]) -> None:
    """Answer permits, and end each."""
    for permit in permits:
        permit.record_answer(None)
        await permit.__aexit__(None, None, None)


async def keep_busy(
    limiter: RateLimiter, seconds: float, *, each: float = 1.0, log: list[float] | None = None
) -> None:
    """Send as many requests as the limiter lets out, each answered after a while, for some seconds."""

    async def ask() -> None:
        while True:
            async with limiter.permit(1) as permit:
                if log is not None:
                    log.append(now())
                await asyncio.sleep(each)
                permit.record_answer(None)

    tasks = [asyncio.create_task(ask()) for _ in range(200)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def refuse(limiter: RateLimiter, number: int = 1, after: float | None = 1.0) -> None:
    """Send requests and have all of them refused at once."""
    permits = [await entered(limiter) for _ in range(number)]
    for permit in permits:
        permit.record_refusal(after)
        await permit.__aexit__(None, None, None)


def test_slow_start_doubles_per_window() -> None:
    """From a small window the concurrency doubles each time that a window is answered, up to the ceiling."""

    async def run() -> None:
        limiter = fake_limiter(200)
        windows = [limiter.window]
        busy = asyncio.create_task(keep_busy(limiter, 5))
        for second in range(4):
            await asyncio.sleep(second + 1.5 - now())
            windows.append(limiter.window)
        assert windows == [INITIAL_WINDOW, 2 * INITIAL_WINDOW, 4 * INITIAL_WINDOW, 200, 200]
        await busy

    in_fake_time(run())


def test_window_that_is_not_used_does_not_grow() -> None:
    """Where fewer requests are asked for than may go out, answers say nothing of more, and the window stays."""

    async def run() -> int:
        limiter = fake_limiter()
        for _ in range(100):
            await answer_all(limiter, [await entered(limiter)])
        return limiter.window

    assert in_fake_time(run()) == INITIAL_WINDOW


def test_growth_after_a_decrease_is_one_per_window() -> None:
    """Past the window at which it was refused, the concurrency grows by one for each window that is answered."""

    async def run() -> tuple[int, int]:
        limiter = fake_limiter(1000)
        await refuse(limiter, 1, after=0.0)
        limiter._window._slow_start_threshold = 0.0
        limiter._rate.record_request = lambda now: None  # type: ignore[method-assign]
        before = limiter.window
        await keep_busy(limiter, 10.5)
        return before, limiter.window

    before, after = in_fake_time(run())
    assert before + 9 <= after <= before + 10


def test_one_decrease_for_an_episode() -> None:
    """A whole window of refusals decreases the window once, and a refusal of what was sent after it once more."""

    async def run() -> list[int]:
        limiter = fake_limiter()
        await refuse(limiter, INITIAL_WINDOW)
        windows = [limiter.window]
        await refuse(limiter, 1)
        return [*windows, limiter.window]

    assert in_fake_time(run()) == [
        int(INITIAL_WINDOW * DECREASE),
        int(INITIAL_WINDOW * DECREASE**2),
    ]


def test_window_never_closes() -> None:
    """However often it is refused, one request may still go out, and ever later."""

    async def run() -> tuple[int, float]:
        limiter = fake_limiter()
        for _ in range(30):
            await refuse(limiter, 1, after=None)
        return limiter.window, now()

    window, seconds = in_fake_time(run())
    assert window == 1
    assert seconds > 1000


def test_server_failure_pauses_growth() -> None:
    """After a 5xx the window neither shrinks nor grows for some seconds, and then grows again."""

    async def run() -> list[int]:
        limiter = fake_limiter(1000)
        permit = await entered(limiter)
        permit.record_failure()
        await permit.__aexit__(None, None, None)
        await keep_busy(limiter, GROWTH_PAUSE - 0.1)
        windows = [limiter.window]
        await keep_busy(limiter, 2.5)
        return [*windows, limiter.window]

    first, later = in_fake_time(run())
    assert first == INITIAL_WINDOW
    assert later > first


@pytest.mark.parametrize("tell", [Permit.record_refusal, Permit.record_failure], ids=["429", "503"])
def test_retry_after_holds_every_request(tell: Callable[[Permit, float], None]) -> None:
    """Before a Retry-After has passed no request of the client goes out, not even one that was never refused."""

    async def run() -> list[float]:
        limiter = fake_limiter()
        permit = await entered(limiter)
        tell(permit, 7.0)
        await permit.__aexit__(None, None, None)
        log: list[float] = []
        await keep_busy(limiter, 10, log=log)
        return log

    log = in_fake_time(run())
    assert min(log) == 7.0


def test_own_wait_is_not_added_to() -> None:
    """A request that has waited out its own Retry-After goes out at once."""

    async def run() -> list[float]:
        waits = Waits()
        limiter = RateLimiter(sleep=waits)
        await refuse(limiter, 1, after=7.0)
        await limiter.pause(7.0)
        await entered(limiter)
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
        limiter = fake_limiter()
        permit = await entered(limiter, 100)
        permit.read_headers(
            {f"x-ratelimit-remaining-{kind}": "0", f"x-ratelimit-reset-{kind}": "6m0s"}
        )
        await answer_all(limiter, [permit])
        await entered(limiter, 100)
        return now()

    assert in_fake_time(run()) == 360.0


def test_what_is_left_is_used_up() -> None:
    """As many requests go out before the reset as the headers say remain."""

    async def run() -> list[float]:
        limiter = fake_limiter()
        permit = await entered(limiter)
        permit.read_headers(
            {"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "20s"}
        )
        await answer_all(limiter, [permit])
        times = []
        for _ in range(5):
            await answer_all(limiter, [await entered(limiter)])
            times.append(now())
        return times

    assert in_fake_time(run()) == [0.0, 0.0, 0.0, 20.0, 20.0]


def test_answer_out_of_order_says_nothing_new() -> None:
    """What an answer says is left does not hold once the answer to a later request was read."""
    quota = ServerQuota("requests")
    first, second = quota.spend(1), quota.spend(1)
    quota.read_headers(
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "9s"}, second, 0.0
    )
    quota.read_headers(
        {"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "9s"}, first, 0.0
    )
    assert quota.ready_at(1, 0.0) == 9.0


def test_reset_far_off_is_not_waited_for() -> None:
    """A reset of a day's limit, hours off, does not hold requests silently."""

    async def run() -> float:
        limiter = fake_limiter()
        permit = await entered(limiter)
        permit.read_headers(
            {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "5h0m0s"}
        )
        await answer_all(limiter, [permit])
        await entered(limiter)
        return now()

    assert in_fake_time(run()) == 0.0


Schedule = list[tuple[float, int, float]]


async def sent_over(limiter: RateLimiter, schedule: Schedule) -> list[tuple[float, int]]:
    """Ask at random times for random tokens, of which a part is used; return when each went out, and what of it counts."""
    sent: list[tuple[float, int]] = []

    async def ask(delay: float, tokens: int, part: float) -> None:
        await asyncio.sleep(delay)
        async with limiter.permit(tokens) as permit:
            used = int(tokens * part)
            sent.append((now(), used))
            permit.record_answer(used)

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
        return await sent_over(fake_limiter(rpm=rpm, tpm=tpm), schedule)

    sent = in_fake_time(run())
    requests, tokens = most_in_a_minute(sent)
    assert len(sent) == len(schedule)
    assert requests <= rpm
    assert tokens <= tpm


def test_ceiling_is_reached() -> None:
    """Where there is enough to send, a ceiling of 600 requests a minute lets out some 6,000 in ten minutes."""

    async def run() -> int:
        log: list[float] = []
        await keep_busy(fake_limiter(rpm=600), 600, log=log)
        return len(log)

    assert 5900 <= in_fake_time(run()) <= 6100


def test_reserved_tokens_are_settled() -> None:
    """What was reserved and not used is free again, and what was used beyond it is owed."""

    async def run(used: int) -> float:
        limiter = fake_limiter(tpm=1000)
        permit = await entered(limiter, 1000)
        permit.record_answer(used)
        await permit.__aexit__(None, None, None)
        await entered(limiter, 900)
        return now()

    assert in_fake_time(run(100)) == 0.0
    assert in_fake_time(run(1000)) == 60.0
    assert in_fake_time(run(1500)) > 60.0


def test_request_larger_than_the_ceiling_goes_alone() -> None:
    """A request of more tokens than a minute allows is sent all the same, and nothing else in its minute."""

    async def run() -> float:
        limiter = fake_limiter(tpm=100)
        await entered(limiter, 500)
        await entered(limiter, 1)
        return now()

    assert in_fake_time(run()) >= 60.0


def test_tokens_are_estimated_from_bytes_and_output() -> None:
    """A body of 3,000 bytes and 500 tokens of output reserve 1,500 tokens; an answer without a limit reserves more than none."""
    assert estimated_tokens(3000, 500) == 1500
    assert estimated_tokens(3000) > 2000


def test_first_come_first_served() -> None:
    """Those who wait go out in the order in which they came."""

    async def run() -> list[int]:
        limiter = fake_limiter(1)
        order: list[int] = []

        async def ask(number: int) -> None:
            async with limiter.permit(1):
                order.append(number)
                await asyncio.sleep(1)

        await asyncio.gather(*(ask(number) for number in range(20)))
        return order

    assert in_fake_time(run()) == list(range(20))


def test_cancelled_waiter_frees_its_place() -> None:
    """One who is cancelled while waiting, or at the moment of being let out, neither goes out nor blocks who comes after."""

    async def run() -> list[int]:
        limiter = fake_limiter(1)
        holder = await entered(limiter)
        order: list[int] = []

        async def ask(number: int) -> None:
            async with limiter.permit(1):
                order.append(number)

        tasks = [asyncio.create_task(ask(number)) for number in range(4)]
        await asyncio.sleep(1)
        tasks[1].cancel()
        await answer_all(limiter, [holder])
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return order

    assert in_fake_time(run()) == [2, 3]


def test_cancelled_in_the_moment_of_a_release_blocks_nobody() -> None:
    """The first in the row is cancelled just before a place becomes free: the next one gets it."""

    async def run() -> Permit:
        limiter = fake_limiter(1)
        holder = await entered(limiter)
        first, second = (asyncio.create_task(entered(limiter)) for _ in range(2))
        await asyncio.sleep(1)
        first.cancel()
        await answer_all(limiter, [holder])
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

        limiter = RateLimiter(clock=now, sleep=sleep)
        await refuse(limiter, 1, after=600.0)
        tasks = [asyncio.create_task(entered(limiter)) for _ in range(10)]
        await asyncio.gather(*tasks)
        return waits

    assert in_fake_time(run()) <= 15


def test_every_event_loop_can_use_it() -> None:
    """One limiter serves loop after loop, and two loops in two threads at once."""
    limiter = RateLimiter(2)
    done: list[int] = []

    async def ask() -> None:
        for _ in range(50):
            async with limiter.permit(1) as permit:
                await asyncio.sleep(0)
                permit.record_answer(None)
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
            assert client.rate_limiter.window == INITIAL_WINDOW


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
        limiter, taken, seen = fake_limiter(), deque[float](), list[tuple[float, bool]]()

        async def ask() -> None:
            while True:
                async with limiter.permit(1) as permit:
                    while taken and taken[0] <= now() - 1:
                        taken.popleft()
                    seen.append((now(), len(taken) < 50))
                    if len(taken) >= 50:
                        permit.record_refusal(1.0)
                    else:
                        taken.append(now())
                        await asyncio.sleep(0.2)
                        permit.record_answer(None)
                        continue
                await limiter.pause(1.0)

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
