"""From poses to samples: what is measured, with which confidence, and why something is not seen."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.stick import Body, Limbs, all_fours, deadlift, eased, film, mirror_image, pose_of, romanian

from formcheck.body import MEASURES
from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.body.silhouette import torso_profile
from formcheck.body.trunk_and_head import TRUNK_OFFSET_DEG
from formcheck.body.view import Orientation
from formcheck.engine.sampling import MIN_TRUNK_PX, Sample, Sampler, dorsal_row

SIDE = Orientation("side", 0.0, 1, "right")
ANGLES = ("trunk_inclination", "knee_flexion", "hip_flexion", "back_curvature")
BENT = romanian(0.6, back=0.03)


def take(pose: Pose, orientation: Orientation = SIDE, names: tuple[str, ...] = ANGLES) -> Sample:
    return Sampler(names).sample(pose, orientation)


def without(pose: Pose, *names: str, visibility: float = 0.0) -> Pose:
    seen = pose.visibility.copy()
    seen[[INDEX[name] for name in names]] = visibility
    return replace(pose, visibility=seen)


def test_a_clear_pose_is_measured_with_full_confidence() -> None:
    sample = take(pose_of(BENT, 2.5))
    assert sample.t == 2.5
    assert sample.values["trunk_inclination"] == pytest.approx(45.0 + TRUNK_OFFSET_DEG)
    assert sample.values["back_curvature"] == pytest.approx(0.03)
    assert set(sample.confidence.values()) == {1.0}
    assert sample.unseen == frozenset()


def test_nobody_is_unseen_with_a_reason() -> None:
    sample = take(Pose.nobody(0.0, (640, 480)))
    assert sample.unseen == set(ANGLES)
    assert set(sample.why_unseen.values()) == {"nobody in the picture"}
    assert all(math.isnan(value) for value in sample.values.values())


def test_a_hidden_landmark_hides_only_what_needs_it() -> None:
    sample = take(without(pose_of(BENT), "right_knee"))
    assert sample.unseen == {"knee_flexion", "hip_flexion"}
    assert math.isnan(sample.values["knee_flexion"])
    assert "knee" in sample.why_unseen["knee_flexion"]
    assert sample.values["trunk_inclination"] == pytest.approx(45.0 + TRUNK_OFFSET_DEG)


def test_a_doubtful_landmark_leaves_a_value_of_little_confidence() -> None:
    sample = take(without(pose_of(BENT), "right_knee", visibility=0.45))
    assert sample.values["knee_flexion"] == pytest.approx(4.0 + 18.0 * 0.6)
    assert sample.confidence["knee_flexion"] == pytest.approx(0.375)
    assert sample.why_unseen["knee_flexion"] == "the knee was not clearly visible"


def test_a_landmark_outside_the_picture_is_never_believed() -> None:
    pose = pose_of(BENT, at_px=(640.0, 760.0))  # the ankles lie below the lower edge, with a visibility of 0.99
    sample = take(pose)
    assert sample.unseen == {"knee_flexion"}
    assert sample.why_unseen["knee_flexion"] == "the ankle was hidden or out of the picture"


@pytest.mark.parametrize("near", ["left", "right"])
def test_the_far_side_may_be_hidden(near: str) -> None:
    far = "left" if near == "right" else "right"
    facing = 1 if near == "right" else -1
    pose = without(pose_of(BENT, facing=facing), f"{far}_knee", f"{far}_ankle")
    assert take(pose, Orientation("side", 0.0, facing, near)).unseen == frozenset()  # type: ignore[arg-type]


def test_what_the_view_cannot_show_is_unseen() -> None:
    names = ("trunk_inclination", "pelvis_tilt")
    front = take(pose_of(BENT, yaw_deg=90.0), Orientation("front", 90.0, 1, "right"), names)
    assert front.why_unseen == {"trunk_inclination": "cannot be seen from the front"}
    side = take(pose_of(BENT), SIDE, names)
    assert side.why_unseen == {"pelvis_tilt": "cannot be seen from the side"}


def test_from_an_oblique_view_angles_are_followed_but_not_trusted() -> None:
    sample = take(pose_of(BENT, yaw_deg=45.0), Orientation("oblique", 45.0, 1, "right"))
    assert math.isfinite(sample.values["trunk_inclination"])
    assert sample.confidence["trunk_inclination"] == 0.0
    assert sample.why_unseen["trunk_inclination"] == "the camera sees the body at an angle"


def test_a_turned_body_lowers_confidence() -> None:
    straight, turned = take(pose_of(BENT)), take(pose_of(BENT), Orientation("side", 30.0, 1, "right"))
    assert turned.confidence["knee_flexion"] < straight.confidence["knee_flexion"]
    assert turned.confidence["knee_flexion"] == Orientation("side", 30.0, 1, "right").factor


def test_every_measure_has_value_and_confidence_in_every_view() -> None:
    names = tuple(MEASURES)
    oblique, front = Orientation("oblique", 45.0, 1, "right"), Orientation("front", 80.0, 1, "right")
    for orientation, yaw in ((SIDE, 0.0), (oblique, 45.0), (front, 80.0)):
        sample = take(pose_of(all_fours(1.0), yaw_deg=yaw, planted="hip", at_px=(640.0, 400.0)), orientation, names)
        assert set(sample.values) == set(sample.confidence) == set(names)
        for name in names:
            assert (name in sample.unseen) == (sample.confidence[name] < 0.5), name
            assert math.isfinite(sample.values[name]) or name in sample.unseen, name


def test_samples_do_not_share_their_dictionaries() -> None:
    sampler = Sampler(ANGLES)
    first = sampler.sample(pose_of(BENT, 0.0), SIDE)
    before = dict(first.values), dict(first.why_unseen)
    sampler.sample(without(pose_of(deadlift(1.0), 0.04), "right_knee"), SIDE)
    assert (dict(first.values), dict(first.why_unseen)) == before


# -- the back ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("facing", "row"), [(1, 0), (-1, 1)])
def test_the_back_is_the_side_away_from_the_belly(facing: int, row: int) -> None:
    """Paint a trunk with a rounded back and read it through the whole chain, facing either way."""
    near = "right" if facing > 0 else "left"
    orientation = Orientation("side", 0.0, facing, near)  # type: ignore[arg-type]
    assert dorsal_row(orientation) == row
    pose = pose_of(romanian(0.5), facing=facing)
    hip, shoulder = pose.xy_px[INDEX[f"{near}_hip"]], pose.xy_px[INDEX[f"{near}_shoulder"]]
    way = shoulder - hip
    back = facing * np.array([way[1], -way[0]])  # up and backwards when leaning forwards
    y, x = np.mgrid[0 : pose.size_px[1], 0 : pose.size_px[0]].astype(float)
    length_sq = float(way @ way)
    along = ((x - hip[0]) * way[0] + (y - hip[1]) * way[1]) / length_sq
    out = ((x - hip[0]) * back[0] + (y - hip[1]) * back[1]) / length_sq
    hump = 0.2 + 4 * 0.06 * np.clip(along, 0, 1) * (1 - np.clip(along, 0, 1))
    mask = ((along > -0.2) & (along < 1.2) & (out > -0.2) & (out < hump)).astype(np.float32)
    profile = torso_profile(mask, pose.xy_px, near)  # type: ignore[arg-type]
    sample = take(replace(pose, torso=profile), orientation, ("back_curvature",))
    assert sample.values["back_curvature"] == pytest.approx(0.06 * 2 / 3, abs=0.004)


@pytest.mark.parametrize(
    "pose",
    [
        pose_of(BENT, outline=False),
        pose_of(BENT, trunk_px=MIN_TRUNK_PX - 1),
        pose_of(BENT, swapped=True),
    ],
    ids=["no mask", "too small", "the profile of the other side"],
)
def test_without_a_usable_outline_the_back_is_unseen_and_the_rest_is_not(pose: Pose) -> None:
    sample = take(pose)
    assert sample.why_unseen == {"back_curvature": "the outline of the back could not be read"}


def test_a_torn_outline_is_not_read() -> None:
    pose = pose_of(BENT)
    assert pose.torso is not None
    pose.torso.edges[0, 20:] += 0.15
    assert take(pose).unseen == {"back_curvature"}


def test_a_blurred_outline_lowers_confidence() -> None:
    pose = pose_of(BENT)
    assert pose.torso is not None
    pose.torso.sharpness[0] = 0.6
    assert take(pose).confidence["back_curvature"] == pytest.approx(0.6)
    pose.torso.sharpness[0] = 0.4
    assert take(pose).unseen == {"back_curvature"}


@pytest.mark.parametrize("arm", [-35.0, -60.0])
def test_an_arm_behind_the_back_hides_it(arm: float) -> None:
    """The upper arm (0.6 trunk lengths) reaches past the edge of the back (0.25)."""
    limbs = Limbs(hip=50.0, knee=10.0, arm=arm)
    assert take(pose_of(Body.even(40.0, limbs, back=0.03))).unseen == {"back_curvature"}
    assert take(pose_of(Body.even(40.0, replace(limbs, arm=-arm), back=0.03))).unseen == frozenset()


# -- over time --------------------------------------------------------------------------------------------------------


def test_smoothing_lets_a_rep_through_and_takes_the_jitter_out() -> None:
    rng = np.random.default_rng(4)
    sampler, exact, noisy = Sampler(("trunk_inclination",)), [], []
    depths = eased((2.0, 0.0), (1.25, 1.0), (1.25, 0.0), (1.0, 0.0))
    for pose, depth in zip(film(romanian(d) for d in depths), depths, strict=True):
        shaken = replace(pose, xy_px=pose.xy_px + rng.normal(0.0, 2.0, pose.xy_px.shape))
        exact.append(75.0 * depth + TRUNK_OFFSET_DEG)
        noisy.append(sampler.sample(shaken, SIDE).values["trunk_inclination"])
    still = np.array(noisy[15:60])
    assert still.std() < 0.5
    assert max(noisy) == pytest.approx(75.0 + TRUNK_OFFSET_DEG, abs=2.0)
    assert np.abs(np.array(noisy) - np.array(exact)).max() < 8.0


def test_one_wild_landmark_is_unseen_for_that_picture_only() -> None:
    sampler, seen = Sampler(("knee_flexion", "trunk_inclination")), []
    for i, pose in enumerate(film([BENT] * 60)):
        xy_px = pose.xy_px.copy()
        if i == 30:
            xy_px[INDEX["right_knee"]] += (0.0, -400.0)
        seen.append(sampler.sample(replace(pose, xy_px=xy_px), SIDE))
    assert [s.t for s in seen if s.unseen] == [pytest.approx(1.0)]
    assert seen[30].why_unseen == {"knee_flexion": "the knee was not found"}
    assert seen[31].values["knee_flexion"] == pytest.approx(seen[29].values["knee_flexion"])


def test_an_invented_hip_behind_a_plate_is_doubted() -> None:
    sampler, seen = Sampler(("trunk_inclination", "knee_flexion")), []
    for i, pose in enumerate(film([BENT] * 90)):
        xy_px = pose.xy_px.copy()
        if i >= 60:
            xy_px[[INDEX["left_hip"], INDEX["right_hip"]]] += (130.0, -130.0)
        seen.append(sampler.sample(replace(pose, xy_px=xy_px), SIDE))
    assert seen[-1].why_unseen["trunk_inclination"] == "the trunk landmarks were not plausible, something may hide them"


def test_jumps_to_another_body_are_counted() -> None:
    sampler = Sampler(("trunk_inclination",))
    for i, pose in enumerate(film([BENT] * 60)):
        sampler.sample(replace(pose, xy_px=pose.xy_px + np.array([300.0 if i >= 30 else 0.0, 0.0])), SIDE)
    assert sampler.jumps == 1
    assert 60 - 4 <= sampler.whole_body_frames < 60  # a body that jumps is not believed for a tenth of a second


def test_the_mirrored_film_gives_the_same_samples() -> None:
    undecided = {"lifted_leg_is_left", "front_leg_is_left", "opposite_limbs"}  # for both legs do the same
    undecided |= {"opened_to_left", "supporting_elbow_flexion"}  # and both shoulders are level
    names = tuple(name for name, m in MEASURES.items() if "lifted" not in m.part and name not in undecided)
    here, there = Sampler(names), Sampler(names)
    mirrored = Orientation("side", 0.0, -1, "left")
    for pose in film(deadlift(d, back=0.02) for d in eased((0.5, 0.0), (1.0, 1.0), (1.0, 0.0))):
        a, b = here.sample(pose, SIDE), there.sample(mirror_image(pose), mirrored)
        assert a.unseen == b.unseen
        for name in names:
            assert b.values[name] == pytest.approx(a.values[name], abs=1e-6, nan_ok=True), name
