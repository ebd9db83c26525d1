"""Counting repetitions from simulated drivers: noise, bias, gaps, half movements."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tests.signals import FPS, Array, follow, noise, repeated, sample
from tests.stick import eased

from formcheck.engine.movement import Abandoned, Completed, Counted, Cycle, Entered, Step
from formcheck.engine.rep_tracker import RepTracker
from formcheck.engine.tracking import track
from formcheck.exercise.spec import RepCycle


def cycle_of(**change: Any) -> RepCycle:
    base: dict[str, Any] = {
        "kind": "reps", "first": "eccentric", "measure": "trunk_inclination", "rest_below": 20.0,
        "leave_rest_above": 30.0, "work_above": 45.0, "min_range": 30.0, "early_hinge": {"above": 10.0, "below": 25.0},
    }  # fmt: skip
    return RepCycle.model_validate(base | change)


HINGE = cycle_of()
SQUAT = cycle_of(measure="knee_flexion", leave_rest_above=35.0, work_above=60.0, min_range=45.0, early_hinge=None)
ROW = cycle_of(
    measure="elbow_flexion", rest_below=30.0, leave_rest_above=45.0, work_above=70.0, min_range=45.0, min_s=0.6
)
PULL = cycle_of(first="concentric", lift_measure="shoulder_height")
DRIVERS = {"squat": (SQUAT, 5.0, 95.0), "hinge": (HINGE, 3.0, 75.0), "row": (ROW, 10.0, 100.0)}
every_driver = pytest.mark.parametrize(("spec", "top", "bottom"), DRIVERS.values(), ids=DRIVERS)


def run(spec: RepCycle, signal: Sequence[float] | Array) -> list[Step]:
    return follow(RepTracker(spec), spec.measure, signal)


def counted(steps: list[Step]) -> int:
    return sum(isinstance(step, Counted) for step in steps)


def cycles(steps: list[Step]) -> list[Cycle]:
    return [step.cycle for step in steps if isinstance(step, Completed)]


def reasons(steps: list[Step]) -> list[str]:
    return [step.reason for step in steps if isinstance(step, Abandoned)]


@every_driver
@pytest.mark.parametrize("seconds", [1.6, 2.5, 4.0])
@pytest.mark.parametrize("sd", [0.0, 2.0, 4.0])
def test_ten_reps_are_ten(spec: RepCycle, top: float, bottom: float, seconds: float, sd: float) -> None:
    clean = repeated(10, seconds, top, bottom)
    for seed in range(3):
        steps = run(spec, clean + noise(len(clean), sd, seed))
        assert (counted(steps), len(cycles(steps))) == (10, 10)


@every_driver
@pytest.mark.parametrize("bias", [12.0, -12.0])
@pytest.mark.parametrize("seconds", [1.6, 2.5, 4.0])
def test_a_constant_bias_of_the_landmarks_changes_no_count(
    spec: RepCycle, top: float, bottom: float, seconds: float, bias: float
) -> None:
    clean = repeated(10, seconds, top + bias, bottom + bias)
    for seed in range(3):
        assert counted(run(spec, clean + noise(len(clean), 2.0, seed))) == 10


@every_driver
@pytest.mark.parametrize("sd", [2.0, 4.0])
def test_five_minutes_of_swaying_are_no_rep(spec: RepCycle, top: float, bottom: float, sd: float) -> None:
    t = np.arange(round(300 * FPS)) / FPS
    steps = run(spec, top + 6.0 * np.sin(2 * np.pi * t / 6.0) + noise(len(t), sd, 1))
    assert (counted(steps), cycles(steps)) == (0, [])


@every_driver
@pytest.mark.parametrize("sd", [0.0, 4.0])
def test_movements_of_sixty_percent_of_the_range_do_not_count(
    spec: RepCycle, top: float, bottom: float, sd: float
) -> None:
    clean = repeated(10, 2.5, top, top + 0.6 * spec.min_range)
    assert counted(run(spec, clean + noise(len(clean), sd, 2))) == 0


def test_a_movement_that_is_too_shallow_is_an_attempt_that_says_how_far_it_went() -> None:
    steps = run(HINGE, repeated(2, 2.5, 0.0, 38.0))
    assert counted(steps) == 0
    assert reasons(steps) == ["only 38 of 45 needed to count"] * 2


def test_levels_count_from_where_the_person_stands() -> None:
    """Standing reads 25 degrees, above the level that ends a rep; it is the zero of this person all the same."""
    steps = run(cycle_of(zero_within=30.0), repeated(5, 2.5, 25.0, 95.0))
    assert counted(steps) == 5


def test_who_does_not_go_far_enough_has_not_moved_through_the_range() -> None:
    steps = run(cycle_of(min_range=70.0), eased((1.5, 0.0), (1.2, 60.0), (1.2, 0.0), (1.5, 0.0)))
    assert counted(steps) == 0
    (reason,) = reasons(steps)
    assert reason.endswith("of 70 range of motion")


def test_a_start_position_is_only_taken_from_who_stands_still() -> None:
    """Who is still straightening up at the start would otherwise seem to hinge 12 degrees less."""
    straightening = np.linspace(18.0, 0.0, round(2.0 * FPS))
    steps = run(HINGE, np.concatenate([straightening, eased((1.5, 0.0), (1.2, 52.0), (1.2, 0.0), (1.5, 0.0))]))
    assert counted(steps) == 1


def test_a_constant_bias_beyond_the_limit_is_not_taken_for_the_start_position() -> None:
    """Somebody who stays bent over by 40 degrees has not stood yet."""
    steps = run(HINGE, repeated(3, 2.5, 40.0, 110.0))
    assert counted(steps) == 0


def test_the_spans_of_an_eccentric_first_rep_lie_where_the_movement_was() -> None:
    steps = run(HINGE, [*eased((1.5, 0.0), (2.0, 80.0), (0.5, 80.0), (1.0, 0.0), (2.0, 0.0))])
    (rep,) = cycles(steps)
    down, low, up, end = 1.5, 3.5, 4.0, 5.0
    assert rep.t_start == pytest.approx(down, abs=0.4)
    assert low - 0.1 <= rep.t_turn <= up + 0.1
    assert rep.t_end == pytest.approx(end, abs=0.25)
    assert rep.range_of_motion == pytest.approx(80.0, abs=2.0)
    spans = rep.spans
    assert spans["start"] == pytest.approx((rep.t_start - 0.5, rep.t_start))
    assert spans["eccentric"] == pytest.approx((rep.t_start, spans["turn"][0]))
    assert spans["turn"] == pytest.approx(
        (low - 0.37, up + 0.18), abs=0.1
    )  # the last tenth of the range down, the first up
    assert spans["eccentric_and_turn"] == pytest.approx((rep.t_start, spans["turn"][1]))
    assert spans["concentric"] == pytest.approx((spans["turn"][1], rep.t_end))
    assert sum(spans["half_way"]) / 2 == pytest.approx(down + 1.0, abs=0.05)
    assert spans["rep"] == (rep.t_start, rep.t_end)
    assert spans["top"][0] >= rep.t_end - 0.3
    assert spans["top"][1] <= end + 0.6
    assert spans["early_hinge"] == pytest.approx(
        (1.5 + 2.0 * math.acos(1 - 2 * 10 / 80) / math.pi, 1.5 + 2.0 * math.acos(1 - 2 * 25 / 80) / math.pi), abs=0.05
    )
    assert rep.missing == {}
    assert set(spans) == set(HINGE.spans)


@pytest.mark.parametrize("sd", [0.0, 2.0])
def test_the_spans_of_a_concentric_first_rep_follow_each_other(sd: float) -> None:
    trunk = np.array(eased((1.5, 0.0), *[(1.5, 64.0), (1.0, 64.0), (2.0, 0.0), (1.0, 0.0)] * 3))
    lift = 3.0 - 1.2 * trunk / 64.0
    tracker, steps = RepTracker(PULL), []
    for i, (angle, height) in enumerate(zip(trunk + noise(len(trunk), sd, 5), lift, strict=True)):
        steps += tracker.update(sample(i / FPS, {"trunk_inclination": angle, "shoulder_height": height}), "side")
    steps += tracker.finish()
    found = cycles(steps)
    assert len(found) == counted(steps) == 3
    for i, rep in enumerate(found):
        spans, floor = rep.spans, 1.5 + 5.5 * i + 1.5  # when the bar is on the floor
        assert spans["set_up"][0] <= spans["set_up"][1] <= spans["first_pull"][0]
        assert spans["first_pull"][0] <= spans["first_pull"][1] == spans["second_pull"][0]
        assert spans["second_pull"][1] <= spans["lockout"][0] + 1e-9 <= spans["lockout"][1]
        assert sum(spans["liftoff"]) / 2 == pytest.approx(spans["set_up"][1])
        assert sum(spans["liftoff"]) / 2 == pytest.approx(floor + 1.0 + 0.25, abs=0.15)  # 0.05 trunk lengths risen
        assert spans["lockout"][0] == pytest.approx(floor + 3.0 - 0.5, abs=0.35)
        assert spans["early_hinge"][1] <= spans["set_up"][0]
        if i < 2:
            assert spans["lockout"][1] <= spans["lowering"][0] + 1e-9 < spans["lowering"][1]
            assert spans["lowering"][0] == pytest.approx(floor + 4.0, abs=0.45)
            assert spans["lowering"][1] == pytest.approx(floor + 5.2, abs=0.2)
    assert found[2].missing == {"lowering": "the lowering was not filmed"}


def test_without_a_lift_measure_the_load_leaves_the_floor_at_the_end_of_the_plateau() -> None:
    steps = run(cycle_of(first="concentric"), eased((1.5, 0.0), (1.5, 64.0), (1.0, 64.0), (2.0, 0.0), (1.0, 0.0)))
    (rep,) = cycles(steps)
    end_of_plateau = 4.0 + 2.0 * math.acos(0.8) / math.pi
    assert rep.spans["set_up"][1] == pytest.approx(end_of_plateau, abs=0.1)


def test_a_film_that_starts_at_the_bottom_counts_the_half_it_saw_and_says_what_is_missing() -> None:
    steps = run(HINGE, eased((1.0, 75.0), (1.2, 0.0), (0.8, 0.0), *[(1.2, 75.0), (1.2, 0.0), (0.8, 0.0)] * 2))
    assert counted(steps) == 3
    first, *others = cycles(steps)
    assert set(first.missing) == {"start", "eccentric", "half_way"}
    assert not {"start", "eccentric", "half_way"} & set(first.spans)
    assert "early_hinge" in first.spans  # on the way up
    assert all(not rep.missing for rep in others)


def test_a_pull_that_starts_on_the_floor_counts() -> None:
    steps = run(
        cycle_of(first="concentric"), eased((1.0, 64.0), *[(2.0, 0.0), (1.0, 0.0), (1.5, 64.0), (1.0, 64.0)] * 3)
    )
    assert counted(steps) == 3


@pytest.mark.parametrize("where", ["turn", "top"])
def test_a_driver_that_is_lost_for_a_second_keeps_the_rep(where: str) -> None:
    signal = np.array(eased((1.5, 0.0), *[(1.2, 75.0), (1.2, 75.0), (1.2, 0.0), (1.2, 0.0)] * 3))
    start = 1.5 + 4.8 + (1.3 if where == "turn" else 3.7)
    signal[round(start * FPS) : round((start + 1.0) * FPS)] = math.nan
    steps = run(HINGE, signal)
    assert counted(steps) == len(cycles(steps)) == 3
    assert reasons(steps) == []


def test_a_driver_that_is_lost_for_four_seconds_breaks_the_rep() -> None:
    signal = np.array(eased((1.5, 0.0), *[(1.2, 75.0), (1.2, 75.0), (1.2, 0.0), (4.0, 0.0)] * 3))
    start = 1.5 + 7.6 + 1.8  # from the turn of the second rep on, until long after it
    signal[round(start * FPS) : round((start + 4.2) * FPS)] = math.nan
    steps = run(HINGE, signal)
    assert counted(steps) == 2
    assert reasons(steps) == ["you could not be followed for 4 s"]


def test_a_driver_that_is_lost_for_four_seconds_in_rest_breaks_nothing() -> None:
    signal = np.array(eased((1.5, 0.0), (1.2, 75.0), (1.2, 0.0), (6.0, 0.0), (1.2, 75.0), (1.2, 0.0), (1.0, 0.0)))
    signal[round(4.8 * FPS) : round(9.0 * FPS)] = math.nan
    steps = run(HINGE, signal)
    assert counted(steps) == len(cycles(steps)) == 2
    assert reasons(steps) == []


@pytest.mark.parametrize("depth", [60.0, 50.0])
def test_a_double_bounce_at_the_bottom_is_one_rep(depth: float) -> None:
    steps = run(HINGE, eased((1.5, 0.0), (1.2, 80.0), (0.6, depth), (0.6, 80.0), (1.2, 0.0), (1.5, 0.0)))
    assert counted(steps) == len(cycles(steps)) == 1
    assert reasons(steps) == []


def test_a_hesitation_on_the_way_back_is_not_another_rep() -> None:
    steps = run(HINGE, eased((1.5, 0.0), (1.2, 80.0), (0.9, 30.0), (0.6, 43.0), (1.0, 0.0), (1.5, 0.0)))
    assert counted(steps) == len(cycles(steps)) == 1
    assert reasons(steps) == []


def test_a_few_wild_samples_are_no_phase() -> None:
    signal = np.array(eased((4.0, 0.0), (1.2, 80.0), (2.0, 80.0), (1.2, 0.0), (2.0, 0.0)))
    signal[60:62] = 80.0  # standing
    signal[round(6.0 * FPS)] = 0.0  # at the bottom
    steps = run(HINGE, signal)
    assert [s.phase for s in steps if isinstance(s, Entered)] == ["rest", "away", "turn", "back", "rest"]
    assert counted(steps) == 1


def test_turning_round_before_the_start_position_is_an_attempt_and_the_next_counts() -> None:
    steps = run(HINGE, eased((1.5, 0.0), (1.2, 80.0), (0.8, 35.0), (0.8, 80.0), (1.2, 0.0), (1.5, 0.0)))
    assert reasons(steps) == ["turned round before the start position was reached"]
    assert counted(steps) == 1


def test_reps_that_are_too_quick_or_too_long_are_attempts() -> None:
    quick = run(cycle_of(min_s=1.5), repeated(1, 1.2, 0.0, 80.0, pause_s=1.5))
    assert counted(quick) == 0
    assert len(reasons(quick)) == 1
    assert "a rep lasts 1.5 to 15 s" in reasons(quick)[0]
    slow = run(cycle_of(max_s=5.0), eased((1.5, 0.0), (2.0, 80.0), (4.0, 80.0), (2.0, 0.0), (1.0, 0.0)))
    assert counted(slow) == 0
    assert "a rep lasts 0.8 to 5 s" in reasons(slow)[0]


def test_a_rep_that_the_film_cuts_off_is_an_attempt() -> None:
    steps = run(HINGE, eased((1.5, 0.0), (1.2, 80.0), (1.0, 80.0)))
    assert counted(steps) == 0
    assert reasons(steps) == ["the film ended before the rep was complete"]


def test_the_last_rep_is_handed_over_when_the_film_ends_right_after_it() -> None:
    steps = run(HINGE, eased((1.5, 0.0), (1.2, 80.0), (1.2, 0.0), (0.3, 0.0)))
    assert counted(steps) == len(cycles(steps)) == 1


def test_counting_comes_before_judging() -> None:
    """The number is said when the rep ends; what is known only after its last span follows."""
    steps = run(HINGE, repeated(2, 2.5, 0.0, 80.0, pause_s=1.5))
    kinds = [type(step).__name__ for step in steps if isinstance(step, Counted | Completed)]
    assert kinds == ["Counted", "Completed"] * 2


def test_phases_follow_each_other_in_time() -> None:
    entered = [s for s in run(HINGE, repeated(3, 2.5, 0.0, 80.0)) if isinstance(s, Entered)]
    assert [s.phase for s in entered] == ["rest", *["away", "turn", "back", "rest"] * 3]
    assert [s.t for s in entered] == sorted(s.t for s in entered)


@pytest.mark.parametrize("first", ["eccentric", "concentric"])
def test_what_a_rep_asks_for_is_announced_as_needed(first: str) -> None:
    spec = cycle_of(first=first)
    tracker, needed = RepTracker(spec), -math.inf
    signal = eased((1.5, 0.0), *[(1.5, 64.0), (1.0, 64.0), (2.0, 0.0), (3.0, 0.0)] * 3)
    found = 0
    for i, value in enumerate(signal):
        for step in tracker.update(sample(i / FPS, {spec.measure: value}), "side"):
            if isinstance(step, Completed):
                found += 1
                assert min(a for a, _ in step.cycle.spans.values()) >= needed - 1.0
        needed = max(needed, tracker.needs_since)
        assert i / FPS - tracker.needs_since < 12.0
    assert found >= 2


def test_a_long_rest_needs_nothing_of_the_past() -> None:
    tracker = RepTracker(HINGE)
    for i in range(round(60 * FPS)):
        tracker.update(sample(i / FPS, {"trunk_inclination": 2.0}), "side")
    assert 60.0 - tracker.needs_since < 6.0


def test_a_second_driver_serves_the_front_view() -> None:
    spec = cycle_of(measure_in={"front": "trunk_inclination_in_depth"})
    tracker = RepTracker(spec)
    steps: list[Step] = []
    for i, value in enumerate(repeated(3, 2.5, 0.0, 70.0)):
        values = {"trunk_inclination": math.nan, "trunk_inclination_in_depth": float(value)}
        steps += tracker.update(sample(i / FPS, values), "front")
    assert counted(steps + tracker.finish()) == 3


@pytest.mark.parametrize("fps", [15.0, 60.0])
def test_the_frame_rate_does_not_change_the_count(fps: float) -> None:
    signal = eased((1.5, 0.0), *[(1.2, 75.0), (1.2, 0.0), (0.8, 0.0)] * 5, fps=fps)
    tracker = track(HINGE)
    assert counted(follow(tracker, HINGE.measure, signal, fps)) == 5


def test_nobody_at_all_is_nothing() -> None:
    assert run(HINGE, [math.nan] * 300) == []


# -- what looks like another exercise ---------------------------------------------------------------------------------

UPRIGHT = {"counts_if": [{"measure": "trunk_inclination", "below": 65.0}]}
DEPTH = {
    "measure": "squat_depth", "zero_within": 0.2, "rest_below": 0.15, "leave_rest_above": 0.22, "work_above": 0.3,
    "min_range": 0.22, "min_s": 0.5, "dwell_s": 0.1, "early_hinge": None,
}  # fmt: skip


def run_two(spec: RepCycle, depth: Sequence[float], trunk: Sequence[float]) -> list[Step]:
    """Follow a squat whose trunk leans forward meanwhile."""
    tracker, steps = RepTracker(spec), []
    for i, (v, lean) in enumerate(zip(depth, trunk, strict=True)):
        steps += tracker.update(sample(i / FPS, {spec.measure: v, "trunk_inclination": lean}), "side")
    return steps + tracker.finish()


@pytest.mark.parametrize(("lean", "reps"), [(40.0, 3), (64.0, 3), (66.0, 0), (80.0, 0)])
def test_a_cycle_that_does_not_meet_the_conditions_at_its_turn_is_another_exercise(lean: float, reps: int) -> None:
    depth = np.array(eased((1.5, 0.0), *[(1.5, 0.8), (0.5, 0.8), (1.5, 0.0), (1.0, 0.0)] * 3))
    steps = run_two(cycle_of(**DEPTH, **UPRIGHT), depth.tolist(), (lean * depth / 0.8).tolist())
    assert counted(steps) == len(cycles(steps)) == reps
    if not reps:
        assert reasons(steps) == [f"looks like another exercise: trunk inclination {lean:.0f}°, expected below 65°"] * 3


def test_only_the_turn_decides_and_wild_pictures_do_not() -> None:
    depth = np.array(eased((1.5, 0.0), (1.5, 0.8), (0.5, 0.8), (1.5, 0.0), (1.0, 0.0)))
    lean = np.where(depth > 0.7, 50.0, 90.0)
    lean[round(3.2 * FPS) : round(3.2 * FPS) + 4] = 120.0
    assert counted(run_two(cycle_of(**DEPTH, **UPRIGHT), depth.tolist(), lean.tolist())) == 1


def test_a_condition_that_cannot_be_seen_is_not_checked() -> None:
    depth = np.array(eased((1.5, 0.0), (1.5, 0.8), (0.5, 0.8), (1.5, 0.0), (1.0, 0.0)))
    lean = np.where(depth > 0.3, math.nan, 80.0)
    assert counted(run_two(cycle_of(**DEPTH, **UPRIGHT), depth.tolist(), lean.tolist())) == 1


@pytest.mark.parametrize(("lean", "reps"), [(30.0, 1), (60.0, 0)])
def test_a_rep_has_not_ended_before_the_conditions_for_its_end_hold(lean: float, reps: int) -> None:
    """Legs that straighten under a trunk that goes on forwards are the beginning of a hinge, not the end of a squat."""
    standing_up = {"counts_if": [{"measure": "trunk_inclination", "below": 40.0, "at": "end"}]}
    depth = eased((1.5, 0.0), (1.0, 0.6), (1.0, 0.0), (2.0, 0.0))
    trunk = eased((1.5, 0.0), (2.0, lean), (2.0, lean))
    steps = run_two(cycle_of(**DEPTH, **standing_up), depth, trunk)
    assert counted(steps) == reps


def test_a_rep_ends_when_the_condition_begins_to_hold() -> None:
    standing_up = {"counts_if": [{"measure": "trunk_inclination", "below": 40.0, "at": "end"}]}
    depth = eased((1.5, 0.0), (1.0, 0.6), (1.0, 0.0), (3.0, 0.0))
    trunk = [60.0 if 2.0 < i / FPS < 5.0 else 5.0 for i in range(len(depth))]
    steps = run_two(cycle_of(**DEPTH, **standing_up), depth, trunk)
    assert [step.t for step in steps if isinstance(step, Counted)] == pytest.approx([5.0], abs=0.1)


@pytest.mark.parametrize(("hip", "reps"), [(70.0, 1), (50.0, 0)])
def test_a_pull_can_have_conditions_too(hip: float, reps: int) -> None:
    spec = cycle_of(first="concentric", counts_if=[{"measure": "hip_flexion", "above": 60.0}])
    tracker, steps = RepTracker(spec), []
    for i, v in enumerate(eased((1.5, 0.0), (1.5, 64.0), (1.0, 64.0), (2.0, 0.0), (1.0, 0.0))):
        steps += tracker.update(sample(i / FPS, {"trunk_inclination": v, "hip_flexion": hip * v / 64.0}), "side")
    steps += tracker.finish()
    assert counted(steps) == reps
    assert reasons(steps) == [] if reps else ["looks like another exercise: hip flexion 50°, expected above 60°"]


def test_lengths_on_the_body_are_told_in_percent() -> None:
    steps = run(cycle_of(**DEPTH), eased((1.5, 0.0), (1.2, 0.27), (1.2, 0.0), (1.0, 0.0)))
    assert reasons(steps) == ["only 27 of 30 % needed to count"]


def test_one_wild_picture_at_work_depth_was_far_enough_only_for_a_moment() -> None:
    signal = np.array(eased((1.5, 0.0), (1.2, 38.0), (1.2, 0.0), (1.0, 0.0)))
    signal[round(2.7 * FPS)] = 60.0
    assert reasons(run(HINGE, signal)) == ["far enough only for a moment"]


def test_the_early_way_back_reaches_to_half_of_the_depth() -> None:
    (rep,) = cycles(run(HINGE, eased((1.5, 0.0), (2.0, 80.0), (0.5, 80.0), (2.0, 0.0), (2.0, 0.0))))
    start, end = rep.spans["early_concentric"]
    assert start == rep.spans["turn"][1] == rep.spans["concentric"][0]
    assert end == pytest.approx(4.0 + 1.0, abs=0.07)


def test_a_rep_begins_in_its_own_rest_even_if_the_one_before_was_deeper() -> None:
    """Somebody who does not come up again as far as at first still begins each rep where the last one ended."""
    steps = run(HINGE, eased((1.5, 0.0), (0.5, 75.0), (0.5, 15.0), (0.3, 15.0), (1.0, 75.0), (1.0, 0.0), (1.0, 0.0)))
    first, second = cycles(steps)
    assert second.t_start >= first.t_turn
    assert second.t_start == pytest.approx(2.8, abs=0.35)


@pytest.mark.parametrize("seconds", [0.3, 1.5])
def test_the_lowering_ends_when_the_load_is_down(seconds: float) -> None:
    stages = [(1.5, 64.0), (1.0, 64.0), (2.0, 0.0), (1.0, 0.0), (seconds, 64.0), (1.0, 64.0)]
    rep = cycles(run(cycle_of(first="concentric"), eased((1.5, 0.0), *stages)))[0]
    start, end = rep.spans["lowering"]
    assert end - start == pytest.approx(0.75 * seconds, abs=0.2 * seconds + 0.034)
