"""Measures of lying, on stick figures whose joints are known."""

import math
from dataclasses import replace

import pytest
from tests.stick import Body, Limbs, figure_of, mirror_image, pose_of

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.landmarks import INDEX
from formcheck.body.view import Orientation

ON_THE_BACK = Orientation("side", 0.0, -1, "right")  # the head points to the right edge, as on the belly
ON_THE_BELLY = Orientation("side", 0.0, 1, "right")


def supine(slope_deg: float, hip_deg: float, knee_deg: float) -> Body:
    """Lie on the back, the trunk sloping down to the shoulders."""
    return Body.even(-90.0 - slope_deg, Limbs(hip=hip_deg, knee=knee_deg))


def prone(chest_deg: float, legs_deg: float, *, knee_deg: float = 0.0, arm_deg: float = 0.0) -> Body:
    """Lie on the belly, chest and thighs lifted above the horizontal."""
    return Body.even(90.0 - chest_deg, Limbs(hip=-chest_deg - legs_deg, knee=knee_deg, arm=arm_deg))


def read(name: str, body: Body, orientation: Orientation = ON_THE_BELLY, **how: float) -> float:
    return MEASURES[name].function(figure_of(pose_of(body, facing=1, **how), orientation))  # type: ignore[arg-type]


def read_mirrored(name: str, body: Body) -> float:
    pose = mirror_image(pose_of(body, facing=1))
    return MEASURES[name].function(figure_of(pose, replace(ON_THE_BELLY, facing=-1, near="left")))


@pytest.mark.parametrize(("chest", "legs"), [(0.0, 0.0), (16.0, 0.0), (0.0, 9.0), (25.0, 12.0), (-3.0, -5.0)])
def test_chest_and_thighs_are_lifted_from_the_horizontal(chest: float, legs: float) -> None:
    body = prone(chest, legs)
    for read_it in (read, read_mirrored):
        assert read_it("chest_lift", body) == pytest.approx(chest, abs=1e-9)
        assert read_it("thigh_lift", body) == pytest.approx(legs, abs=1e-9)
        assert read_it("arch", body) == pytest.approx(chest + legs, abs=1e-9)


def test_bent_knees_lift_nothing() -> None:
    assert read("arch", prone(0.0, 0.0, knee_deg=70.0)) == pytest.approx(0.0, abs=1e-9)


def test_a_camera_that_is_turned_leaves_the_sum_alone() -> None:
    level, turned = prone(16.0, 8.0), Body.even(90.0 - 22.0, Limbs(hip=-24.0))  # 6 degrees about its viewing direction
    assert read("chest_lift", turned) == pytest.approx(22.0, abs=1e-9)
    assert read("arch", turned) == pytest.approx(read("arch", level), abs=1e-9)


@pytest.mark.parametrize(
    ("slope", "hip", "knee"),
    [(0.0, 55.0, 115.0), (25.0, 0.0, 115.0), (30.0, -8.0, 110.0)],
)
def test_the_height_of_the_hips_in_lengths_of_the_shank(slope: float, hip: float, knee: float) -> None:
    thigh_up = math.sin(math.radians(slope + hip))  # of the knee above the hip, thigh and shank are equally long
    shank_up = math.sin(math.radians(knee - slope - hip))
    expected = shank_up - thigh_up
    assert read("bridge_height", supine(slope, hip, knee), ON_THE_BACK) == pytest.approx(expected, abs=1e-9)


def test_hips_rise_from_the_mat_to_half_the_height_of_the_knees() -> None:
    assert read("bridge_height", supine(0.0, 62.0, 130.0), ON_THE_BACK) == pytest.approx(0.05, abs=0.1)
    assert read("bridge_height", supine(27.0, 0.0, 117.0), ON_THE_BACK) == pytest.approx(0.55, abs=0.03)


def test_a_shank_on_the_floor_gives_no_height() -> None:
    assert math.isnan(read("bridge_height", prone(0.0, 0.0)))


def test_arms_overhead_and_both_legs_up_is_a_full_superman() -> None:
    assert read("full_superman", prone(12.0, 10.0, arm_deg=170.0)) == 1.0
    assert read("full_superman", prone(12.0, 10.0, arm_deg=20.0)) == 0.0
    assert read("full_superman", prone(12.0, 0.0, arm_deg=170.0)) == 0.0
    both = prone(12.0, 10.0, arm_deg=170.0)
    one_leg = replace(both, left=replace(both.left, hip=-12.0))
    assert read("full_superman", one_leg) == 0.0


def test_a_superman_whose_far_leg_is_unseen_is_not_guessed_at() -> None:
    figure: Figure = figure_of(pose_of(prone(12.0, 10.0, arm_deg=170.0)), ON_THE_BELLY)
    figure.points[INDEX["left_knee"]] = [math.nan, math.nan]
    assert math.isnan(MEASURES["full_superman"].function(figure))
