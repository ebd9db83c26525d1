"""Who may talk to the server: every way in that is closed, and those that must stay open."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.websockets import WebSocketDisconnect
from tests.server import HOME, TestClient, client_of, served, settings_in

from formcheck.web.app import create_app
from formcheck.web.security import COOKIE, REPORT_POLICY, address
from formcheck.web.settings import Settings, is_loopback

TOKEN = "a-token-of-sixteen-signs"
LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server for this computer alone."""
    with served(settings_in(tmp_path_factory.mktemp("home"))) as client:
        yield client


@pytest.fixture
def guarded(tmp_path: Path) -> TestClient:
    """A server with a token, and a client that does not know it."""
    return client_of(create_app(settings_in(tmp_path, token=TOKEN)))


def open_socket(client: TestClient, headers: dict[str, str], path: str = "/v1/live") -> None:
    with client.websocket_connect(path, headers={"host": "127.0.0.1:8000", **headers}):
        pass


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "LOCALHOST:80", "[::1]:8000"])
def test_a_name_of_this_computer_is_served(home: TestClient, host: str) -> None:
    assert home.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "", "192.168.1.7"]
)
def test_any_other_name_is_refused_in_one_sentence(home: TestClient, host: str) -> None:
    answer = home.get("/v1/analyses", headers={"host": host})
    assert answer.status_code == 421
    assert answer.json()[
        "detail"
    ] == "This server is not known by that name; open the address that formcheck serve " + ("printed.")


def test_a_server_of_the_network_is_known_by_its_addresses_and_not_by_foreign_names(tmp_path: Path) -> None:
    client = client_of(create_app(settings_in(tmp_path, host="0.0.0.0", token=TOKEN)))
    assert client.get("/healthz", headers={"host": "192.168.1.7:8000"}).status_code == 200
    assert client.get("/healthz", headers={"host": "[fe80::1]:8000"}).status_code == 200
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 421


# -- foreign pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"origin": "https://127.0.0.1:8000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_what_a_foreign_page_sends_is_refused(home: TestClient, method: str, headers: dict[str, str]) -> None:
    answer = home.request(method, "/v1/analyses", headers=headers)
    assert answer.status_code == 403
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_link_from_elsewhere_may_be_followed_but_not_a_form(home: TestClient) -> None:
    assert home.get("/v1/exercises", headers=LINK).status_code == 200
    assert home.post("/v1/analyses", headers=LINK).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"origin": HOME}, {"origin": HOME, "sec-fetch-site": "same-origin"}])
def test_own_pages_and_programs_pass(home: TestClient, headers: dict[str, str]) -> None:
    assert home.get("/v1/analyses", headers=headers).status_code == 200
    assert home.delete("/v1/analyses/none", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"origin": "null"}, {"host": "evil.example", "origin": HOME}]
)
def test_a_foreign_web_socket_is_refused_before_it_opens(home: TestClient, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect) as refused:
        open_socket(home, headers)
    assert getattr(refused.value, "status_code", None) in (403, 421)


@pytest.mark.parametrize("headers", [{}, {"origin": HOME}])
def test_a_web_socket_of_an_own_page_or_of_a_program_here_opens(home: TestClient, headers: dict[str, str]) -> None:
    open_socket(home, headers)


def test_a_program_elsewhere_opens_no_web_socket(tmp_path: Path) -> None:
    client = client_of(create_app(settings_in(tmp_path, host="0.0.0.0", token=TOKEN)), client=("192.168.1.9", 9))
    token = {"authorization": f"Bearer {TOKEN}"}
    with pytest.raises(WebSocketDisconnect):
        open_socket(client, token)
    open_socket(client, {**token, "origin": HOME})


# -- the token ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/v1/analyses", "/metrics", "/static/style.css", "/openapi.json", "/models/lite.task"]
)
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"cookie": f"{COOKIE}=wrong"}])
def test_without_the_token_nothing_is_given(guarded: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = guarded.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert TOKEN not in answer.text


def test_without_the_token_a_browser_sees_one_sentence(guarded: TestClient) -> None:
    answer = guarded.get("/?token=wrong", headers={"accept": "text/html"})
    assert answer.status_code == 401
    assert "<p>This server asks for its token: open the whole address that formcheck serve printed.</p>" in answer.text


def test_a_watchdog_needs_no_token(guarded: TestClient) -> None:
    assert guarded.get("/healthz").status_code == 200


def test_a_program_brings_the_token_in_a_header(guarded: TestClient) -> None:
    token = {"authorization": f"Bearer {TOKEN}"}
    assert guarded.get("/v1/analyses", headers=token).status_code == 200
    open_socket(guarded, token)


def test_the_token_in_the_address_becomes_a_cookie_that_no_script_and_no_other_site_gets(guarded: TestClient) -> None:
    answer = guarded.get(f"/film?token={TOKEN}&a=b")
    cookie = answer.headers["set-cookie"]
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {"httponly", "path=/", "samesite=strict"}
    assert 'content="0; url=/film?a=b"' in answer.text
    assert TOKEN not in answer.text
    assert guarded.get("/v1/analyses").status_code == 200
    open_socket(guarded, {"origin": HOME, "cookie": f"{COOKIE}={TOKEN}"})


def test_a_web_socket_without_the_token_is_refused(guarded: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect):
        open_socket(guarded, {"origin": HOME})
    with pytest.raises(WebSocketDisconnect):
        open_socket(guarded, {"origin": HOME}, f"/v1/live?token={TOKEN}")


@pytest.mark.parametrize("path", ["//evil.example/", "/%2Fevil.example", "/\\evil.example", "/%22><script>"])
def test_the_token_never_leads_away_from_here(guarded: TestClient, path: str) -> None:
    page = guarded.get(f"{HOME}{path}?token={TOKEN}").text
    (target,) = re.findall(r'url=([^"]*)">', page)
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert "<script" not in page


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_wrong_token_opens_and_none_breaks_the_door(given_token: str, cookie: str) -> None:
    client = _GUARDED
    sent = given_token.encode("utf-8", "surrogatepass")
    answer = client.get(
        "/v1/analyses",
        params={"token": given_token},
        headers=[(b"authorization", b"Bearer " + _one_line(sent)), (b"cookie", _one_line(cookie.encode()))],
    )
    assert answer.status_code == 401


def _one_line(value: bytes) -> bytes:
    return bytes(byte for byte in value if byte >= 0x20 and byte != 0x7F)


_GUARDED = client_of(create_app(Settings(token=TOKEN, data_dir=Path("unused"), profiles=Path("unused"))))


# -- what every answer carries -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/nope", "/v1/exercises", "/openapi.json", "/v1/analyses/x/report"])
def test_every_answer_is_sealed(home: TestClient, path: str) -> None:
    headers = home.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["permissions-policy"].startswith("camera=(self)")
    assert not any(name.startswith("access-control") for name in headers)


def test_data_is_not_stored_by_browsers_and_scripts_are_asked_for_again(home: TestClient) -> None:
    assert home.get("/v1/exercises").headers["cache-control"] == "no-store"
    script = home.get("/static/socket.js")
    assert script.headers["cache-control"] == "no-cache"
    assert script.headers["content-type"].startswith("text/javascript")
    assert home.get("/static/socket.js", headers={"if-none-match": script.headers["etag"]}).status_code == 304


def test_a_report_may_run_its_own_script_and_connect_nowhere() -> None:
    assert "connect-src 'none'" in REPORT_POLICY
    assert REPORT_POLICY.startswith("sandbox ")


def test_a_refusal_is_sealed_too(home: TestClient) -> None:
    assert "content-security-policy" in home.get("/", headers={"host": "evil.example"}).headers


# -- addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("box", False)],
)
def test_which_addresses_are_this_computer_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_the_address_holds_the_token() -> None:
    assert address(Settings(), 8123) == "http://127.0.0.1:8123/"
    assert address(Settings(host="::1", token=TOKEN), 8000) == f"http://[::1]:8000/?token={TOKEN}"


@pytest.mark.parametrize("token", ["short", "with space in the middle", "semicolon;0123456789", "ümlaut-0123456789ab"])
def test_a_token_that_is_weak_or_needs_quoting_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        Settings(token=token)
