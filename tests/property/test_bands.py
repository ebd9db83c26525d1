"""What must hold for any band and any value."""

import math
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.findings import finding

from formcheck.engine.judging import verdict_of
from formcheck.engine.report import Finding, Limits
from formcheck.engine.scoring import WEIGHT, quality_of, score_of
from formcheck.exercise.spec import Band

edges = st.lists(st.integers(-100, 100), min_size=4, max_size=4, unique=True).map(sorted)
values = st.floats(-400, 400, allow_nan=False)
WORSE = {"met": 0, "warning": 1, "fault": 2}


def band_of(at: list[int]) -> Band:
    return Band(fault_below=at[0], ideal_min=at[1], ideal_max=at[2], fault_above=at[3])


def finding_of(value: float, band: Band) -> Finding:
    limits = Limits(band.ideal_min, band.ideal_max, band.fault_below, band.fault_above)
    return finding("XX-01", verdict_of(value, band), value, limits=limits)


@given(edges, values)
def test_quality_and_verdict_agree(at: list[int], value: float) -> None:
    found = finding_of(value, band_of(at))
    quality = quality_of(found)
    assert 0.0 <= quality <= 1.0
    assert (quality == 1.0) == (found.verdict == "met") or math.isclose(quality, 1.0)
    assert (quality < 0.4 - 1e-9) <= (found.verdict == "fault")
    assert (found.verdict == "fault") <= (quality <= 0.4)


@given(edges, values, values)
def test_further_off_is_never_better(at: list[int], a: float, b: float) -> None:
    assume((a - at[2]) * (b - at[2]) > 0)
    near, far = sorted((a, b), key=lambda v: max(at[1] - v, v - at[2]))
    assume((near > at[2]) == (far > at[2]) and (near < at[1]) == (far < at[1]))
    band = band_of(at)
    assert quality_of(finding_of(far, band)) <= quality_of(finding_of(near, band)) + 1e-12
    assert WORSE[verdict_of(far, band)] >= WORSE[verdict_of(near, band)]


findings = st.builds(
    lambda value, severity, confidence, hidden: (
        replace(finding_of(value, Band(ideal_max=20.0, fault_above=40.0)), severity=severity, confidence=confidence)
        if not hidden
        else replace(
            finding_of(0.0, Band(ideal_max=20.0)), verdict="unseen", value=None, severity=severity, confidence=0.0
        )
    ),
    values,
    st.sampled_from(sorted(WEIGHT)),
    st.floats(0.5, 1.0),
    st.booleans(),
)


@given(st.lists(findings, max_size=12))
def test_a_score_is_a_whole_number_up_to_a_hundred_or_a_reason(found: list[Finding]) -> None:
    score = score_of(found, [])
    assert 0.0 <= score.coverage <= 1.0
    if score.value is None:
        assert score.reason
        assert score.coverage < 0.5
    else:
        assert 0 <= score.value <= 100
        assert score.reason is None
        if all(f.verdict in ("met", "unseen") for f in found):
            assert score.value == 100


@given(st.lists(findings, min_size=1, max_size=12))
def test_hiding_a_finding_never_raises_coverage(found: list[Finding]) -> None:
    hidden = [replace(found[0], verdict="unseen", value=None, confidence=0.0), *found[1:]]
    assert score_of(hidden, []).coverage <= score_of(found, []).coverage
