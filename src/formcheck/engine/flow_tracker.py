"""Follow positions that are visited by turns."""

import math
from collections import deque
from statistics import median, pstdev
from typing import Final

from formcheck.body.view import ViewName
from formcheck.engine.conditions import any_unmet, unlike
from formcheck.engine.dwell import Dwell
from formcheck.engine.movement import Abandoned, Completed, Counted, Cycle, Entered, Interval, Step
from formcheck.engine.sampling import Sample
from formcheck.exercise.spec import Flow, Position

LOST_S: Final = 3.0
"""A driver that was unseen for longer breaks the cycle that was under way."""
STILL_S: Final = 1.0
WAIT_FOR_START_S: Final = 2.5
MIN_STILL: Final = 4  # samples
STILL_SD: Final = 0.25  # of the nearest level, that the driver may scatter in the still second that gives the start
NEAR_START: Final = 0.5  # of the level at which a position is entered: nearer to the start nothing has begun
MAX_TRACE_S: Final = 120.0


class FlowTracker:
    """Follow positions that are visited by turns.

    Phases: ``unknown`` until the start position or a position was seen, ``between`` the positions, and the positions by
    their names. Until the person's own start was seen, everybody's stands in for it.
    """

    def __init__(self, spec: Flow) -> None:
        self._spec = spec
        self.phase = "unknown"
        self._zero: float | None = None
        self._zero_span: Interval = (math.nan, math.nan)
        self._still: deque[tuple[float, float]] = deque()
        self._early: list[tuple[Sample, float]] = []  # before it is known whether the film begins with the start
        self._trace: list[tuple[float, float]] = []
        self._asked: list[tuple[float, list[float]]] = []
        self._dwell = Dwell(spec.dwell_s)
        self._visits: dict[str, Interval] = {}
        self._entered = math.nan
        self._began: float | None = None  # when the driver left the start for the first position of this cycle
        self._seen_at = -math.inf
        self._levels = {p.name: _level(p) for p in spec.positions}

    @property
    def resting(self) -> bool:
        """Whether no cycle is under way."""
        return self.phase in ("unknown", "between") and not self._visits

    @property
    def needs_since(self) -> float:
        """Time of the oldest sample that an open or coming cycle may still ask for."""
        if self._early:
            return self._early[0][0].t
        start = self._seen_at if self._began is None else self._began
        return min(start, self._zero_span[0]) if self._zero is not None else start - 2.0

    def update(self, sample: Sample, view: ViewName) -> list[Step]:
        """Take the next sample."""
        value = sample.values.get(self._spec.measure, math.nan)
        if not math.isfinite(value):
            return []
        if self._zero is None and self.resting and (found := self._find_start(sample.t, value, sample)):
            self._early.clear()  # nothing had begun before the start position was kept
            return found
        if self._zero is None and not self._trace:
            self._early.append((sample, value))
            waited = sample.t - self._early[0][0].t >= WAIT_FOR_START_S
            return self._work_through_early() if waited else []
        return self._follow(sample, value)

    def _work_through_early(self) -> list[Step]:
        """Go on without the person's own start: the film does not begin with it."""
        early, self._early = self._early, []
        return [step for sample, value in early for step in self._follow(sample, value)]

    def _follow(self, sample: Sample, value: float) -> list[Step]:
        t = sample.t
        steps = self._after_gap(t)
        v = value - (self._spec.neutral if self._zero is None else self._zero)
        self._trace.append((t, v))
        self._asked.append((t, [sample.values.get(c.measure, math.nan) for c in self._spec.counts_if]))
        position = next((p for p in self._spec.positions if p.name == self.phase), None)
        steps += self._between(t, v) if position is None else self._inside(position, t, v)
        self._forget(t)
        return steps

    def interrupt(self, reason: str) -> list[Step]:
        """Give up the cycle that is under way; the next begins with the next position."""
        self._early.clear()
        self._still.clear()
        return self._break_off(reason, self._seen_at) if self._trace else []

    def finish(self) -> list[Step]:
        """Close the cycle whose last position is still kept at the end of the film; abandon one that lacks any."""
        steps = self._work_through_early()
        return steps + self._last_cycle()

    def _last_cycle(self) -> list[Step]:
        if self.phase in self._levels and self._trace:
            self._visits[self.phase] = (self._entered, self._trace[-1][0])
        if self._complete():
            return self._close(self._trace[-1][0])
        return self._abandon("the film ended before the cycle was complete") if self._visits else []

    # -- phases -------------------------------------------------------------------------------------------------------

    def _find_start(self, t: float, value: float, sample: Sample) -> list[Step]:
        """Take the middle of the first still second in the start position as the zero of the driver."""
        if any_unmet(self._spec.start, sample.values):
            self._still.clear()
            return []
        self._still.append((t, value))
        while self._still[0][0] < t - STILL_S:
            self._still.popleft()
        values = [v for _, v in self._still]
        if t - self._still[0][0] < 0.9 * STILL_S or len(values) < MIN_STILL:
            return []
        middle = median(values)
        near = abs(middle - self._spec.neutral) <= self._spec.zero_within
        if not near or pstdev(values) > STILL_SD * min(abs(level) for level in self._levels.values()):
            return []
        self._zero, self._zero_span = middle, (self._still[0][0], t)
        return self._enter(t, "between")

    def _between(self, t: float, v: float) -> list[Step]:
        if not self._visits and self._calm(v):
            self._began = t
        for position in self._spec.positions:
            if (since := self._dwell.held(position.name, position.inside(v, before=False), t)) is not None:
                if self._began is None:
                    self._began = since
                self._entered = since
                return self._enter(since, position.name)
        return []

    def _inside(self, position: Position, t: float, v: float) -> list[Step]:
        since = self._dwell.held("between", not position.inside(v, before=True), t)
        if since is None:
            return []
        self._visits[position.name] = (self._entered, since)
        steps: list[Step] = self._enter(since, "between")
        return steps + self._close(since) if self._complete() else steps

    def _calm(self, v: float) -> bool:
        """Whether the driver is so near to the start that no position has been begun."""
        return all(v * level <= NEAR_START * level * level for level in self._levels.values())

    # -- what is counted ----------------------------------------------------------------------------------------------

    def _complete(self) -> bool:
        return len(self._visits) == len(self._levels)

    def _close(self, t_end: float) -> list[Step]:
        start = self._trace[0][0] if self._began is None else self._began
        if refused := self._refusal(t_end - start):
            return self._abandon(refused)
        within = [v for t, v in self._trace if start <= t <= t_end]
        spans = {**self._visits, "cycle": (start, t_end)}
        missing = {"start": "the start position was not filmed"} if self._zero is None else {}
        if self._zero is not None:
            spans["start"] = self._zero_span
        turn = max(at for at, _ in self._visits.values())
        cycle = Cycle(start, turn, t_end, max(within) - min(within), spans, missing)
        self._start_afresh(t_end)
        return [Counted(t_end), Completed(cycle)]

    def _refusal(self, length_s: float) -> str | None:
        """Say why what ended now is no cycle, if it is none."""
        if not self._spec.min_s <= length_s <= self._spec.max_s:
            return f"{length_s:.1f} s long; a cycle lasts {self._spec.min_s:g} to {self._spec.max_s:g} s"
        for start, end in self._visits.values():
            asked = [values for at, values in self._asked if start <= at <= end]
            for i, condition in enumerate(self._spec.counts_if):
                seen = [values[i] for values in asked if math.isfinite(values[i])]
                if seen and (why := unlike(condition, median(seen))):
                    return f"looks like another exercise: {why}"
        return None

    def _abandon(self, reason: str) -> list[Step]:
        start = min(at for at, _ in self._visits.values()) if self._began is None else self._began
        end = max(at for _, at in self._visits.values())
        self._start_afresh(end)
        return [Abandoned(start, end, reason)]

    def _start_afresh(self, t: float) -> None:
        self._visits.clear()
        self._began = t

    # -- bookkeeping --------------------------------------------------------------------------------------------------

    def _enter(self, t: float, phase: str) -> list[Step]:
        self.phase = phase
        self._dwell.forget()
        return [Entered(t, phase)]

    def _after_gap(self, t: float) -> list[Step]:
        gap, self._seen_at = t - self._seen_at, t
        if gap <= LOST_S or not self._trace:
            return []
        return self._break_off(f"you could not be followed for {gap:.0f} s", t)

    def _break_off(self, reason: str, t: float) -> list[Step]:
        """Give up the cycle that is under way and go on from nothing at `t`."""
        if self.phase in self._levels:
            self._visits[self.phase] = (self._entered, self._trace[-1][0])
        steps = self._abandon(reason) if self._visits else []
        self._trace.clear()
        self._asked.clear()
        self._began = None
        return steps + self._enter(t, "between")

    def _forget(self, t: float) -> None:
        since = t - MAX_TRACE_S if self._began is None else max(self._began - 1.0, t - MAX_TRACE_S)
        if self._trace[0][0] < since - 4.0:
            self._trace = [s for s in self._trace if s[0] >= since]
            self._asked = [s for s in self._asked if s[0] >= since]


def _level(position: Position) -> float:
    """Return the level of the driver at which a position is entered."""
    return position.enter_above if position.enter_above is not None else position.enter_below or 0.0
