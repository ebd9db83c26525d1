"""Cases that once went wrong, or would with simpler code."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.signals import noise, repeated
from tests.stick import deadlift, eased, figure_of, film, mirror_image, plank, pose_of, romanian
from tests.unit.engine.test_movement_reps import HINGE, SQUAT, counted, cycles
from tests.unit.engine.test_movement_reps import run as track
from tests.unit.engine.test_session import ELBOWS, deadlifts, lifts, run

from formcheck import Pose, Session, load_exercise
from formcheck.body import MEASURES
from formcheck.body.geometry import inclination, offset_from_line
from formcheck.body.trunk_and_head import TRUNK_OFFSET_DEG
from formcheck.body.view import Orientation
from formcheck.engine.events import ViewEvent
from formcheck.filters.one_euro import OneEuro
from formcheck.filters.reducers import value_range


def test_leaning_for_long_before_the_first_rep_is_no_obstacle() -> None:
    """Somebody reads the bar for six seconds, half bent, before the rep."""
    assert counted(track(HINGE, eased((1.0, 0.0), (1.0, 25.0), (6.0, 25.0), (1.2, 75.0), (1.2, 0.0), (1.0, 0.0)))) == 1


def test_landmarks_that_all_lie_in_one_point_are_survived() -> None:
    """A model that collapses, or a damaged recording."""
    session = Session(load_exercise("deadlift"))
    for pose in film([deadlift(0.0)] * 40):
        session.update(replace(pose, xy_px=np.full((33, 2), 100.0)))


def test_an_empty_room_is_not_kept() -> None:
    """Hours may pass before the first person comes."""
    session = Session(load_exercise("deadlift"))
    for i in range(600):
        session.update(Pose.nobody(i / 30, (640, 480)))
    assert len(session._waiting) < 300


@pytest.mark.parametrize(("pull_s", "yaw"), [(1.4, 0.0), (1.2, 0.0), (2.2, 90.0), (1.8, 90.0)])
def test_a_brisk_pull_is_a_rep(pull_s: float, yaw: float) -> None:
    """From the floor to standing in little more than a second."""
    assert len(run("deadlift", film(map(deadlift, lifts(3, pull_s)), yaw_deg=yaw))[0].reps) == 3


@pytest.mark.parametrize("up_s", [2.6, 4.0])
def test_leaning_back_after_a_slow_way_up_is_found(up_s: float) -> None:
    """The top begins where the trunk has come to rest, however long that takes."""
    depths = eased((1.5, 0.0), *[(2.2, 1.0), (0.8, 1.0), (up_s, 0.0), (1.2, 0.0)] * 3)
    report, _ = run("romanian_deadlift", film(romanian(d, top=-21.5) for d in depths))
    for rep in report.reps:
        finding = next(f for f in rep.findings if f.rule == "RD-07")
        assert finding.value == pytest.approx(-21.5 + TRUNK_OFFSET_DEG, abs=2.0)


def test_range_of_motion_of_a_slow_rep() -> None:
    """It reaches down to the rest, not to the level at which rest begins."""
    (rep,) = cycles(track(HINGE, eased((1.5, 0.0), (2.0, 75.0), (0.5, 75.0), (4.0, 0.0), (2.0, 0.0))))
    assert rep.range_of_motion == pytest.approx(75.0, abs=2.0)


def test_a_rep_of_48_degrees_is_deep_enough() -> None:
    """The least range counts from where the person stands."""
    assert counted(track(HINGE, eased((1.5, 0.0), (1.5, 48.0), (1.5, 0.0), (1.5, 0.0)))) == 1


def test_one_flipped_picture_changes_nothing_even_when_it_is_the_first() -> None:
    """No picture weighs more than another."""
    poses = list(deadlifts())
    poses[0] = mirror_image(poses[0])
    _, events = run("deadlift", poses)
    assert [(e.view.facing, e.view.near_side) for e in events if isinstance(e, ViewEvent)] == [("right", "right")]


@pytest.mark.parametrize("seed", range(3))
def test_a_bias_of_ten_degrees_with_noise(seed: int) -> None:
    """The zero is found although the start position wavers."""
    clean = repeated(10, 2.5, 8.0 + 10.0, 95.0 + 10.0)
    assert counted(track(SQUAT, clean + noise(len(clean), 2.0, seed))) == 10


def test_who_stays_bent_for_minutes_does_not_fill_the_memory() -> None:
    """Ten minutes at the bottom."""
    session = Session(load_exercise("deadlift"))
    for pose in film([deadlift(1.0)] * 3000, fps=5.0):
        session.update(pose)
    assert session._tracker.needs_since >= 600.0 - 130.0


def test_a_hold_of_ten_minutes_is_judged_whole() -> None:
    """From its first second on."""
    report, _ = run("plank", film([plank()] * (15 * 700), fps=15.0, **ELBOWS))
    (hold,) = report.holds
    assert hold.good_time_s == pytest.approx(hold.t_end - hold.t_start, abs=1.0)
    assert {f.rule for f in hold.findings if f.verdict != "met"} == {"PL-06"}, "the one that nobody can measure"


def test_a_gap_longer_than_the_limit_restarts_at_twelve_pictures_a_second_too() -> None:
    """Although no single step was longer than the limit."""
    smooth = OneEuro()
    for i in range(30):
        smooth.update(i / 12, np.zeros(1))
    for i in (30, 31):
        smooth.update(i / 12, np.full(1, math.nan))
    assert smooth.update(32 / 12, np.ones(1))[0] == 1.0


def test_a_range_is_never_negative() -> None:
    """Over a span too short to sustain anything."""
    assert value_range(np.array([0.0, 0.03, 0.06]), np.array([1.0, 5.0, 9.0])) >= 0.0


def test_left_of_an_upright_line_is_above_it() -> None:
    """Whichever end comes first."""
    assert offset_from_line((-1.0, 5.0), (0.0, 0.0), (0.0, 10.0)) == pytest.approx(0.1)


def test_straight_down_is_plus_180_facing_either_way() -> None:
    """There is no minus 180."""
    assert inclination((5.0, 0.0), (5.0, 1.0), -1) == inclination((5.0, 0.0), (5.0, 1.0), 1) == 180.0


def test_a_measure_whose_landmark_is_unseen_is_unknown() -> None:
    """It does not answer from another one."""
    figure = figure_of(pose_of(plank(), planted="elbow"), Orientation("side", 0.0, 1, "right"))
    figure.points[16] = [math.nan, math.nan]
    assert math.isnan(MEASURES["support_off_shoulder"].function(figure))
