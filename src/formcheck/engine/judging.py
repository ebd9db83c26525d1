"""Hold a measure over a span against its band: met, warning, fault, or unseen with the reason."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median
from typing import Final

import numpy as np

from formcheck.body import MEASURES
from formcheck.body.baseline import Baseline
from formcheck.engine.movement import Cycle, Interval
from formcheck.engine.report import Finding, Limits, Verdict
from formcheck.engine.sampling import AT_AN_ANGLE, MIN_CONFIDENCE, Sample
from formcheck.exercise.spec import BASELINE, EARLY_HINGE, Band, Rule
from formcheck.filters.reducers import REDUCERS, Array

MIN_SHARE: Final = 0.7
"""Share of a span's samples that must be seen."""
MIN_REFERENCE_SHARE: Final = 0.5
_TIME: Final = attrgetter("t")
_ORDER: Final[tuple[Verdict, ...]] = ("met", "warning", "fault")
MIN_OUTLINE_S: Final = 0.25
"""The outline of the back wavers from picture to picture; fewer than about eight of them decide nothing."""
UNCALIBRATED: Final = 0.7
"""Confidence left when a generic neutral stands in for the person's own."""
OWN_HINGE: Final = 0.8
"""Confidence left when a shallow hinge stands in for a good set: at an angle, builds then differ too much."""
MIN_FPS_FOR_TIMING: Final = 14.5


class Window:
    """The samples of a stretch of time."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples

    def take(self, span: Interval) -> Sequence[Sample]:
        """Return the samples inside a span, its ends included."""
        first = bisect_left(self._samples, span[0] - 1e-6, key=_TIME)
        return self._samples[first : bisect_right(self._samples, span[1] + 1e-6, first, key=_TIME)]


class OwnReferences:
    """What a measure read in the person's own early hinge, over all reps of the set so far.

    One early hinge is a third of a second long; the median over the set is a steadier thing to compare with.
    """

    def __init__(self) -> None:
        self._readings: dict[tuple[str, str], list[float]] = {}
        self._added: set[tuple[str, float]] = set()

    def with_reading(self, measure: str, span: Interval, value: float) -> float:
        """Add the reading of one more rep (once) and return the median of all."""
        readings = self._readings.setdefault((measure, EARLY_HINGE), [])
        if (measure, span[0]) not in self._added:
            self._added.add((measure, span[0]))
            readings.append(value)
        return median(readings)

    def copy(self) -> "OwnReferences":
        """Return the same to try something with: what is added there is not added here."""
        other = OwnReferences()
        other._readings = {key: readings.copy() for key, readings in self._readings.items()}
        other._added = self._added.copy()
        return other


@dataclass(frozen=True, slots=True)
class _Reading:
    """A measure over a span: only its confident samples, and out of how many they are."""

    t: Array
    x: Array
    confidence: float
    share: float
    measure: str
    samples: Sequence[Sample]

    @property
    def why(self) -> str:
        """Why the measure was not seen, as it was most often."""
        reasons = Counter(s.why_unseen[self.measure] for s in self.samples if self.measure in s.why_unseen)
        return reasons.most_common(1)[0][0] if reasons else "this part was too short to judge"


@dataclass(frozen=True, slots=True)
class _Reference:
    """What counts as zero (NaN: nothing does), the confidence it leaves, and what was missing."""

    zero: float
    trust: float
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    """A value with its verdict against one band, and when it was reached."""

    verdict: Verdict
    value: float
    band: Band
    confidence: float
    t: float


def judge(
    rule: Rule,
    cycle: Cycle,
    window: Window,
    *,
    baseline: Baseline | None,
    own: OwnReferences,
    rep: int | None,
) -> Finding:
    """Judge one rule over one rep or hold.

    Returns
    -------
    Finding
        Unseen, with the reason, where the span was not filmed, fewer than 70 % of its samples were seen with a
        confidence of 0.5, or there was nothing to compare with.
    """
    if rule.not_measurable:
        return unseen(rule, cycle.t_start, cycle.t_end, rep, rule.not_measurable)
    span = cycle.spans.get(rule.over)
    if span is None:
        return unseen(rule, cycle.t_start, cycle.t_end, rep, cycle.missing.get(rule.over, "this part was not filmed"))
    if rule.reduce == "duration":
        return _judge_duration(rule, cycle, span, window, rep)
    reading = _read(rule.measure, window.take(span))
    if reading.share < MIN_SHARE:
        return unseen(rule, *span, rep, reading.why)
    if MEASURES[rule.measure].outline and span[1] - span[0] < MIN_OUTLINE_S:
        return unseen(rule, *span, rep, "this part was too short to read the back from")
    reference = _reference(rule, cycle, window, baseline, own)
    if rule.own_set is not None and baseline is not None and rule.id in baseline.good_set:
        return _judge_value(rule, rule.own_set, span, reading, _Reference(baseline.good_set[rule.id], 1.0), rep)
    return _judge_value(rule, rule, span, reading, reference, rep)


def plain_value(rule: Rule, cycle: Cycle, window: Window) -> float:
    """Return what a rule's measure read over its span of one rep, compared with nothing; NaN where it was not seen.

    For a rule that compares sides, the span is that `of` which it compares.
    """
    span = cycle.spans.get(rule.of or rule.over)
    reading = _read(rule.measure, window.take(span)) if span else None
    if reading is None or reading.share < MIN_SHARE:
        return math.nan
    return REDUCERS[rule.reduce](reading.t, reading.x, rule.sustain_s)


def judge_sides(rule: Rule, values: Sequence[tuple[str, float]], span: Interval) -> Finding:
    """Judge by how much a rule's values differ between left and right.

    Parameters
    ----------
    rule : Rule
        One over ``sides``.
    values : sequence of tuple of str and float
        Side and plain value of every hold or rep; NaN where it was not seen. Of lengths of time the longest of each
        side counts, and their difference as a share of their mean; of all else the medians.
    span : tuple of float
        From when to when the set went.
    """
    by_side = {side: [v for s, v in values if s == side and math.isfinite(v)] for side in ("left", "right")}
    if not all(by_side.values()):
        lacking = [side for side, seen in by_side.items() if not seen]
        return unseen(rule, *span, None, f"nothing to compare: the {' and the '.join(lacking)} side was not seen")
    timed = rule.reduce == "duration"
    left, right = (max(seen) if timed else median(seen) for seen in by_side.values())
    difference = abs(left - right)
    if timed:
        difference = 2.0 * difference / (left + right) if left + right > 0 else 0.0
    judged = _Judged(verdict_of(difference, rule), difference, rule, 1.0, span[1])
    return _finding(rule, judged, span, None)


def against_reference(
    rule: Rule, cycle: Cycle, window: Window, baseline: Baseline | None, own: OwnReferences
) -> tuple[Array, Array]:
    """Return times and values of a rule over its span, counted from its reference; empty where that cannot be told."""
    span = cycle.spans.get(rule.over)
    reading = _read(rule.measure, window.take(span)) if span and not rule.not_measurable else None
    if reading is None or not len(reading.t):
        return np.empty(0), np.empty(0)
    reference = _reference(rule, cycle, window, baseline, own)
    if not math.isfinite(reference.zero) or reading.confidence * reference.trust < MIN_CONFIDENCE:
        return np.empty(0), np.empty(0)
    return reading.t, reading.x - reference.zero


def _judge_value(
    rule: Rule, relative: Band, span: Interval, reading: _Reading, reference: _Reference, rep: int | None
) -> Finding:
    """Hold a reading against the band from its zero on (NaN: nothing to compare with) and against the absolute band."""
    bands: list[tuple[Band, float, float]] = [(relative, reference.zero, reference.trust)]
    if rule.absolute is not None:
        bands.append((rule.absolute, 0.0, 1.0))
    judged: list[_Judged] = []
    for band, zero, trust in bands:
        confidence = reading.confidence * trust
        compared, level = _compared(rule, reading.x, zero)
        value = REDUCERS[rule.reduce](reading.t, compared, rule.sustain_s)
        if math.isfinite(value) and confidence >= MIN_CONFIDENCE:
            judged.append(_Judged(verdict_of(value, band), value, band, confidence, _moment(reading, level(value))))
    worst = max(judged, key=lambda j: _ORDER.index(j.verdict), default=None)
    refused = math.isfinite(reference.zero) and reading.confidence * reference.trust < MIN_CONFIDENCE
    if worst is None or (refused and worst.verdict == "met"):
        return unseen(rule, *span, rep, reference.missing or "it was not seen clearly enough")
    return _finding(rule, worst, span, rep)


def _compared(rule: Rule, x: Array, zero: float) -> tuple[Array, Callable[[float], float]]:
    """Return values as they compare with their reference, and how to get back from there."""
    if rule.compare == "ratio":
        return x / (zero or math.nan), lambda value: value * zero
    return x - zero, lambda value: value + zero


def _judge_duration(rule: Rule, cycle: Cycle, span: Interval, window: Window, rep: int | None) -> Finding:
    samples = window.take(span)
    length = span[1] - span[0]
    if len(samples) < 2 or (len(samples) - 1) / length < MIN_FPS_FOR_TIMING:
        return unseen(rule, *span, rep, "fewer than 15 pictures a second are too few to judge timing")
    judged = _Judged(verdict_of(length, rule), length, rule, 1.0, span[1])
    if cycle.cut_short and judged.verdict != "met":
        return unseen(rule, *span, rep, cycle.cut_short)
    return _finding(rule, judged, span, rep)


def _finding(rule: Rule, judged: _Judged, span: Interval, rep: int | None) -> Finding:
    band, value = judged.band, judged.value
    edges = [e for e in (band.ideal_min, band.ideal_max, band.fault_below, band.fault_above) if e is not None]
    near = min(abs(value - e) for e in edges) < 0.5 * rule.budget
    return Finding(
        rule=rule.id,
        name=rule.name,
        verdict=judged.verdict,
        value=value,
        unit=rule.unit,
        confidence=judged.confidence,
        t_start=span[0],
        t_end=span[1],
        rep=rep,
        reason=None,
        measure=rule.measure,
        severity=rule.severity,
        limits=Limits(band.ideal_min, band.ideal_max, band.fault_below, band.fault_above),
        cue=cue_of(rule, value, band),
        why=rule.why,
        sources=rule.sources,
        t_worst=judged.t,
        borderline=near and judged.verdict != "met",
        error=rule.budget,
    )


def unseen(rule: Rule, t_start: float, t_end: float, rep: int | None, reason: str) -> Finding:
    """Return the finding for a rule that could not be judged, with the reason in plain words."""
    return Finding(
        rule=rule.id,
        name=rule.name,
        verdict="unseen",
        value=None,
        unit=rule.unit,
        confidence=0.0,
        t_start=t_start,
        t_end=t_end,
        rep=rep,
        reason=reason,
        measure=rule.measure,
        severity=rule.severity,
        limits=Limits(rule.ideal_min, rule.ideal_max, rule.fault_below, rule.fault_above),
        cue=rule.cue,
        why=rule.why,
        sources=rule.sources,
        t_worst=t_start,
    )


def verdict_of(value: float, band: Band) -> Verdict:
    """Place a value: met in the ideal, fault beyond a fault edge, warning between or where there is no fault edge."""
    too_low = band.fault_below is not None and value < band.fault_below
    too_high = band.fault_above is not None and value > band.fault_above
    if too_low or too_high:
        return "fault"
    low = band.ideal_min is not None and value < band.ideal_min
    high = band.ideal_max is not None and value > band.ideal_max
    return "warning" if low or high else "met"


def cue_of(rule: Rule, value: float, band: Band) -> str:
    """Return the words for this side of the band."""
    if rule.cue_below and band.ideal_min is not None and value < band.ideal_min:
        return rule.cue_below
    return rule.cue


def _read(measure: str, samples: Sequence[Sample]) -> _Reading:
    seen = [(s.t, s.values[measure], s.confidence[measure]) for s in samples]
    sure = [(t, x, trust) for t, x, trust in seen if trust >= MIN_CONFIDENCE and math.isfinite(x)]
    t, x, confidence = zip(*sure, strict=True) if sure else ((), (), (0.0,))
    share = len(sure) / len(samples) if samples else 0.0
    return _Reading(np.array(t), np.array(x), median(confidence), share, measure, samples)


def _reference(rule: Rule, cycle: Cycle, window: Window, baseline: Baseline | None, own: OwnReferences) -> _Reference:
    """Find what counts as zero for a rule."""
    if rule.relative_to is None:
        return _Reference(0.0, 1.0)
    if rule.relative_to == BASELINE:
        return _baseline_reference(rule, baseline)
    span = cycle.spans.get(rule.relative_to)
    if span is None:
        return _Reference(math.nan, 0.0, cycle.missing.get(rule.relative_to, "there was nothing to compare with"))
    reading = _read(rule.measure, window.take(span))
    if reading.share < MIN_REFERENCE_SHARE or len(reading.x) < 2:
        return _Reference(math.nan, 0.0, reading.why)
    value: float = median(reading.x.tolist())
    if rule.relative_to == EARLY_HINGE:
        return _Reference(own.with_reading(rule.measure, span, value), OWN_HINGE, AT_AN_ANGLE)
    return _Reference(value, 1.0)


def _baseline_reference(rule: Rule, baseline: Baseline | None) -> _Reference:
    if baseline is not None and rule.measure in baseline.values:
        return _Reference(baseline.values[rule.measure], 1.0)
    if rule.neutral is not None:
        return _Reference(rule.neutral, UNCALIBRATED, "not calibrated, and not seen clearly enough to do without")
    return _Reference(math.nan, 0.0, "not calibrated")


def _moment(reading: _Reading, level: float) -> float:
    """When the signal is nearest to the level that decided."""
    return float(reading.t[np.abs(reading.x - level).argmin()])
