"""What is told of each event: words in two languages, snoozes, webhook and states."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.live_rig import Heard

from formcheck.app.desk_messages import SNOOZES, Reach, reach, webhook_message
from formcheck.app.settings import DeskTable, MqttTable, Settings, WebhookTable
from formcheck.engine.desk import (
    BreakTaken,
    CameraMoved,
    DeskEvent,
    NotCalibrated,
    PostureAlert,
    PostureRecovered,
    Reminder,
    StateChanged,
)
from formcheck.exercise.language import LANGUAGES, load_language
from formcheck.exercise.load import load_exercise

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EXERCISES = [load_exercise("desk_front"), load_exercise("desk_side")]
ALERT = PostureAlert(400.0, "DF-01", "Chin back, grow tall", 100.0)
EVENTS: list[DeskEvent] = [
    ALERT,
    PostureRecovered(410.0, "DF-01"),
    Reminder(1860.0, ("break", "water")),
    BreakTaken(2000.0, 90.0),
    CameraMoved(2100.0),
    NotCalibrated(2200.0, "side"),
    StateChanged(2300.0, "away"),
]


class Other:
    """A notifier, webhook and keeper of states in one, that writes everything down."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str, tuple[str, ...]]] = []
        self.sent: list[tuple[str, Mapping[str, object]]] = []
        self.states: list[tuple[bool | None, int | None, int | None]] = []
        self.closed = 0

    def show(self, title: str, text: str, actions: Mapping[str, str]) -> None:
        self.shown.append((title, text, tuple(actions)))

    def send(self, kind: str, at: datetime, data: Mapping[str, object]) -> None:
        self.sent.append((kind, data))

    def update(self, *, slouching: bool | None, posture_score: int | None, sitting_minutes: int | None) -> None:
        self.states.append((slouching, posture_score, sitting_minutes))

    def close(self) -> None:
        self.closed += 1


def told(language: str = "en") -> tuple[Other, Heard]:
    other, heard = Other(), Heard()
    with Reach(load_language(language), EXERCISES, [other], heard, other, other) as reached:
        for event in EVENTS:
            reached.event(event, NOON, 1860.0)
    assert other.closed == 3
    assert heard.closed
    return other, heard


def test_english() -> None:
    other, heard = told()
    assert other.shown == [
        ("Chin back, grow tall", "Head forward for 5 minutes. Change how you sit, whatever feels right.", SNOOZES),
        ("Stand up and move", "You have sat for 31 minutes. Water break?", SNOOZES),
        ("Your camera has moved", "Put it back, or calibrate anew: formcheck desk calibrate", ()),
        ("How you sit well is not known yet", "It takes twenty seconds: formcheck desk calibrate", ()),
    ]
    assert heard.said == [title for title, _, _ in other.shown]


def test_german_says_nothing_in_english() -> None:
    other, _ = told("de")
    english, _ = told("en")
    for (title, text, _), (title_en, text_en, _) in zip(other.shown, english.shown, strict=True):
        assert title != title_en
        assert text != text_en


def test_every_language_has_the_same_words_with_the_same_blanks() -> None:
    tables = [load_language(code).desk for code in LANGUAGES]
    assert all(set(table) == set(tables[0]) for table in tables)
    for key in tables[0]:
        blanks = [{part.partition("}")[0] for part in table[key].split("{")[1:]} for table in tables]
        assert all(found == blanks[0] for found in blanks), key


def test_every_reminder_has_words() -> None:
    for kind in ("break", "screen", "stand_limit", "shift", "water", "eyes"):
        other = Other()
        Reach(load_language("en"), EXERCISES, [other]).event(Reminder(0.0, (kind,)), NOON, 1800.0)
        assert other.shown[0][0] == load_language("en").desk[kind]


def test_other_programs_get_every_event_and_the_states() -> None:
    other, _ = told()
    assert [kind for kind, _ in other.sent] == [
        "posture.alert",
        "posture.recovered",
        "reminder.due",
        "break.taken",
        "camera.moved",
        "calibration.missing",
        "state.changed",
    ]
    assert other.sent[0][1] == {"rule": "DF-01", "cue": "Chin back, grow tall", "lasted_s": 300}
    assert [slouching for slouching, _, _ in other.states[:2]] == [True, False]
    assert other.states[0][2] == 31
    assert other.states[-1][2] == 0


def test_while_nothing_is_watched_the_states_are_unknown() -> None:
    other = Other()
    with Reach(load_language("en"), EXERCISES, states=other) as reached:
        reached.event(ALERT, NOON, 1860.0)
        reached.watching(False)
        reached.event(PostureRecovered(470.0, "DF-01"), NOON, 1860.0)
        reached.watching(True)
        reached.event(StateChanged(500.0, "sitting"), NOON, 0.0)
    assert other.states == [(True, None, 31), (None, None, None), (None, None, None), (False, None, 0)]


@pytest.mark.parametrize("event", EVENTS)
def test_nothing_that_is_sent_holds_a_list_of_numbers(event: DeskEvent) -> None:
    def flat(data: Any) -> bool:
        return not isinstance(data, list) or all(isinstance(item, str) for item in data)

    assert all(flat(value) for value in webhook_message(event)[1].values())


def test_what_is_on_is_made_as_it_is_set_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, tuple[object, ...]] = {}
    other, heard = Other(), Heard()

    def makes(name: str, what: object) -> Any:
        def make(*given: object, **named: object) -> object:
            made[name] = (*given, *named.values())
            return what

        return make

    monkeypatch.setattr("formcheck.notify.desktop.DesktopNotifications", makes("notifications", other))
    monkeypatch.setattr("formcheck.notify.hint.Hint", makes("hint", other))
    monkeypatch.setattr("formcheck.notify.sound.Chime", makes("sound", other))
    monkeypatch.setattr("formcheck.notify.speech.Voice", makes("voice", heard))
    monkeypatch.setattr("formcheck.notify.webhook.Webhook", makes("webhook", other))
    monkeypatch.setattr("formcheck.notify.mqtt.MqttStates", makes("mqtt", other))
    on = Settings(
        desk=DeskTable(sound=True, voice=True, hint=True, language="de"),
        webhook=WebhookTable(url="https://example.org", secret="s"),
        mqtt=MqttTable(host="broker", port=8883, username="u", password="p", topic="t", tls=True),
    )
    pressed: list[str] = []
    with reach(on, load_language("de"), EXERCISES, pressed.append) as reached:
        reached.event(ALERT, NOON, 60.0)
    assert made == {
        "notifications": (pressed.append,),
        "hint": (pressed.append,),
        "sound": (),
        "voice": ("de",),
        "webhook": ("https://example.org", "s"),
        "mqtt": ("broker", 8883, "u", "p", "t", True),
    }
    assert (len(other.shown), len(heard.said), len(other.sent), len(other.states)) == (3, 1, 1, 1)
    assert (other.closed, heard.closed) == (5, True)


def test_what_is_off_is_not_made() -> None:
    off = Settings(desk=DeskTable(notifications=False))
    with reach(off, load_language("en"), EXERCISES, lambda _: None) as reached:
        assert reached._notifiers == []
        assert (reached._speaker, reached._webhook, reached._states) == (None, None, None)
