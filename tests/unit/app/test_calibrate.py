"""What may become a person's own values, and what is refused with which sentence."""

import re
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import numpy as np
import pytest
from tests.stick import Body, Limbs, eased, film, hinge

from formcheck.app.calibrate import PoseRead, calibrate_pose, calibrate_set
from formcheck.app.calibration_poses import POSES
from formcheck.body import MEASURES
from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.errors import FilmError, UserError, ViewError
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import CalibrationPose
from formcheck.storage.profiles import Calibration
from formcheck.synth.poses import true_poses

DAY = date(2026, 11, 3)
REPS = eased((1.5, 0.0), *[(2.2, 1.0), (0.8, 1.0), (2.6, 0.0), (1.2, 0.0)] * 3)


def lifts(back: float = 0.0, hand: float = 0.2, yaw_deg: float = 0.0, growing: float = 0.0) -> list[Pose]:
    """Return three deadlifts; `growing` is added to the back per second of film."""
    bodies = [
        hinge(60.0 * d, 4.0 + 62.0 * d, 1.0 + 9.0 * d, hand_ahead=hand, back=(back + growing * i / 30.0) * d)
        for i, d in enumerate(REPS)
    ]
    return list(film(bodies, yaw_deg=yaw_deg))


def standing(head: float = 0.0, trunk: float = 0.0, seconds: float = 5.0, sway: float = 0.0, **how: Any) -> list[Pose]:
    count = round(seconds * 30)
    limbs = Limbs(hip=3.0, knee=4.0)
    return list(film([Body.even(trunk + sway * i / count, limbs, head=head) for i in range(count)], **how))


def of_set(poses: list[Pose], exercise: str = "deadlift") -> Calibration:
    return calibrate_set(poses, load_exercise(exercise), source_name="good.mp4", today=DAY)


def test_a_good_set_gives_what_its_rules_read_and_how_it_was_filmed() -> None:
    entry = of_set(lifts(back=0.01))
    assert set(entry.readings) == {"DL-01", "DL-02"}
    assert entry.readings["DL-02"].value == pytest.approx(0.01, abs=0.003)
    assert 0.0 <= entry.readings["DL-02"].spread < 0.001
    assert (entry.taken_on, entry.yaw_deg, entry.near_side) == (DAY, 0.0, "right")
    assert (entry.size_px, entry.exercise_version) == ((1280, 720), 1)


@pytest.mark.parametrize(
    ("poses", "sentence"),
    [
        (lifts()[:40], "No rep was counted in good.mp4; film three calm ones."),
        (lifts(back=0.08), "good.mp4 is no good set (back rounds in the pull in reps 1, 2 and 3); do it again"),
        (lifts(hand=0.6), "good.mp4 is no good set (bar away from the legs in reps 1, 2 and 3); do it again"),
        (lifts(back=-0.03, growing=0.003), "good.mp4 is no good set (back rounds in the pull in rep"),
        (lifts(yaw_deg=34.0), "The back is not seen clearly enough in good.mp4 (confidence 0.6"),
    ],
)
def test_what_may_not_be_good_is_refused(poses: list[Pose], sentence: str) -> None:
    with pytest.raises(FilmError, match=re.escape(sentence)):
        of_set(poses)


def test_an_exercise_without_a_rule_for_it_names_those_that_have_one() -> None:
    with pytest.raises(
        UserError, match=r"^Squat is not compared with a good set; .*: .*deadlift, romanian_deadlift.*\.$"
    ):
        of_set(lifts(), "squat")


def of_pose(poses: list[Pose], name: str = "standing-side") -> PoseRead:
    return calibrate_pose(poses, name, source_name="me.mp4", today=DAY)


def compared(pose: str) -> set[str]:
    """Return what the rules of the catalogue compare with a pose."""
    return {
        rule.measure
        for exercise in map(load_exercise, catalogue())
        if pose in exercise.baseline_poses
        for rule in exercise.rules
        if rule.relative_to == "baseline"
    }


@pytest.mark.parametrize("name", POSES)
def test_a_pose_keeps_what_rules_compare_with_it(name: str) -> None:
    asked = POSES[name]
    assert set(asked.measures()) - set(asked.besides) == compared(name)
    assert asked.measures()
    for measure in (asked.driver, *(limit.measure for limit in asked.limits), *asked.measures()):
        assert asked.view in MEASURES[measure].views


def test_every_pose_that_an_exercise_file_may_name_can_be_kept() -> None:
    assert tuple(POSES) == get_args(CalibrationPose)


@pytest.mark.parametrize(
    ("name", "measure", "rule"),
    [("desk-side", "neck_inclination", "DS-01"), ("desk-side", "upper_body_inclination", "DS-04")],
)
def test_who_would_be_warned_without_a_calibration_is_not_calibrated(name: str, measure: str, rule: str) -> None:
    absolute = next(r.absolute for r in load_exercise(POSES[name].like).rules if r.id == rule)
    limit = next(limit for limit in POSES[name].limits if limit.measure == measure)
    assert absolute is not None
    assert limit.high == absolute.ideal_max


def test_a_stand_is_read_in_its_stillest_three_seconds() -> None:
    restless = [replace(pose, t=pose.t + 8.0) for pose in standing(sway=12.0)]
    read = of_pose([*standing(seconds=8.0), *restless])
    assert read.left_out == {}
    assert set(read.entry.readings) == compared("standing-side")
    readings = read.entry.readings
    assert readings["knee_flexion"].value == pytest.approx(4.0, abs=1.0)
    assert readings["hip_flexion"].value == pytest.approx(3.0, abs=1.0)
    assert readings["knee_flexion"].spread < 0.5
    assert (read.entry.exercise_version, read.entry.taken_on, read.entry.near_side) == (None, DAY, "right")


def test_what_is_not_seen_is_left_out_and_said() -> None:
    read = of_pose(standing(outline=False))
    assert read.left_out == {"back_curvature": "the outline of the back could not be read"}
    assert set(read.entry.readings) == compared("standing-side") - {"back_curvature"}


def test_a_nose_that_the_model_hesitates_about_is_not_read() -> None:
    poses = standing()
    for i, pose in enumerate(poses):
        pose.xy_px[INDEX["nose"], 0] -= 70.0 * (i // 15 % 2)  # every half second behind the ear
    with pytest.raises(FilmError, match=r"The face to trunk angle cannot be read in me\.mp4: it wavers too much; film"):
        of_pose(poses)


@pytest.mark.parametrize(
    ("poses", "sentence"),
    [
        (standing(seconds=2.5), "Nobody keeps the pose standing-side for 3 s in me.mp4 (2 s were seen): Stand at ease"),
        (standing(sway=18.0), "The body in me.mp4 sways by 3."),
        (
            standing(head=40.0),
            "The face to trunk angle in me.mp4 is 40°, and only -25 to 25° can be compared with; stand",
        ),
        (standing(trunk=24.0), "The trunk inclination in me.mp4 is 2"),
        (standing(yaw_deg=34.0), "was not seen clearly enough (confidence 0.6"),
    ],
)
def test_a_slouch_is_not_calibrated(poses: list[Pose], sentence: str) -> None:
    with pytest.raises(FilmError, match=re.escape(sentence)):
        of_pose(poses)


def test_a_pose_from_the_wrong_side_is_refused() -> None:
    with pytest.raises(
        ViewError, match=r"me\.mp4 shows the body from the front, and standing-side is taken from the side"
    ):
        of_pose(standing(yaw_deg=90.0))


@pytest.mark.parametrize(("yaw_deg", "squarely"), [(90.0, True), (74.0, True), (65.0, False)])
def test_standing_before_the_camera_is_taken_squarely(yaw_deg: float, squarely: bool) -> None:
    poses = standing(yaw_deg=yaw_deg)
    if squarely:
        assert set(of_pose(poses, "standing-front").entry.readings) == {"shoulder_tilt", "head_roll"}
        return
    with pytest.raises(
        FilmError, match=r"turned away from the camera by 2\d° in me\.mp4, more than 20°; face it squarely"
    ):
        of_pose(poses, "standing-front")


def test_nobody_is_said() -> None:
    empty = [Pose.nobody(i / 30.0, (640, 480)) for i in range(120)]
    with pytest.raises(FilmError, match=r"Nobody is in view in me\.mp4\. Stand at ease"):
        of_pose(empty)


def sitting(tall: Body, relaxed: Body | None = None, seconds: float = 21.0) -> list[Pose]:
    """Return somebody who sits tall, then relaxed."""
    half = round(seconds * 15)
    return list(film([tall] * half + [relaxed or tall] * half, planted="hip", at_px=(640.0, 400.0)))


def seated(trunk: float = 0.0, head: float = 0.0) -> Body:
    return Body.even(trunk, Limbs(hip=90.0 + trunk, knee=90.0, arm=20.0, elbow=70.0), head=head)


def test_sitting_is_read_in_both_halves_and_the_value_lies_between() -> None:
    read = of_pose(sitting(seated(0.0, 2.0), seated(4.0, 4.0)), "desk-side")
    assert read.entry.readings["neck_inclination"].value == pytest.approx((2.0 + 8.0) / 2.0, abs=0.5)
    assert read.entry.readings["neck_inclination"].spread < 0.5
    assert set(read.entry.readings) == compared("desk-side")


@pytest.mark.parametrize(
    ("poses", "sentence"),
    [
        (sitting(seated(0.0, 31.0)), "The neck inclination in me.mp4 is 31°, and only -25 to 27° can be compared with"),
        (sitting(seated(), seated(0.0, 31.0)), "The neck inclination in me.mp4 is 31°"),
        (sitting(seated(), seated(5.0, 15.0)), "The two halves of me.mp4 differ too much (neck inclination"),
        (sitting(seated(5.0, 15.0), seated()), "The two halves of me.mp4 differ too much (neck inclination"),
        (
            sitting(seated(), seconds=12.0),
            "Nobody keeps the pose desk-side for 20 s in me.mp4 (11 s were seen): Sit at",
        ),
    ],
)
def test_a_slump_in_either_half_is_not_calibrated(poses: list[Pose], sentence: str) -> None:
    with pytest.raises(FilmError, match=re.escape(sentence)):
        of_pose(poses, "desk-side")


def rendered(exercise: str, **how: Any) -> list[Pose]:
    """Return a rendered person as a faultless estimator would see them."""
    return [pose for pose, _ in true_poses(exercise, body="man", fps=15.0, **how)]


def kept(poses: list[Pose], begin_s: float, end_s: float, seconds: float, t_start: float = 0.0) -> list[Pose]:
    """Return a stretch of a clip over and over, so that a posture is kept for so long."""
    part = [pose for pose in poses if begin_s <= pose.t < end_s]
    return [replace(part[i % len(part)], t=t_start + i / 15.0) for i in range(round(seconds * 15))]


def before_a_laptop(first: str | None = None, second: str | None = None) -> list[Pose]:
    halves = [rendered("desk_front", fault=fault, yaw_deg=90.0) for fault in (first, second)]
    return kept(halves[0], 2.5, 5.0, 10.5) + kept(halves[1], 2.5, 5.0, 10.5, 10.5)


def test_sitting_before_a_laptop_gives_its_values_though_hips_and_legs_are_out_of_the_picture() -> None:
    read = of_pose(before_a_laptop(), "desk-front")
    assert set(read.entry.readings) == compared("desk-front")
    assert read.entry.readings["head_above_shoulders"].value == pytest.approx(0.60, abs=0.03)
    assert read.entry.readings["shoulder_place"].value == pytest.approx(0.0, abs=0.05)


def test_what_is_measured_in_pixels_may_waver_by_a_share_of_itself() -> None:
    chance = np.random.default_rng(0)
    poses = [replace(pose, xy_px=pose.xy_px + chance.normal(0.0, 0.5, pose.xy_px.shape)) for pose in before_a_laptop()]
    readings = of_pose(poses, "desk-front").entry.readings
    assert set(readings) == compared("desk-front")
    assert readings["face_size"].spread > 0.2


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (
            "sinking",
            "sinking",
            " shoulder widths, and only 0.42 to 1.20 shoulder widths can be compared with; sit tall",
        ),
        ("head_tilted", "head_tilted", "The tilt of the head in me.mp4 is 26°, and only -8 to 8° can be compared with"),
        (None, "shoulders_uneven", "The tilt of the shoulders in me.mp4 is 22°"),
    ],
)
def test_a_slouch_before_a_laptop_is_not_calibrated(first: str | None, second: str | None, sentence: str) -> None:
    with pytest.raises(FilmError, match=re.escape(sentence)):
        of_pose(before_a_laptop(first, second), "desk-front")


def test_all_fours_gives_the_outline_of_the_back() -> None:
    read = of_pose(kept(rendered("cat_cow"), 0.3, 1.0, 5.0), "all-fours")
    assert set(read.entry.readings) == {"back_curvature", "lower_back_curvature"}


def test_a_rule_of_ones_own_adds_its_measure() -> None:
    plank = load_exercise("plank")
    own = plank.model_copy(update={"baseline_poses": ("all-fours",)})
    assert "face_to_trunk" in POSES["all-fours"].measures([own])
    assert "face_to_trunk" not in POSES["all-fours"].measures()
