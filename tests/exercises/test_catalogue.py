"""Laws that every exercise file in the catalogue must obey."""

import math

import pytest

from formcheck.body import MEASURES
from formcheck.exercise.load import catalogue, load_exercise, sources
from formcheck.exercise.spec import MAX_CUE_WORDS, SAME_UNIT, Condition, Exercise, Flow, HoldPose, RepCycle, Watch


def numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-{i:02d}" for i in range(1, count + 1)]


RULES = {
    "back_extension": numbered("BE", 8),
    "bent_over_row": numbered("BR", 10),
    "bird_dog": numbered("BD", 14),
    "cat_cow": numbered("CC", 8),
    "child_pose": numbered("CP", 6),
    "deadlift": numbered("DL", 14),
    "desk_front": numbered("DF", 10),
    "desk_side": numbered("DS", 9),
    "floor_lift": numbered("LF", 9),
    "glute_bridge": numbered("GB", 7),
    "lunge": numbered("LU", 10),
    "plank": numbered("PL", 8),
    "quadruped_twist": numbered("QT", 4),
    "romanian_deadlift": numbered("RD", 10),
    "seated_row": numbered("SR", 9),
    "seated_twist": numbered("ST", 8),
    "side_plank": numbered("SP", 8),
    "squat": numbered("SQ", 12),
    "standing_front": numbered("PF", 5),
    "standing_side": numbered("PS", 6),
    "walking": numbered("WK", 7),
}
SAFETY = {
    "back_extension": {"BE-01", "BE-02", "BE-04"},
    "bent_over_row": {"BR-01", "BR-03"},
    "bird_dog": {"BD-01", "BD-06"},
    "deadlift": {"DL-01", "DL-02", "DL-04", "DL-09"},
    "floor_lift": {"LF-01", "LF-02", "LF-06", "LF-07"},
    "glute_bridge": {"GB-02"},
    "lunge": {"LU-06"},
    "plank": {"PL-01", "PL-06"},
    "romanian_deadlift": {"RD-01", "RD-06", "RD-07"},
    "seated_row": {"SR-01", "SR-03"},
    "seated_twist": {"ST-06"},
    "side_plank": {"SP-01"},
    "squat": {"SQ-08"},
}
"""Stretches and postures have no rule of safety."""
FRIGHTENING = ("danger", "damage", "injur", "hurt", "break", "harm")

every = pytest.mark.parametrize("exercise", [load_exercise(name) for name in catalogue()], ids=catalogue())


def test_every_exercise_is_specified() -> None:
    assert set(catalogue()) == set(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_specified_rule_is_there(name: str) -> None:
    assert [rule.id for rule in load_exercise(name).rules] == RULES[name]


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_rules_of_safety(name: str) -> None:
    assert {rule.id for rule in load_exercise(name).rules if rule.severity == "safety"} == SAFETY.get(name, set())


@every
def test_the_file_is_named_after_the_exercise(exercise: Exercise) -> None:
    assert exercise.id in catalogue()
    assert load_exercise(exercise.id) == exercise


@every
def test_cues_can_be_spoken_and_do_not_frighten(exercise: Exercise) -> None:
    for rule in exercise.rules:
        for cue in filter(None, (rule.cue, rule.cue_below)):
            assert len(cue.split()) <= MAX_CUE_WORDS, rule.id
            assert not cue.endswith((".", "!")), rule.id
            assert not any(word in f"{cue} {rule.why} {rule.name}".lower() for word in FRIGHTENING), rule.id


@every
def test_no_band_is_decided_more_finely_than_its_measure(exercise: Exercise) -> None:
    for rule in exercise.rules:
        for band in (rule, rule.absolute, rule.own_set):
            width = band.narrowest_warning() if band else None
            assert width is None or rule.reduce == "sd" or width >= rule.budget - 1e-9, rule.id
            if rule.reduce in SAME_UNIT:
                assert rule.budget == MEASURES[rule.measure].budget


@every
def test_every_rule_has_a_known_source_and_says_why(exercise: Exercise) -> None:
    for rule in exercise.rules:
        assert set(rule.sources) <= set(sources()), rule.id
        assert rule.why.endswith("."), rule.id


@every
def test_every_view_can_be_judged_and_has_a_key_rule_or_none(exercise: Exercise) -> None:
    """A posture has no score, so it needs no key rules; whatever is counted has a key for its first view at least."""
    for view in exercise.views:
        assert any(view in rule.views and not rule.not_measurable for rule in exercise.rules)
    in_view = {view: {rule.id for rule in exercise.rules if view in rule.views} for view in exercise.views}
    if isinstance(exercise.movement, Watch):
        assert exercise.key == ()
        return
    assert any(in_view[exercise.views[0]].issuperset(group) for group in exercise.key)
    judged = {rule.id for rule in exercise.rules if not rule.not_measurable}
    for group in exercise.key:
        assert any(rules.issuperset(group) for rules in in_view.values())
        assert judged.intersection(group)


@every
def test_the_driver_can_be_read_in_every_view(exercise: Exercise) -> None:
    """A posture has no driver: in every view one of the conditions that tell it must be seen, and what gates it."""
    movement = exercise.movement
    for view in exercise.views:
        if isinstance(movement, Watch):
            assert view in MEASURES[movement.present[0].measure].views
            gate = movement.moving_in.get(view, movement.moving)
            assert gate is None or view in MEASURES[gate.measure].views
            continue
        name = movement.measure_in.get(view, movement.measure) if isinstance(movement, RepCycle) else movement.measure
        assert view in MEASURES[name].views


@every
def test_counting_cannot_flutter(exercise: Exercise) -> None:
    """The distance between the levels must exceed what the driving measure can wander by itself."""
    movement = exercise.movement
    if isinstance(movement, RepCycle):
        budget = MEASURES[movement.measure].budget
        assert movement.leave_rest_above - movement.rest_below >= 2 * budget - 1e-9
        assert movement.min_range >= 4 * budget - 1e-9
        assert movement.dwell_s >= 0.1
    elif isinstance(movement, HoldPose):
        entering = {condition.measure: condition for condition in movement.enter}
        for condition in movement.leave:
            inside = entering.get(condition.measure)
            if inside:
                assert apart(inside, condition) >= MEASURES[condition.measure].budget - 1e-9
    elif isinstance(movement, Flow):
        assert min(position.hysteresis for position in movement.positions) >= MEASURES[movement.measure].budget
        assert movement.dwell_s >= 0.1
    else:
        gates = [gate for gate in (movement.still,) if gate]
        assert all(gate.within >= MEASURES[gate.measure].budget for gate in gates)
        moving = [gate for gate in (movement.moving, *movement.moving_in.values()) if gate]
        assert all(gate.at_least >= MEASURES[gate.measure].budget for gate in moving)


def apart(inside: Condition, outside: Condition) -> float:
    """Return how far a value must wander from entering a position to leaving it again."""
    ways = [
        outside.above - inside.below if inside.below is not None and outside.above is not None else math.inf,
        inside.above - outside.below if inside.above is not None and outside.below is not None else math.inf,
    ]
    return min(ways)


@every
def test_a_posture_is_judged_in_windows(exercise: Exercise) -> None:
    movement = exercise.movement
    if isinstance(movement, Watch):
        assert movement.window_s > 0
        assert movement.stretch_s >= movement.window_s
        assert movement.settle_s >= 0
        assert {rule.over for rule in exercise.rules} <= {"window", "stretch"}


@pytest.mark.parametrize("name", ["back_extension", "bent_over_row", "glute_bridge", "seated_row"])
def test_who_works_upwards_is_not_told_of_a_way_down_to_a_deepest_point(name: str) -> None:
    exercise = load_exercise(name)
    spans = {span for rule in exercise.rules for span in (rule.over, rule.relative_to) if span}
    assert spans - {"rep", "start", "baseline"} <= set(exercise.phase_words)
    assert not any("deepest" in words for words in exercise.phase_words.values())


@every
def test_the_limits_are_stated(exercise: Exercise) -> None:
    assert "pain" in exercise.not_checked
    assert exercise.filming
    assert exercise.summary
