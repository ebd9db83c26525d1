"""Rules over spans: what is met, what is a warning or a fault, and what cannot be told."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from tests.signals import samples, times

from formcheck.body.baseline import Baseline
from formcheck.engine.judging import (
    MIN_FPS_FOR_TIMING,
    MIN_OUTLINE_S,
    UNCALIBRATED,
    OwnReferences,
    Window,
    cue_of,
    judge,
    unseen,
    verdict_of,
)
from formcheck.engine.movement import Cycle
from formcheck.engine.report import Finding, Limits, Verdict
from formcheck.engine.sampling import Sample
from formcheck.exercise.spec import Band, Rule

CYCLE = Cycle(
    t_start=1.0,
    t_turn=2.0,
    t_end=3.0,
    range_of_motion=70.0,
    spans={"rep": (1.0, 3.0), "start": (0.5, 1.0), "turn": (1.8, 2.2), "early_hinge": (1.1, 1.5)},
    missing={"lowering": "the lowering was not filmed"},
)


def rule_of(**change: Any) -> Rule:
    base: dict[str, Any] = {
        "id": "XX-01", "name": "Bend", "measure": "knee_flexion", "over": "rep", "reduce": "median", "ideal_min": 10.0,
        "ideal_max": 40.0, "fault_below": 0.0, "fault_above": 60.0, "severity": "effectiveness", "cue": "Bend less",
        "why": "It is so.", "sources": ["coaching-consensus"],
    }  # fmt: skip
    return Rule.model_validate(base | change)


def judged(
    rule: Rule,
    values: float | Sequence[float],
    *,
    cycle: Cycle = CYCLE,
    baseline: Baseline | None = None,
    own: OwnReferences | None = None,
    confidence: float = 1.0,
    fps: float = 30.0,
) -> Finding:
    """Judge a signal of four seconds."""
    t = times(round(4 * fps), fps)
    signal = [values] * len(t) if isinstance(values, float) else values
    taken = samples(t, confidence, **{rule.measure: signal})
    return judge(rule, cycle, Window(taken), baseline=baseline, own=own or OwnReferences(), rep=1)


BAND = Band(ideal_min=10.0, ideal_max=40.0, fault_below=0.0, fault_above=60.0)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (-1.0, "fault"), (0.0, "warning"), (5.0, "warning"), (10.0, "met"), (25.0, "met"), (40.0, "met"),
        (40.1, "warning"), (60.0, "warning"), (60.1, "fault"),
    ],
)  # fmt: skip
def test_verdicts_along_a_band(value: float, verdict: Verdict) -> None:
    assert verdict_of(value, BAND) == verdict


def test_without_a_fault_edge_it_can_only_be_a_warning() -> None:
    open_ended = Band(ideal_max=40.0)
    assert verdict_of(1000.0, open_ended) == "warning"
    assert verdict_of(-1000.0, open_ended) == "met"


@pytest.mark.parametrize(("value", "verdict"), [(25.0, "met"), (50.0, "warning"), (75.0, "fault"), (-10.0, "fault")])
def test_a_finding_carries_value_verdict_and_where_to_look(value: float, verdict: Verdict) -> None:
    finding = judged(rule_of(), value)
    assert (finding.verdict, finding.value, finding.unit) == (verdict, value, "deg")
    assert (finding.rule, finding.rep, finding.reason) == ("XX-01", 1, None)
    assert (finding.t_start, finding.t_end) == (1.0, 3.0)
    assert 1.0 <= finding.t_worst <= 3.0
    assert finding.limits == Limits(10.0, 40.0, 0.0, 60.0)
    assert finding.confidence == 1.0


def test_only_the_span_counts() -> None:
    signal = [25.0] * 54 + [75.0] * 12 + [25.0] * 54  # 1.8 to 2.2 s
    assert judged(rule_of(over="turn"), signal).verdict == "fault"
    assert judged(rule_of(over="rep"), signal).verdict == "met"
    assert judged(rule_of(over="start"), signal).verdict == "met"


def test_the_moment_to_look_at_is_where_the_extreme_was() -> None:
    signal = [25.0] * 120
    signal[48:66] = [75.0] * 18  # 1.6 to 2.2 s
    finding = judged(rule_of(reduce="max"), signal)
    assert finding.value == 75.0
    assert 1.6 <= finding.t_worst <= 2.2


def test_one_wild_sample_is_no_fault() -> None:
    signal = [25.0] * 120
    signal[60] = 175.0
    assert judged(rule_of(reduce="max"), signal).verdict == "met"


def test_a_longer_sustain_asks_for_more() -> None:
    signal = [25.0] * 120
    signal[60:67] = [75.0] * 7  # 0.2 s
    assert judged(rule_of(reduce="max"), signal).verdict == "fault"
    assert judged(rule_of(reduce="max", sustain_s=0.3), signal).verdict == "met"


# -- unseen -----------------------------------------------------------------------------------------------------------


def holes(share: float) -> list[float]:
    """Return 75 degrees throughout, with a share of the rep unseen."""
    signal, missing = [75.0] * 120, round(share * 61)
    signal[30 : 30 + missing] = [math.nan] * missing
    return signal


def test_seventy_percent_of_a_span_must_be_seen() -> None:
    assert judged(rule_of(), holes(0.28)).verdict == "fault"
    hidden = judged(rule_of(), holes(0.33))
    assert (hidden.verdict, hidden.value, hidden.confidence) == ("unseen", None, 0.0)
    assert hidden.reason == "the knee was hidden"


def test_values_of_little_confidence_do_not_count_as_seen() -> None:
    assert judged(rule_of(), 75.0, confidence=0.6).verdict == "fault"
    assert judged(rule_of(), 75.0, confidence=0.6).confidence == pytest.approx(0.6)
    assert judged(rule_of(), 75.0, confidence=0.49).verdict == "unseen"


def test_a_doubtful_value_decides_nothing() -> None:
    """For 0.4 of the 2 seconds a badly seen knee reads 175 degrees."""
    t = times(120)
    sure = samples(t, knee_flexion=[25.0] * 120)
    doubtful = samples(t, 0.3, knee_flexion=[175.0] * 120)
    mixed = [d if 1.5 <= s.t < 1.9 else s for s, d in zip(sure, doubtful, strict=True)]
    finding = judge(rule_of(reduce="max"), CYCLE, Window(mixed), baseline=None, own=OwnReferences(), rep=1)
    assert (finding.verdict, finding.value) == ("met", 25.0)


@pytest.mark.parametrize(
    ("over", "reason"), [("lowering", "the lowering was not filmed"), ("lockout", "this part was not filmed")]
)
def test_a_part_that_was_not_filmed_is_unseen_with_the_reason(over: str, reason: str) -> None:
    finding = judged(rule_of(over=over), 75.0)
    assert (finding.verdict, finding.reason) == ("unseen", reason)


def test_a_span_without_samples_is_unseen() -> None:
    cycle = Cycle(1.0, 2.0, 3.0, 70.0, {"rep": (10.0, 11.0)})
    assert judged(rule_of(), 75.0, cycle=cycle).reason == "this part was too short to judge"


def test_what_cannot_be_measured_at_all_says_so() -> None:
    finding = judged(rule_of(not_measurable="the model does not see it"), 75.0)
    assert (finding.verdict, finding.reason) == ("unseen", "the model does not see it")


def test_the_outline_needs_more_than_a_few_pictures() -> None:
    rule = rule_of(
        measure="back_curvature", over="turn", ideal_min=None, fault_below=None, ideal_max=0.03, fault_above=0.05
    )
    short = Cycle(1.0, 2.0, 3.0, 70.0, {"turn": (2.0, 2.0 + MIN_OUTLINE_S - 0.05)})
    assert judged(rule, 0.08, cycle=short).reason == "this part was too short to read the back from"
    assert judged(rule, 0.08).verdict == "fault"


def test_an_unseen_finding_keeps_the_name_and_limits_of_its_rule() -> None:
    finding = unseen(rule_of(), 1.0, 2.0, 3, "because")
    assert (finding.name, finding.limits, finding.cue, finding.unit) == (
        "Bend",
        Limits(10.0, 40.0, 0.0, 60.0),
        "Bend less",
        "deg",
    )
    assert unseen(rule_of(reduce="duration"), 1.0, 2.0, 3, "because").unit == "s"


# -- references -------------------------------------------------------------------------------------------------------


def starting_at(zero: float, later: float) -> list[float]:
    return [zero] * 30 + [later] * 90


def test_a_rule_may_compare_with_another_span_of_the_same_rep() -> None:
    rule = rule_of(relative_to="start", over="turn")
    finding = judged(rule, starting_at(50.0, 75.0))
    assert finding.verdict == "met"
    assert finding.value == pytest.approx(25.0)
    assert judged(rule, starting_at(-10.0, 75.0)).value == pytest.approx(85.0)


def test_a_reference_that_was_not_seen_leaves_nothing_to_judge() -> None:
    rule = rule_of(relative_to="start", over="turn")
    assert judged(rule, starting_at(math.nan, 75.0)).verdict == "unseen"
    assert judged(rule, starting_at(math.nan, 75.0)).reason == "the knee was hidden"
    lowering = judged(rule_of(relative_to="lowering", over="turn"), 75.0)
    assert lowering.reason == "the lowering was not filmed"


def test_the_early_hinge_is_the_median_over_the_set() -> None:
    """One early hinge is short; one bad reading of it must not turn a verdict around."""
    rule = rule_of(relative_to="early_hinge", over="turn")
    own = OwnReferences()
    values = []
    for rep, zero in enumerate((50.0, 50.0, 20.0)):
        spans = {"turn": (1.8, 2.2), "early_hinge": (1.1 + 0.01 * rep, 1.5)}
        signal = [zero] * 48 + [75.0] * 72
        values.append(judged(rule, signal, cycle=Cycle(1.0, 2.0, 3.0, 70.0, spans), own=own).value)
    assert values == pytest.approx([25.0, 25.0, 25.0])


def test_two_rules_on_the_same_reference_add_it_once() -> None:
    own, span = OwnReferences(), (1.0, 1.5)
    assert own.with_reading("back_curvature", span, 10.0) == 10.0
    assert own.with_reading("back_curvature", span, 30.0) == 10.0
    assert own.with_reading("back_curvature", (5.0, 5.5), 30.0) == 20.0
    assert own.with_reading("knee_flexion", (5.0, 5.5), 7.0) == 7.0


def test_a_calibrated_value_is_the_zero_with_full_confidence() -> None:
    rule = rule_of(relative_to="baseline", neutral=0.0)
    own = Baseline({"knee_flexion": 50.0}, {"knee_flexion": 1.0}, date(2026, 1, 2))
    finding = judged(rule, 75.0, baseline=own)
    assert (finding.verdict, finding.value, finding.confidence) == ("met", 25.0, 1.0)


@pytest.mark.parametrize("baseline", [None, Baseline({"hip_flexion": 5.0}, {}, date(2026, 1, 2))])
def test_a_generic_neutral_stands_in_with_less_confidence(baseline: Baseline | None) -> None:
    finding = judged(rule_of(relative_to="baseline", neutral=5.0), 75.0, baseline=baseline)
    assert (finding.verdict, finding.value) == ("fault", 70.0)
    assert finding.confidence == pytest.approx(UNCALIBRATED)
    doubtful = judged(rule_of(relative_to="baseline", neutral=5.0), 75.0, confidence=0.6)
    assert (doubtful.verdict, doubtful.reason) == (
        "unseen",
        "not calibrated, and not seen clearly enough to do without",
    )


def test_without_calibration_and_neutral_there_is_no_verdict() -> None:
    assert judged(rule_of(relative_to="baseline"), 75.0).reason == "not calibrated"


GUARD = {"ideal_max": 70.0, "fault_above": 90.0}


def test_the_absolute_band_catches_what_is_wrong_from_the_first_frame_on() -> None:
    rule = rule_of(relative_to="start", over="turn", absolute=GUARD)
    finding = judged(rule, [95.0 + i / 8 for i in range(120)])  # hardly more than at the start, but far too much
    assert finding.verdict == "fault"
    assert finding.limits == Limits(None, 70.0, None, 90.0)
    assert finding.value is not None
    assert finding.value > 90.0


def test_the_absolute_band_stands_alone_where_there_is_nothing_to_compare_with() -> None:
    rule = rule_of(relative_to="lowering", over="turn", absolute=GUARD)
    assert judged(rule, 95.0).verdict == "fault"
    assert judged(rule, 50.0).verdict == "met"


def test_the_relative_band_still_decides_below_the_absolute_one() -> None:
    rule = rule_of(relative_to="start", over="turn", absolute=GUARD)
    finding = judged(rule, starting_at(-10.0, 65.0))
    assert finding.verdict == "fault"
    assert finding.value == pytest.approx(75.0)
    assert finding.limits == Limits(10.0, 40.0, 0.0, 60.0)


# -- duration ---------------------------------------------------------------------------------------------------------

SLOW = rule_of(reduce="duration", ideal_min=1.5, ideal_max=None, fault_below=0.7, fault_above=None)


@pytest.mark.parametrize(("length", "verdict"), [(2.0, "met"), (1.0, "warning"), (0.5, "fault")])
def test_a_duration_is_judged_in_seconds(length: float, verdict: Verdict) -> None:
    cycle = Cycle(1.0, 1.2, 1.0 + length, 70.0, {"rep": (1.0, 1.0 + length)})
    finding = judged(SLOW, 5.0, cycle=cycle)
    assert (finding.verdict, finding.unit) == (verdict, "s")
    assert finding.value == pytest.approx(length)
    assert judged(SLOW, math.nan, cycle=cycle).verdict == verdict  # whatever the measure does


@pytest.mark.parametrize(("fps", "verdict"), [(MIN_FPS_FOR_TIMING - 1.5, "unseen"), (15.0, "met"), (24.0, "met")])
def test_below_fifteen_pictures_a_second_timing_is_not_judged(fps: float, verdict: Verdict) -> None:
    finding = judged(SLOW, 5.0, fps=fps)
    assert finding.verdict == verdict
    assert (finding.reason is None) == (verdict != "unseen")
    assert judged(rule_of(), 75.0, fps=fps).verdict == "fault"  # angles are


def test_a_length_that_was_cut_short_is_not_held_against_anybody() -> None:
    spans = {"rep": (1.0, 2.0)}
    cut = Cycle(1.0, 1.5, 2.0, 70.0, spans, cut_short="the film ended during the hold")
    finding = judged(SLOW, 5.0, cycle=cut)
    assert (finding.verdict, finding.reason) == ("unseen", "the film ended during the hold")
    long_enough = Cycle(1.0, 1.5, 3.0, 70.0, {"rep": (1.0, 3.0)}, cut_short="the film ended during the hold")
    assert judged(SLOW, 5.0, cycle=long_enough).verdict == "met"


# -- edges and words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "borderline"),
    [
        (41.0, True),
        (43.4, True),
        (44.0, False),
        (56.0, False),
        (57.0, True),
        (63.0, True),
        (64.0, False),
        (39.0, False),
    ],
)
def test_a_value_within_half_the_error_budget_of_an_edge_is_borderline(value: float, borderline: bool) -> None:
    """Knee flexion has an error budget of 7 degrees; edges at 40 and 60. What is met is simply met."""
    assert judged(rule_of(), value).borderline == borderline


def test_the_cue_names_the_side_of_the_band() -> None:
    both = rule_of(cue_below="Bend more")
    assert judged(both, -10.0).cue == "Bend more"
    assert judged(both, 75.0).cue == "Bend less"
    assert judged(rule_of(), -10.0).cue == "Bend less"
    assert cue_of(both, 25.0, both) == "Bend less"


def test_the_window_takes_both_ends_of_a_span() -> None:
    taken: Sequence[Sample] = samples(times(31), knee_flexion=[0.0] * 31)
    assert [s.t for s in Window(taken).take((0.1, 0.3))] == pytest.approx([i / 30 for i in range(3, 10)])
    assert list(Window(taken).take((5.0, 6.0))) == []
