"""What an exercise file may say. The files that come with formcheck are tested in tests/exercises."""

from typing import Any

import pytest
from pydantic import ValidationError

from formcheck.body import MEASURES
from formcheck.exercise.spec import (
    CONCENTRIC_FIRST_SPANS,
    ECCENTRIC_FIRST_SPANS,
    FLOW_SPANS,
    HOLD_SPANS,
    SIDES,
    WATCH_SPANS,
    Band,
    Exercise,
    Flow,
    HoldPose,
    Position,
    RepCycle,
    Rule,
    Watch,
)

RULE: dict[str, Any] = {
    "id": "XX-01",
    "name": "Too shallow",
    "measure": "knee_flexion",
    "over": "turn",
    "reduce": "median",
    "ideal_min": 60.0,
    "fault_below": 40.0,
    "severity": "effectiveness",
    "cue": "Go a bit deeper",
    "why": "Depth trains the whole range.",
    "sources": ["coaching-consensus"],
}
REPS: dict[str, Any] = {
    "kind": "reps",
    "first": "eccentric",
    "measure": "knee_flexion",
    "rest_below": 20.0,
    "leave_rest_above": 35.0,
    "work_above": 60.0,
    "min_range": 45.0,
}
HOLD: dict[str, Any] = {
    "kind": "hold",
    "enter": [{"measure": "trunk_inclination", "above": 60.0}],
    "leave": [{"measure": "trunk_inclination", "below": 50.0}],
    "steady": {"measure": "body_line_deviation", "within": 0.02},
}
UP: dict[str, Any] = {"name": "up", "enter_above": 10.0, "leave_below": 4.0}
DOWN: dict[str, Any] = {"name": "down", "enter_below": -8.0, "leave_above": -2.0}
FLOW: dict[str, Any] = {
    "kind": "flow",
    "measure": "trunk_inclination",
    "zero_within": 20.0,
    "start": [{"measure": "knee_flexion", "below": 20.0}],
    "positions": [UP, DOWN],
}
WATCH: dict[str, Any] = {
    "kind": "watch",
    "measure": "neck_inclination",
    "present": [{"measure": "hip_flexion", "above": 50.0}],
}
EXERCISE: dict[str, Any] = {
    "schema_version": 1,
    "id": "some_squat",
    "name": "Some squat",
    "version": 1,
    "summary": "Down and up.",
    "views": ["side"],
    "filming": "From the side.",
    "movement": REPS,
    "key": [["XX-01"]],
    "not_checked": ["pain"],
    "rules": [RULE],
}


def refused(
    model: type[Rule | Exercise | RepCycle | HoldPose | Band | Flow | Position | Watch], data: dict[str, Any]
) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return str(caught.value)


def test_the_examples_are_valid() -> None:
    exercise = Exercise.model_validate(EXERCISE)
    assert exercise.measures == ("knee_flexion",)
    assert isinstance(
        Exercise.model_validate(EXERCISE | {"movement": HOLD, "rules": [RULE | {"over": "hold"}]}).movement, HoldPose
    )


@pytest.mark.parametrize(
    ("edges", "complaint"),
    [
        ({}, "needs ideal_min or ideal_max"),
        ({"fault_above": 3.0}, "needs ideal_min or ideal_max"),
        ({"ideal_min": 5.0, "ideal_max": 4.0}, "the band must rise"),
        ({"ideal_min": 5.0, "fault_below": 6.0}, "the band must rise"),
        ({"ideal_max": 5.0, "fault_above": 4.0}, "the band must rise"),
        ({"ideal_min": 0.0, "fault_above": 9.0}, "a fault edge needs the ideal edge on its side"),
        ({"ideal_max": 9.0, "fault_below": 0.0}, "a fault edge needs the ideal edge on its side"),
    ],
)
def test_bands_that_make_no_sense(edges: dict[str, float], complaint: str) -> None:
    assert complaint in refused(Band, edges)


def test_the_narrowest_warning_zone() -> None:
    assert Band(ideal_max=3.0).narrowest_warning() is None
    assert Band(ideal_min=0.0, ideal_max=10.0, fault_below=-4.0, fault_above=13.0).narrowest_warning() == 3.0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"measure": "knee_bend"}, "unknown measure 'knee_bend' (did you mean 'knee_flexion'?); known are"),
        (
            {"reduce": "medium"},
            "unknown reducer 'medium' (did you mean 'median'?); known are duration, extreme, fastest, max,",
        ),
        ({"cue": "Please go a little bit deeper"}, "is longer than 5 words"),
        ({"cue_below": "Please go a little bit deeper"}, "is longer than 5 words"),
        ({"fault_below": 54.0}, "the warning zone is 6 wide, finer than the error budget 8 of knee_flexion"),
        (
            {"absolute": {"ideal_min": 30.0, "fault_below": 29.0}},
            "the warning zone is 1 wide, finer than the error budget 8",
        ),
        ({"reduce": "duration", "ideal_min": 1.0, "fault_below": 0.95}, "finer than the error budget 0.1"),
        ({"views": ["front"]}, "knee_flexion cannot be read from the front"),
        ({"views": ["side", "back"]}, "knee_flexion cannot be read from the back"),
        ({"sources": []}, "at least 1 item"),
        ({"severity": "deadly"}, "'safety', 'effectiveness' or 'minor'"),
        ({"id": "xx1"}, "pattern"),
        ({"faults_below": 3.0}, "Extra inputs are not permitted"),
        ({"why": ""}, "at least 3 characters"),
    ],
)
def test_rules_that_make_no_sense(change: dict[str, Any], complaint: str) -> None:
    assert complaint in refused(Rule, RULE | change)


@pytest.mark.parametrize("key", ["id", "name", "measure", "over", "reduce", "severity", "cue", "why", "sources"])
def test_nothing_of_a_rule_may_be_left_out(key: str) -> None:
    assert "Field required" in refused(Rule, {k: v for k, v in RULE.items() if k != key})


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_no_band_may_be_decided_more_finely_than_its_measure(name: str) -> None:
    budget = MEASURES[name].budget
    base = RULE | {"measure": name, "ideal_min": 0.0, "views": list(MEASURES[name].views)}
    assert Rule.model_validate(base | {"fault_below": -budget}).fault_below == -budget
    assert "finer than the error budget" in refused(Rule, base | {"fault_below": -0.9 * budget})


@pytest.mark.parametrize(
    "change",
    [{"rest_below": 35.0}, {"leave_rest_above": 60.0}, {"work_above": 30.0}],
)
def test_the_levels_of_a_repetition_rise(change: dict[str, float]) -> None:
    assert "levels must rise" in refused(RepCycle, REPS | change)


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "bend"},
        {"measure_in": {"front": "bend"}},
        {"lift_measure": "bend"},
        {"counts_if": [{"measure": "bend", "below": 1.0}]},
    ],
)
def test_a_repetition_is_driven_by_known_measures(change: dict[str, Any]) -> None:
    assert "unknown measure 'bend'" in refused(RepCycle, REPS | change)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"enter": []}, "at least 1 item"),
        ({"leave": [{"measure": "trunk_inclination"}]}, "the condition on trunk_inclination needs above or below"),
        ({"enter": [{"measure": "bend", "above": 1.0}]}, "unknown measure 'bend'"),
        ({"steady": {"measure": "bend", "within": 1.0}}, "unknown measure 'bend'"),
        ({"side_measure": "bend"}, "unknown measure 'bend'"),
    ],
)
def test_holds_that_make_no_sense(change: dict[str, Any], complaint: str) -> None:
    assert complaint in refused(HoldPose, HOLD | change)


def test_a_condition_of_counting_needs_an_edge() -> None:
    change = {"counts_if": [{"measure": "trunk_inclination"}]}
    assert "the condition on trunk_inclination needs above or below" in refused(RepCycle, REPS | change)


def test_the_kind_of_movement_decides_which_spans_there_are() -> None:
    eccentric = RepCycle.model_validate(REPS)
    concentric = RepCycle.model_validate(REPS | {"first": "concentric"})
    assert eccentric.spans == ECCENTRIC_FIRST_SPANS
    assert concentric.spans == CONCENTRIC_FIRST_SPANS
    assert HoldPose.model_validate(HOLD).spans == HOLD_SPANS
    assert "no span 'hold' in this movement" in refused(Exercise, EXERCISE | {"rules": [RULE | {"over": "hold"}]})
    assert "no span 'turn' in this movement" in refused(Exercise, EXERCISE | {"movement": HOLD})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rules": [RULE, RULE | {"name": "Another"}]}, "rule ids must be unique; doubled: XX-01"),
        ({"rules": [RULE | {"relative_to": "hold_start"}]}, "cannot compare with 'hold_start'"),
        ({"rules": []}, "at least 1 item"),
        ({"key": [["XX-02"]]}, "the key rule 'XX-02' is not among the rules"),
        ({"charts": ["bend"]}, "unknown measure 'bend'"),
        ({"schema_version": 2}, "Input should be 1"),
        ({"version": 0}, "greater than or equal to 1"),
        ({"id": "Some-Squat"}, "pattern"),
        ({"views": []}, "at least 1 item"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"movement": REPS | {"kind": "dance"}}, "'reps', 'hold'"),
    ],
)
def test_exercises_that_make_no_sense(change: dict[str, Any], complaint: str) -> None:
    assert complaint in refused(Exercise, EXERCISE | change)


@pytest.mark.parametrize("reference", ["baseline", "start", "half_way", "early_hinge"])
def test_what_a_rule_may_compare_with(reference: str) -> None:
    Exercise.model_validate(EXERCISE | {"rules": [RULE | {"relative_to": reference}]})


def test_an_exercise_lists_every_measure_it_needs_once() -> None:
    movement = REPS | {"measure_in": {"front": "trunk_inclination_in_depth"}, "lift_measure": "shoulder_height"}
    movement |= {"counts_if": [{"measure": "trunk_inclination", "below": 65.0}]}
    rules = [
        RULE,
        RULE | {"id": "XX-02", "measure": "hip_flexion", "fault_below": 10.0},
        RULE
        | {"id": "XX-03", "measure": "pelvis_tilt", "views": ["front"], "not_measurable": "the model tilts the hips"},
    ]
    exercise = Exercise.model_validate(EXERCISE | {"movement": movement, "rules": rules, "charts": ["knee_flexion"]})
    expected = ("knee_flexion", "trunk_inclination_in_depth", "shoulder_height", "trunk_inclination", "hip_flexion")
    assert exercise.measures == expected


def test_a_hold_needs_the_measures_of_its_conditions() -> None:
    exercise = Exercise.model_validate(
        EXERCISE | {"movement": HOLD | {"side_measure": "lifted_leg_is_left"}, "rules": [RULE | {"over": "hold"}]}
    )
    assert set(exercise.measures) == {"body_line_deviation", "trunk_inclination", "lifted_leg_is_left", "knee_flexion"}


# -- flows and watches ------------------------------------------------------------------------------------------------


def test_a_flow_has_the_spans_of_its_positions() -> None:
    flow = Flow.model_validate(FLOW | {"counts_if": [{"measure": "hip_flexion", "above": 10.0}]})
    assert flow.spans == (*FLOW_SPANS, "up", "down")
    assert flow.measures == ("trunk_inclination", "knee_flexion", "hip_flexion")
    assert [position.hysteresis for position in flow.positions] == [6.0, 6.0]
    rule = RULE | {"over": "up", "relative_to": "down"}
    assert Exercise.model_validate(EXERCISE | {"movement": FLOW, "rules": [rule]}).movement.counts == "cycle"
    assert "no span 'sideways' in this movement" in refused(
        Exercise, EXERCISE | {"movement": FLOW, "rules": [RULE | {"over": "sideways"}]}
    )


@pytest.mark.parametrize(
    ("value", "before", "up", "down"),
    [
        (10.5, False, True, False),
        (9.5, False, False, False),
        (4.5, True, True, False),
        (3.5, True, False, False),
        (-8.5, False, False, True),
        (-2.5, True, False, True),
        (-1.5, True, False, False),
        (float("nan"), True, False, False),
    ],
)
def test_a_position_is_kept_until_its_level_of_leaving(value: float, before: bool, up: bool, down: bool) -> None:
    assert Position.model_validate(UP).inside(value, before) is up
    assert Position.model_validate(DOWN).inside(value, before) is down


@pytest.mark.parametrize(
    ("position", "complaint"),
    [
        ({"name": "up"}, "the position 'up' needs enter_above and leave_below, or enter_below and leave_above"),
        (UP | {"leave_above": 1.0}, "needs enter_above and leave_below, or"),
        ({"name": "up", "enter_above": 1.0, "leave_above": 0.0}, "needs enter_above and leave_below, or"),
        (UP | {"leave_below": 10.0}, "must be left nearer to the start than it is entered"),
        (DOWN | {"leave_above": -9.0}, "must be left nearer to the start than it is entered"),
        (UP | {"name": "Up there"}, "pattern"),
    ],
)
def test_positions_that_make_no_sense(position: dict[str, Any], complaint: str) -> None:
    assert complaint in refused(Position, position)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"positions": [UP]}, "at least 2 items"),
        ({"positions": [UP, DOWN | {"name": "up"}]}, "a position needs a name of its own, not up"),
        ({"positions": [UP, DOWN | {"name": "cycle"}]}, "a position needs a name of its own, not cycle"),
        ({"start": []}, "at least 1 item"),
    ],
)
def test_flows_that_make_no_sense(change: dict[str, Any], complaint: str) -> None:
    assert complaint in refused(Flow, FLOW | change)


def test_a_watch_needs_the_measures_of_its_gates() -> None:
    gates = {
        "still": {"measure": "trunk_inclination", "within": 6.0},
        "moving": {"measure": "feet_spread", "at_least": 0.3},
        "moving_in": {"front": {"measure": "squat_depth", "at_least": 0.05}},
    }
    watch = Watch.model_validate(WATCH | gates)
    assert watch.spans == WATCH_SPANS
    assert watch.counts == "window"
    assert watch.measures == (
        "neck_inclination", "hip_flexion", "trunk_inclination", "feet_spread", "squat_depth",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"window_s": 0.0}, "greater than 0"),
        ({"window_s": 5.0, "stretch_s": 4.0}, "stretch_s must be at least window_s"),
        ({"present": []}, "at least 1 item"),
        ({"moving_in": {"above": {"measure": "squat_depth", "at_least": 0.05}}}, "'side', 'front' or 'back'"),
        ({"still": {"measure": "bend", "within": 6.0}}, "unknown measure 'bend'"),
    ],
)
def test_watches_that_make_no_sense(change: dict[str, Any], complaint: str) -> None:
    assert complaint in refused(Watch, WATCH | change)


def test_only_a_watch_may_keep_what_it_does_not_interrupt_with() -> None:
    rule = RULE | {"over": "window", "interrupts": False}
    watched = Exercise.model_validate(EXERCISE | {"movement": WATCH, "rules": [rule]})
    assert not watched.rules[0].interrupts
    assert Exercise.model_validate(EXERCISE).rules[0].interrupts
    complaint = refused(Exercise, EXERCISE | {"rules": [RULE | {"interrupts": False}]})
    assert "rule XX-01: interrupts = false says something of a watch only" in complaint


# -- sides, ratios and words ------------------------------------------------------------------------------------------


def test_sides_are_there_only_where_a_movement_has_sides() -> None:
    sides = RULE | {"over": "sides", "of": "hold", "reduce": "duration", "ideal_min": None, "fault_below": None}
    sides |= {"ideal_max": 0.1}
    sided = HOLD | {"side_measure": "lifted_leg_is_left"}
    assert HoldPose.model_validate(sided).spans == (*HOLD_SPANS, SIDES)
    exercise = Exercise.model_validate(EXERCISE | {"movement": sided, "rules": [sides]})
    assert exercise.rules[0].unit == "share"
    assert "no span 'sides' in this movement" in refused(Exercise, EXERCISE | {"movement": HOLD, "rules": [sides]})
    assert 'over = "sides" and of = "..." belong together' in refused(Rule, sides | {"of": None})
    assert "sides are compared with each other" in refused(Rule, sides | {"relative_to": "hold_start"})


def test_a_ratio_needs_something_to_divide_by() -> None:
    ratio = RULE | {"compare": "ratio", "ideal_min": None, "fault_below": None, "ideal_max": 9.0}
    assert Rule.model_validate(ratio | {"relative_to": "baseline"}).unit == "times"
    assert "a ratio needs relative_to" in refused(Rule, ratio)
    assert "neither absolute nor own_set" in refused(
        Rule, ratio | {"relative_to": "baseline", "absolute": {"ideal_max": 9.0}}
    )


@pytest.mark.parametrize(
    ("reduce", "unit", "budget"),
    [("fastest", "deg/s", 24.0), ("per_minute", "/min", 4.0), ("unevenness", "share", 0.06), ("mean", "deg", 8.0)],
)
def test_what_a_reducer_makes_of_unit_and_error(reduce: str, unit: str, budget: float) -> None:
    rule = Rule.model_validate(RULE | {"reduce": reduce, "fault_below": None})
    assert (rule.unit, rule.budget) == (unit, budget)


def test_words_for_phases_that_are_not_there_are_refused() -> None:
    words = {"phase_words": {"turn": "at the top"}}
    assert Exercise.model_validate(EXERCISE | words).phase_words == {"turn": "at the top"}
    assert "phase_words: no span 'trun' in this movement (did you mean 'turn'?)" in refused(
        Exercise, EXERCISE | {"phase_words": {"trun": "at the top"}}
    )


def test_poses_to_compare_with_are_those_that_can_be_calibrated() -> None:
    assert Exercise.model_validate(EXERCISE).baseline_poses == ("standing-side",)
    assert "'desk-side'" in refused(Exercise, EXERCISE | {"baseline_poses": ["sitting"]})


def test_an_exercise_cannot_be_changed() -> None:
    exercise = Exercise.model_validate(EXERCISE)
    with pytest.raises(ValidationError, match="frozen"):
        exercise.rules[0].cue = "Something else"  # type: ignore[misc]
