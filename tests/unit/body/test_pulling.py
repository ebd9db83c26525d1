"""Measures of pulling, on bodies whose angles are known, from both sides and in the mirror."""

import math

import pytest
from tests.stick import FOREARM, NECK, UPPER_ARM, Body, Limbs, figure_of, mirror_image, pose_of

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.landmarks import INDEX, Side
from formcheck.body.view import Orientation

SIDE = Orientation("side", 0.0, 1, "right")


def value(name: str, body: Body, *, facing: int = 1) -> float:
    near: Side = "right" if facing > 0 else "left"
    return MEASURES[name].function(figure_of(pose_of(body, facing=facing), Orientation("side", 0.0, facing, near)))


def mirrored(name: str, body: Body) -> float:
    return MEASURES[name].function(figure_of(mirror_image(pose_of(body)), Orientation("side", 0.0, -1, "left")))


def sine(deg: float) -> float:
    return math.sin(math.radians(deg))


def cosine(deg: float) -> float:
    return math.cos(math.radians(deg))


def pulling(trunk: float, arm: float, elbow: float, head: float = 0.0) -> Body:
    """Return a body whose upper arm stands `arm` degrees in front of its trunk."""
    return Body.even(trunk, Limbs(hip=60.0, knee=30.0, arm=arm, elbow=elbow), head=head)


PULLED = pulling(62.0, -15.0, 85.0)
HANGING = pulling(62.0, 62.0, 0.0)
SITTING_PULLED = pulling(-4.0, -25.0, 100.0, head=18.0)
SITTING_REACH = pulling(8.0, 70.0, 5.0)

KNOWN = [
    ("elbow_behind_trunk", PULLED, UPPER_ARM * sine(15.0)),
    ("elbow_behind_trunk", HANGING, -UPPER_ARM * sine(62.0)),
    ("elbow_behind_trunk", SITTING_PULLED, UPPER_ARM * sine(25.0)),
    ("elbow_behind_trunk", pulling(95.0, -15.0, 85.0), UPPER_ARM * sine(15.0)),
    ("hand_along_trunk", PULLED, 1.0 - UPPER_ARM * cosine(15.0) - FOREARM * cosine(70.0)),
    ("hand_along_trunk", HANGING, 1.0 - (UPPER_ARM + FOREARM) * cosine(62.0)),
    ("hand_along_trunk", SITTING_REACH, 1.0 - UPPER_ARM * cosine(70.0) - FOREARM * cosine(75.0)),
    ("hands_along_trunk", PULLED, 1.0 - UPPER_ARM * cosine(15.0) - FOREARM * cosine(70.0)),
    ("hands_along_trunk", HANGING, 1.0 - (UPPER_ARM + FOREARM) * cosine(62.0)),
    ("hand_ahead_of_trunk", PULLED, FOREARM * sine(70.0) - UPPER_ARM * sine(15.0)),
    ("hand_ahead_of_trunk", SITTING_REACH, UPPER_ARM * sine(70.0) + FOREARM * sine(75.0)),
    ("arm_off_vertical", HANGING, 0.0),
    ("arm_off_vertical", pulling(62.0, 92.0, 0.0), 30.0),
    ("arm_off_vertical", pulling(62.0, 32.0, 0.0), 30.0),
    ("ear_to_shoulder", PULLED, NECK),
    ("ear_to_shoulder", SITTING_PULLED, NECK),
    ("neck_to_trunk", SITTING_PULLED, 18.0),
    ("neck_to_trunk", pulling(62.0, 62.0, 0.0, head=-10.0), -10.0),
]


@pytest.mark.parametrize(("name", "body", "expected"), KNOWN)
def test_the_value_of_a_known_body(name: str, body: Body, expected: float) -> None:
    assert value(name, body) == pytest.approx(expected, abs=1e-9)
    assert value(name, body, facing=-1) == pytest.approx(expected, abs=1e-9)
    assert mirrored(name, body) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("trunk", [-30.0, 0.0, 45.0, 90.0, 120.0])
def test_what_is_told_against_the_trunk_does_not_depend_on_how_the_trunk_leans(trunk: float) -> None:
    for name in ("elbow_behind_trunk", "hand_along_trunk", "hand_ahead_of_trunk", "neck_to_trunk", "ear_to_shoulder"):
        assert value(name, pulling(trunk, 20.0, 60.0, head=12.0)) == pytest.approx(
            value(name, pulling(0.0, 20.0, 60.0, head=12.0)), abs=1e-9
        )


def with_wrists_moved(near: tuple[float, float], far: tuple[float, float]) -> Figure:
    """Return the pulled figure with its wrists moved, in trunk lengths to the right and down; the right one is near."""
    figure = figure_of(pose_of(PULLED), SIDE)
    for side, (right, down) in (("right", near), ("left", far)):
        wrist = figure.points[INDEX[f"{side}_wrist"]]
        wrist[0], wrist[1] = wrist[0] + right * figure.trunk_px, wrist[1] + down * figure.trunk_px
    return figure


def hands_along_trunk(figure: Figure) -> float:
    return MEASURES["hands_along_trunk"].function(figure)


def test_hands_on_one_bar_are_told_by_their_middle_when_a_turn_shifts_them_against_each_other() -> None:
    figure = with_wrists_moved((-0.3, 0.0), (0.3, 0.0))
    near_alone = MEASURES["hand_along_trunk"].function(figure)
    assert hands_along_trunk(figure) == pytest.approx(value("hand_along_trunk", PULLED), abs=1e-9)
    assert hands_along_trunk(figure) - near_alone == pytest.approx(0.3 * sine(62.0), abs=1e-6)


def test_a_hand_that_hangs_lower_than_the_other_does_not_count() -> None:
    figure = with_wrists_moved((0.0, 0.0), (0.0, 0.3))
    assert hands_along_trunk(figure) == pytest.approx(value("hand_along_trunk", PULLED), abs=1e-9)


def test_a_far_hand_that_is_not_seen_does_not_count() -> None:
    figure = with_wrists_moved((-0.3, 0.0), (0.3, 0.0))
    figure.clarity[INDEX["left_wrist"]] = 0.0
    assert hands_along_trunk(figure) == MEASURES["hand_along_trunk"].function(figure)


def test_shrugged_shoulders_come_nearer_to_the_ears() -> None:
    figure = figure_of(pose_of(SITTING_REACH), SIDE)
    relaxed = MEASURES["ear_to_shoulder"].function(figure)
    for side in ("left", "right"):
        ear, shoulder = figure.at("ear", side), figure.points[INDEX[f"{side}_shoulder"]]
        shoulder[0], shoulder[1] = (0.75 * s + 0.25 * e for s, e in zip(shoulder, ear, strict=True))
    assert MEASURES["ear_to_shoulder"].function(figure) == pytest.approx(0.75 * relaxed, abs=1e-9)


@pytest.mark.parametrize("name", ["elbow_behind_trunk", "hand_along_trunk", "hand_ahead_of_trunk"])
def test_a_trunk_without_length_tells_nothing(name: str) -> None:
    figure = figure_of(pose_of(PULLED), SIDE)
    for side in ("left", "right"):
        figure.points[INDEX[f"{side}_shoulder"]] = list(figure.at("hip", side))
    assert math.isnan(MEASURES[name].function(figure))


@pytest.mark.parametrize("name", ["elbow_behind_trunk", "hand_along_trunk", "arm_off_vertical", "ear_to_shoulder"])
def test_an_unseen_shoulder_tells_nothing(name: str) -> None:
    figure = figure_of(pose_of(PULLED), SIDE)
    for side in ("left", "right"):
        figure.points[INDEX[f"{side}_shoulder"]] = [math.nan, math.nan]
    assert math.isnan(MEASURES[name].function(figure))
