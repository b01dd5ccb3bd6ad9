"""Protection of secrets: the API key, custom headers and credentials in URLs."""

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
from antq_llm.cli.main import main
from antq_llm.clients.openai.batch_api import BatchService
from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.openai.http import ChatCompletionsTransport
from antq_llm.clients.pricing import PriceList
from antq_llm.errors import AntqError, ConfigurationError
from antq_llm.runs.settings import RunSettings
from antq_llm.store.sqlite.sqlite_store import SqliteStore
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
    """Set the user's own headers in the environment, and remove all proxy settings."""
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: custom-value")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-mine")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def secret_url(base_url: str) -> str:
    """Return a base URL with a secret in its user, password, query and fragment."""
    return base_url.replace("//", "//anna:pa55word@") + "?key=t0ken#fragm3nt"


async def ask(base_url: str, key: str = KEY) -> AntqError | None:
    """Send one live request, and return the error, if any."""
    client = OpenAIClient(Endpoint(base_url=base_url, api_key=key, tries=1), sleep=Waits())
    try:
        await client.complete(request_for())
    except AntqError as caught:
        return caught
    finally:
        await client.aclose()
    return None


async def upload(base_url: str, folder: Path) -> AntqError | None:
    """Upload one file of requests, and return the error, if any."""
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
    """Download one file of results, and return the error, if any."""
    service = BatchService(Endpoint(base_url=base_url, api_key=KEY, tries=1), sleep=Waits())
    try:
        await service.download("file-1", folder / "results.jsonl")
    except AntqError as caught:
        return caught
    finally:
        await service.aclose()
    return None


async def live(base_url: str, folder: Path) -> AntqError | None:
    """Send one live request without using the folder, and return the error, if any."""
    return await ask(base_url)


WAYS_OUT = pytest.mark.parametrize("send", [live, upload, download])
Send = Callable[[str, Path], Awaitable[AntqError | None]]


@WAYS_OUT
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("user", ["", "anna:pa55word@", "anna:p%40ss%2Fword@"])
async def test_a_tunnel_is_asked_for_without_the_key(
    send: Send, user: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A CONNECT request contains the proxy's login, but neither the key nor the user's headers."""
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


async def test_a_proxy_of_an_http_target_gets_the_request_and_its_login(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy for an http:// URL gets the whole request, with the key, and its own login."""
    async with recording_proxy() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url("anna:pa55word@"))
        assert await ask("http://example.invalid/v1") is None
    head = proxy.head()
    login = base64.b64encode(b"anna:pa55word").decode()
    assert head.startswith("POST http://example.invalid/v1/chat/completions ")
    assert f"Proxy-Authorization: Basic {login}\r\n" in head
    assert head.count(KEY) == 1


@pytest.mark.parametrize("form", ["{host}", "{host}:{port}", "*", "example.org,{host}"])
async def test_no_proxy_is_respected(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to a host in NO_PROXY, with or without a port, bypass the proxy with all headers."""
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
    """A request redirected to another origin has neither the key nor the user's headers."""
    async with recording_proxy() as elsewhere:
        async with recording_proxy(elsewhere.url() + "/v1/elsewhere", status) as first:
            await send(first.url() + "/v1", tmp_path)
        assert KEY in first.head()
    assert len(elsewhere.heads) == 1
    assert not [secret for secret in PRIVATE if secret in elsewhere.head()]
    assert "x-stainless" not in elsewhere.head().lower()


async def test_a_redirect_within_the_origin_keeps_all_headers() -> None:
    """A redirect to another path of the same origin is followed with the key."""
    replies = [Reply(body={}, status=307, headers={"Location": "/v2/chat"}), Reply(GOOD)]
    with scripted_endpoint(replies) as endpoint:
        assert await ask(endpoint.base_url) is None
    assert [headers["authorization"] for headers in endpoint.headers] == [f"Bearer {KEY}"] * 2
    assert endpoint.headers[1]["x-gateway"] == "custom-value"


async def test_https_to_http_loses_the_private_headers() -> None:
    """A redirect from https to http on the same host removes the private headers."""
    transport = ChatCompletionsTransport(
        api_key=KEY, base_url="https://example.invalid/v1", timeout=1
    )
    request = transport.client._client.build_request(
        "GET",
        "http://example.invalid/v1",
        headers={"Authorization": KEY, "X-Gateway": "custom-value"},
    )
    await transport._guard_sdk_request(request)
    assert not {"authorization", "x-gateway"} & set(request.headers)
    await transport.aclose()


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 418, 422, 429, 500, 503])
async def test_an_error_shows_no_secret(status: int) -> None:
    """Neither an error nor its traceback shows an echoed key or the secrets in the base URL."""
    message = f"no {KEY}, pa55word at http://anna:pa55word@x.org/?key=t0ken"
    with scripted_endpoint([error(status, message)]) as endpoint:
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
async def test_an_unreadable_answer_shows_no_secret(reply: Reply) -> None:
    """The error for an unreadable answer or a lost connection shows no secret."""
    with scripted_endpoint([reply]) as endpoint:
        caught = await ask(secret_url(endpoint.base_url))
    shown = "".join(traceback.format_exception(caught))  # type: ignore[arg-type]
    assert not [secret for secret in (KEY, *SECRETS) if secret in shown]


async def test_the_full_url_is_used() -> None:
    """The user and password in the URL are sent as Basic authentication."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        assert await ask(secret_url(endpoint.base_url)) is None
    login = base64.b64encode(b"anna:pa55word").decode()
    assert endpoint.headers[0]["authorization"] == f"Basic {login}"


async def test_a_log_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Log messages about refused modes and retries show no secret."""
    caplog.set_level(logging.INFO)
    replies = [error(503, KEY), error(400, f"no such mode, {KEY}"), Reply(GOOD)]
    with scripted_endpoint(replies) as endpoint:
        options = Endpoint(base_url=secret_url(endpoint.base_url), api_key=KEY)
        client = OpenAIClient(options, sleep=Waits())
        await client.complete(request_for())
        await client.aclose()
    assert "refused mode" in caplog.text
    ours = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("antq_llm")
    )
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
    """The error for an invalid base URL shows none of its secrets."""
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
    """The repr of an object with the key or the base URL masks both."""
    assert not [secret for secret in (KEY, *SECRETS) if secret in repr(value)]


def test_a_repr_shows_the_rest() -> None:
    """The repr shows everything that is not secret."""
    assert (
        repr(PriceList("http://x.org"))
        == "PriceList(base_url='http://x.org', prices={}, batch=False)"
    )
    assert "api_key=None" in repr(Options())
    assert "api_key='***', timeout=600.0" in repr(Options(api_key=KEY))


def test_batches_of_an_earlier_version_are_found_at_the_masked_address(tmp_path: Path) -> None:
    """Opening an old store masks the addresses in it, and its batches are still found."""
    store = SqliteStore(tmp_path / "store.sqlite3")
    database = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    url = secret_url("http://x.org/v1/")
    database.execute("INSERT INTO batches VALUES ('a', ?, 0, 1, 1, 'b', 'completed', NULL)", (url,))
    database.execute("INSERT INTO batch_modes VALUES (?, 's', 'json')", (url,))
    database.close()
    state = store.batches()
    assert [batch.base_url for batch in state.pending_files()] == ["http://x.org/v1/"]
    assert state.mode_for("http://x.org/v1/", "s") == "json"
    state.close()
    store.close()
    assert not [
        secret for secret in SECRETS if secret.encode() in (tmp_path / "store.sqlite3").read_bytes()
    ]


@pytest.mark.parametrize("flags", [[], ["-v"], ["--debug"]])
@pytest.mark.parametrize("batch", [False, True])
def test_a_run_shows_and_keeps_no_secret(
    flags: list[str],
    batch: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither the output nor any file of a run contains the key or the secrets in the base URL."""
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
        batch_flag = ["--batch"] if batch else []
        assert main(
            [*flags, *words, *batch_flag, "--base-url", address, "--out", str(tmp_path / "out")]
        )
    captured = capsys.readouterr()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    shown = captured.out + captured.err + kept.decode(errors="replace")
    assert "127.0.0.1" in shown
    assert not [secret for secret in (KEY, *SECRETS) if secret in shown]
