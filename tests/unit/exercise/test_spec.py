"""What an exercise file may say. The files that come with formcheck are tested in tests/exercises."""

from typing import Any

import pytest
from pydantic import ValidationError

from formcheck.body import MEASURES
from formcheck.exercise.spec import (
    CONCENTRIC_FIRST_SPANS,
    ECCENTRIC_FIRST_SPANS,
    HOLD_SPANS,
    Band,
    Exercise,
    HoldPose,
    RepCycle,
    Rule,
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
    model: type[Rule] | type[Exercise] | type[RepCycle] | type[HoldPose] | type[Band], data: dict[str, Any]
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


def test_an_exercise_cannot_be_changed() -> None:
    exercise = Exercise.model_validate(EXERCISE)
    with pytest.raises(ValidationError, match="frozen"):
        exercise.rules[0].cue = "Something else"  # type: ignore[misc]
