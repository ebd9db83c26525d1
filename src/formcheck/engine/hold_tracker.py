"""Follow positions that are kept."""

import math
from collections import deque
from collections.abc import Callable
from itertools import takewhile
from statistics import median, pstdev
from typing import Final

from formcheck.body.view import ViewName
from formcheck.engine.conditions import all_met, met, seen
from formcheck.engine.movement import Abandoned, Completed, Counted, Cycle, Entered, Step
from formcheck.engine.sampling import Sample
from formcheck.exercise.spec import HoldPose

HOLD_START_S: Final = 3.0
GETTING_IN_S: Final = 0.5  # before the start position is left for good, the movement has begun
PLACE_S: Final = 4.0  # at either end of a hold tell where the body was kept: a long hold may drift in between
CALM_S: Final = 0.3  # to either side of a moment; their middle value stands for it
ARRIVED: Final = 0.5  # of the spread within which a hold begins: so far off its place the body has arrived
WANDER: Final = 1.5  # times the middle distance from its place: so far off the body still keeps it
HOLD_EDGE_S: Final = 0.8  # getting into and out of a hold: still or already part of it, but not steady


class HoldTracker:
    """Follow positions that are kept. Phases: ``out``, ``settle``, ``hold``."""

    def __init__(self, spec: HoldPose) -> None:
        self._spec = spec
        self.phase = "out"
        self._entered = self._began = self._settled = self._outside = math.nan
        self._leaving: float | None = None
        self._lost: float | None = None
        self._recent: deque[tuple[float, float]] = deque()
        self._kept: list[tuple[float, float]] = []
        self._last = math.nan

    @property
    def resting(self) -> bool:
        """Whether no hold is under way."""
        return self.phase == "out"

    @property
    def needs_since(self) -> float:
        """Time of the oldest sample that an open or coming hold may still ask for."""
        start = self._last if self.phase == "out" else self._entered
        return start - 4.0

    def update(self, sample: Sample, view: ViewName) -> list[Step]:
        """Take the next sample."""
        self._last = t = sample.t
        values = sample.values
        self._remember(t, values.get(self._spec.steady.measure, math.nan))
        leaving = any(met(c, values) for c in self._spec.leave)
        if leaving and self.phase == "out":
            self._outside = t
        visible = all(seen(c, values) for c in self._spec.enter)
        inside = visible and all_met(self._spec.enter, values)
        if self.phase == "out":
            return self._enter("settle", t) if inside else []
        if self.phase == "settle":
            return self._settle(t, inside)
        return self._hold(t, leaving, visible)

    def interrupt(self, reason: str) -> list[Step]:
        """End the hold that is under way when it was last seen."""
        steps: list[Step] = []
        if self.phase == "hold":
            left = self._let_go(self._leaving) if self._leaving is not None else self._last
            steps = self._end(left if self._lost is None else min(self._lost, left), reason)
        elif self.phase == "settle":
            steps = self._enter("out", self._last)
        self._outside = math.nan
        self._recent.clear()
        self._kept.clear()
        return steps

    def finish(self) -> list[Step]:
        """Close the hold that is under way at the end of the film."""
        return self._end(self._last, "the film ended during the hold") if self.phase == "hold" else []

    def _settle(self, t: float, inside: bool) -> list[Step]:
        if not inside:
            return self._enter("out", t)
        if t - self._entered < self._spec.settle_s - 1e-6 or not self._steady():
            return []
        self._began = max(self._entered, t - self._spec.settle_s)
        self._settled = t
        self._leaving = self._lost = None
        return self._enter("hold", self._began)

    def _hold(self, t: float, leaving: bool, visible: bool) -> list[Step]:
        self._leaving = (self._leaving if self._leaving is not None else t) if leaving else None
        self._lost = (self._lost if self._lost is not None else t) if not visible else None
        if self._leaving is not None and t - self._leaving > self._spec.gap_s:
            return self._end(self._let_go(self._leaving), "")
        if self._lost is not None and t - self._lost > self._spec.gap_s and not leaving:
            return self._end(self._lost, "you could not be seen any more")
        return []

    def _arrived(self) -> float:
        """Return when the body had come to the place that it then kept: the way in is no part of the hold."""
        near = self._calm(self._entered, self._began + PLACE_S)
        in_place = self._in_place([v for t, v in near if t >= self._began])
        here = next((t for t, v in near if t >= self._settled and in_place(v)), self._began)
        before = takewhile(lambda moment: in_place(moment[1]), (m for m in reversed(near) if m[0] <= here))
        return min((t for t, _ in before), default=here)

    def _let_go(self, left: float) -> float:
        """Return when the place was last kept before it was left for good: the way out is no part of the hold."""
        near = self._calm(max(self._began, left - PLACE_S), left)
        in_place = self._in_place([v for _, v in near])
        return next((t for t, v in reversed(near) if in_place(v)), left)

    def _calm(self, since: float, until: float) -> list[tuple[float, float]]:
        """Return moments with the middle value of those around them, as one that stands out says nothing."""
        around = [(t, v) for t, v in self._kept if since - CALM_S <= t <= until + CALM_S]
        return [(t, median(v for u, v in around if abs(u - t) <= CALM_S)) for t, _ in around if since <= t <= until]

    def _in_place(self, values: list[float]) -> Callable[[float], bool]:
        """Return what tells whether a value belongs to the place around which these values lie."""
        if not values:
            return lambda _: True
        place = median(values)
        wander = max(ARRIVED * self._spec.steady.within, WANDER * median(abs(v - place) for v in values))
        return lambda value: abs(value - place) <= wander

    def _end(self, t_end: float, note: str) -> list[Step]:
        start = min(self._arrived(), t_end)
        self._outside = t_end
        steps = self._enter("out", t_end)
        if t_end - start < self._spec.min_s:
            held_s = max(0.0, t_end - start)
            decimals = 1 if round(held_s, 1) < self._spec.min_s else 2  # rounded up it would read as long enough
            reason = f"held for {held_s:.{decimals}f} s; a hold counts from {self._spec.min_s:g} s on"
            return [*steps, Abandoned(start, t_end, f"{reason} ({note})" if note else reason)]
        edge = min(HOLD_EDGE_S, (t_end - start) / 4)
        spans = {
            "hold": (start, t_end),
            "hold_start": (start, min(start + HOLD_START_S, t_end)),
            "hold_middle": (start + edge, t_end - edge),
        }
        missing: dict[str, str] = {}
        if math.isfinite(self._start_pose):
            spans["start_pose"] = (self._start_pose - 1.3, self._start_pose - 0.3)
            spans["getting_in"] = (self._start_pose - GETTING_IN_S, start)
        else:
            missing["start_pose"] = missing["getting_in"] = "the start position was not filmed"
        return [
            *steps,
            Counted(t_end),
            Completed(Cycle(start, (start + t_end) / 2, t_end, 0.0, spans, missing, note or None)),
        ]

    def _enter(self, phase: str, t: float) -> list[Step]:
        if phase == "settle":
            self._entered = t
            self._start_pose = self._outside
            self._kept = list(self._recent)
        self.phase = phase
        return [Entered(t, phase)]

    def _remember(self, t: float, value: float) -> None:
        if math.isfinite(value):
            self._recent.append((t, value))
            if self.phase != "out":
                self._kept.append((t, value))
        while self._recent and self._recent[0][0] < t - 0.5:
            self._recent.popleft()

    def _steady(self) -> bool:
        return len(self._recent) >= 3 and pstdev(v for _, v in self._recent) < self._spec.steady.within
