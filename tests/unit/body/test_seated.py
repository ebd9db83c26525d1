"""Measures of sitting, on stick figures whose lean is known."""

import math
from dataclasses import replace

import pytest
from tests.stick import NECK, Body, Limbs, figure_of, mirror_image, pose_of

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.landmarks import INDEX
from formcheck.body.view import Orientation

SIDE = Orientation("side", 0.0, 1, "right")
SEATED = Limbs(hip=90.0, knee=90.0)


def value(name: str, body: Body, yaw_deg: float = 0.0) -> float:
    return MEASURES[name].function(figure_of(pose_of(body, yaw_deg=yaw_deg, facing=1), SIDE))


def mirrored(name: str, body: Body) -> float:
    pose = mirror_image(pose_of(body, facing=1))
    return MEASURES[name].function(figure_of(pose, replace(SIDE, facing=-1, near="left")))


@pytest.mark.parametrize(("trunk", "head"), [(0.0, 0.0), (-20.0, 10.0), (15.0, 30.0)])
def test_the_neck_leans_as_trunk_and_head_together(trunk: float, head: float) -> None:
    body = Body.even(trunk, SEATED, head=head)
    assert value("neck_inclination", body) == pytest.approx(trunk + head, abs=1e-9)
    assert mirrored("neck_inclination", body) == pytest.approx(trunk + head, abs=1e-9)


def test_the_upper_body_leans_between_trunk_and_neck() -> None:
    body = Body.even(-10.0, SEATED, head=50.0)
    ahead = -math.sin(math.radians(10.0)) + NECK * math.sin(math.radians(40.0))
    up = math.cos(math.radians(10.0)) + NECK * math.cos(math.radians(40.0))
    assert value("upper_body_inclination", body) == pytest.approx(math.degrees(math.atan2(ahead, up)), abs=1e-9)
    assert mirrored("upper_body_inclination", body) == pytest.approx(value("upper_body_inclination", body), abs=1e-9)


@pytest.mark.parametrize("yaw_deg", [-30.0, 30.0])
def test_a_view_at_an_angle_never_makes_a_lean_look_larger(yaw_deg: float) -> None:
    body = Body.even(20.0, SEATED, head=10.0)
    for name in ("upper_body_inclination", "neck_inclination"):
        straight = value(name, body)
        assert 0.8 * straight < value(name, body, yaw_deg) < straight


def test_looking_down_is_positive() -> None:
    body = Body.even(0.0, SEATED)
    assert value("head_pitch", body) == pytest.approx(0.0, abs=1e-9)
    assert value("head_pitch", Body.even(0.0, SEATED, head=25.0)) == pytest.approx(25.0, abs=1e-9)
    assert mirrored("head_pitch", Body.even(0.0, SEATED, head=-15.0)) == pytest.approx(-15.0, abs=1e-9)


def test_shoulders_ahead_of_the_line_from_hip_to_ear() -> None:
    straight = Body.even(12.0, SEATED, head=0.0)
    assert value("shoulder_protraction", straight) == pytest.approx(0.0, abs=1e-9)
    hunched = Body.even(10.0, SEATED, head=-10.0)  # the ear stands right above the shoulder
    shoulder, height = math.sin(math.radians(10.0)), math.cos(math.radians(10.0))
    expected = shoulder - shoulder * height / (height + NECK)
    assert value("shoulder_protraction", hunched) == pytest.approx(expected, abs=1e-9)
    assert mirrored("shoulder_protraction", hunched) == pytest.approx(expected, abs=1e-9)


def test_an_ear_at_the_height_of_the_hips_gives_no_protraction() -> None:
    figure: Figure = figure_of(pose_of(Body.even(0.0, SEATED)), SIDE)
    for side in ("left", "right"):
        figure.points[INDEX[f"{side}_ear"]][1] = figure.at("hip")[1]
    assert math.isnan(MEASURES["shoulder_protraction"].function(figure))
