"""What the desk's watch knows, for a home: states on an MQTT broker, which Home Assistant finds by itself.

The states go to topics of their own below one prefix, `None` while they are unknown. The broker itself says that the
desk is offline when this program ends without a word.
"""

import contextlib
import json
import logging
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from formcheck.errors import UserError

if TYPE_CHECKING:
    from paho.mqtt.client import Client

KEEPALIVE_S: Final = 30
"""A computer that vanishes from the network is offline after one and a half times this."""
PAUSES_S: Final = (1, 120)
"""Before the broker is tried again: at first, and at most; doubled in between."""
CLOSES_WITHIN_S: Final = 2.0
UNKNOWN: Final = "None"  # Home Assistant's word for it, in sensors as in binary ones
DISCOVERY: Final = "homeassistant"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entity:
    """One state, as Home Assistant is told of it."""

    component: str
    key: str
    name: str
    facts: dict[str, str]


ENTITIES: Final = (
    Entity("binary_sensor", "slouching", "Slouching", {"icon": "mdi:seat-recline-normal"}),
    Entity("sensor", "posture_score", "Posture score", {"icon": "mdi:human", "state_class": "measurement"}),
    Entity(
        "sensor",
        "sitting_minutes",
        "Sitting",
        {"device_class": "duration", "unit_of_measurement": "min", "state_class": "measurement"},
    ),
)


class MqttStates:
    """Keeps a broker's copy of the states up to date, for as long as the broker can be reached.

    Parameters
    ----------
    host : str
        Name or address of the broker.
    port : int, default 1883
    username, password : str, optional
    topic : str, default "formcheck"
        What all topics begin with; give each desk of a home its own.
    tls : bool, default False
        Whether to encrypt, with a certificate that this computer trusts. The port is then often 8883.

    Raises
    ------
    UserError
        If the extra is not installed, or the topic cannot be one.
    """

    def __init__(
        self,
        host: str,
        port: int = 1883,
        *,
        username: str = "",
        password: str = "",
        topic: str = "formcheck",
        tls: bool = False,
    ) -> None:
        self._where, self._topic = f"{host}:{port}", _checked(topic)
        self._lock = threading.Lock()
        self._states = dict.fromkeys((entity.key for entity in ENTITIES), UNKNOWN)
        self._told = ""
        self._client = _client()
        if username:
            self._client.username_pw_set(username, password or None)
        if tls:
            self._client.tls_set()
        self._client.will_set(self.availability, "offline", qos=1, retain=True)
        self._client.reconnect_delay_set(*PAUSES_S)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._failed
        self._client.on_disconnect = self._disconnected
        self._client.connect_async(host, port, KEEPALIVE_S)
        self._client.loop_start()

    @property
    def availability(self) -> str:
        """The topic that is ``online`` while this program runs, else ``offline``."""
        return f"{self._topic}/availability"

    def update(self, *, slouching: bool | None, posture_score: int | None, sitting_minutes: int | None) -> None:
        """Publish the states that are no longer what they were, and at once return. None where one is unknown."""
        states = {
            "slouching": UNKNOWN if slouching is None else "ON" if slouching else "OFF",
            "posture_score": UNKNOWN if posture_score is None else str(posture_score),
            "sitting_minutes": UNKNOWN if sitting_minutes is None else str(sitting_minutes),
        }
        with self._lock:
            changed = [key for key in states if states[key] != self._states[key]]
            self._states = states
            if self._client.is_connected():  # else all of them follow when it is
                self._publish_states(changed)

    def close(self) -> None:
        """Say that the desk is offline, and end; takes a few seconds at most."""
        if self._client.is_connected():
            with contextlib.suppress(RuntimeError):  # the connection broke just now: the broker says it by itself
                self._publish(self.availability, "offline").wait_for_publish(CLOSES_WITHIN_S)
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._tell(f"refused the connection ({reason}); check username and password under [mqtt] in the settings")
            return
        with self._lock:
            for entity in ENTITIES:
                self._publish(self._discovery_topic(entity), json.dumps(self._discovery(entity)))
            self._publish_states(self._states)
            self._publish(self.availability, "online")
        self._tell("")

    def _failed(self, _client: Any, _userdata: Any) -> None:
        self._tell("cannot be reached; check host and port under [mqtt] in the settings, and that the broker runs")

    def _disconnected(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure and not self._told:
            self._tell("broke the connection; it is tried again")

    def _publish_states(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._publish(f"{self._topic}/{key}", self._states[key])

    def _publish(self, topic: str, payload: str) -> Any:
        # Without acknowledgement: what is lost with a connection is published with the next one, and a message that
        # waited for its acknowledgement would be sent again then, after newer ones.
        return self._client.publish(topic, payload, retain=True)

    def _discovery_topic(self, entity: Entity) -> str:
        return f"{DISCOVERY}/{entity.component}/{self._id}/{entity.key}/config"

    def _discovery(self, entity: Entity) -> dict[str, object]:
        """Return what Home Assistant has to know to show a state."""
        name = "formcheck" if self._topic == "formcheck" else f"formcheck {self._topic.rpartition('/')[2]}"
        return {
            "name": entity.name,
            "unique_id": f"{self._id}_{entity.key}",
            "state_topic": f"{self._topic}/{entity.key}",
            "availability_topic": self.availability,
            "device": {"identifiers": [self._id], "name": name},
            "origin": {"name": "formcheck", "sw_version": version("formcheck")},
            **entity.facts,
        }

    @property
    def _id(self) -> str:
        return re.sub(r"[^A-Za-z0-9_-]", "_", self._topic)

    def _tell(self, problem: str) -> None:
        """Say when the broker is not reached, each reason once, and when it is reached again."""
        if problem and problem != self._told:
            logger.warning("The MQTT broker %s %s.", self._where, problem)
        elif self._told and not problem:
            logger.warning("The MQTT broker %s is reached again.", self._where)
        self._told = problem


def _client() -> "Client":
    try:
        from paho.mqtt.client import Client  # noqa: PLC0415 - an extra
        from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415
    except ImportError:
        raise UserError(
            "MQTT needs more than is installed: pip install 'formcheck[mqtt]', or take [mqtt] out of the settings."
        ) from None
    return Client(CallbackAPIVersion.VERSION2)


def _checked(topic: str) -> str:
    if not topic or re.search(r"[+#\0]", topic) or topic.startswith(("/", "$")) or topic.endswith("/"):
        raise UserError(f"{topic!r} cannot be [mqtt] topic in the settings; choose one such as formcheck/study.")
    return topic
