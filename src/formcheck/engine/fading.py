"""Form over a whole set: what fades, and when the set should have ended."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from formcheck.engine.report import Fading, Finding, Hold, Rep, SetOver

MIN_PARTS: Final = 4
"""Reps or holds with a value, below which nothing is said about a trend."""
ENOUGH_SAFETY_FAULTS: Final = 2
OFF: Final = ("warning", "fault")


def fading(parts: Sequence[Rep] | Sequence[Hold]) -> tuple[Fading, ...]:
    """Return the rules that the first third of a set met and the last third does not.

    The change must exceed the error to expect of the value: what is smaller is no trend.
    """
    return tuple(found for values in _by_rule(parts) if (found := _fading(values)))


def _by_rule(parts: Sequence[Rep] | Sequence[Hold]) -> Iterator[list[Finding]]:
    rules = dict.fromkeys(f.rule for part in parts for f in part.findings)
    for rule in rules:
        yield [f for part in parts for f in part.findings if f.rule == rule and f.value is not None]


def _fading(findings: Sequence[Finding]) -> Fading | None:
    if len(findings) < MIN_PARTS:
        return None
    third = max(2, len(findings) // 3)
    first, last = findings[:third], findings[-third:]
    before, after = (median(f.value or 0.0 for f in some) for some in (first, last))
    well = all(f.verdict == "met" for f in first)
    if not well or any(f.verdict not in OFF for f in last) or abs(after - before) <= findings[0].error:
        return None
    since = next(i for i in range(third, len(findings)) if all(f.verdict in OFF for f in findings[i:]))
    rule = findings[0]
    return Fading(rule.rule, rule.name, rule.unit, before, after, findings[since].rep or since + 1)


def past_the_limit(parts: Sequence[Rep] | Sequence[Hold], t: float) -> SetOver | None:
    """Return that the set should end now, after the last of `parts`, if it should.

    That is at the second safety fault of one rule, and where a rule that was met at first is at fault twice running.
    """
    safety = [f for part in parts for f in part.findings if f.severity == "safety" and _certain(f)]
    for finding in (f for f in parts[-1].findings if _certain(f)):
        if sum(f.rule == finding.rule for f in safety) >= ENOUGH_SAFETY_FAULTS:
            return SetOver(t, finding.rule, f"{_said(finding)} for the second time: rest, then go on with less load")
        faded = next((f for f in fading(parts) if f.rule == finding.rule), None)
        if faded and len(parts) > 1 and any(_certain(f) for f in parts[-2].findings if f.rule == finding.rule):
            return SetOver(t, finding.rule, f"{_said(finding)}, which it did not at first: rest before you go on")
    return None


def _certain(finding: Finding) -> bool:
    return finding.verdict == "fault" and not finding.borderline and finding.severity != "minor"


def _said(finding: Finding) -> str:
    return finding.name[0].lower() + finding.name[1:]
