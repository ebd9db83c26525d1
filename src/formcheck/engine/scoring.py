"""Findings to a score and its coverage. A technique match, not a risk and not a diagnosis."""

from collections.abc import Sequence
from typing import Final

from formcheck.engine.report import Finding, Hold, Rep, Score
from formcheck.exercise.spec import Exercise

WEIGHT: Final = {"safety": 3.0, "effectiveness": 2.0, "minor": 1.0}
MIN_COVERAGE: Final = 0.5
AT_FAULT_EDGE: Final = 0.4
CAP_ONE_SAFETY_FAULT: Final = 60
CAP_MORE_SAFETY_FAULTS: Final = 40
CAP_SAFETY_WARNING: Final = 85
CAP_BARELY_HELD: Final = 60
SURE: Final = 0.7
NOT_ENOUGH: Final = "not enough could be seen to give a score"


def quality_of(finding: Finding) -> float:
    """How good a judged value is: 1 inside the ideal, 0.4 at the fault edge, 0 at twice that distance."""
    value, limits = finding.value, finding.limits
    if value is None or finding.verdict == "met":
        return 1.0
    below = limits.ideal_min is not None and value < limits.ideal_min
    ideal, fault = (limits.ideal_min, limits.fault_below) if below else (limits.ideal_max, limits.fault_above)
    if ideal is None:
        return 1.0
    if fault is None:
        distance = min(0.99, abs(value - ideal) / (2 * finding.error))
    else:
        distance = abs(value - ideal) / abs(fault - ideal)
    if distance <= 1.0:
        return 1.0 - (1.0 - AT_FAULT_EDGE) * distance
    return max(0.0, AT_FAULT_EDGE - AT_FAULT_EDGE * (distance - 1.0))


def score_of(findings: Sequence[Finding], key: Sequence[Sequence[str]]) -> Score:
    """Score one rep or hold from the findings of the rules that this view can show.

    `key` lists groups of rules of which one each must have been judged; without them, or below half coverage, there
    is no number.
    """
    judged = [f for f in findings if f.verdict != "unseen"]
    coverage = share_judged(findings)
    seen = {f.rule for f in judged}
    missing = [group for group in key if not seen.intersection(group)]
    if missing:
        names = " or ".join(f.name.lower() for f in findings if f.rule in missing[0])
        return Score(None, coverage, f"the most important check could not be made: {names or missing[0][0]}")
    if coverage < MIN_COVERAGE:
        return Score(None, coverage, NOT_ENOUGH)
    weights = [WEIGHT[f.severity] * f.confidence for f in judged]
    base = 100 * sum(w * quality_of(f) for w, f in zip(weights, judged, strict=True)) / sum(weights)
    return Score(round(min(base, _cap(judged))), coverage)


def _cap(judged: Sequence[Finding]) -> float:
    safety = [f for f in judged if f.severity == "safety" and f.confidence >= SURE]
    faults = sum(f.verdict == "fault" and not f.borderline for f in safety)
    if faults:
        return CAP_ONE_SAFETY_FAULT if faults == 1 else CAP_MORE_SAFETY_FAULTS
    return CAP_SAFETY_WARNING if any(f.verdict != "met" for f in safety) else 100


def share_judged(findings: Sequence[Finding]) -> float:
    """Return how much of the weight of all rules could be judged, [0, 1]."""
    possible = sum(WEIGHT[f.severity] for f in findings)
    return sum(WEIGHT[f.severity] for f in findings if f.verdict != "unseen") / possible if possible else 0.0


def score_of_set(parts: Sequence[Rep] | Sequence[Hold], findings: Sequence[Finding], exercise: Exercise) -> Score:
    """Score a whole set: the mean of its parts, weighted by how much of each could be judged."""
    if not parts:
        return Score(None, 0.0, f"no {exercise.movement.counts} was counted")
    coverage = sum(p.coverage for p in parts) / len(parts)
    scored = [p for p in parts if p.score is not None]
    if not scored:
        first = score_of([f for f in findings if f.rep == parts[0].index], exercise.key)
        return Score(None, coverage, first.reason or NOT_ENOUGH)
    total = sum(p.coverage for p in scored)
    value = sum((p.score or 0) * p.coverage for p in scored) / total
    return Score(round(value), coverage)
