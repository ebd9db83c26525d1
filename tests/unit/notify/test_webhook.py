"""Messages to a real server on this computer: signed, sent again where that may help, and never in anybody's way."""

import base64
import hashlib
import hmac
import json
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.heard import WITHIN_S, Told, told_by

from formcheck.errors import UserError
from formcheck.notify import webhook
from formcheck.notify.webhook import Webhook

pytest.importorskip("httpx")
pytest.importorskip("tenacity")

AT = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=1)))
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
SOON = (0.01, 0.05)


class Receiver:
    """Keeps what it is sent; answers with the states it is given, the last of them from then on."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.states = [200]
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answering = threading.Event()
        self.answering.set()
        self._came = threading.Semaphore(0)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.got.append((headers, body))
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        self._came.release()
        self.answering.wait(WITHIN_S)
        return state

    def wait(self, times: int = 1) -> None:
        for _ in range(times):
            assert self._came.acquire(timeout=WITHIN_S), "no message came"

    @property
    def numbers(self) -> list[int]:
        return [json.loads(body)["data"]["n"] for _, body in self.got]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state = taker.take({key.lower(): value for key, value in self.headers.items()}, body)
            self.send_response(state)
            if 300 <= state < 400:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        taker = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield taker
        taker.answering.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def sends() -> Iterator[Callable[..., Webhook]]:
    """Make webhooks that are closed after the test."""
    made: list[Webhook] = []

    def make(url: str, secret: str = SECRET, **more: Any) -> Webhook:
        made.append(Webhook(url, secret, pauses_s=SOON, **more))
        return made[-1]

    yield make
    for hook in made:
        hook.close()


@pytest.fixture
def told() -> Iterator[Told]:
    with told_by(webhook.__name__) as heard:
        yield heard


def signature(key: bytes, headers: dict[str, str], body: bytes) -> str:
    """Sign as the specification says; written anew here."""
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_a_message_says_what_happened_and_when_and_is_signed(receiver: Receiver, sends: Callable[..., Webhook]) -> None:
    sends(receiver.url, clock=lambda: 1_772_440_200.9).send(
        "posture.alert", AT, {"rule": "DF-01", "cue": "Kopf zurück"}
    )
    receiver.wait()
    headers, body = receiver.got[0]
    assert json.loads(body) == {
        "type": "posture.alert",
        "timestamp": "2026-03-02T08:30:00Z",
        "data": {"rule": "DF-01", "cue": "Kopf zurück"},
    }
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == "1772440200"
    assert headers["webhook-signature"] == signature(KEY, headers, body)
    assert headers["webhook-signature"] != signature(KEY, headers, body + b" ")


def test_the_signature_is_that_of_the_specification(sends: Callable[..., Webhook]) -> None:
    """The example that the specification's libraries are tested with."""
    key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    hook = sends("https://example.org", f"whsec_{key}", clock=lambda: 1614265330.0)
    signed = hook._signed(webhook.Message(b'{"test": 2432232314}', id="msg_p5jXN8AQM9LWM0D4loKWxJek"))
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_secret_nothing_is_signed(receiver: Receiver, sends: Callable[..., Webhook]) -> None:
    sends(receiver.url, "").send("break.taken", AT, {})
    receiver.wait()
    assert "webhook-signature" not in receiver.got[0][0]


@pytest.mark.parametrize("state", [500, 503, 429, 408])
def test_a_server_in_trouble_gets_the_same_message_again(
    receiver: Receiver, sends: Callable[..., Webhook], state: int
) -> None:
    receiver.states = [state, state, 204]
    hook = sends(receiver.url)
    hook.send("posture.alert", AT, {"n": 1})
    hook.send("posture.alert", AT, {"n": 2})
    receiver.wait(4)
    assert receiver.numbers == [1, 1, 1, 2]
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert ids[0] == ids[1] == ids[2] != ids[3]


@pytest.mark.parametrize("state", [301, 400, 401, 404, 410])
def test_a_refused_message_is_given_up_at_once_and_said_once(
    receiver: Receiver, sends: Callable[..., Webhook], told: Told, state: int
) -> None:
    receiver.states = [state, state, 200]
    hook = sends(receiver.url)
    for n in range(3):
        hook.send("posture.alert", AT, {"n": n})
    receiver.wait(3)
    assert receiver.numbers == [0, 1, 2]
    refused, again = told.wait(2)
    assert refused.startswith(f"A message was not taken by 127.0.0.1, because it answered {state} ")
    assert refused.endswith("; check [webhook] in the settings. More are tried.")
    assert again == "Messages are taken by 127.0.0.1 again."


def test_a_server_that_is_not_there_is_tried_until_patience_ends(
    receiver: Receiver, sends: Callable[..., Webhook], told: Told
) -> None:
    url = receiver.url.replace("127.0.0.1", "127.0.0.2")  # nobody listens there
    sends(url, patience_s=0.1).send("posture.alert", AT, {"n": 1})
    assert told.wait(1) == [
        "A message was not taken by 127.0.0.2, because it cannot be reached (ConnectError); check [webhook] in the "
        "settings. More are tried."
    ]


def test_sending_never_waits_and_only_the_newest_messages_wait(
    receiver: Receiver, sends: Callable[..., Webhook]
) -> None:
    receiver.answering.clear()
    hook = sends(receiver.url)
    hook.send("posture.alert", AT, {"n": -1})
    receiver.wait()  # the first is with a server that does not answer
    for n in range(1000):
        hook.send("posture.alert", AT, {"n": n})
    assert receiver.numbers == [-1]
    receiver.answering.set()
    receiver.wait(webhook.MOST_WAITING)
    hook.close()
    assert receiver.numbers == [-1, *range(1000 - webhook.MOST_WAITING, 1000)]


def test_closing_sends_what_waits_once_and_does_not_wait_for_a_server_in_trouble(
    receiver: Receiver, sends: Callable[..., Webhook]
) -> None:
    receiver.states = [500]
    hook = Webhook(receiver.url, SECRET, pauses_s=(60.0, 60.0))
    hook.send("posture.alert", AT, {"n": 1})
    receiver.wait()
    hook.send("posture.alert", AT, {"n": 2})
    hook.close()
    assert not hook._thread.is_alive()
    assert receiver.numbers in ([1, 2], [1, 1, 2])  # the first is tried once more if its pause had begun


def test_closing_gives_up_on_a_server_that_does_not_answer(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "CLOSES_WITHIN_S", 0.1)
    receiver.answering.clear()
    hook = Webhook(receiver.url, SECRET)
    hook.send("posture.alert", AT, {"n": 1})
    receiver.wait()
    hook.close()
    assert hook._thread.daemon
    receiver.answering.set()
    hook._thread.join(WITHIN_S)


@pytest.mark.parametrize("url", ["", "example.org/hook", "ftp://example.org", "https://", "http://[::1", "file:///etc"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UserError, match=r"give \[webhook\] url as https"):
        Webhook(url)


@pytest.mark.parametrize("secret", ["swordfish", "whsec_", "whsec_c2hvcnQ=", "ü" * 40])
def test_a_secret_that_is_too_short_or_no_base64_is_refused(secret: str) -> None:
    with pytest.raises(UserError, match="openssl rand -base64 32") as error:
        Webhook("https://example.org", secret)
    assert secret not in str(error.value)


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tenacity", None)
    with pytest.raises(UserError, match=r"pip install 'formcheck\[webhook\]'"):
        Webhook("https://example.org")


def test_time_is_given_in_utc(receiver: Receiver, sends: Callable[..., Webhook]) -> None:
    sends(receiver.url).send("break.taken", AT.astimezone(UTC), {})
    receiver.wait()
    assert json.loads(receiver.got[0][1])["timestamp"] == "2026-03-02T08:30:00Z"
