"""Measures of head and shoulders seen from the front, on landmarks whose places are known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from formcheck.body import MEASURES
from formcheck.body.face_and_shoulders import FACE_WIDTH_PER_HEIGHT, LOOKED_AWAY_DEG, NOSE_AHEAD, TURNED_DEG
from formcheck.body.figure import Figure
from formcheck.body.landmarks import COUNT, INDEX
from formcheck.body.view import Orientation

FACE, SHOULDERS = 100.0, 250.0
NECK = 150.0
"""Ears above the shoulders, in pixels."""
FRONT = Orientation("front", 90.0, 1, "left")


def sitting(*, turn_deg: float = 0.0, down_px: float = 0.0, roll_deg: float = 0.0, tilt_deg: float = 0.0) -> Figure:
    """Return somebody before a laptop: the person's left is at the right of the picture."""
    points = np.full((COUNT, 2), np.nan)

    def pair(joint: str, middle: tuple[float, float], width: float, clockwise_deg: float) -> None:
        half = width / 2.0 * np.array([math.cos(math.radians(clockwise_deg)), math.sin(math.radians(clockwise_deg))])
        points[INDEX[f"left_{joint}"]] = middle + half
        points[INDEX[f"right_{joint}"]] = middle - half

    pair("shoulder", (640.0, 500.0), SHOULDERS, tilt_deg)
    pair("ear", (640.0, 500.0 - NECK), FACE, roll_deg)
    pair("eye", (640.0, 500.0 - NECK - 10.0), 0.4 * FACE, roll_deg)
    aside = NOSE_AHEAD * FACE * math.sin(math.radians(turn_deg))
    points[INDEX["nose"]] = 640.0 + aside, 500.0 - NECK + down_px
    points[INDEX["mouth_left"]] = points[INDEX["mouth_right"]] = 640.0, 500.0 - NECK - 10.0 + 45.0
    nan = math.nan
    return Figure(points.tolist(), [1.0] * COUNT, None, FRONT, 1, "left", nan, 720, nan, nan, nan, width_px=1000)


def read(name: str, figure: Figure) -> float:
    return MEASURES[name].read(figure)


@pytest.mark.parametrize("turn_deg", [-40.0, -10.0, 0.0, 25.0, 60.0])
def test_the_head_turns_to_the_persons_own_left(turn_deg: float) -> None:
    assert read("head_turn", sitting(turn_deg=turn_deg)) == pytest.approx(turn_deg, abs=1e-9)


def test_a_nose_beyond_the_ear_is_a_quarter_turn() -> None:
    figure = sitting()
    figure.points[INDEX["nose"]][0] += 2.0 * FACE
    assert read("head_turn", figure) == pytest.approx(90.0)


@pytest.mark.parametrize("bigger", [0.8, 1.0, 1.3])
def test_a_face_that_comes_nearer_grows(bigger: float) -> None:
    figure = sitting()
    for name in ("left_ear", "right_ear", "left_eye", "right_eye", "mouth_left", "mouth_right"):
        x, y = figure.points[INDEX[name]]
        figure.points[INDEX[name]] = [640.0 + bigger * (x - 640.0), 350.0 + bigger * (y - 350.0)]
    assert read("face_size", figure) == pytest.approx(bigger * FACE)
    assert read("face_to_shoulders", figure) == pytest.approx(bigger * FACE / SHOULDERS)


def test_a_face_that_turns_keeps_its_height_and_so_its_size() -> None:
    figure = sitting()
    for name in ("left_ear", "right_ear"):
        figure.points[INDEX[name]][0] = 640.0 + 0.5 * (figure.points[INDEX[name]][0] - 640.0)
    assert read("face_size", figure) == pytest.approx(FACE_WIDTH_PER_HEIGHT * 45.0)
    for name in ("mouth_left", "mouth_right"):  # behind a hand
        figure.points[INDEX[name]] = [math.nan, math.nan]
    assert read("face_size", figure) == pytest.approx(0.5 * FACE)


@pytest.mark.parametrize("down_px", [-15.0, 0.0, 30.0])
def test_looking_down_and_sinking_lower_the_nose(down_px: float) -> None:
    figure = sitting(down_px=down_px)
    assert read("face_pitch", figure) == pytest.approx(-down_px / FACE)
    assert read("head_above_shoulders", figure) == pytest.approx((NECK - down_px) / SHOULDERS)
    assert read("head_height", figure) == pytest.approx((360.0 - 350.0 - down_px) / SHOULDERS)


@pytest.mark.parametrize("degrees", [-20.0, 0.0, 7.0])
def test_tilts_are_positive_towards_the_persons_left(degrees: float) -> None:
    figure = sitting(roll_deg=degrees, tilt_deg=-degrees / 2.0)
    assert read("head_roll", figure) == pytest.approx(degrees, abs=1e-9)
    assert read("shoulder_tilt", figure) == pytest.approx(-degrees / 2.0, abs=1e-9)


def test_the_place_across_the_picture_counts_in_widths_of_the_shoulders() -> None:
    figure = sitting()
    assert read("shoulder_place", figure) == pytest.approx(140.0 / SHOULDERS)
    for row in (INDEX["left_shoulder"], INDEX["right_shoulder"]):
        figure.points[row][0] += 50.0
    assert read("shoulder_place", figure) == pytest.approx(190.0 / SHOULDERS)


@pytest.mark.parametrize("aside", [0.0, 0.2])
@pytest.mark.parametrize("bigger", [1.0, 1.4])
def test_leaning_in_is_no_shift_across_the_picture(bigger: float, aside: float) -> None:
    figure = sitting()
    for row, sign in ((INDEX["left_shoulder"], 1.0), (INDEX["right_shoulder"], -1.0)):
        figure.points[row][0] = 500.0 + bigger * SHOULDERS * (aside + 0.5 * sign)
    assert read("shoulder_place", figure) == pytest.approx(aside, abs=1e-9)


def test_a_face_that_looks_away_says_nothing_of_where_the_head_is() -> None:
    away = sitting(turn_deg=LOOKED_AWAY_DEG + 1.0)
    for name in ("face_to_shoulders", "face_pitch"):
        assert math.isnan(read(name, away))
        assert math.isfinite(read(name, sitting(turn_deg=LOOKED_AWAY_DEG - 1.0)))


@pytest.mark.parametrize(("turn_deg", "seen"), [(TURNED_DEG - 1.0, True), (TURNED_DEG + 1.0, False)])
def test_turned_shoulders_have_no_width(turn_deg: float, seen: bool) -> None:
    world = np.zeros((COUNT, 3))
    world[INDEX["left_shoulder"]] = math.cos(math.radians(turn_deg)), 0.0, math.sin(math.radians(turn_deg))
    figure = replace(sitting(), world=world)
    for name in ("face_to_shoulders", "head_above_shoulders", "head_height", "shoulder_place"):
        assert math.isfinite(read(name, figure)) == seen
