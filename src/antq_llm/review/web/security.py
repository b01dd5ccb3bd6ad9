"""Access control that admits only browsers with the token of the review."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 2_000_000
TOKEN = "token"  # noqa: S105 - the name of the parameter
_SAFE_METHODS = ("GET", "HEAD")
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # With "no-referrer", a browser would send forms with the origin "null".
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """ASGI middleware that guards the application of a review.

    It refuses requests to another host, forms from another site and requests without the token.
    ``antq-llm review`` prints the address with the token; the first visit stores the token in a
    cookie.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str]) -> None:
        """Accept only requests whose ``Host`` header is one of ``hosts``."""
        self._app = app
        self._token = token
        self._hosts = frozenset(hosts)
        # A browser sends cookies to all ports of a host.
        self._cookie = f"antq_review_{next(iter(sorted(hosts))).rpartition(':')[2]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = self._refusal(scope) or self._entrance(scope)
        await (answer or self._app)(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse(
                "Wrong host: open the address that antq-llm review printed.\n", 421
            )
        if scope["method"] in _SAFE_METHODS:
            return None
        if headers.get("origin") != f"http://{host}":
            return PlainTextResponse(
                "The form came from another site: send it from the review page.\n", 403
            )
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return PlainTextResponse("The Content-Length header is missing or invalid.\n", 411)
        if int(length) > MAX_BODY_BYTES:
            return PlainTextResponse("The form is too long: send at most 2 MB.\n", 413)
        return None

    def _entrance(self, scope: Scope) -> Response | None:
        """Return a redirect that sets the cookie, or a refusal; None if the cookie is valid."""
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in pairs if name == TOKEN]
        if given and scope["method"] in _SAFE_METHODS and self._is_token(given[0]):
            rest = urlencode([pair for pair in pairs if pair[0] != TOKEN])
            answer = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
            return answer
        if self._is_token(_cookies(scope).get(self._cookie, "")):
            return None
        return PlainTextResponse(
            "Open the address that antq-llm review printed: it contains the token.\n", 403
        )

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())


def _cookies(scope: Scope) -> dict[str, str]:
    try:
        jar = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}
