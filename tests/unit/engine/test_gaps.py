"""When no poses come for a while, nothing is made up for the time between."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.signals import sample
from tests.stick import all_fours, deadlift, eased, film, romanian
from tests.unit.engine.test_movement_flows import SPEC as FLOW

from formcheck.body.pose import Pose
from formcheck.engine.events import AttemptEvent, CountEvent, Event, RepEvent, SetupEvent
from formcheck.engine.flow_tracker import FlowTracker
from formcheck.engine.movement import Abandoned, Completed, Counted, Step
from formcheck.engine.report import Report
from formcheck.engine.sampling import Sample
from formcheck.engine.session import AWAY_S, Session
from formcheck.engine.setup_coach import SetupCoach
from formcheck.engine.watch_tracker import WatchTracker
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import Watch

FLOOR: dict[str, Any] = {"planted": "hip", "at_px": (640.0, 400.0)}
REPS = 3
STAGES = ((1.6, 1.0), (0.8, 1.0), (2.0, 0.0), (1.2, 0.0))
REP_S = sum(seconds for seconds, _ in STAGES)
BEGIN_S = 1.5
HOLD_BEGINS_S, HOLD_ENDS_S = 3.0, 15.0


@cache
def poses_of(exercise: str) -> tuple[Pose, ...]:
    depth = eased((BEGIN_S, 0.0), *STAGES * REPS)
    match exercise:
        case "deadlift":
            return tuple(film(map(deadlift, depth)))
        case "romanian_deadlift":
            return tuple(film(map(romanian, depth)))
    legs = eased((2.0, 0.0), (1.0, 1.0), (HOLD_ENDS_S - HOLD_BEGINS_S, 1.0), (1.0, 0.0), (1.5, 0.0))
    return tuple(film(map(all_fours, legs), **FLOOR))


def cut(poses: Iterable[Pose], start: float, end: float) -> list[Pose]:
    return [pose for pose in poses if not start < pose.t < end]


def run(exercise: str, poses: Iterable[Pose]) -> tuple[Report, list[Event]]:
    session = Session(load_exercise(exercise))
    events = [event for pose in poses for event in session.update(pose)]
    return session.finish(), events


@cache
def whole(exercise: str) -> Report:
    return run(exercise, poses_of(exercise))[0]


@settings(max_examples=30, deadline=None)
@given(
    exercise=st.sampled_from(["deadlift", "romanian_deadlift"]),
    start=st.floats(0.0, BEGIN_S + REPS * REP_S - 1.2),
    length=st.floats(1.1, 8.0),
)
def test_no_rep_is_counted_that_the_whole_set_does_not_have(exercise: str, start: float, length: float) -> None:
    report, events = run(exercise, cut(poses_of(exercise), start, start + length))
    assert len([e for e in events if isinstance(e, CountEvent)]) == len(report.reps)
    assert len(report.reps) <= len(whole(exercise).reps) == REPS
    turns = np.array([rep.t_turn for rep in whole(exercise).reps])
    found = [int(np.argmin(np.abs(turns - rep.t_turn))) for rep in report.reps]
    assert len(set(found)) == len(found)
    assert [rep.t_turn for rep in report.reps] == pytest.approx(turns[found], abs=0.2 * REP_S)
    for rep in report.reps:
        assert not rep.t_start < start < start + length < rep.t_end
    for phase in report.phases:
        assert not phase.t_start < start < start + length < phase.t_end


@pytest.mark.parametrize("exercise", ["deadlift", "romanian_deadlift"])
@settings(max_examples=10, deadline=None)
@given(start=st.floats(0.0, 10.0), length=st.floats(0.0, AWAY_S - 0.1))
def test_a_short_gap_changes_no_count(exercise: str, start: float, length: float) -> None:
    at_a_rest = [BEGIN_S + i * REP_S for i in range(REPS)]
    away_from_the_turns = all(not (rest - 0.6 < start + length and start < rest + 0.6) for rest in at_a_rest)
    report, _ = run(exercise, cut(poses_of(exercise), start, start + length))
    if away_from_the_turns and length < 0.5:
        assert len(report.reps) == REPS
    assert "nothing was seen" not in str(report.attempts)


@pytest.mark.parametrize(("exercise", "into_the_rep_s"), [("deadlift", 3.3), ("romanian_deadlift", 1.2)])
def test_a_rep_that_is_cut_off_becomes_an_attempt(exercise: str, into_the_rep_s: float) -> None:
    start = BEGIN_S + REP_S + into_the_rep_s
    back = start + 2.0
    report, events = run(exercise, cut(poses_of(exercise), start, back))
    assert len(report.reps) == REPS - 1
    (attempt,) = report.attempts
    assert attempt.reason in ("nothing was seen for 2.0 s", "nothing was seen for 2.1 s")
    assert attempt.t_end == pytest.approx(start, abs=0.05)
    first_after = next(i for i, event in enumerate(events) if event.t >= back)
    assert any(isinstance(event, AttemptEvent) for event in events[:first_after])


def test_a_rep_that_was_counted_before_the_gap_is_judged_by_what_was_seen_of_it() -> None:
    standing = BEGIN_S + REP_S - 0.3
    report, events = run("deadlift", cut(poses_of("deadlift"), standing, standing + 3.0))
    assert [e.rep.index for e in events if isinstance(e, RepEvent)] == [1, 2]
    lowering = next(f for f in report.reps[0].findings if f.rule == "DL-12")
    assert (lowering.verdict, lowering.reason) == ("unseen", "the lowering was not filmed")


@settings(max_examples=25, deadline=None)
@given(start=st.floats(0.5, 15.0), length=st.floats(1.1, 6.0))
def test_the_time_of_holds_never_includes_the_gap(start: float, length: float) -> None:
    report, _ = run("bird_dog", cut(poses_of("bird_dog"), start, start + length))
    for hold in report.holds:
        assert hold.t_end <= start + 0.05 or hold.t_start >= start + length - 0.05
        assert hold.t_start >= HOLD_BEGINS_S - 1.0
    away = max(0.0, min(start + length, HOLD_ENDS_S) - max(start, HOLD_BEGINS_S))
    (uncut,) = whole("bird_dog").holds
    assert sum(hold.t_end - hold.t_start for hold in report.holds) <= uncut.t_end - uncut.t_start - away + 0.3


def test_a_hold_ends_when_it_was_last_seen_and_another_begins() -> None:
    report, _ = run("bird_dog", cut(poses_of("bird_dog"), 7.0, 9.0))
    first, second = report.holds
    assert first.t_end == pytest.approx(7.0, abs=0.05)
    assert 9.0 <= second.t_start < 10.5


def test_whoever_comes_back_elsewhere_leaves_no_trace_of_the_way() -> None:
    """The first sample after a gap is that of its pose alone: nothing was fast, nothing is smoothed over."""
    before = list(film([romanian(0.0)] * 60))
    later = [
        replace(pose, xy_px=pose.xy_px + np.array([250.0, 40.0])) for pose in film([romanian(0.5)] * 60, t_start=4.0)
    ]
    with_gap, alone = samples_of(before + later), samples_of(later)
    after = [s for s in with_gap if s.t >= 4.0]
    for name, value in alone[0].values.items():
        assert after[0].values[name] == pytest.approx(value, abs=1e-6, nan_ok=True)
        assert after[30].values[name] == pytest.approx(alone[30].values[name], abs=0.05, nan_ok=True)


def samples_of(poses: Sequence[Pose]) -> list[Sample]:
    taken: list[Sample] = []
    session = Session(load_exercise("romanian_deadlift"), on_sample=taken.append)
    for pose in poses:
        session.update(pose)
    session.finish()
    return taken


def test_the_same_cut_set_gives_the_same_report() -> None:
    poses = cut(poses_of("deadlift"), 6.0, 8.5)
    assert run("deadlift", poses) == run("deadlift", poses)


def test_poses_that_wait_for_the_view_when_the_camera_goes_are_not_joined_with_later_ones() -> None:
    poses = cut(poses_of("romanian_deadlift"), 0.3, 1.45)
    report, _ = run("romanian_deadlift", poses)
    assert len(report.reps) <= REPS
    assert report.view.name == "side"


def test_a_gap_says_nothing_about_how_long_something_was_wrong() -> None:
    coach = SetupCoach(load_exercise("squat"))
    nobody = [Pose.nobody(t, (640, 480)) for t in (0.0, 0.2, 0.4, 3.0, 3.2)]
    assert [coach.update(pose) for pose in nobody] == [None] * 5
    said = [coach.update(Pose.nobody(3.2 + 0.2 * i, (640, 480))) for i in range(1, 8)]
    assert [event.instruction for event in said if isinstance(event, SetupEvent)] == ["step_into_view"]


# -- flows and watches ------------------------------------------------------------------------------------------------


def cycles(count: int) -> list[tuple[float, float]]:
    """Return moments and levels of a driver that visits both positions of the flow by turns."""
    top = max(p.enter_above for p in FLOW.positions if p.enter_above is not None)
    bottom = min(p.enter_below for p in FLOW.positions if p.enter_below is not None)
    level = eased(
        (3.0, 0.0), *[(1.5, 2 * top), (1.0, 2 * top), (2.0, 2 * bottom), (1.0, 2 * bottom)] * count, (1.5, 0.0)
    )
    return [(i / 30, FLOW.neutral + v) for i, v in enumerate(level)]


def flow(moments: Iterable[tuple[float, float]]) -> list[Step]:
    tracker, steps, last = FlowTracker(FLOW), [], None
    for t, value in moments:
        if last is not None and t - last > AWAY_S:
            steps += tracker.interrupt("away")
        steps += tracker.update(sample(t, {FLOW.measure: value}), "side")
        last = t
    return steps + tracker.finish()


@settings(max_examples=50, deadline=None)
@given(start=st.floats(0.0, 24.0), length=st.floats(1.1, 8.0))
def test_a_cycle_that_is_cut_off_is_not_counted(start: float, length: float) -> None:
    moments = cycles(4)
    steps = flow([m for m in moments if not start < m[0] < start + length])
    counted = [step for step in steps if isinstance(step, Counted)]
    assert len(counted) <= len([step for step in flow(moments) if isinstance(step, Counted)]) == 4
    for step in steps:
        if isinstance(step, Completed):
            assert not step.cycle.t_start < start < start + length < step.cycle.t_end


def test_a_cut_off_cycle_is_an_attempt() -> None:
    moments = cycles(2)
    steps = flow([m for m in moments if not 5.0 < m[0] < 6.5])
    assert next(step.reason for step in steps if isinstance(step, Abandoned)) == "away"


@pytest.mark.parametrize(("seen_s", "windows"), [(0.3, 0), (0.8, 1)])
def test_a_window_does_not_span_a_gap(seen_s: float, windows: int) -> None:
    spec = load_exercise("desk_side").movement
    assert isinstance(spec, Watch)
    there = {c.measure: _inside(c.above, c.below) for c in spec.present}
    tracker, steps = WatchTracker(spec), []
    until = spec.settle_s + seen_s * spec.window_s
    for i in range(round(until * 30)):
        steps += tracker.update(sample(i / 30, there), "side")
    steps += tracker.interrupt("away")
    assert tracker.phase == "away"
    for i in range(round((spec.settle_s + 1.2 * spec.window_s) * 30)):
        steps += tracker.update(sample(until + 5.0 + i / 30, there), "side")
    found = [step.cycle for step in steps if isinstance(step, Completed)]
    assert len([cycle for cycle in found if cycle.t_end <= until]) == windows
    assert [cycle.t_start >= until + 5.0 for cycle in found[windows:]] == [True]


def _inside(above: float | None, below: float | None) -> float:
    low, high = -1e3 if above is None else above, 1e3 if below is None else below
    return (low + high) / 2
