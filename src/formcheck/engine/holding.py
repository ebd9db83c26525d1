"""What belongs to holds alone: when they lapse, how long they were done well, and when they slip for good."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from formcheck.body.baseline import Baseline
from formcheck.engine.judging import OwnReferences, Window, against_reference
from formcheck.engine.movement import Cycle, Interval
from formcheck.engine.report import Finding, Hold, Lapse, SetOver, SideTotal
from formcheck.exercise.spec import Rule
from formcheck.filters.reducers import Array

LAPSE_S: Final = 0.5
"""A hold that is wrong for a shorter time has not lapsed."""
SLIP_S: Final = 2.0
SETTLED_S: Final = 3.0
"""Before that a hold has not been met by anything."""
CONTINUOUS: Final = ("median", "mean", "max", "min", "extreme")
"""Reducers of rules that can be broken at any moment of a hold."""


def lapses(
    rules: Sequence[Rule], cycle: Cycle, window: Window, *, baseline: Baseline | None, own: OwnReferences
) -> tuple[Lapse, ...]:
    """Return when rules of safety or effectiveness were clearly broken during a hold; stretches that meet are one.

    Clearly: beyond a fault edge by more than half an error budget, in the middle of a second, for `LAPSE_S` or longer.
    """
    broken = [
        (start, end, rule.id)
        for rule in rules
        if rule.severity != "minor" and rule.reduce in CONTINUOUS and rule.compare == "difference"
        for start, end in _broken(rule, *against_reference(rule, cycle, window, baseline, own))
    ]
    joined: list[Lapse] = []
    for start, end, rule in sorted(broken):
        if joined and start <= joined[-1].t_end:
            last = joined[-1]
            joined[-1] = Lapse(last.t_start, max(last.t_end, end), tuple(dict.fromkeys((*last.rules, rule))))
        else:
            joined.append(Lapse(start, end, (rule,)))
    return tuple(joined)


def _broken(rule: Rule, t: Array, x: Array) -> Iterator[Interval]:
    """Yield from when to when values are clearly beyond a fault edge."""
    since: float | None = None
    for now, value in zip(t.tolist(), _middles(t, x).tolist(), strict=True):
        if _clearly_beyond(rule, value):
            since = now if since is None else since
        elif since is not None:
            yield from _long_enough(since, now)
            since = None
    if since is not None:
        yield from _long_enough(since, float(t[-1]))


def _long_enough(start: float, end: float) -> Iterator[Interval]:
    if end - start >= LAPSE_S:
        yield start, end


def _middles(t: Array, x: Array) -> Array:
    """Return the median of the second around every sample."""
    first, last = np.searchsorted(t, t - 0.5), np.searchsorted(t, t + 0.5, side="right")
    return np.array([np.median(x[a:b]) for a, b in zip(first, last, strict=True)])


def _clearly_beyond(rule: Rule, value: float) -> bool:
    margin = 0.5 * rule.budget
    too_low = rule.fault_below is not None and value < rule.fault_below - margin
    return too_low or (rule.fault_above is not None and value > rule.fault_above + margin)


def held_well(cycle: Cycle, broken: Sequence[Lapse]) -> tuple[float, float]:
    """Return the seconds of a hold without a lapse, and the longest stretch of them."""
    edges = [cycle.t_start, *(t for lapse in broken for t in (lapse.t_start, lapse.t_end)), cycle.t_end]
    stretches = [max(0.0, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return sum(stretches), max(stretches)


def side_totals(holds: Sequence[Hold]) -> tuple[SideTotal, ...]:
    """Return what was held on either side over the whole set."""
    totals = []
    for side in dict.fromkeys(hold.side for hold in holds):
        own = [hold for hold in holds if hold.side == side]
        total, good = sum(h.t_end - h.t_start for h in own), sum(h.good_time_s for h in own)
        totals.append(SideTotal(side, len(own), total, good, max(h.best_streak_s for h in own)))
    return tuple(totals)


class SlipWatch:
    """End the set when a safety rule that a hold met at first is broken for `SLIP_S` or longer."""

    def __init__(self) -> None:
        self._met: dict[str, float | None] = {}  # rules that this hold met: since when it has not

    def update(self, t: float, since: float, findings: Sequence[Finding]) -> SetOver | None:
        """Take what was found at `t` in a hold that has lasted since `since`."""
        if t - since < SETTLED_S:
            self._met.clear()
        for finding in findings:
            if finding.severity != "safety":
                continue
            if finding.verdict == "met":
                self._met[finding.rule] = None
            elif finding.rule in self._met and finding.verdict == "fault" and not finding.borderline:
                first = self._met[finding.rule]
                self._met[finding.rule] = t if first is None else first
                if first is not None and t - first >= SLIP_S:
                    name = finding.name[0].lower() + finding.name[1:]
                    return SetOver(t, finding.rule, f"{name}, which it did not at first: rest now")
        return None
