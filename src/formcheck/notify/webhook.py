"""Messages to a web address, signed and retried, from a thread of its own.

Body and headers follow the Standard Webhooks specification, so that receivers find a library that checks them.
"""

import base64
import binascii
import hashlib
import hmac
import json
import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Final

from formcheck.errors import UserError

if TYPE_CHECKING:
    import httpx

MOST_WAITING: Final = 64
"""Messages; when more wait, the oldest is dropped."""
PAUSES_S: Final = (1.0, 60.0)
"""Before a message is sent again: at first, and at most; doubled in between."""
PATIENCE_S: Final = 300.0
"""A message that could not be sent for so long is given up."""
ANSWERS_WITHIN_S: Final = 10.0
CLOSES_WITHIN_S: Final = 3.0
SHORTEST_SECRET: Final = 24  # bytes, as the specification asks
TRY_AGAIN: Final = frozenset({408, 425, 429, *range(500, 600)})
"""HTTP states of a receiver that may take the same message later."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One message, with an id that stays the same however often it is sent."""

    body: bytes
    id: str = field(default_factory=lambda: f"msg_{uuid.uuid4().hex}")


class Webhook:
    """Sends what happened to one address; nothing else, and nowhere else: it follows no redirects.

    Parameters
    ----------
    url : str
        Where to, ``https://...`` or ``http://...``.
    secret : str, optional
        24 bytes or more in base64, with or without ``whsec_`` before it. Messages are not signed without one.
    pauses_s : (float, float), optional
        As `PAUSES_S`.
    patience_s : float, optional
        As `PATIENCE_S`.
    clock : callable, optional
        Gives the time in seconds since 1970, for the signature.

    Raises
    ------
    UserError
        If the address or the secret is none, or the extra is not installed.
    """

    def __init__(
        self,
        url: str,
        secret: str = "",
        *,
        pauses_s: tuple[float, float] = PAUSES_S,
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        httpx, self._tenacity = _libraries()
        self._url = _address(httpx, url)
        self._key = _key(secret)
        self._pauses_s, self._patience_s, self._clock = pauses_s, patience_s, clock
        self._client = httpx.Client(timeout=ANSWERS_WITHIN_S)
        self._waiting: deque[Message] = deque(maxlen=MOST_WAITING)
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._told = False
        self._thread = threading.Thread(target=self._work, name="formcheck-webhook", daemon=True)
        self._thread.start()

    def send(self, kind: str, at: datetime, data: Mapping[str, object]) -> None:
        """Send a message as soon as possible, and at once return; what cannot be sent is given up after a while.

        Parameters
        ----------
        kind : str
            What happened, such as ``"posture.alert"``.
        at : datetime
            When, with its time zone.
        data : mapping
            What JSON can hold.
        """
        when = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        body = json.dumps({"type": kind, "timestamp": when, "data": dict(data)}, ensure_ascii=False).encode()
        with self._changed:
            self._waiting.append(Message(body))
            self._changed.notify()

    def close(self) -> None:
        """Try once to send what still waits, for `CLOSES_WITHIN_S` at most, and end."""
        self._closing.set()
        with self._changed:
            self._changed.notify()
        self._thread.join(CLOSES_WITHIN_S)

    def _work(self) -> None:
        with self._client:
            while message := self._next():
                self._deliver(message)

    def _next(self) -> Message | None:
        """Wait for a message; None when none will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing.is_set())
            return self._waiting.popleft() if self._waiting else None

    def _deliver(self, message: Message) -> None:
        """Send a message until it is taken, refused, or too old."""
        import httpx  # noqa: PLC0415

        try:
            answer: httpx.Response = self._retrying()(self._post, message)
        except httpx.HTTPError as error:
            self._tell(f"it cannot be reached ({type(error).__name__})")
        else:
            self._tell("" if answer.is_success else f"it answered {answer.status_code} {answer.reason_phrase}".strip())

    def _retrying(self) -> Callable[..., "httpx.Response"]:
        """Return what calls a function again with growing pauses, and gives its last answer or error in the end."""
        import httpx  # noqa: PLC0415

        again, (first_s, most_s) = self._tenacity, self._pauses_s
        retrying: Callable[..., httpx.Response] = again.Retrying(
            retry=again.retry_if_exception_type(httpx.TransportError)
            | again.retry_if_result(lambda answer: answer.status_code in TRY_AGAIN),
            wait=again.wait_exponential(multiplier=first_s, max=most_s) + again.wait_random(0, first_s),
            stop=again.stop_after_delay(self._patience_s) | again.stop_when_event_set(self._closing),
            sleep=again.sleep_using_event(self._closing),
            retry_error_callback=lambda state: state.outcome.result(),
        )
        return retrying

    def _post(self, message: Message) -> "httpx.Response":
        headers = {"content-type": "application/json", "user-agent": "formcheck", **self._signed(message)}
        answer: httpx.Response = self._client.post(self._url, content=message.body, headers=headers)
        return answer

    def _signed(self, message: Message) -> dict[str, str]:
        """Return the headers that say who sent a message, and when."""
        now = str(int(self._clock()))
        headers = {"webhook-id": message.id, "webhook-timestamp": now}
        if self._key:
            digest = hmac.digest(
                self._key, b".".join([message.id.encode(), now.encode(), message.body]), hashlib.sha256
            )
            headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
        return headers

    def _tell(self, problem: str) -> None:
        """Say when messages begin not to arrive, and when they arrive again."""
        host = self._url.host
        if problem and not self._told:
            logger.warning(
                "A message was not taken by %s, because %s; check [webhook] in the settings. More are tried.",
                host,
                problem,
            )
        elif self._told and not problem:
            logger.warning("Messages are taken by %s again.", host)
        self._told = bool(problem)


def _libraries() -> tuple[ModuleType, ModuleType]:
    try:
        import httpx  # noqa: PLC0415 - an extra
        import tenacity  # noqa: PLC0415
    except ImportError:
        raise UserError(
            "A webhook needs more than is installed: pip install 'formcheck[webhook]', or take [webhook] out of the "
            "settings."
        ) from None
    return httpx, tenacity


def _address(httpx: ModuleType, url: str) -> "httpx.URL":
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise UserError(f"The webhook cannot be sent to {url!r}; give [webhook] url as https://... in the settings.")
    return address  # type: ignore[no-any-return]


def _key(secret: str) -> bytes:
    """Return the key that a secret stands for; empty without one."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if secret and len(key) < SHORTEST_SECRET:
        raise UserError(
            "The secret of the webhook is not 24 bytes or more in base64; make one with `openssl rand -base64 32` and "
            "put it under [webhook] secret in the settings."
        )
    return key
