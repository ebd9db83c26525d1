"""Rendered days at a desk: what is true of them, how they are played, ten minutes through the loop and the model."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from formcheck.engine.desk import BreakTaken
from formcheck.errors import ModelError
from formcheck.estimators.models import model_path
from formcheck.evaluation.desk_day import DAY_S, Act, View
from formcheck.evaluation.desk_film_day import (
    FilmedActs,
    PlayedClock,
    breaks_of,
    film_day,
    film_script,
    light_at,
    sat_s,
)
from formcheck.evaluation.desk_pictures import GOOD, PICTURES, Image, Room, What, draw, pictures_of

SITS, STANDS, GONE, OFF = (
    Act(600.0, "upright", "sitting"),
    Act(30.0, "standing", "standing"),
    Act(40.0, "nobody", "away"),
    Act(310.0, "off", None),
)
CHEQUERS = np.kron([[60, 200, 90], [180, 40, 120]], np.ones((120, 110)))[:, :320, None]
ROOM: Image = np.asarray(CHEQUERS.repeat(3, axis=2), np.uint8)
PICTURES_OF_BOTH: dict[What, list[Image]] = {("upright", ""): [ROOM, ROOM[:, ::-1]], ("nobody", ""): [ROOM[::-1]]}


@pytest.mark.parametrize("view", ["front", "side"])
def test_a_day_has_eight_hours_and_a_camera_that_is_moved(view: View) -> None:
    acts = film_script(view)
    assert sum(act.seconds for act in acts) == DAY_S
    assert min(act.seconds for act in acts) > 0.0
    assert sum(act.effect == "tilted" for act in acts) == 1


@pytest.mark.parametrize(
    ("acts", "sat"),
    [
        ([SITS], 600.0),
        ([SITS, STANDS, SITS], 1200.0),  # half a minute is no break
        ([SITS, STANDS, GONE, SITS], 600.0),
        ([SITS, STANDS, GONE], 0.0),
        ([SITS, OFF, SITS], 600.0),  # after five minutes of which nothing is known
        ([SITS, Act(290.0, "off", None), SITS], 1200.0),
    ],
)
def test_for_how_long_somebody_has_sat_since_the_last_break(acts: list[Act], sat: float) -> None:
    assert sat_s(acts, sum(act.seconds for act in acts)) == sat


def test_for_how_long_somebody_has_sat_within_an_act() -> None:
    assert sat_s([SITS, STANDS, GONE, SITS], 100.0) == 100.0
    assert sat_s([SITS, STANDS, GONE, SITS], 650.0) == 600.0
    assert sat_s([SITS, STANDS, GONE, SITS], 770.0) == 100.0


def test_breaks_end_by_sitting_down_and_last_a_minute_at_least() -> None:
    assert breaks_of([GONE, GONE, SITS, STANDS, SITS, STANDS, GONE, SITS, OFF, SITS]) == [(80.0, 80.0), (1380.0, 70.0)]


def test_a_camera_is_never_twice_the_same_and_shows_each_act_in_its_time() -> None:
    looked: list[tuple[int, float]] = []
    acts = [Act(20.0, "upright", "sitting"), Act(10.0, "off", None), Act(20.0, "nobody", "away")]
    clock = PlayedClock()
    camera = FilmedActs(acts, PICTURES_OF_BOTH, clock, lambda act, seconds: looked.append((act, seconds)))
    frames = []
    while not camera.finished:
        frames.append(camera.next(1.0))
    shown = [frame.image for frame in frames if frame is not None]
    assert not any(np.array_equal(one, other) for one, other in pairwise(shown))
    assert [sum(seconds for act, seconds in looked if act == number) for number in range(3)] == [20.0, 10.0, 20.0]
    assert [state for _, state in camera.changes()] == ["dark", "live"]
    assert 70 <= len(shown) <= 84  # of 100: half a second each, and ten seconds and a little of the dark
    assert clock.awake() == clock.now == 50.0


def test_a_computer_whose_lid_is_closed_sleeps_through_it() -> None:
    clock = PlayedClock()
    camera = FilmedActs([Act(20.0, "upright", "sitting"), OFF, Act(20.0, "nobody", "away")], PICTURES_OF_BOTH, clock)
    while not camera.finished:
        camera.next(1.0)
    assert (clock.now, clock.awake()) == (350.0, 40.0)
    assert camera.changes() == []


def test_the_light_follows_the_day_and_a_lamp() -> None:
    over_the_day = [light_at(t) for t in range(0, 8 * 3600, 60)]
    assert min(over_the_day) == pytest.approx(0.64)
    assert max(over_the_day) == pytest.approx(1.19, abs=0.01)
    assert max(b / a for a, b in pairwise(over_the_day)) == pytest.approx(1.25, abs=0.01)


def test_a_posture_has_several_pictures_that_differ_a_little() -> None:
    drawn = draw(Room("front", "man"), ("upright", ""))
    assert len(drawn) == PICTURES
    moved = [float(np.abs(image.astype(float) - drawn[0]).mean()) for image in drawn[1:]]
    assert min(moved) > 0.2
    assert max(moved) < 12.0


def test_pictures_are_drawn_once_and_are_the_same_again(tmp_path: Path) -> None:
    acts = [Act(8.0, "nobody", "away"), Act(40.0, "off", None)]
    first = pictures_of(Room("front", "man"), acts, tmp_path)
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    again = pictures_of(Room("front", "man"), acts, tmp_path)
    assert kept.stat().st_mtime_ns == written
    assert set(first) == set(again) == {*GOOD, ("nobody", "")}
    assert all(
        np.array_equal(one, other) for what in first for one, other in zip(first[what], again[what], strict=True)
    )


@pytest.fixture(scope="session")
def lite_model() -> Path:
    try:
        return model_path("lite")
    except ModelError as error:
        pytest.skip(str(error))


@pytest.mark.model
def test_ten_minutes_of_a_rendered_day_through_the_loop_and_the_model(lite_model: Path, tmp_path: Path) -> None:
    acts = [
        Act(160.0, "upright", "sitting"),
        Act(150.0, "sinking", "sitting"),
        Act(60.0, "upright", "sitting"),
        Act(70.0, "nobody", "away"),
        Act(160.0, "upright", "sitting"),
    ]
    room = Room("front", "man")
    day = film_day(room, acts, pictures_of(room, acts, tmp_path), lite_model)
    ((t, alert, about),) = day.alerts()
    assert (alert.rule, about) == ("DF-03", 1)
    assert 250.0 <= t <= 290.0  # 90 s after it began, at the end of a window of ten
    assert day.titles == ["Grow taller"]
    ((end, taken),) = [(t, event) for t, event in day.told if isinstance(event, BreakTaken)]
    assert end == pytest.approx(440.0, abs=15.0)
    assert taken.seconds == pytest.approx(70.0, abs=15.0)
    assert sum(minute.seconds_sitting for minute in day.minutes) == pytest.approx(530.0, abs=20.0)
    assert sum(minute.seconds_away for minute in day.minutes) == pytest.approx(70.0, abs=20.0)
    assert day.kept_at_fault_s(1) == pytest.approx(150.0, abs=20.0)
    assert day.clock_off_s < 15.0
    assert 0.1 * day.looks < day.found < 0.6 * day.looks
