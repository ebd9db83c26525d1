"""What may become a person's own values, and what is refused with which sentence."""

import re
from datetime import date

import pytest
from tests.stick import Body, Limbs, eased, film, hinge

from formcheck.app.calibrate import calibrate_set, calibrate_standing
from formcheck.body.pose import Pose
from formcheck.errors import FilmError, UserError, ViewError
from formcheck.exercise.load import load_exercise
from formcheck.storage.profiles import Calibration

DAY = date(2026, 11, 3)
REPS = eased((1.5, 0.0), *[(2.2, 1.0), (0.8, 1.0), (2.6, 0.0), (1.2, 0.0)] * 3)


def lifts(back: float = 0.0, hand: float = 0.2, yaw_deg: float = 0.0, growing: float = 0.0) -> list[Pose]:
    """Return three deadlifts; `growing` is added to the back per second of film."""
    bodies = [
        hinge(60.0 * d, 4.0 + 62.0 * d, 1.0 + 9.0 * d, hand_ahead=hand, back=(back + growing * i / 30.0) * d)
        for i, d in enumerate(REPS)
    ]
    return list(film(bodies, yaw_deg=yaw_deg))


def standing(
    head: float = 0.0, trunk: float = 0.0, seconds: float = 5.0, sway: float = 0.0, **how: float
) -> list[Pose]:
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
    with pytest.raises(UserError, match=r"^Squat is not compared with a good set; .*: deadlift, romanian_deadlift\.$"):
        of_set(lifts(), "squat")


def test_standing_gives_the_measures_that_rules_compare_with_it() -> None:
    entry = calibrate_standing(standing(head=-10.0), source_name="me.mp4", today=DAY)
    assert set(entry.readings) == {"hip_flexion", "face_to_trunk", "knee_flexion"}
    assert entry.readings["knee_flexion"].value == pytest.approx(4.0, abs=1.0)
    assert entry.readings["hip_flexion"].value == pytest.approx(3.0, abs=1.0)
    assert entry.readings["knee_flexion"].spread < 0.5
    assert entry.exercise_version is None


@pytest.mark.parametrize(
    ("poses", "sentence"),
    [
        (standing(seconds=2.5), "Nobody stands still for 3 s in me.mp4: stand at ease, side to the camera"),
        (standing(sway=12.0), "The body in me.mp4 sways by 3."),
        (standing(head=40.0), "The face to trunk in me.mp4 is "),
        (standing(yaw_deg=34.0), "is not seen clearly enough in me.mp4 (confidence 0.6"),
    ],
)
def test_a_slouch_is_not_calibrated(poses: list[Pose], sentence: str) -> None:
    with pytest.raises(FilmError, match=re.escape(sentence)):
        calibrate_standing(poses, source_name="me.mp4", today=DAY)


def test_standing_from_the_front_is_the_wrong_side() -> None:
    with pytest.raises(ViewError, match=r"me\.mp4 shows the body from the front"):
        calibrate_standing(standing(yaw_deg=90.0), source_name="me.mp4", today=DAY)
