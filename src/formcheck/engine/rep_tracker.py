"""Follow repetitions of one driving measure."""

import math
from collections import deque
from statistics import median, pstdev
from typing import Final

from formcheck.body import MEASURES
from formcheck.body.view import ViewName
from formcheck.engine.conditions import unlike
from formcheck.engine.dwell import Dwell
from formcheck.engine.movement import Abandoned, Completed, Counted, Cycle, Entered, Step
from formcheck.engine.rep_spans import Point, concentric_first, deepest_part, eccentric_first
from formcheck.engine.sampling import Sample
from formcheck.exercise.spec import RepCycle

LOST_S: Final = 3.0
"""A driver that was unseen for longer breaks the rep that was under way."""
MIN_STILL: Final = 4  # samples
STILL_DRIFT: Final = 0.055  # of `work_above`, between the halves of the still second that gives the zero
STILL_SD: Final = 0.067  # of `work_above`, that the driver may scatter in the still second that gives the zero
STILL_S: Final = 1.0
REVERSAL: Final = 0.15  # share of the range that the driver must come back before it counts as having turned
TOP_S: Final = 0.6  # how much of the rest after a rep still belongs to it
NEW_LOW: Final = 0.022  # of `work_above`, by which the driver must fall to be still on its way to rest
MAX_TRACE_S: Final = 120.0
NEAR_REST: Final = 0.08  # share of the range within which the driver has arrived at, or not yet left, its rest
REACHED: Final = 0.9  # share of the depth of the pull at which the bar is down again
LOWERED_WITHIN_S: Final = 1.5


class RepTracker:
    """Follow repetitions of one driving measure.

    Phases: ``unknown`` until rest or work is recognised, ``rest``, ``away`` (leaving rest), ``turn`` (at work depth),
    ``back``.
    """

    def __init__(self, spec: RepCycle) -> None:
        self._spec = spec
        self.phase = "unknown"
        self._zero: float | None = None
        self._still: deque[tuple[float, float]] = deque()
        self._trace: list[Point] = []  # t, driver from zero, lift
        self._asked: list[tuple[float, list[float]]] = []  # t, what the conditions of `counts_if` ask for
        self._dwell = Dwell(spec.dwell_s)
        self._seen_at = -math.inf
        self._low_at = -math.inf
        self._onset: float | None = None  # None: the way out of rest was not filmed
        self._deepest = -math.inf
        self._shallowest = math.inf
        self._turn_at = math.nan
        self._open: Cycle | None = None
        self._rest_at = math.nan
        self._resting_since = -math.inf
        self._lowest = (math.nan, math.inf)
        self._depth = math.inf
        self._needs_rest = False  # a rep that began while nothing was seen is not counted

    @property
    def resting(self) -> bool:
        """Whether the person is in the start position or not yet recognised."""
        return self.phase in ("unknown", "rest")

    @property
    def progress(self) -> float | None:
        """How far the driver has gone from rest towards work, in [0, 1]; None before its start is known."""
        if self._zero is None or not self._trace:
            return None
        return min(max(self._trace[-1][1] / self._spec.work_above, 0.0), 1.0)

    @property
    def needs_since(self) -> float:
        """Time of the oldest sample that an open or coming rep may still ask for."""
        if self._open is not None:
            return min(self._open.t_start, min((a for a, _ in self._open.spans.values()), default=self._open.t_start))
        if self._trace:
            return self._trace[0][0]
        return self._seen_at - 2.0

    def update(self, sample: Sample, view: ViewName) -> list[Step]:
        """Take the next sample."""
        name = (
            self._spec.measure_in.get(view, self._spec.measure)
            if view in ("side", "front", "back")
            else self._spec.measure
        )
        value = sample.values.get(name, math.nan)
        if not math.isfinite(value):
            return []
        t = sample.t
        steps = self._after_gap(t)
        self._find_zero(t, value)
        v = value - (self._spec.neutral if self._zero is None else self._zero)
        lift = sample.values.get(self._spec.lift_measure, math.nan) if self._spec.lift_measure else math.nan
        self._trace.append((t, v, lift))
        self._asked.append((t, [sample.values.get(c.measure, math.nan) for c in self._spec.counts_if]))
        if v <= self._spec.rest_below:
            self._low_at = t
        steps += getattr(self, f"_in_{self.phase}")(t, v)
        self._forget(t)
        return steps

    def finish(self) -> list[Step]:
        """Close the open rep; a rep under way is abandoned."""
        steps: list[Step] = []
        if self._open is not None and self._trace:
            steps += self._close(self._trace[-1][0], self._trace[-1][0])
        return steps + self._abandon("the film ended before the rep was complete")

    def interrupt(self, reason: str) -> list[Step]:
        """End what was under way with the last sample.

        A rep that goes out from rest counts afterwards only from a rest that was seen; so does any other after one
        that was cut off.
        """
        if not self._trace:
            return []
        last = self._trace[-1][0]
        rested = self._low_end() if self.phase in ("away", "turn") else last
        steps = self._close(rested, rested)
        abandoned = self._abandon(reason)
        self._needs_rest = self._needs_rest or self._spec.first == "eccentric" or bool(abandoned)
        self._cut(math.inf)
        self._still.clear()
        self._onset, self._low_at = None, -math.inf
        return [*steps, *abandoned, *self._enter("unknown", last)]

    def _abandon(self, reason: str) -> list[Step]:
        """Give up the rep that is under way, if one is; a weight that still lies on the floor has not been lifted."""
        phases = ("away", "turn", "back") if self._spec.first == "eccentric" else ("back",)
        if self.phase not in phases or not self._trace:
            return []
        start = self._trace[0][0] if self._onset is None else self._onset
        return [Abandoned(start, self._trace[-1][0], reason)]

    # -- phases -------------------------------------------------------------------------------------------------------

    def _in_unknown(self, t: float, v: float) -> list[Step]:
        if (since := self._dwell.held("rest", v < self._spec.leave_rest_above, t)) is not None:
            self._needs_rest = False
            return self._enter("rest", since)
        at_work = v > self._spec.work_above and not self._needs_rest
        if (since := self._dwell.held("turn", at_work, t)) is not None:
            self._onset = None
            return self._enter_turn(since)
        return []

    def _in_rest(self, t: float, v: float) -> list[Step]:
        since = self._dwell.held("away", v > self._spec.leave_rest_above, t)
        if since is None:
            return self._at_the_top(t, v)
        self._onset = self._leaves(self._low_at if self._low_at >= self._trace[0][0] else since)
        steps: list[Step] = []
        if self._open is not None and self._spec.first == "eccentric":
            steps += self._close(self._onset, self._onset)
        self._deepest = -math.inf
        return steps + self._enter("away", self._onset)

    def _at_the_top(self, t: float, v: float) -> list[Step]:
        """Close an eccentric-first rep once the driver has come to rest: it made no new low for a while."""
        if self._open is None or self._spec.first != "eccentric":
            return []
        if v < self._lowest[1] - NEW_LOW * self._spec.work_above:
            self._lowest = (t, v)
        return self._close(t, t) if t - self._lowest[0] >= TOP_S else []

    def _in_away(self, t: float, v: float) -> list[Step]:
        self._deepest = max(self._deepest, v)
        if (since := self._dwell.held("turn", v > self._spec.work_above, t)) is not None:
            return self._enter_turn(since)
        if (since := self._dwell.held("rest", v < self._spec.rest_below, t)) is not None:
            steps = self._enter("rest", since)
            if self._spec.first == "eccentric" and self._onset is not None:
                steps.append(Abandoned(self._onset, since, self._too_little()))
            return steps
        return []

    def _in_turn(self, t: float, v: float) -> list[Step]:
        self._deepest = max(self._deepest, v)
        steps: list[Step] = []
        if self._open is not None and (v >= REACHED * self._depth or t - self._turn_at > LOWERED_WITHIN_S):
            steps += self._close(self._low_end(), self._down_again(t))
        back = max(self._hysteresis, REVERSAL * self._deepest)
        if (since := self._dwell.held("back", v < self._deepest - back, t)) is not None:
            self._shallowest = v
            if self._open is not None:
                steps += self._close(self._low_end(), t)
            return steps + self._enter("back", since)
        return steps

    def _in_back(self, t: float, v: float) -> list[Step]:
        self._shallowest = min(self._shallowest, v)
        deeper = v > self._spec.work_above and v > self._shallowest + self._hysteresis
        if (since := self._dwell.held("turn", deeper, t)) is not None:
            steps: list[Step] = []
            if self._shallowest < 0.6 * self._deepest:
                start = self._trace[0][0] if self._onset is None else self._onset
                steps.append(Abandoned(start, since, "turned round before the start position was reached"))
                self._onset = None
                self._cut(since)
            return steps + self._enter("turn", since)
        if (since := self._dwell.held("rest", v < self._spec.rest_below and self._may_end(), t)) is not None:
            return self._complete(since)
        return []

    def _may_end(self) -> bool:
        """Whether what is seen now meets the conditions for the end of a rep."""
        now = zip(self._spec.counts_if, self._asked[-1][1], strict=True)
        return not any(c.at == "end" and math.isfinite(value) and unlike(c, value) for c, value in now)

    # -- what is counted ----------------------------------------------------------------------------------------------

    def _complete(self, t: float) -> list[Step]:
        steps: list[Step] = self._enter("rest", t)
        self._rest_at = t
        self._lowest = (t, math.inf)
        cycle = self._cycle(t)
        if refused := self._refusal(t, t - cycle.t_start):
            steps.append(Abandoned(cycle.t_start, t, refused))
            self._cut(t)
            return steps
        self._open = cycle
        self._depth = self._deepest
        return [*steps, Counted(t)]

    def _refusal(self, t: float, length_s: float) -> str | None:
        """Say why what ended at `t` is no rep, if it is none."""
        if self._deepest < self._spec.min_range:
            return f"only {self._of(self._deepest, self._spec.min_range)} range of motion"
        if self._onset is not None and not self._spec.min_s <= length_s <= self._spec.max_s:
            return f"{length_s:.1f} s long; a rep lasts {self._spec.min_s:g} to {self._spec.max_s:g} s"
        start, end = deepest_part(self._between(self._turn_at, t))
        at_turn = [values for at, values in self._asked if start <= at <= end]
        for i, condition in enumerate(self._spec.counts_if):
            seen = [values[i] for values in at_turn if math.isfinite(values[i])]
            if condition.at == "turn" and seen and (why := unlike(condition, median(seen))):
                return f"looks like another exercise: {why}"
        return None

    def _cycle(self, t_end: float) -> Cycle:
        """Cut the trace up to `t_end` into the spans of one rep."""
        if self._spec.first == "eccentric":
            start = -math.inf if self._onset is None else self._onset
            return eccentric_first(self._between(start, t_end), self._onset is not None, self._spec.early_hinge)
        return concentric_first(self._between(-math.inf, t_end), self._turn_at, self._onset, self._spec.early_hinge)

    def _close(self, t_rest_end: float, t_end: float) -> list[Step]:
        """Add to the open rep what followed it, and hand it over."""
        cycle, self._open = self._open, None
        if cycle is None:
            return []
        spans, missing = dict(cycle.spans), dict(cycle.missing)
        arrived = self._arrives(t_rest_end)
        if self._spec.first == "eccentric":
            spans["top"] = (arrived, t_rest_end)
            whole = arrived
            spans["rep"], spans["concentric"] = (cycle.t_start, whole), (spans["concentric"][0], whole)
            t_turn = cycle.t_turn
        else:
            t_turn = arrived
            spans["lockout"] = (self._rest_at, t_rest_end)
            if t_end > t_rest_end:
                spans["lowering"] = (t_rest_end, t_end)
            else:
                missing["lowering"] = "the lowering was not filmed"
            whole = t_end if t_end > t_rest_end else t_rest_end
            spans["rep"] = (cycle.t_start, whole)
        shallowest = min((v for t, v, _ in self._trace if self._rest_at <= t <= t_rest_end), default=0.0)
        done = Cycle(cycle.t_start, t_turn, whole, self._depth - shallowest, spans, missing)
        self._cut(t_rest_end - 2.0)
        return [Completed(done)]

    # -- bookkeeping --------------------------------------------------------------------------------------------------

    def _too_little(self) -> str:
        if self._deepest > self._spec.work_above:
            return "far enough only for a moment"
        return f"only {self._of(self._deepest, self._spec.work_above)} needed to count"

    def _of(self, reached: float, wanted: float) -> str:
        """Return "38 of 45": degrees as they are, lengths on the body in percent."""
        if MEASURES[self._spec.measure].unit == "deg":
            return f"{reached:.0f} of {wanted:.0f}"
        return f"{100 * reached:.0f} of {100 * wanted:.0f} %"

    @property
    def _hysteresis(self) -> float:
        return self._spec.leave_rest_above - self._spec.rest_below

    def _enter(self, phase: str, t: float) -> list[Step]:
        self.phase = phase
        self._dwell.forget()
        if phase == "rest":
            self._resting_since = t
        return [Entered(t, phase)]

    def _enter_turn(self, since: float) -> list[Step]:
        self._turn_at = since
        self._deepest = max(v for t, v, _ in self._trace if t >= since)
        return self._enter("turn", since)

    def _after_gap(self, t: float) -> list[Step]:
        gap, self._seen_at = t - self._seen_at, t
        if gap <= LOST_S or not self._trace:
            return []
        steps: list[Step] = []
        last = self._trace[-1][0]
        if self._open is not None:
            steps += self._close(last, last)
        if not self.resting:
            start = self._trace[0][0] if self._onset is None else self._onset
            steps.append(Abandoned(start, last, f"you could not be followed for {gap:.0f} s"))
        self._cut(t)
        self._onset = None
        self._low_at = -math.inf
        return steps + self._enter("unknown", t)

    def _find_zero(self, t: float, value: float) -> None:
        if self._zero is not None or not self.resting:
            return
        self._still.append((t, value))
        while self._still[0][0] < t - STILL_S:
            self._still.popleft()
        values = [v for _, v in self._still]
        if t - self._still[0][0] < 0.9 * STILL_S or len(values) < MIN_STILL:
            return
        middle, half = median(values), len(values) // 2
        drift = abs(median(values[:half]) - median(values[half:]))
        near, scale = abs(middle - self._spec.neutral) <= self._spec.zero_within, self._spec.work_above
        if near and drift <= STILL_DRIFT * scale and pstdev(values) <= STILL_SD * scale:
            self._zero = middle

    def _between(self, start: float, end: float) -> list[Point]:
        return [s for s in self._trace if start <= s[0] <= end]

    def _down_again(self, t: float) -> float:
        """When the load was down again, which is known for certain only at `t`."""
        fallen = (at for at, v, _ in self._trace if at > self._low_end() and v >= REACHED * self._depth)
        return next(fallen, t)

    def _low_end(self) -> float:
        return self._onset if self._onset is not None else self._trace[-1][0]

    def _leaves(self, crossing: float) -> float:
        """When the driver began to rise from its rest, before it crossed the level at `crossing`."""
        since = max(crossing - 2.0, self._resting_since)
        before = [(t, v) for t, v, _ in self._trace if since <= t <= crossing]
        low = min((v for _, v in before), default=0.0)
        level = low + NEAR_REST * (self._spec.work_above - low)
        return max((t for t, v in before if v <= level), default=crossing)

    def _arrives(self, t_rest_end: float) -> float:
        """When the driver came to rest after the last rep, in a rest that ended at `t_rest_end`."""
        after = [(t, v) for t, v, _ in self._trace if self._rest_at <= t <= t_rest_end]
        low = min((v for _, v in after), default=0.0)
        level = low + NEAR_REST * (self._spec.work_above - low)
        return min((t for t, v in after if v <= level), default=min(self._rest_at, t_rest_end))

    def _cut(self, before: float) -> None:
        self._trace = [s for s in self._trace if s[0] >= before]
        self._asked = [s for s in self._asked if s[0] >= before]

    def _forget(self, t: float) -> None:
        if self.resting and self._open is None and self._trace[0][0] < t - 4.0:
            self._cut(t - 2.0)
        elif self._trace[0][0] < t - MAX_TRACE_S:
            self._cut(t - 0.9 * MAX_TRACE_S)
