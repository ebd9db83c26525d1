"""Who may talk to the server, and what its pages may do.

Written as plain ASGI, so that WebSockets pass through the same door as requests. See
`docs/decisions/0038-a-server-on-a-home-network.md`.
"""

import hmac
import html
import socket
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck.web.problems import refusal
from formcheck.web.settings import LOOPBACK_NAMES, Settings, is_loopback

COOKIE: Final = "formcheck_token"
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
FOREIGN: Final = ("cross-site", "same-site")
OPEN_PATHS: Final = ("/healthz", "/readyz")
"""What a watchdog may ask without the token; it says nothing about anybody."""

WRONG_NAME: Final = "This server is not known by that name; open the address that formcheck serve printed."
FOREIGN_PAGE: Final = "Only formcheck's own pages may do that; open the address that formcheck serve printed."
NO_ORIGIN: Final = "Programs without a page may only connect from this computer itself."
NO_TOKEN: Final = "This server asks for its token: open the whole address that formcheck serve printed."  # noqa: S105

_POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
REPORT_POLICY: Final = "; ".join(
    [
        # The report's own policy names the very scripts that stand in it; both hold. Without its own origin it could
        # not load its film, which needs the cookie.
        "sandbox allow-scripts allow-same-origin allow-modals allow-downloads",
        "default-src 'none'",
        "script-src 'unsafe-inline'",
        "style-src 'unsafe-inline'",
        "connect-src 'none'",
        "img-src data:",
        "media-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), serial=()",
    "cache-control": "no-store",
}
"""Set where an answer does not bring its own."""


class Guard:
    """Refuses what does not come from the server's own pages or a program of its user, and seals every answer.

    Parameters
    ----------
    app : ASGI application
    settings : Settings
        Names that are served follow from its host, and its token is asked for.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._token = settings.token
        self._names = _names(settings.host)
        self._any_address = not is_loopback(settings.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request or WebSocket on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        answer = self._refusal(scope)
        if answer is None:
            await self._app(scope, receive, _sealed(send))
        elif scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})  # this server cannot say why
        else:
            await answer(scope, receive, _sealed(send))

    def _refusal(self, scope: Scope) -> Response | None:
        """Return what to answer instead of passing this on; None if it may pass."""
        headers = Headers(scope=scope)
        accept = headers.get("accept", "")
        if not self._is_ours(headers.getlist("host")):
            return refusal(accept, HTTPStatus.MISDIRECTED_REQUEST, WRONG_NAME)
        if why := _foreign(scope, headers):
            return refusal(accept, HTTPStatus.FORBIDDEN, why)
        if self._token is None or scope["path"] in OPEN_PATHS:
            return None
        return self._token_refusal(scope, headers, self._token)

    def _is_ours(self, hosts: list[str]) -> bool:
        """Whether a request names this server: a foreign name that was pointed at it must not be served.

        Addresses cannot be pointed elsewhere, so any will do once other computers may connect.
        """
        if len(hosts) != 1:
            return False
        name = _without_port(hosts[0])
        return name in self._names or (self._any_address and _is_address(name))

    def _token_refusal(self, scope: Scope, headers: Headers, token: str) -> Response | None:
        if any(_same(given, token) for given in _tokens(headers)):
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if scope["type"] == "http" and scope["method"] == "GET" and _same(dict(query).get("token", ""), token):
            return _hand_over(scope, [(name, value) for name, value in query if name != "token"], token)
        return refusal(
            headers.get("accept", ""),
            HTTPStatus.UNAUTHORIZED,
            NO_TOKEN,
            {"www-authenticate": 'Bearer realm="formcheck"'},
        )


def address(settings: Settings, port: int) -> str:
    """Return the address to open, with the token where one is asked for."""
    host = settings.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = socket.gethostname().lower()
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if settings.certificate else "http"
    return f"{scheme}://{shown}:{port}/" + (f"?token={settings.token}" if settings.token else "")


def _names(host: str) -> frozenset[str]:
    """Return the names under which a server on `host` may be asked."""
    own = socket.gethostname().lower()
    others = () if is_loopback(host) else (host.lower(), own, f"{own}.local")
    return frozenset((*LOOPBACK_NAMES, *others))


def _without_port(host: str) -> str:
    name, colon, port = host.strip().lower().rpartition(":")
    if not colon or not port.isdigit():  # no port, or the end of a bare IPv6 address in brackets
        name = host.strip().lower()
    return name.removeprefix("[").removesuffix("]").removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _foreign(scope: Scope, headers: Headers) -> str | None:
    """Say why a request that a page of somebody else may have made is refused; None if it is none.

    What browsers send along decides: the origin of the page, and how far it is from here. A link to a page here may be
    followed from anywhere.
    """
    web_socket = scope["type"] == "websocket"
    origins = headers.getlist("origin")
    if origins and origins != [_own_origin(scope, headers)]:
        return FOREIGN_PAGE
    if web_socket and not origins:
        return None if is_local(scope) else NO_ORIGIN
    if headers.get("sec-fetch-site") in FOREIGN and not (not web_socket and _follows_a_link(scope, headers)):
        return FOREIGN_PAGE
    return None


def _own_origin(scope: Scope, headers: Headers) -> str:
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    return f"{scheme}://{headers.get('host', '').lower()}"


def _follows_a_link(scope: Scope, headers: Headers) -> bool:
    whole_page = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return scope["method"] == "GET" and whole_page


def is_local(scope: Scope) -> bool:
    """Whether a request or WebSocket comes from the computer that the server runs on."""
    client = scope.get("client")
    return client is not None and is_loopback(client[0])


def _tokens(headers: Headers) -> list[str]:
    """Return the tokens that a request brings, in its header or in its cookie."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    found = [given.strip()] if scheme.lower() == "bearer" else []
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return found
    return found + ([cookies[COOKIE].value] if COOKIE in cookies else [])


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _hand_over(scope: Scope, query: list[tuple[str, str]], token: str) -> Response:
    """Put the token into a cookie and lead on to the same page without it in the address.

    A page that leads on, and no redirect: after a link from elsewhere, browsers do not send a strict cookie along with
    a redirect.
    """
    # One slash: two would name another server.
    target = "/" + quote(scope["path"].lstrip("/\\")) + (f"?{urlencode(query)}" if query else "")
    shown = html.escape(target, quote=True)
    page = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>formcheck</title>\n'
        f'<meta http-equiv="refresh" content="0; url={shown}">\n<p><a href="{shown}">formcheck</a></p>\n</html>\n'
    )
    answer = HTMLResponse(page)
    answer.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=scope["scheme"] == "https")
    return answer


def _sealed(send: Send) -> Send:
    """Add the headers that every answer carries."""

    async def seal(message: Message) -> None:
        if message["type"].endswith("http.response.start"):
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return seal
