"""Access to a review over real HTTP."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.review.web.server import ReviewServer, review_server
from helpers.reviewing import gold_of, served, workspace_of


class Browser:
    """An HTTP client that keeps the cookie of a review."""

    def __init__(self, review: ReviewServer) -> None:
        parts = urlsplit(review.address)
        self.host = parts.netloc
        self.entrance = f"/?{parts.query}"
        self.cookie = ""

    def send(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, Mapping[str, str], str]:
        """Send a request, and return the status, headers and text of the response."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        sent = {"Cookie": self.cookie, **{name.title(): text for name, text in headers.items()}}
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read().decode()
        finally:
            connection.close()

    def enter(self) -> None:
        """Open the printed address, and keep the cookie."""
        status, headers, _ = self.send("GET", self.entrance)
        assert (status, headers["location"]) == (303, "/")
        assert {"HttpOnly", "SameSite=strict"} <= set(headers["set-cookie"].split("; "))
        self.cookie = headers["set-cookie"].partition(";")[0]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A browser that has not opened the printed address yet."""
    with served(workspace_of(tmp_path)) as review:
        yield Browser(review)


def test_without_the_token_there_is_no_access(browser: Browser) -> None:
    """Without the cookie, or with a wrong token, neither pages nor files are shown."""
    for path in ("/", "/review.js", "/?token=wrong", "/article?id=library", "/nothing"):
        status, _, text = browser.send("GET", path)
        assert (status, "library" in text) == (403, False)
    browser.enter()
    assert browser.send("GET", "/")[0] == 200


def test_another_host_is_refused(browser: Browser) -> None:
    """A request with an unexpected Host is refused, even with the cookie (DNS rebinding)."""
    browser.enter()
    port = browser.host.partition(":")[2]
    for host in (f"evil.example:{port}", "127.0.0.1", ""):
        assert browser.send("GET", "/", host=host)[0] == 421
    assert browser.send("GET", "/", host=f"localhost:{port}")[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
def test_forms_of_other_sites_are_refused(browser: Browser, origin: str | None) -> None:
    """A form without the origin of the page is refused."""
    browser.enter()
    headers = {} if origin is None else {"origin": origin}
    assert browser.send("POST", "/article", "id=library&action=accept", **headers)[0] == 403


def test_every_answer_has_the_policy(browser: Browser) -> None:
    """Refusals and unknown pages have the same security headers as pages."""
    answers = [browser.send("GET", "/")]
    browser.enter()
    answers += [browser.send("GET", path) for path in ("/", "/nothing", "/article?id=x")]
    assert [status for status, _, _ in answers] == [403, 200, 404, 404]
    for _, headers, _ in answers:
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert headers["x-content-type-options"] == "nosniff"


def test_what_is_not_a_form_is_refused(browser: Browser) -> None:
    """A form that is not UTF-8 or is too long is refused."""
    browser.enter()
    origin = f"http://{browser.host}"
    assert browser.send("POST", "/article", "id=%ff", origin=origin)[0] == 404
    assert browser.send("POST", "/article", "x" * 2_000_001, origin=origin)[0] == 413


def test_the_language_link_leads_to_no_other_site(browser: Browser) -> None:
    """The language link never redirects to another site."""
    browser.enter()
    for back in (
        "//evil.example/a",
        "/\\evil.example",
        "https://evil.example",
        "/%09/evil.example",
    ):
        location = browser.send("GET", f"/language?to=vi&back={back}")[1]["location"]
        assert location.startswith("/")
        assert location[1:2] not in {"/", "\\"}


def test_a_form_is_taken_with_the_version_it_was_made_from(tmp_path: Path) -> None:
    """A form is accepted only with the current version of its record."""
    workspace = workspace_of(tmp_path)
    with served(workspace) as review:
        browser = Browser(review)
        browser.enter()
        origin = f"http://{browser.host}"
        sent = "id=library&action=accept&version="
        assert browser.send("POST", "/article", f"{sent}0", origin=origin)[0] == 409
        assert gold_of(workspace) is None
        version = workspace.draft("library").version
        assert browser.send("POST", "/article", sent + version, origin=origin)[0] == 303
        assert gold_of(workspace) is not None


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("0.0.0.0", "every network"),
        ("::", "every network"),
        ("example.com", "not an IP address"),
        ("192.0.2.1", "cannot be used"),
    ],
)
def test_hosts_that_cannot_be_served_are_named(tmp_path: Path, host: str, message: str) -> None:
    """A host that cannot be served raises a ConfigurationError that says why."""
    with pytest.raises(ConfigurationError, match=message):
        review_server(workspace_of(tmp_path), host)
