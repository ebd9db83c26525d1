"""Laws that every exercise file in the catalogue must obey."""

import pytest

from formcheck.body import MEASURES
from formcheck.exercise.load import catalogue, load_exercise, sources
from formcheck.exercise.spec import MAX_CUE_WORDS, Exercise, HoldPose, RepCycle

RULES = {
    "deadlift": [f"DL-{i:02d}" for i in range(1, 15)],
    "romanian_deadlift": [f"RD-{i:02d}" for i in range(1, 11)],
    "bird_dog": [f"BD-{i:02d}" for i in range(1, 15)],
    "plank": [f"PL-{i:02d}" for i in range(1, 9)],
    "squat": [f"SQ-{i:02d}" for i in range(1, 13)],
}
SAFETY = {
    "deadlift": {"DL-01", "DL-02", "DL-04", "DL-09"},
    "romanian_deadlift": {"RD-01", "RD-06", "RD-07"},
    "bird_dog": {"BD-01", "BD-06"},
    "plank": {"PL-01", "PL-06"},
    "squat": {"SQ-08"},
}
FRIGHTENING = ("danger", "damage", "injur", "hurt", "break", "harm")

every = pytest.mark.parametrize("exercise", [load_exercise(name) for name in catalogue()], ids=catalogue())


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_specified_rule_is_there(name: str) -> None:
    assert [rule.id for rule in load_exercise(name).rules] == RULES[name]


@pytest.mark.parametrize("name", sorted(SAFETY))
def test_the_rules_of_safety(name: str) -> None:
    assert {rule.id for rule in load_exercise(name).rules if rule.severity == "safety"} == SAFETY[name]


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
        budget = 0.1 if rule.reduce == "duration" else MEASURES[rule.measure].budget
        for band in (rule, rule.absolute):
            width = band.narrowest_warning() if band else None
            assert width is None or rule.reduce == "sd" or width >= budget - 1e-9, rule.id


@every
def test_every_rule_has_a_known_source_and_says_why(exercise: Exercise) -> None:
    for rule in exercise.rules:
        assert set(rule.sources) <= set(sources()), rule.id
        assert rule.why.endswith("."), rule.id


@every
def test_every_view_can_be_judged_and_has_a_key_rule_or_none(exercise: Exercise) -> None:
    for view in exercise.views:
        assert any(view in rule.views and not rule.not_measurable for rule in exercise.rules)
    in_view = {view: {rule.id for rule in exercise.rules if view in rule.views} for view in exercise.views}
    assert any(in_view[exercise.views[0]].issuperset(group) for group in exercise.key)
    for group in exercise.key:
        assert any(rules.issuperset(group) for rules in in_view.values())


@every
def test_the_driver_can_be_read_in_every_view(exercise: Exercise) -> None:
    movement = exercise.movement
    for view in exercise.views:
        name = movement.measure_in.get(view, movement.measure) if isinstance(movement, RepCycle) else movement.measure
        assert view in MEASURES[name].views


@every
def test_counting_cannot_flutter(exercise: Exercise) -> None:
    """The distance between the levels must exceed what the driving measure can wander by itself."""
    movement = exercise.movement
    if isinstance(movement, RepCycle):
        budget = MEASURES[movement.measure].budget
        assert movement.leave_rest_above - movement.rest_below >= 2 * budget
        assert movement.min_range >= 4 * budget
        assert movement.dwell_s >= 0.1
    else:
        assert isinstance(movement, HoldPose)
        entering = {condition.measure: condition for condition in movement.enter}
        for condition in movement.leave:
            inside = entering.get(condition.measure)
            if inside and inside.below is not None and condition.above is not None:
                assert condition.above - inside.below >= MEASURES[condition.measure].budget
            if inside and inside.above is not None and condition.below is not None:
                assert inside.above - condition.below >= MEASURES[condition.measure].budget


@every
def test_the_limits_are_stated(exercise: Exercise) -> None:
    assert "pain" in exercise.not_checked
    assert exercise.filming
    assert exercise.summary
