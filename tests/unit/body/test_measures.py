"""Every registered measure on bodies whose angles are known, from both sides and in the mirror."""

import ast
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

import numpy as np
import pytest
from tests.stick import (
    FOREARM,
    SHANK,
    THIGH,
    UPPER_ARM,
    Body,
    Limbs,
    all_fours,
    figure_of,
    hinge,
    mirror_image,
    plank,
    pose_of,
)

from formcheck.body import MEASURES
from formcheck.body.figure import Figure
from formcheck.body.landmarks import INDEX, LANDMARKS, Side
from formcheck.body.measures import register
from formcheck.body.pose import Pose
from formcheck.body.view import Orientation

BENT = Body.even(40.0, Limbs(hip=70.0, knee=50.0, arm=30.0, elbow=20.0), head=12.0)
LEFT_DOWN = replace(BENT, left=Limbs(hip=20.0, knee=10.0), head=-8.0)
REACHING = all_fours(1.0, elevation=10.0)
SQUAT = hinge(40.0, knee=110.0, shank=30.0)
ON_TIPTOE = Body.even(0.0, Limbs(foot=110.0))
FOOT = 0.5
"""Heel to toes, of which 0.38 lie ahead of the ankle."""


def sine(deg: float) -> float:
    return math.sin(math.radians(deg))


def cosine(deg: float) -> float:
    return math.cos(math.radians(deg))


ANKLE_AHEAD_OF_HIP = THIGH * sine(40 + 180 - 70) + SHANK * sine(40 + 180 - 70 + 50)
HAND_AHEAD_OF_SHOULDER = UPPER_ARM * sine(40 + 180 - 30) + FOREARM * sine(40 + 180 - 30 - 20)

FROM_THE_SIDE = [
    ("trunk_inclination", BENT, 40.0),
    ("trunk_inclination", Body(trunk=-12.0), -12.0),
    ("trunk_inclination", Body(trunk=95.0), 95.0),
    ("hip_flexion", BENT, 70.0),
    ("hip_flexion", Body.even(0.0, Limbs(hip=-15.0)), -15.0),
    ("knee_flexion", BENT, 50.0),
    ("knee_flexion", Body.even(0.0, Limbs(knee=-4.0)), -4.0),
    ("knee_flexion", Body.even(0.0, Limbs(hip=110.0, knee=140.0)), 140.0),
    ("shank_inclination", Body.even(0.0, Limbs(hip=30.0, knee=50.0)), 20.0),
    ("thigh_inclination", SQUAT, 80.0),
    ("thigh_inclination", hinge(40.0, knee=130.0, shank=30.0), 100.0),
    ("thigh_inclination", Body(), 0.0),
    ("squat_depth", SQUAT, 1.0 - THIGH * cosine(80) / (SHANK * cosine(30))),
    ("squat_depth", Body(), 0.0),
    ("squat_depth", hinge(40.0, knee=120.0, shank=30.0), 1.0),
    ("trunk_to_shank", SQUAT, 10.0),
    ("trunk_to_shank", hinge(70.0, knee=30.0, shank=-5.0), 75.0),
    ("heel_lift", ON_TIPTOE, sine(20.0)),
    ("heel_lift", Body(), 0.0),
    ("knee_ahead_of_toes", SQUAT, (SHANK * sine(30.0) - 0.38) / FOOT),
    ("face_to_trunk", BENT, 12.0),
    ("face_to_trunk", LEFT_DOWN, -8.0),
    ("elbow_flexion", BENT, 20.0),
    ("elbow_flexion", Body.even(0.0, Limbs(elbow=90.0)), 90.0),
    ("hip_behind_ankle", BENT, ANKLE_AHEAD_OF_HIP),
    ("hand_ahead_of_ankle", BENT, sine(40) + HAND_AHEAD_OF_SHOULDER - ANKLE_AHEAD_OF_HIP),
    ("hand_ahead_of_shoulder", BENT, HAND_AHEAD_OF_SHOULDER),
    ("hand_off_shoulder", BENT, abs(HAND_AHEAD_OF_SHOULDER)),
    ("hand_off_shoulder", Body.even(0.0, Limbs(arm=-20.0)), sine(20.0) * (UPPER_ARM + FOREARM)),
    ("support_off_shoulder", plank(), 0.0),
    ("support_off_shoulder", Body.even(80.0, Limbs(arm=95.0, elbow=90.0)), UPPER_ARM * sine(15.0)),
    ("support_off_shoulder", Body.even(80.0, Limbs(arm=95.0)), (UPPER_ARM + FOREARM) * sine(15.0)),
    ("shoulder_above_elbow", plank(), UPPER_ARM),
    ("shoulder_above_elbow", Body.even(90.0, Limbs(arm=180.0)), 0.0),
    ("body_line_deviation", plank(), 0.0),
    ("lifted_hip_flexion", REACHING, 72.5 - 90.0 - 10.0),
    ("supporting_hip_flexion", REACHING, 72.5),
    ("hand_above_hip", Body(), 1.0 - UPPER_ARM - FOREARM),
    ("hand_above_hip", Body.even(0.0, Limbs(arm=90.0)), 1.0),
    ("lifted_knee_flexion", REACHING, 0.0),
    ("lifted_knee_flexion", all_fours(0.5), 45.0),
    ("leg_elevation", REACHING, 10.0),
    ("leg_elevation", all_fours(1.0, elevation=-20.0), -20.0),
    ("arm_elevation", REACHING, 0.0),
    ("arm_elevation", all_fours(1.0, arm=1.2), 18.0),
    ("opposite_limbs", REACHING, 1.0),
    ("lifted_leg_is_left", REACHING, 1.0),
    ("lifted_leg_is_left", REACHING.mirrored(), 0.0),
]


def side_figure(name: str, pose: Pose, facing: int, near: Side) -> float:
    return MEASURES[name].function(figure_of(pose, Orientation("side", 0.0, facing, near)))


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(("name", "body", "expected"), FROM_THE_SIDE)
def test_from_the_side(name: str, body: Body, expected: float, facing: int, swapped: bool) -> None:
    near: Side = "right" if (facing > 0) != swapped else "left"
    if name == "face_to_trunk" and body is LEFT_DOWN:
        body = body if near == "right" else body.mirrored()
    pose = pose_of(body, facing=facing, swapped=swapped)
    assert side_figure(name, pose, facing, near) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("facing", [1, -1])
@pytest.mark.parametrize("sag", [12.0, -12.0])
def test_body_line_deviation_is_negative_where_the_hips_hang(sag: float, facing: int) -> None:
    """A bend between trunk (1) and legs (1.68) puts the hip off the line by the height of that triangle."""
    legs = THIGH + SHANK
    line = math.sqrt(1 + legs**2 + 2 * legs * cosine(sag))
    height = legs * sine(sag) / line
    near: Side = "right" if facing > 0 else "left"
    value = side_figure("body_line_deviation", pose_of(plank(sag), facing=facing, planted="elbow"), facing, near)
    assert value == pytest.approx(-height / line, abs=1e-6)
    assert abs(value) == pytest.approx(0.049, abs=0.001)


def test_shoulder_height_counts_trunk_lengths_above_the_lower_edge() -> None:
    pose = pose_of(Body(), at_px=(640.0, 720.0))
    assert side_figure("shoulder_height", pose, 1, "right") == pytest.approx(1.0 + THIGH + SHANK)
    squat = pose_of(Body.even(0.0, Limbs(hip=90.0, knee=90.0)), at_px=(640.0, 720.0))
    assert side_figure("shoulder_height", squat, 1, "right") == pytest.approx(1.0 + SHANK)


def test_the_back_is_read_off_the_outline() -> None:
    figure = figure_of(pose_of(Body()), Orientation("side", 0.0, 1, "right"))
    figure.back, figure.lower_back = 0.031, -0.012
    assert MEASURES["back_curvature"].function(figure) == 0.031
    assert MEASURES["lower_back_curvature"].function(figure) == -0.012


def test_one_limb_measures_read_the_near_side() -> None:
    body = Body(left=Limbs(hip=10.0, knee=20.0, elbow=5.0), right=Limbs(hip=40.0, knee=60.0, elbow=70.0))
    pose = pose_of(body)
    for name, left, right in (("hip_flexion", 10.0, 40.0), ("knee_flexion", 20.0, 60.0), ("elbow_flexion", 5.0, 70.0)):
        assert side_figure(name, pose, 1, "left") == pytest.approx(left)
        assert side_figure(name, pose, 1, "right") == pytest.approx(right)


def test_same_side_limbs_are_told_from_opposite_ones() -> None:
    same = Body(72.5, 0.0, all_fours(1.0).left, all_fours(0.0).right)
    same = replace(same, left=replace(same.left, arm=72.5 + 90.0))
    pose = pose_of(same, planted="hip")
    assert side_figure("opposite_limbs", pose, 1, "left") == 0.0


def test_what_cannot_be_told_is_not_guessed() -> None:
    kneeling = pose_of(all_fours(0.0), planted="hip")
    assert math.isnan(side_figure("opposite_limbs", kneeling, 1, "right"))
    far_arm_down = pose_of(all_fours(1.0, arm=0.0, lifted="right"), planted="hip")
    assert math.isnan(side_figure("arm_elevation", far_arm_down, 1, "right"))
    near_arm_down = pose_of(all_fours(1.0, arm=0.0, lifted="left"), planted="hip")
    assert side_figure("arm_elevation", near_arm_down, 1, "right") == pytest.approx(-90.0)


FRONT = Orientation("front", 90.0, 1, "right")
BACK = Orientation("back", 90.0, 1, "right")


def test_from_the_front() -> None:
    pose = pose_of(Body(trunk=30.0), yaw_deg=90.0)
    read = {name: m.function(figure_of(pose, FRONT)) for name, m in MEASURES.items() if "front" in m.views}
    assert read["trunk_inclination_in_depth"] == pytest.approx(30.0)
    assert read["pelvis_tilt"] == pytest.approx(0.0)
    assert read["wrist_line_tilt"] == pytest.approx(0.0)
    assert read["hip_shift"] == pytest.approx(0.0)
    assert read["hip_place"] == pytest.approx(640.0 / (0.44 * 190.0))


@pytest.mark.parametrize("up", [6.0, -6.0])
def test_tilts_and_shifts_from_the_front_are_unsigned(up: float) -> None:
    pose = pose_of(Body(), yaw_deg=90.0)
    hip, wrist = INDEX["left_hip"], INDEX["left_wrist"]
    xy_px = pose.xy_px.copy()
    xy_px[hip, 1] -= 0.44 * 190.0 * math.tan(math.radians(up))
    xy_px[wrist, 1] -= 0.80 * 190.0 * math.tan(math.radians(up))
    figure = figure_of(replace(pose, xy_px=xy_px), FRONT)
    assert MEASURES["pelvis_tilt"].function(figure) == pytest.approx(6.0)
    assert MEASURES["wrist_line_tilt"].function(figure) == pytest.approx(6.0)
    xy_px = pose.xy_px.copy()
    xy_px[[INDEX["left_hip"], INDEX["right_hip"]], 0] += up / 6.0 * 0.3 * 0.44 * 190.0
    assert MEASURES["hip_shift"].function(figure_of(replace(pose, xy_px=xy_px), FRONT)) == pytest.approx(0.3)


def moved(pose: Pose, **dx_px: float) -> Pose:
    """Return the pose with some landmarks moved sideways in the picture."""
    xy_px = pose.xy_px.copy()
    for name, dx in dx_px.items():
        xy_px[INDEX[name], 0] += dx
    return replace(pose, xy_px=xy_px)


@pytest.mark.parametrize(
    ("inwards_px", "expected"), [(0.0, 1.0), (0.11 * 190.0, 0.5), (-0.22 * 190.0, 2.0), (0.33 * 190.0, -0.5)]
)
def test_knees_that_cave_in_come_together(inwards_px: float, expected: float) -> None:
    """The knees stand 0.44 trunk lengths apart, as the ankles do; crossed knees are less than nothing apart."""
    pose = pose_of(Body(), yaw_deg=90.0)
    inwards = math.copysign(inwards_px, pose.xy_px[INDEX["right_knee"], 0] - pose.xy_px[INDEX["left_knee"], 0])
    inwards = inwards if inwards_px >= 0 else -inwards
    figure = figure_of(moved(pose, left_knee=inwards, right_knee=-inwards), FRONT)
    assert MEASURES["knee_separation"].function(figure) == pytest.approx(expected)


@pytest.mark.parametrize("yaw_deg", [0.0, 30.0, 90.0])
@pytest.mark.parametrize("stretch", [0.5, 1.0, 2.0])
def test_the_depth_of_a_squat_reads_the_same_from_everywhere_and_in_every_shape_of_picture(
    yaw_deg: float, stretch: float
) -> None:
    pose = pose_of(SQUAT, yaw_deg=yaw_deg)
    pose = replace(pose, xy_px=pose.xy_px * (1.0, stretch))
    value = MEASURES["squat_depth"].function(figure_of(pose, FRONT, trunk_px=190.0 * stretch))
    assert value == pytest.approx(1.0 - cosine(80) / cosine(30))


def test_who_lies_does_not_squat() -> None:
    lying = Body.even(90.0, Limbs(hip=0.0, knee=8.0))
    assert math.isnan(side_figure("squat_depth", pose_of(lying), 1, "right"))


def test_without_depth_there_is_no_inclination_in_depth() -> None:
    pose = replace(pose_of(Body(trunk=30.0), yaw_deg=90.0), world_m=None)
    assert math.isnan(MEASURES["trunk_inclination_in_depth"].function(figure_of(pose, FRONT)))


OPPOSITE = {"feet_spread", "head_turn", "head_roll", "shoulder_tilt", "side_sway", "hip_turn"}
"""Signed differences between left and right."""
NAMES_A_SIDE = {"lifted_leg_is_left", "front_leg_is_left", "turned_to_left", "opened_to_left", "left_side_is_down"}
LUNGE = Body(4.0, 6.0, Limbs(hip=85.0, knee=80.0), Limbs(hip=-5.0, knee=75.0, foot=150.0))
SUPINE = Body.even(-115.0, Limbs(hip=0.0, knee=115.0))


def uneven(pose: Pose, seed: int = 1) -> Pose:
    """Move every landmark a little, so that no two sides of the body are level or one behind the other."""
    assert pose.world_m is not None
    random = np.random.default_rng(seed)
    world_m = pose.world_m + random.normal(0.0, 0.02, pose.world_m.shape)
    return replace(pose, xy_px=pose.xy_px + random.normal(0.0, 4.0, pose.xy_px.shape), world_m=world_m)


def tipped(pose: Pose, degrees: float) -> Pose:
    """Turn the pose in the picture, as who stands and is tipped over comes to lie on a side."""
    assert pose.world_m is not None
    cos, sin = cosine(degrees), sine(degrees)
    spin = np.array([[cos, sin], [-sin, cos]])
    middle = np.array([640.0, 400.0])
    world_m = np.column_stack([pose.world_m[:, :2] @ spin, pose.world_m[:, 2]])
    return replace(pose, xy_px=(pose.xy_px - middle) @ spin + middle, world_m=world_m)


BODIES = {
    "bent": (LEFT_DOWN, 0.0),
    "left leg": (REACHING, 0.0),
    "right leg": (REACHING.mirrored(), 0.0),
    "squat": (SQUAT, 0.0),
    "lunge": (LUNGE, 0.0),
    "right leg in front": (LUNGE.mirrored(), 0.0),
    "plank": (plank(), 0.0),
    "on the back": (SUPINE, 0.0),
    "on one side": (Body.even(0.0, Limbs(arm=80.0, elbow=20.0)), 80.0),
    "on the other side": (Body.even(0.0, Limbs(arm=80.0, elbow=20.0)), -80.0),
}


def sights(name: str) -> Iterator[tuple[Pose, Orientation]]:
    """Yield poses of all bodies in all views in which a measure can be read, no two sides ever level."""
    for body, tip_deg in BODIES.values():
        for view, seed in product(MEASURES[name].views, (1, 2)):
            if view == "side":
                yield (
                    uneven(pose_of(body, planted="hip", at_px=(500.0, 400.0)), seed),
                    Orientation("side", 0.0, 1, "right"),
                )
            elif view == "front":
                pose = uneven(pose_of(body, yaw_deg=90.0, planted="hip", at_px=(500.0, 400.0)), seed)
                yield tipped(pose, tip_deg), FRONT


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_the_mirror_image_measures_the_same(name: str) -> None:
    for pose, here in sights(name):
        there = replace(here, facing=-1, near="left")
        value = MEASURES[name].function(figure_of(pose, here))
        mirrored = MEASURES[name].function(figure_of(mirror_image(pose), there))
        if name in NAMES_A_SIDE:
            mirrored = 1.0 - mirrored
        elif name in OPPOSITE:
            mirrored = -mirrored
        elif name == "hip_place":  # counts from the left edge
            left, right = (pose.xy_px[INDEX[f"{side}_hip"], 0] for side in ("left", "right"))
            mirrored = (pose.size_px[0] - 1) / abs(left - right) - mirrored
        elif name == "shoulder_place":  # counts from the middle, which is half a pixel beside that of the mirror
            width = math.dist(*(pose.xy_px[INDEX[f"{side}_shoulder"]] for side in ("left", "right")))
            mirrored = -mirrored - 1.0 / width
        assert mirrored == pytest.approx(value, abs=1e-6, nan_ok=True)


def asserted(file: Path) -> Iterator[str]:
    """Yield the words that stand in assertions of equality, in what they loop over, and in tables of known values."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        equal = isinstance(node, ast.Assert) and any(
            isinstance(compare, ast.Compare) and isinstance(compare.ops[0], ast.Eq) for compare in ast.walk(node)
        )
        looped = isinstance(node, ast.For) and not isinstance(node.iter, ast.Name)
        table = isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
        if equal or looped or table:
            part = node.iter if isinstance(node, ast.For) else node
            yield from (w.value for w in ast.walk(part) if isinstance(w, ast.Constant) and isinstance(w.value, str))


def test_every_measure_is_covered_by_a_known_value() -> None:
    words = {word for file in sorted(Path(__file__).parent.glob("test_*.py")) for word in asserted(file)}
    assert set(MEASURES) - words == set()


DECIDING = {
    "lifted leg": ("shoulder", "hip", "knee"),
    "lifted arm": ("shoulder", "hip", "knee", "elbow"),
    "front leg": ("ankle", "knee"),
}
"""What tells which limb is the one to read."""
OPTIONAL = {
    "face_size": ("mouth_left", "mouth_right"),
    "face_to_shoulders": ("mouth_left", "mouth_right"),
    "free_knee_flexion": ("elbow", "wrist", "foot_index"),
    "hands_along_trunk": ("wrist",),
    "body_line_deviation": ("elbow", "wrist", "knee", "foot_index"),
    "lunge_depth": ("hip", "knee", "ankle"),
    "opposite_limbs": ("shoulder", "hip", "elbow", "knee"),
}
"""What a measure uses where it is seen and does without where it is not."""


def joint_of(row: int) -> str:
    return LANDMARKS[row].removeprefix("left_").removeprefix("right_")


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_a_declared_landmark_that_is_unseen_makes_the_measure_unknown(name: str) -> None:
    measure, finite = MEASURES[name], 0
    for pose, orientation in sights(name):
        clean = figure_of(pose, orientation)
        finite += math.isfinite(measure.read(clean))
        for row in measure.landmarks(clean):
            if joint_of(row) not in DECIDING.get(measure.part, ()):
                assert math.isnan(measure.read(without(pose, row, orientation))), LANDMARKS[row]
    assert finite


def without(pose: Pose, row: int, orientation: Orientation) -> Figure:
    """Return the figure of a pose with one landmark unseen, as it is then in both pixels and metres."""
    assert pose.world_m is not None
    xy_px, world_m = pose.xy_px.copy(), pose.world_m.copy()
    xy_px[row] = world_m[row] = math.nan
    return figure_of(replace(pose, xy_px=xy_px, world_m=world_m), orientation)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_an_unseen_landmark_never_changes_the_value_unsaid(name: str) -> None:
    """Without a landmark that is not declared nothing may be told, but nothing else may be told either."""
    measure = MEASURES[name]
    spared = (*OPTIONAL.get(name, ()), *DECIDING.get(measure.part, ()))
    for pose, orientation in islice(sights(name), 0, None, 2):
        value = measure.read(figure_of(pose, orientation))
        for row in (row for row in range(len(LANDMARKS)) if joint_of(row) not in spared):
            left = measure.read(without(pose, row, orientation))
            assert math.isnan(left) or left == pytest.approx(value, abs=1e-9), LANDMARKS[row]


@pytest.mark.parametrize("name", sorted(set(MEASURES) - {"back_curvature", "lower_back_curvature"}))
def test_no_landmark_is_declared_in_vain(name: str) -> None:
    """What neither moving nor hiding it ever changes, a measure should not ask for."""
    measure, needed = MEASURES[name], set()
    for pose, orientation in sights(name):
        clean = figure_of(pose, orientation)
        value = measure.function(clean)
        for row in measure.landmarks(clean):
            changed = [without(pose, row, orientation)]
            changed += [figure_of(pushed(pose, row, *by), orientation) for by in ((60.0, 20.0), (-60.0, -20.0))]
            if any(measure.function(figure) != pytest.approx(value, abs=1e-9, nan_ok=True) for figure in changed):
                needed.add(joint_of(row))
        if needed == set(measure.joints):
            break
    assert needed == set(measure.joints)


def pushed(pose: Pose, row: int, dx_px: float, dy_px: float) -> Pose:
    assert pose.world_m is not None
    xy_px, world_m = pose.xy_px.copy(), pose.world_m.copy()
    xy_px[row] += dx_px, dy_px
    world_m[row] += dx_px / 380.0, dy_px / 380.0, 0.1
    return replace(pose, xy_px=xy_px, world_m=world_m)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_declarations_are_complete(name: str) -> None:
    measure = MEASURES[name]
    assert measure.name == name == measure.function.__name__
    assert measure.budget > 0
    assert measure.views
    assert measure.function.__doc__
    rows = list(measure.landmarks(figure_of(pose_of(REACHING), FRONT)))
    paired = 2 if measure.part == "both" else 1
    assert len(rows) == len(set(rows)) == sum(1 if joint in INDEX else paired for joint in measure.joints)


def test_the_error_budgets_are_those_of_the_specification() -> None:
    budgets = {
        "trunk_inclination": 5.0,
        "face_to_trunk": 8.0,
        "hip_flexion": 10.0,
        "knee_flexion": 8.0,
        "shank_inclination": 7.0,
    }
    budgets |= {
        "elbow_flexion": 10.0,
        "arm_elevation": 8.0,
        "leg_elevation": 5.0,
        "pelvis_tilt": 3.0,
        "wrist_line_tilt": 4.0,
    }
    budgets |= {"thigh_inclination": 6.0, "heel_lift": 0.06, "knee_separation": 0.10}
    budgets |= {"hand_ahead_of_ankle": 0.05, "hip_behind_ankle": 0.05, "body_line_deviation": 0.025}
    assert {name: MEASURES[name].budget for name in budgets} == budgets


def test_a_measure_is_declared_once() -> None:
    with pytest.raises(ValueError, match="'knee_flexion' is declared twice"):

        @register("again", "deg", 1.0, joints=("hip",))
        def knee_flexion(figure: object) -> float:
            return 0.0


def test_a_measure_of_a_landmark_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no landmark is called 'tail'"):
        register("tail", "deg", 1.0, joints=("hip", "tail"))
