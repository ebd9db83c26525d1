"""A page of somebody else, open in the same browser: it learns nothing from the server and changes nothing there."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from tests.browser.serving import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.model

READ = """(url) => fetch(url).then((answer) => `read ${answer.status}`, (error) => error.name)"""
SEND = """(url) => {
    const form = new FormData();
    form.append("exercise", "deadlift");
    form.append("film", new Blob(["no film"]), "film.mp4");
    return fetch(url, { method: "POST", mode: "no-cors", body: form })
        .then((answer) => answer.type, (error) => error.name);
}"""
OPEN = """(url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve("open");
    socket.onclose = (event) => resolve(event.code);
})"""
FRAME = """(url) => new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.onload = () => {
        try { resolve(frame.contentDocument === null ? "closed" : "readable"); } catch { resolve("closed"); }
    };
    frame.src = url;
    document.body.append(frame);
})"""


class Blank(BaseHTTPRequestHandler):
    """An empty page that allows its scripts everything."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>stranger</title><body></body>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(params=["127.0.0.1", "localhost"])
def stranger(request: pytest.FixtureRequest, plain_browser: "Browser") -> Iterator["Page"]:
    """A page at another port of this computer, by the server's own name and by another."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Blank) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = plain_browser.new_context()
        page = context.new_page()
        page.goto(f"http://{request.param}:{server.server_port}/")
        yield page
        context.close()
        server.shutdown()


def test_a_strangers_page_neither_opens_the_socket_nor_reads_nor_sends(stranger: "Page", server: Server) -> None:
    before = server.ask("/v1/analyses")
    for path in ("/", "/v1/analyses", "/v1/exercises", "/healthz", "/openapi.json"):
        assert stranger.evaluate(READ, server.address + path) == "TypeError"
    assert stranger.evaluate(SEND, server.address + "/v1/analyses") == "TypeError"
    assert stranger.evaluate(OPEN, server.address.replace("http", "ws", 1) + "/v1/live") == 1006
    assert stranger.evaluate(FRAME, server.address + "/") == "closed"
    assert server.ask("/v1/analyses") == before
    own = stranger.context.new_page()
    own.goto(server.address + "/")  # a page of the server may do all of it: it is the stranger who may not
    assert own.evaluate(READ, server.address + "/v1/analyses") == "read 200"
    assert own.evaluate(OPEN, server.address.replace("http", "ws", 1) + "/v1/live") == "open"
