"""What is said of days: whole sentences in each language, with the figures in them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.unit.storage.desk_examples import FRIDAY, MONDAY, monday, week

from formcheck.exercise.language import LANGUAGES, load_language
from formcheck.storage.database import Minute
from formcheck.storage.day import Totals, overview
from formcheck.storage.day_words import day_name, duration, rule_texts, sentence, shown

ENGLISH = load_language("en")
GERMAN = load_language("de")
DAY = Totals(18_720.0, 2_880.0, 0.0, 600.0, 1.0, 82, 0, 7, 4_800.0)


def test_a_day_is_one_sentence() -> None:
    assert sentence(DAY, ENGLISH) == (
        "You sat for 5 h 12 min and stood for 48 min, with 7 breaks; 1 h 20 min was your longest sitting; "
        "your posture comes to 82 of 100."
    )
    assert sentence(DAY, GERMAN) == (
        "Du hast 5 h 12 min gesessen und 48 min gestanden, mit 7 Pausen; am längsten am Stück hast du 1 h 20 min "
        "gesessen; deine Haltung kommt auf 82 von 100."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"standing_s": 0.0, "score": None, "breaks": 1},
         "You sat for 5 h 12 min, with one break; 1 h 20 min was your longest sitting."),
        ({"sitting_s": 29.0, "longest_sitting_s": 0.0, "breaks": 0},
         "You stood for 48 min, without a break; your posture comes to 82 of 100."),
        ({"sitting_s": 20.0, "standing_s": 5.0, "longest_sitting_s": 20.0, "score": None, "breaks": 0},
         "You sat for < 1 min, without a break."),
        ({"sitting_s": 0.0, "standing_s": 0.0}, "Nobody sat or stood at the desk."),
        ({"sitting_s": 0.0, "standing_s": 0.0, "away_s": 0.0}, ENGLISH.page["day_nothing"]),
    ],
)  # fmt: skip
def test_a_day_without_something_does_not_speak_of_it(changes: dict[str, object], said: str) -> None:
    assert sentence(replace(DAY, **changes), ENGLISH) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "text"), [(89.0, "1 min"), (91.0, "2 min"), (3570.0, "1 h"), (90_060.0, "25 h 1 min")]
)
def test_durations_are_rounded_to_minutes(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_days_have_names() -> None:
    assert day_name(date(2026, 12, 6), ENGLISH) == "Sunday, 6 December 2026"
    assert day_name(date(2026, 12, 6), GERMAN, "day_short") == "Sonntag, 6. Dezember"


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_has_seven_days_and_twelve_months(code: str) -> None:
    page = load_language(code).page
    assert len(set(page["day_weekdays"].split())) == 7
    assert len(set(page["day_months"].split())) == 12


def test_rules_are_called_by_their_names_and_unknown_ones_by_their_ids() -> None:
    assert rule_texts("DS-01", GERMAN) == ("Kopf vorgeschoben", "Kinn zurück, werde groß")
    assert rule_texts("DF-02", ENGLISH) == ("Too near or too far", "Sit back / Come nearer")
    assert rule_texts("DS-08", GERMAN) == ("Sitz zu tief oder zu hoch", "Stell den Sitz höher / Stell den Sitz tiefer")
    assert rule_texts("XX-01", GERMAN) == ("XX-01", "")


def test_what_is_off_is_said_with_when_and_what_to_do() -> None:
    forward, _ = shown(overview(monday(), MONDAY, zone=UTC), ENGLISH).rules
    assert (forward.name, forward.cue) == ("Head forward", "Chin back, grow tall")
    assert forward.text == "22 min, 6 % of what could be judged; mostly from 10:00 to 11:00"
    german, _ = shown(overview(monday(), MONDAY, zone=UTC), GERMAN).rules
    assert german.text == "22 min, 6 % von dem, was zu beurteilen war; meist von 10 bis 11 Uhr"


def test_what_nobody_was_interrupted_with_stands_there_with_its_cue() -> None:
    begins = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    far = {"DS-07": (0.0, 0.0, 60.0)}
    minutes = [Minute(begins + timedelta(minutes=i), "desk", seconds_sitting=60.0, rules=far) for i in range(30)]
    (reaching,) = shown(overview(minutes, MONDAY, zone=UTC), ENGLISH).rules
    assert (reaching.name, reaching.cue) == ("Reaching forward", "Bring things closer")
    assert reaching.text == "30 min, 100 % of what could be judged; mostly from 10:00 to 11:00"


def test_a_week_names_its_days_and_their_figures() -> None:
    told = shown(overview(week(), FRIDAY, 7, UTC), ENGLISH)
    assert told.title == "Saturday, 28 February 2026 to Friday, 6 March 2026"
    assert told.days[0].figures == "nothing kept"
    assert told.days[2].short == "Monday, 2 March"
    assert told.days[2].figures == "5 h 45 min sitting · 40 min standing · 8 min walking · posture 84"
    assert [(one.place, one.most_off) for one in told.set_ups] == [
        ("monitor", "Looking down"),
        ("laptop", "Head forward"),
    ]
