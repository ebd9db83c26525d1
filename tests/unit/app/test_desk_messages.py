"""What is told of each event: words in two languages, snoozes, webhook and states."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.live_rig import Heard

from formcheck.app.desk_messages import SNOOZES, Reach, reach, webhook_message
from formcheck.app.settings import DeskTable, Settings
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
        "reminder",
        "break.taken",
        "camera.moved",
        "not_calibrated",
        "state.changed",
    ]
    assert other.sent[0][1] == {"rule": "DF-01", "cue": "Chin back, grow tall", "lasted_s": 300}
    assert [slouching for slouching, _, _ in other.states[:2]] == [True, False]
    assert other.states[0][2] == 31
    assert other.states[-1][2] == 0


@pytest.mark.parametrize("event", EVENTS)
def test_nothing_that_is_sent_holds_a_list_of_numbers(event: DeskEvent) -> None:
    def flat(data: Any) -> bool:
        return not isinstance(data, list) or all(isinstance(item, str) for item in data)

    assert all(flat(value) for value in webhook_message(event)[1].values())


def test_what_is_off_is_not_made() -> None:
    off = Settings(desk=DeskTable(notifications=False))
    with reach(off, load_language("en"), EXERCISES, lambda _: None) as reached:
        assert reached._notifiers == []
        assert (reached._speaker, reached._webhook, reached._states) == (None, None, None)
