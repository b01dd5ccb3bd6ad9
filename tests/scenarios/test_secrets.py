"""The key, headers of one's own and credentials in URLs: where they go, and where they are shown."""

from __future__ import annotations

import base64
import json
import logging
import sqlite3
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from antq_llm import Options
from antq_llm.runs.settings import RunSettings
from antq_llm.cli.main import main
from antq_llm.clients.openai.batch_api import BatchService
from antq_llm.clients.openai.batch_output import read_line
from antq_llm.clients.openai.client import Endpoint, OpenAIClient
from antq_llm.clients.openai.http import ChatCompletionsTransport
from antq_llm.clients.pricing import PriceList
from antq_llm.core.masking import Masker, masked_url, masked_urls
from antq_llm.errors import AntqError, ConfigurationError
from antq_llm.openai_batch.state import TABLES, BatchState
from helpers.batch_service import batch_service
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.proxy import recording_proxy
from helpers.support import Waits, request_for

KEY = "sk-proj-0123456789"
GOOD = '{"name": "Lan"}'
PRIVATE = (KEY, "custom-value", "org-mine", "proj-mine")
SECRETS = ("anna", "pa55word", "t0ken", "fragm3nt")


@pytest.fixture(autouse=True)
def private_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request has headers of its user's own."""
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: custom-value")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-mine")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def secret_url(base_url: str) -> str:
    """Return a base URL with all parts that may be secret."""
    return base_url.replace("//", "//anna:pa55word@") + "?key=t0ken#fragm3nt"


async def ask(base_url: str, key: str = KEY) -> AntqError | None:
    """Send one live request and return the error that it came to."""
    client = OpenAIClient(Endpoint(base_url=base_url, api_key=key, tries=1), sleep=Waits())
    try:
        await client.complete(request_for())
    except AntqError as caught:
        return caught
    finally:
        await client.aclose()
    return None


async def upload(base_url: str, folder: Path) -> AntqError | None:
    """Send one file of requests and return the error that it came to."""
    path = folder / "requests.jsonl"
    path.write_text("{}\n")
    service = BatchService(Endpoint(base_url=base_url, api_key=KEY, tries=1), sleep=Waits())
    try:
        await service.upload(path)
    except AntqError as caught:
        return caught
    finally:
        await service.aclose()
    return None


async def download(base_url: str, folder: Path) -> AntqError | None:
    """Fetch one file of results and return the error that it came to."""
    service = BatchService(Endpoint(base_url=base_url, api_key=KEY, tries=1), sleep=Waits())
    try:
        await service.download("file-1", folder / "results.jsonl")
    except AntqError as caught:
        return caught
    finally:
        await service.aclose()
    return None


async def live(base_url: str, folder: Path) -> AntqError | None:
    """Send one live request."""
    return await ask(base_url)


WAYS_OUT = pytest.mark.parametrize("send", [live, upload, download])
Send = Callable[[str, Path], Awaitable[AntqError | None]]


@WAYS_OUT
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("user", ["", "anna:pa55word@", "anna:p%40ss%2Fword@"])
async def test_a_tunnel_is_asked_for_without_the_key(
    send: Send, user: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The CONNECT request has neither the key nor headers of one's own, only the proxy's own login."""
    async with recording_proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url(user))
        caught = await send("https://example.invalid/v1", tmp_path)
    head = proxy.head()
    assert head.startswith("CONNECT example.invalid:443 HTTP/1.1\r\n")
    assert not [secret for secret in PRIVATE if secret in head]
    names = {line.partition(":")[0].lower() for line in head.splitlines()[1:] if line}
    login = {"proxy-authorization"} if user else set()
    assert names <= {"host", "accept", "accept-encoding", "user-agent", "connection"} | login
    if user:
        password = "p@ss/word" if "%" in user else "pa55word"
        expected = base64.b64encode(f"anna:{password}".encode()).decode()
        assert f"Proxy-Authorization: Basic {expected}\r\n" in head
    text = "".join(traceback.format_exception(caught))  # type: ignore[arg-type]
    assert not [secret for secret in (*PRIVATE, "pa55word", "p%40ss", "p@ss") if secret in text]


async def test_an_http_target_tells_its_proxy_nothing_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy of an http:// target gets the request itself once, and its own login beside it."""
    async with recording_proxy() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url("anna:pa55word@"))
        assert await ask("http://example.invalid/v1") is None
    head = proxy.head()
    login = base64.b64encode(b"anna:pa55word").decode()
    assert head.startswith("POST http://example.invalid/v1/chat/completions ")
    assert f"Proxy-Authorization: Basic {login}\r\n" in head
    assert head.count(KEY) == 1


@pytest.mark.parametrize("form", ["{host}", "{host}:{port}", "*", "example.org,{host}"])
async def test_no_proxy_is_heeded(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that NO_PROXY names, with its port or without, is asked directly, with all headers."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        port = endpoint.base_url.split(":")[-1].split("/")[0]
        async with recording_proxy() as proxy:
            monkeypatch.setenv("http_proxy", proxy.url())
            monkeypatch.setenv("no_proxy", form.format(host="127.0.0.1", port=port))
            assert await ask(endpoint.base_url) is None
    (headers,) = endpoint.headers
    assert proxy.heads == []
    assert (headers["authorization"], headers["x-gateway"]) == (f"Bearer {KEY}", "custom-value")
    assert (headers["openai-organization"], headers["openai-project"]) == ("org-mine", "proj-mine")


@WAYS_OUT
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_takes_no_private_header_to_another_origin(
    send: Send, status: int, tmp_path: Path
) -> None:
    """Another origin to which an endpoint redirects gets neither the key nor headers of one's own."""
    async with recording_proxy() as other:
        async with recording_proxy(other.url() + "/v1/elsewhere", status) as first:
            await send(first.url() + "/v1", tmp_path)
        assert KEY in first.head()
    assert len(other.heads) == 1
    assert not [secret for secret in PRIVATE if secret in other.head()]
    assert "x-stainless" not in other.head().lower()


async def test_a_redirect_within_the_origin_keeps_all_headers() -> None:
    """A redirect to another path of the same origin is followed with the key."""
    replies = [Reply(body={}, status=307, headers={"Location": "/v2/chat"}), Reply(GOOD)]
    with scripted_endpoint(replies) as endpoint:
        assert await ask(endpoint.base_url) is None
    assert [one["authorization"] for one in endpoint.headers] == [f"Bearer {KEY}"] * 2
    assert endpoint.headers[1]["x-gateway"] == "custom-value"


async def test_https_to_http_loses_the_private_headers() -> None:
    """The same host without TLS is another origin, also for what the SDK sends."""
    wire = ChatCompletionsTransport(api_key=KEY, base_url="https://example.invalid/v1", timeout=1)
    request = wire.client._client.build_request(
        "GET",
        "http://example.invalid/v1",
        headers={"Authorization": KEY, "X-Gateway": "custom-value"},
    )
    await wire._guard_sdk_request(request)
    assert not {"authorization", "x-gateway"} & set(request.headers)
    await wire.aclose()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://anna:pa55word@example.org/v1", "https://example.org/v1"),
        ("https://t0ken@example.org:8443/v1/", "https://example.org:8443/v1/"),
        ("https://example.org/v1?key=t0ken", "https://example.org/v1"),
        ("https://example.org/v1#fragm3nt", "https://example.org/v1"),
        ("http://anna:pa55word@[::1]:80/v1?a=b", "http://[::1]:80/v1"),
        ("http://anna:pa/55word@example.org/v1", "http://example.org/v1"),
        ("http://anna:pa?55word@example.org/v1", "http://example.org/v1"),
        ("http://anna:pa@55word@example.org/v1", "http://example.org/v1"),
        ("anna:pa55word@example.org/v1", "example.org/v1"),
        ("http:/anna:pa55word@example.org", "example.org"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1/"),
        ("https://example.org/v1/@cf/model", "https://example.org/v1/@cf/model"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    """User, password, query and fragment are left out, also of what is not quite a URL."""
    assert masked_url(url) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see (https://a.org/x?y=z), then", "see (https://a.org/x), then"),
        ("url='http://u:p@a.org/x?y', message", "url='http://a.org/x', message"),
        ("HTTP://U:P@A.ORG and ftp://u:p@b.org", "HTTP://A.ORG and ftp://b.org"),
        ('{"u":"https://a.org?x=1","c":5}', '{"u":"https://a.org","c":5}'),
        ("no URL: a@b.org?", "no URL: a@b.org?"),
    ],
)
def test_urls_in_a_text_are_masked(text: str, shown: str) -> None:
    """Every URL in a text is masked, and nothing else of it is changed."""
    assert masked_urls(text) == shown


@pytest.mark.parametrize(
    ("key", "text", "shown"),
    [
        (KEY, f"Incorrect key {KEY}.", "Incorrect key ***."),
        (KEY, f"x{KEY}y", "x***y"),
        ("key-x", "no key-x here, monkey-xs", "no *** here, monkey-xs"),
        ("x", "max x tokens", "max x tokens"),
        ("local", "a local model", "a local model"),
        ("a.*b+c|d?", "A.*B a.*b+c|d? aXb", "A.*B *** aXb"),
    ],
)
def test_a_key_in_a_text_is_masked(key: str, text: str, shown: str) -> None:
    """A key is masked wherever it is; a placeholder that is an ordinary word is not."""
    assert Masker([key])(text) == shown


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 418, 422, 429, 500, 503])
async def test_an_error_shows_no_secret(status: int) -> None:
    """Neither the key that a server echoes nor the base URL's secrets are in an error or its traceback."""
    said = f"no {KEY}, pa55word at http://anna:pa55word@x.org/?key=t0ken"
    with scripted_endpoint([error(status, said)]) as endpoint:
        caught = await ask(secret_url(endpoint.base_url))
    assert endpoint.bodies
    shown = "".join(traceback.format_exception(caught)) + repr(caught)  # type: ignore[arg-type]
    assert not [secret for secret in (KEY, *SECRETS) if secret in shown]
    assert "***" in str(caught)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=f"<html>{KEY} pa55word</html>"),
        Reply(body={"headers": {"Authorization": f"Bearer {KEY}"}}),
        Reply(body=f"<html>{KEY} pa55word</html>", status=403),
        Reply(body=[f"Bearer {KEY}"], status=401),
        Reply(hang_up=True),
    ],
    ids=["page", "echo", "page of an error", "list", "nothing"],
)
async def test_what_is_no_answer_shows_no_secret(reply: Reply) -> None:
    """A page that echoes the request, or a lost connection, shows no secret."""
    with scripted_endpoint([reply]) as endpoint:
        caught = await ask(secret_url(endpoint.base_url))
    shown = "".join(traceback.format_exception(caught))  # type: ignore[arg-type]
    assert not [secret for secret in (KEY, *SECRETS) if secret in shown]


async def test_the_full_url_is_asked() -> None:
    """User and password go as Basic authentication, and the query with the path."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        assert await ask(secret_url(endpoint.base_url)) is None
    login = base64.b64encode(b"anna:pa55word").decode()
    assert endpoint.headers[0]["authorization"] == f"Basic {login}"


async def test_a_log_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """The log of a refused mode and of a retry has neither the key nor the URL's secrets."""
    caplog.set_level(logging.INFO)
    replies = [error(503, KEY), error(400, f"no such mode, {KEY}"), Reply(GOOD)]
    with scripted_endpoint(replies) as endpoint:
        options = Endpoint(base_url=secret_url(endpoint.base_url), api_key=KEY)
        client = OpenAIClient(options, sleep=Waits())
        await client.complete(request_for())
        await client.aclose()
    assert "refused mode" in caplog.text
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith("antq_llm"))
    assert not [secret for secret in (KEY, *SECRETS) if secret in ours]


@pytest.mark.parametrize(
    "url",
    [
        "http://anna:pa55word@",
        "http://anna:pa55word@host:port/v1",
        "anna:pa55word@host/v1",
        "ftp://anna:pa55word@host?key=t0ken",
        "http://anna:pa55word/@host/v1",
    ],
)
def test_a_refused_address_shows_no_secret(url: str) -> None:
    """The error of an address that cannot be one shows it masked."""
    with pytest.raises(ConfigurationError) as caught:
        OpenAIClient(Endpoint(base_url=url, api_key=KEY))
    assert not [secret for secret in SECRETS if secret in str(caught.value)]


@pytest.mark.parametrize(
    "value",
    [
        Options(base_url=secret_url("http://x.org/v1"), api_key=KEY),
        Endpoint(base_url=secret_url("http://x.org/v1"), api_key=KEY),
        PriceList(secret_url("http://x.org/v1")),
        RunSettings((), Options(base_url=secret_url("http://x.org/v1"), api_key=KEY)),
        [OpenAIClient(Endpoint(base_url=secret_url("http://x.org/v1"), api_key=KEY))],
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_repr_shows_no_secret(value: object) -> None:
    """The repr of what holds the key or the address masks both, and shows the rest."""
    assert not [secret for secret in (KEY, *SECRETS) if secret in repr(value)]


def test_a_repr_shows_the_rest() -> None:
    """What is no secret is in the repr as before."""
    assert (
        repr(PriceList("http://x.org"))
        == "PriceList(base_url='http://x.org', prices={}, batch=False)"
    )
    assert "api_key=None" in repr(Options())
    assert "api_key='***', timeout=600.0" in repr(Options(api_key=KEY))


async def test_the_file_of_a_batch_shows_no_key() -> None:
    """Errors in a batch's results are masked, and answers are left as they are."""
    failed = {"status_code": 422, "body": {"error": {"message": f"bad {KEY}"}}}
    passing = {"status_code": 503, "body": {"error": {"message": f"bad {KEY}"}}}
    answered = {"status_code": 200, "body": {"choices": [{"message": {"content": KEY}}]}}
    mask = Masker([KEY])
    lines = [
        read_line(json.dumps({"custom_id": "a", "response": one}).encode(), mask)
        for one in (failed, passing, answered)
    ]
    unexecuted = {"custom_id": "a", "error": {"code": "batch_expired", "message": KEY}}
    lines.append(read_line(json.dumps(unexecuted).encode(), mask))
    assert all(lines)
    first, second, third, fourth = filter(None, lines)
    assert first.error is not None
    assert third.reply is not None
    assert KEY not in str(first.error.body) + str(second.lost) + str(fourth.lost)
    assert third.reply.text == KEY


def test_batches_of_an_earlier_version_are_found_at_the_masked_address(tmp_path: Path) -> None:
    """Addresses that were kept whole are masked when a store is continued, and still found."""
    database = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    database.executescript(TABLES)
    url = secret_url("http://x.org/v1/")
    database.execute("INSERT INTO batches VALUES ('a', ?, 0, 1, 1, 'b', 'completed', NULL)", (url,))
    database.execute("INSERT INTO batch_modes VALUES (?, 's', 'json')", (url,))
    state = BatchState(database)
    assert [one.base_url for one in state.open()] == ["http://x.org/v1/"]
    assert state.mode_for("http://x.org/v1/", "s") == "json"
    state.close()
    assert not [one for one in SECRETS if one.encode() in (tmp_path / "store.sqlite3").read_bytes()]


@pytest.mark.parametrize("flags", [[], ["-v"], ["--debug"]])
@pytest.mark.parametrize("batch", [False, True])
def test_a_run_shows_and_keeps_no_secret(
    flags: list[str],
    batch: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither standard error nor any file of a run has the key or the base URL's secrets."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (tmp_path / "a.txt").write_text("Bà Lan đến dự.")
    schema = {"title": "named", "type": "object", "properties": {"name": {"type": "string"}}}
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    words = [
        "extract",
        str(tmp_path / "a.txt"),
        "--schema",
        str(tmp_path / "schema.json"),
        "--model",
        "m",
    ]
    refused = error(401, f"wrong key {KEY} at http://anna:pa55word@h?key=t0ken")
    with batch_service(lambda _: refused, fail=lambda *_: refused) as service:
        address = secret_url(service.base_url)
        more = ["--batch"] if batch else []
        assert main([*flags, *words, *more, "--base-url", address, "--out", str(tmp_path / "out")])
    captured = capsys.readouterr()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    shown = captured.out + captured.err + kept.decode(errors="replace")
    assert "127.0.0.1" in shown
    assert not [secret for secret in (KEY, *SECRETS) if secret in shown]
