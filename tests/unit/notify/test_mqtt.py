"""States on a real broker: found by Home Assistant, kept, renewed, and offline when the program is killed."""

import contextlib
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.heard import WITHIN_S, Told, told_by

from formcheck.errors import UserError
from formcheck.notify import mqtt
from formcheck.notify.mqtt import MqttStates

paho = pytest.importorskip("paho.mqtt.client")

PLAIN = "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
GUARDED = (
    PLAIN.replace("allow_anonymous true", "allow_anonymous false")
    + f"password_file {{folder}}/passwords\nuser {getpass.getuser()}\n"
)
PUBLISHER = """
import sys, threading
from formcheck.notify.mqtt import MqttStates
states = MqttStates("127.0.0.1", int(sys.argv[1]), topic="formcheck/desk")
states.update(slouching=False, posture_score=90, sitting_minutes=1)
threading.Event().wait()
"""


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


class Broker:
    """A broker that can be started, stopped and started again at the same port."""

    def __init__(self, folder: Path, settings: str = PLAIN) -> None:
        found = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
        if found is None:
            pytest.skip("mosquitto is not installed")
        self.port = free_port()
        self._command = [found, "-c", str(folder / "mosquitto.conf")]
        (folder / "mosquitto.conf").write_text(settings.format(port=self.port, folder=folder))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        waiting = threading.Event()
        for _ in range(round(WITHIN_S / 0.02)):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            waiting.wait(0.02)
        pytest.fail("the broker does not start")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    started = Broker(tmp_path)
    started.start()
    yield started
    started.stop()


class Home:
    """Another program on the broker: keeps what is published, as Home Assistant would."""

    def __init__(self, port: int) -> None:
        self.seen: list[tuple[str, str]] = []
        self.kept: dict[str, str] = {}
        self._changed = threading.Condition()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self.client.on_message = self._take
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _take(self, _client: Any, _userdata: Any, message: Any) -> None:
        with self._changed:
            self.seen.append((message.topic, message.payload.decode()))
            self.kept[message.topic] = message.payload.decode()
            self._changed.notify_all()

    def wait(self, topic: str, payload: str) -> None:
        with self._changed:
            came = self._changed.wait_for(lambda: self.kept.get(topic) == payload, WITHIN_S)
        assert came, f"{topic} is {self.kept.get(topic)!r}"

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def home(broker: Broker) -> Iterator[Home]:
    listener = Home(broker.port)
    yield listener
    listener.close()


@pytest.fixture
def states(broker: Broker) -> Iterator[MqttStates]:
    made = MqttStates("127.0.0.1", broker.port, topic="formcheck/desk")
    yield made
    made.close()


@pytest.fixture
def told() -> Iterator[Told]:
    with told_by(mqtt.__name__) as heard:
        yield heard


def test_states_are_published_and_what_is_unknown_is_none(home: Home, states: MqttStates) -> None:
    home.wait("formcheck/desk/availability", "online")
    assert {key: home.kept[f"formcheck/desk/{key}"] for key in ("slouching", "posture_score", "sitting_minutes")} == {
        "slouching": "None",
        "posture_score": "None",
        "sitting_minutes": "None",
    }
    states.update(slouching=True, posture_score=71, sitting_minutes=34)
    home.wait("formcheck/desk/sitting_minutes", "34")
    home.wait("formcheck/desk/slouching", "ON")
    home.wait("formcheck/desk/posture_score", "71")
    states.update(slouching=False, posture_score=None, sitting_minutes=34)
    home.wait("formcheck/desk/slouching", "OFF")
    home.wait("formcheck/desk/posture_score", "None")


def test_only_what_changes_is_published(home: Home, states: MqttStates) -> None:
    home.wait("formcheck/desk/availability", "online")
    for minutes in (1, 1, 1, 2):
        states.update(slouching=False, posture_score=90, sitting_minutes=minutes)
    home.wait("formcheck/desk/sitting_minutes", "2")
    later = [payload for topic, payload in home.seen if topic == "formcheck/desk/posture_score"]
    assert later == ["None", "90"]


def test_home_assistant_is_told_of_three_entities_of_one_device(home: Home, states: MqttStates) -> None:
    home.wait("formcheck/desk/availability", "online")
    told = {topic: json.loads(text) for topic, text in home.kept.items() if topic.startswith("homeassistant/")}
    assert set(told) == {
        "homeassistant/binary_sensor/formcheck_desk/slouching/config",
        "homeassistant/sensor/formcheck_desk/posture_score/config",
        "homeassistant/sensor/formcheck_desk/sitting_minutes/config",
    }
    minutes = told["homeassistant/sensor/formcheck_desk/sitting_minutes/config"]
    assert minutes.pop("origin")["name"] == "formcheck"
    assert minutes == {
        "name": "Sitting",
        "unique_id": "formcheck_desk_sitting_minutes",
        "state_topic": "formcheck/desk/sitting_minutes",
        "availability_topic": "formcheck/desk/availability",
        "device": {"identifiers": ["formcheck_desk"], "name": "formcheck desk"},
        "device_class": "duration",
        "unit_of_measurement": "min",
        "state_class": "measurement",
    }
    assert {facts["device"]["identifiers"][0] for facts in told.values()} == {"formcheck_desk"}
    assert len({facts["unique_id"] for facts in told.values()}) == 3
    for facts in told.values():
        assert home.kept[facts["state_topic"]] == "None"  # every state that is announced is there


def test_who_comes_later_finds_it_all(broker: Broker, states: MqttStates) -> None:
    with closing(Home(broker.port)) as early:
        early.wait("formcheck/desk/availability", "online")
        states.update(slouching=True, posture_score=50, sitting_minutes=5)
        early.wait("formcheck/desk/slouching", "ON")
    with closing(Home(broker.port)) as late:
        late.wait("formcheck/desk/slouching", "ON")
        late.wait("formcheck/desk/availability", "online")
        announced = "homeassistant/sensor/formcheck_desk/posture_score/config"
        late.wait(announced, early.kept[announced])


def test_closing_says_offline(broker: Broker, home: Home) -> None:
    states = MqttStates("127.0.0.1", broker.port, topic="formcheck/desk")
    home.wait("formcheck/desk/availability", "online")
    states.close()
    home.wait("formcheck/desk/availability", "offline")
    states.update(slouching=True, posture_score=1, sitting_minutes=1)
    states.close()


def test_a_killed_program_is_offline_by_its_last_will(broker: Broker, home: Home) -> None:
    with subprocess.Popen([sys.executable, "-c", PUBLISHER, str(broker.port)]) as program:
        home.wait("formcheck/desk/posture_score", "90")
        home.wait("formcheck/desk/availability", "online")
        program.send_signal(signal.SIGKILL)
    home.wait("formcheck/desk/availability", "offline")


def test_a_broker_that_comes_late_or_comes_back_has_the_newest_states(
    tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "PAUSES_S", (1, 1))
    broker = Broker(tmp_path)
    states = MqttStates("127.0.0.1", broker.port, topic="formcheck/desk")
    try:
        states.update(slouching=True, posture_score=10, sitting_minutes=1)
        unreached = f"The MQTT broker 127.0.0.1:{broker.port} cannot be reached; check host and port"
        assert told.wait()[0].startswith(unreached)
        states.update(slouching=True, posture_score=20, sitting_minutes=2)
        broker.start()
        assert told.wait()[1] == f"The MQTT broker 127.0.0.1:{broker.port} is reached again."
        with closing(Home(broker.port)) as home:
            home.wait("formcheck/desk/posture_score", "20")
        broker.stop()
        assert "broke the connection" in told.wait()[2]
        states.update(slouching=False, posture_score=30, sitting_minutes=3)
        broker.start()
        told.wait()
        with closing(Home(broker.port)) as home:
            home.wait("formcheck/desk/posture_score", "30")
            home.wait("formcheck/desk/slouching", "OFF")
            home.wait("formcheck/desk/availability", "online")
            assert [payload for topic, payload in home.seen if topic.endswith("posture_score")] == ["30"]
    finally:
        states.close()
        broker.stop()


def test_a_wrong_password_is_told_and_the_right_one_works(tmp_path: Path, told: Told) -> None:
    if shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto_passwd is not installed")
    broker = Broker(tmp_path, GUARDED)
    subprocess.run(["mosquitto_passwd", "-b", "-c", "passwords", "anna", "right"], cwd=tmp_path, check=True)
    (tmp_path / "passwords").chmod(0o644)
    try:
        broker.start()
        with closing(MqttStates("127.0.0.1", broker.port, username="anna", password="wrong")):
            refused = told.wait()[0]
        assert "refused the connection (Not authorized); check username and password" in refused
        assert "wrong" not in refused
        right = MqttStates("127.0.0.1", broker.port, username="anna", password="right")
        waiting = threading.Event()
        for _ in range(round(WITHIN_S / 0.05)):
            if right._client.is_connected():
                break
            waiting.wait(0.05)
        assert right._client.is_connected()
        right.close()
    finally:
        broker.stop()


@pytest.mark.parametrize("topic", ["", "desk/#", "+/desk", "/desk", "desk/", "$SYS/desk"])
def test_what_cannot_be_a_topic_is_refused(topic: str) -> None:
    with pytest.raises(UserError, match=r"cannot be \[mqtt\] topic"):
        MqttStates("127.0.0.1", topic=topic)


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    with pytest.raises(UserError, match=r"pip install 'formcheck\[mqtt\]'"):
        MqttStates("127.0.0.1")
