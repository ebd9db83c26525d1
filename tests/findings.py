"""Findings as the engine makes them, for tests of what is done with them."""

from formcheck.body import MEASURES
from formcheck.engine.report import Finding, Limits, Severity, Verdict

BAND = Limits(ideal_min=10.0, ideal_max=40.0, fault_below=0.0, fault_above=60.0)


def finding(
    rule: str = "XX-01",
    verdict: Verdict = "met",
    value: float | None = 25.0,
    severity: Severity = "effectiveness",
    confidence: float = 1.0,
    *,
    limits: Limits = BAND,
    borderline: bool = False,
    rep: int = 1,
) -> Finding:
    """Return what a rule on knee flexion found in a rep."""
    return Finding(
        rule=rule,
        name=f"Name of {rule}",
        verdict=verdict,
        value=value,
        unit="deg",
        confidence=confidence,
        t_start=0.0,
        t_end=1.0,
        rep=rep,
        reason=None if value is not None else "the knee was hidden",
        measure="knee_flexion",
        severity=severity,
        limits=limits,
        cue=f"Mend {rule}",
        why="It is so.",
        sources=("coaching-consensus",),
        t_worst=0.5,
        borderline=borderline,
        error=0.0 if value is None else MEASURES["knee_flexion"].budget,
    )
