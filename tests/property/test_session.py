"""Whatever the poses are, a session ends in a report that makes sense."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stick import Body, Limbs, all_fours, deadlift, eased, hinge, plank, pose_of, romanian, squat

from formcheck import Pose, Report, Session, load_exercise
from formcheck.engine.report import Finding, Hold, Rep
from formcheck.exercise.load import catalogue


def row(trunk: float, depth: float) -> Body:
    return Body.even(trunk, Limbs(hip=trunk, knee=20.0, arm=70.0 - 90.0 * depth, elbow=90.0 * depth))


def folded(depth: float) -> Body:
    down = Limbs(hip=75.0 + 60.0 * depth, knee=90.0 + 60.0 * depth, arm=80.0 + 90.0 * depth, foot=-90.0)
    return Body.even(75.0 + 30.0 * depth, down)


def seated(depth: float, bend: float = 90.0) -> Body:
    return Body.even(12.0 * depth, Limbs(hip=bend, knee=bend, arm=30.0, elbow=70.0), head=45.0 * depth)


def lunge(depth: float) -> Body:
    back = Limbs(hip=-5.0 * depth, knee=75.0 * depth, foot=90.0 + 60.0 * depth)
    return Body(0.0, 0.0, Limbs(hip=85.0 * depth, knee=80.0 * depth), back)


def stride(hip: float) -> Body:
    return Body(left=Limbs(hip=hip, arm=-hip), right=Limbs(hip=-hip, arm=hip))


BODIES: dict[str, tuple[Callable[[float], Body], str, tuple[float, float]]] = {
    "deadlift": (deadlift, "ankle", (640.0, 660.0)),
    "romanian_deadlift": (romanian, "ankle", (640.0, 660.0)),
    "bird_dog": (all_fours, "hip", (640.0, 400.0)),
    "squat": (squat, "ankle", (640.0, 660.0)),
    "plank": (lambda d: plank(sag=-60.0 + 60.0 * d), "elbow", (900.0, 560.0)),
    "back_extension": (lambda d: Body.even(90.0 - 25.0 * d, Limbs(hip=-37.0 * d)), "hip", (640.0, 560.0)),
    "bent_over_row": (lambda d: row(62.0, d), "ankle", (640.0, 660.0)),
    "cat_cow": (lambda d: replace(all_fours(0.0), head=60.0 * d - 30.0, back=0.08 * d - 0.03), "hip", (640.0, 400.0)),
    "child_pose": (folded, "ankle", (640.0, 600.0)),
    "desk_front": (seated, "hip", (640.0, 600.0)),
    "desk_side": (seated, "hip", (640.0, 400.0)),
    "floor_lift": (lambda d: hinge(45.0 * d, 4.0 + 96.0 * d, 1.0 + 24.0 * d), "ankle", (640.0, 660.0)),
    "glute_bridge": (
        lambda d: Body.even(-90.0 - 27.0 * d, Limbs(hip=62.0 * (1 - d), knee=117.0)),
        "ankle",
        (900.0, 600.0),
    ),
    "lunge": (lunge, "ankle", (640.0, 660.0)),
    "quadruped_twist": (lambda d: all_fours(0.0, arm=d), "hip", (640.0, 400.0)),
    "seated_row": (lambda d: replace(row(5.0 - 12.0 * d, d), head=10.0), "hip", (640.0, 500.0)),
    "seated_twist": (seated, "hip", (640.0, 500.0)),
    "side_plank": (lambda d: plank(sag=-60.0 + 60.0 * d), "elbow", (900.0, 560.0)),
    "standing_front": (lambda d: seated(d, 0.0), "ankle", (640.0, 660.0)),
    "standing_side": (lambda d: seated(d, 0.0), "ankle", (640.0, 660.0)),
    "walking": (lambda d: stride(50.0 * d - 25.0), "hip", (640.0, 400.0)),
}
"""A body between the two ends of each movement, what stands still, and where in the picture."""

stages = st.lists(st.tuples(st.floats(0.3, 3.0), st.sampled_from([0.0, 0.0, 0.4, 1.0, 1.0])), min_size=1, max_size=10)


def check_finding(finding: Finding, report: Report) -> None:
    seen = finding.verdict != "unseen"
    assert seen == (finding.value is not None) == (finding.reason is None)
    assert (0.5 <= finding.confidence <= 1.0) if seen else finding.confidence == 0.0
    assert finding.value is None or math.isfinite(finding.value)
    assert finding.t_start <= finding.t_end
    if seen:
        assert finding.t_start - 1e-6 <= finding.t_worst <= finding.t_end + 1e-6
    assert finding.cue
    assert finding.rep is None or 1 <= finding.rep <= len(report.reps or report.holds)


def check(report: Report, first: float, last: float) -> None:
    json.dumps(report.as_dict(), allow_nan=False)
    assert report.summary.endswith(".")
    parts: Sequence[Rep | Hold] = report.reps or report.holds
    assert [part.index for part in parts] == list(range(1, len(parts) + 1))
    for part in parts:
        assert first - 1e-6 <= part.t_start < part.t_end <= last + 1e-6
        assert 0.0 <= part.coverage <= 1.0
        assert part.score is None or 0 <= part.score <= 100
    for before, after in pairwise(parts):
        assert before.t_start < after.t_start
    for hold in report.holds:
        assert 0.0 <= hold.best_streak_s <= hold.good_time_s <= hold.t_end - hold.t_start + 1e-6
    for finding in report.findings:
        check_finding(finding, report)
    for episode in report.episodes:
        assert episode.verdict in ("warning", "fault")
        assert first - 1e-6 <= episode.t_start < episode.t_end <= last + 1e-6
    for times in report.rule_times:
        watched_s = times.met_s + times.warning_s + times.fault_s + times.unseen_s
        assert 0.0 <= watched_s <= report.watched_s + 1e-6
    for cue, later in pairwise(report.cues):
        assert later.t - cue.t >= 6.0 - 1e-9
    assert (report.score.value is None) == (report.score.reason is not None)
    assert {f.rule for f in report.findings} == {rule.id for rule in load_exercise(report.exercise.id).rules}


@pytest.mark.parametrize("name", sorted(catalogue()))
@settings(max_examples=12)
@given(
    stages=stages,
    yaw_deg=st.sampled_from([0.0, 25.0, 45.0, 80.0]),
    fps=st.sampled_from([12.0, 25.0]),
    shake_px=st.sampled_from([0.5, 6.0]),
    lost=st.floats(0.0, 0.6),
    seed=st.integers(0, 2**16),
)
def test_any_movement_in_any_view_with_any_loss(
    name: str, stages: list[tuple[float, float]], yaw_deg: float, fps: float, shake_px: float, lost: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    body, planted, at_px = BODIES[name]
    session, t = Session(load_exercise(name)), 0.0
    for depth in eased(*stages, fps=fps):
        t += (1.0 + 0.2 * rng.random()) / fps
        pose = pose_of(body(depth), t, yaw_deg=yaw_deg, planted=planted, at_px=at_px)
        away = rng.random()
        if away < 0.3 * lost:
            pose = Pose.nobody(t, pose.size_px)
        elif away < lost:
            rows = rng.random(33) < 0.3
            pose.xy_px[rows] = np.nan
            pose.visibility[rows] = 0.0
        pose.xy_px[:] += rng.normal(0.0, shake_px, pose.xy_px.shape)
        session.update(pose)
    check(session.finish(), 0.0, t)


@pytest.mark.parametrize("name", sorted(catalogue()))
@settings(max_examples=8)
@given(
    seed=st.integers(0, 2**16), spread=st.sampled_from([1.0, 50.0, 2000.0]), step_s=st.sampled_from([0.001, 0.05, 2.0])
)
def test_poses_of_no_body_at_all(name: str, seed: int, spread: float, step_s: float) -> None:
    rng = np.random.default_rng(seed)
    session, t = Session(load_exercise(name)), 0.0
    for _ in range(80):
        t += step_s * (0.1 + rng.random())
        xy_px = 300.0 + spread * rng.normal(size=(33, 2))
        session.update(Pose(t, xy_px, rng.normal(size=(33, 3)), rng.random(33), (640, 480)))
    check(session.finish(), 0.0, t)
