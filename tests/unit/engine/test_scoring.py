"""From findings to a number, and to no number."""

from dataclasses import replace

import pytest
from tests.findings import finding

from formcheck.body import MEASURES
from formcheck.engine.report import Finding, Limits, Rep, Severity, Verdict
from formcheck.engine.scoring import quality_of, score_of, score_of_set
from formcheck.exercise.load import load_exercise


def met(rule: str, severity: Severity = "effectiveness", confidence: float = 1.0) -> Finding:
    return finding(rule, severity=severity, confidence=confidence)


def fault(
    rule: str, severity: Severity = "effectiveness", confidence: float = 1.0, borderline: bool = False
) -> Finding:
    return finding(rule, "fault", 60.001, severity, confidence, borderline=borderline)


def hidden(rule: str, severity: Severity = "effectiveness") -> Finding:
    return finding(rule, "unseen", None, severity, 0.0)


@pytest.mark.parametrize(
    ("value", "verdict", "quality"),
    [
        (10.0, "met", 1.0), (40.0, "met", 1.0), (50.0, "warning", 0.7), (60.0, "warning", 0.4), (70.0, "fault", 0.2),
        (80.0, "fault", 0.0), (500.0, "fault", 0.0), (5.0, "warning", 0.7), (0.0, "warning", 0.4), (-5.0, "fault", 0.2),
        (-10.0, "fault", 0.0),
    ],
)  # fmt: skip
def test_quality_falls_from_one_to_point_four_at_the_fault_edge_and_to_zero_at_twice(
    value: float, verdict: Verdict, quality: float
) -> None:
    assert quality_of(finding(verdict=verdict, value=value)) == pytest.approx(quality)


def test_without_a_fault_edge_the_ramp_is_twice_the_error_budget_and_never_a_fault() -> None:
    open_ended = Limits(ideal_max=40.0)
    ramp = 2 * MEASURES["knee_flexion"].budget
    assert quality_of(finding(verdict="warning", value=40.0 + 0.5 * ramp, limits=open_ended)) == pytest.approx(0.7)
    assert quality_of(finding(verdict="warning", value=40.0 + 50 * ramp, limits=open_ended)) == pytest.approx(
        1 - 0.6 * 0.99
    )


def at(rule: str, d: float, severity: Severity, confidence: float) -> Finding:
    """Return a finding at `d` of the way from the ideal (0) to the fault edge (1)."""
    return finding(rule, "warning" if d else "met", 40.0 + 20.0 * d, severity, confidence)


WORKED_EXAMPLE = [
    at("SQ-01", 0.24, "effectiveness", 0.9),
    at("SQ-02", 0.46, "effectiveness", 0.9),
    at("SQ-03", 0.0, "effectiveness", 0.9),
    at("SQ-04", 0.0, "effectiveness", 0.9),
    hidden("SQ-05", "minor"),
    at("SQ-06", 0.0, "effectiveness", 0.8),
    at("SQ-07", 0.83, "minor", 0.8),
    at("SQ-10", 0.0, "minor", 1.0),
    at("SQ-11", 0.0, "minor", 0.9),
    at("SQ-12", 0.0, "minor", 0.7),
]


def test_the_worked_example_of_the_specification() -> None:
    score = score_of(WORKED_EXAMPLE, [("SQ-01",), ("SQ-02",)])
    assert score.value == 91
    assert score.coverage == pytest.approx(14 / 15)
    assert score.reason is None


def test_all_as_it_should_be_is_a_hundred() -> None:
    score = score_of([met("XX-01", "safety"), met("XX-02"), met("XX-03", "minor")], [("XX-01",)])
    assert (score.value, score.coverage) == (100, 1.0)


def test_severity_weighs_three_two_one() -> None:
    rules: list[tuple[str, Severity]] = [("XX-02", "effectiveness"), ("XX-03", "minor")]
    worst = {
        rule: [replace(met(r, s), verdict="fault", value=80.0) if r == rule else met(r, s) for r, s in rules]
        for rule, _ in rules
    }
    assert score_of(worst["XX-02"], []).value == 33
    assert score_of(worst["XX-03"], []).value == 67
    assert score_of([hidden("XX-01", "safety"), met("XX-02"), met("XX-03", "minor")], []).coverage == pytest.approx(0.5)


def test_confidence_weighs_too() -> None:
    bad = replace(met("XX-01"), verdict="fault", value=80.0, confidence=0.5)
    assert score_of([bad, met("XX-02")], []).value == round(100 / 1.5)


@pytest.mark.parametrize(
    ("safety", "cap"),
    [
        ([fault("XX-01", "safety")], 60),
        ([fault("XX-01", "safety"), fault("XX-02", "safety")], 40),
        ([fault("XX-01", "safety", borderline=True)], 85),
        ([finding("XX-01", "warning", 41.0, "safety")], 85),
        ([fault("XX-01", "safety", confidence=0.6)], 100),
        ([fault("XX-01", "safety", confidence=0.7)], 60),
    ],
)
def test_caps_of_safety(safety: list[Finding], cap: int) -> None:
    """Fifty other rules that are met keep the mean high; what remains is the cap."""
    others = [met(f"YY-{i:02d}") for i in range(50)]
    value = score_of([*safety, *others], []).value
    assert value is not None
    assert value == (cap if cap < 100 else round(100 * (100 + 1.8 * 0.4) / 101.8))


def test_below_half_coverage_there_is_no_number() -> None:
    score = score_of([met("XX-01"), hidden("XX-02"), hidden("XX-03", "minor")], [])
    assert score.value is None
    assert score.coverage == pytest.approx(0.4)
    assert score.reason == "not enough could be seen to give a score"
    assert score_of([met("XX-01"), hidden("XX-02")], []).value == 100


def test_without_a_key_rule_there_is_no_number_and_the_reason_names_it() -> None:
    findings = [hidden("XX-01"), *(met(f"XX-{i:02d}") for i in range(2, 10))]
    score = score_of(findings, [("XX-01",), ("XX-02",)])
    assert score.value is None
    assert score.coverage == pytest.approx(8 / 9)
    assert score.reason == "the most important check could not be made: name of xx-01"


def test_one_of_a_group_of_key_rules_is_enough() -> None:
    findings = [hidden("XX-01"), *(met(f"XX-{i:02d}") for i in range(2, 10))]
    assert score_of(findings, [("XX-01", "XX-02")]).value == 100


def test_nothing_at_all_is_no_number() -> None:
    assert score_of([], []).value is None
    assert score_of([hidden("XX-01")], []).value is None


EXERCISE = load_exercise("romanian_deadlift")


def rep(index: int, score: int | None, coverage: float) -> Rep:
    return Rep(index, 0.0, 1.0, 2.0, 70.0, score, coverage, ())


def test_a_set_is_the_mean_of_its_reps_weighted_by_coverage() -> None:
    score = score_of_set([rep(1, 90, 1.0), rep(2, 60, 0.5)], [], EXERCISE)
    assert (score.value, score.coverage) == (80, 0.75)


def test_reps_without_a_number_do_not_count_as_zero() -> None:
    score = score_of_set([rep(1, 90, 1.0), rep(2, None, 0.2)], [], EXERCISE)
    assert score.value == 90
    assert score.coverage == pytest.approx(0.6)


def test_a_set_without_any_number_says_why() -> None:
    findings = [hidden(rule.id) for rule in EXERCISE.rules]
    score = score_of_set([rep(1, None, 0.0)], findings, EXERCISE)
    assert score.value is None
    assert score.reason == f"the most important check could not be made: name of {EXERCISE.key[0][0].lower()}"


@pytest.mark.parametrize(("name", "word"), [("romanian_deadlift", "rep"), ("plank", "hold")])
def test_an_empty_set_says_so(name: str, word: str) -> None:
    assert score_of_set([], [], load_exercise(name)).reason == f"no {word} was counted"
