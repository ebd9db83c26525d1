"""Cut time into reps or holds and their phases.

This only counts; whether it was good is judged elsewhere, by other numbers.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, pstdev
from typing import Final, Protocol

from formcheck.body.view import ViewName
from formcheck.engine.sampling import Sample
from formcheck.exercise.spec import Condition, HoldPose, RepCycle

LOST_S: Final = 3.0
"""A driver that was unseen for longer breaks the rep that was under way."""
STILL_RANGE: Final = 6.0  # deg that the driver may wander in the still second that gives the zero
STILL_S: Final = 1.0
PLATEAU: Final = 0.10  # share of the range around the turn that belongs to it
REVERSAL: Final = 0.15  # share of the range that the driver must come back before it counts as having turned
TOP_S: Final = 0.6  # how much of the rest after a rep still belongs to it
SET_UP_S: Final = 0.5
NEAR_REST: Final = 0.08  # share of the range within which the driver has arrived at, or not yet left, its rest
REACHED: Final = 0.9  # share of the depth of the pull at which the bar is down again
INSTANT_S: Final = 0.12  # half width of the window that stands for an instant
LOWERED_WITHIN_S: Final = 1.5
LIFTED: Final = 0.05  # trunk lengths that the load must have risen to have left the floor
HOLD_START_S: Final = 3.0
HOLD_EDGE_S: Final = 0.8  # getting into and out of a hold: still or already part of it, but not steady

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cycle:
    """A completed rep or hold: when it was, and the spans that rules may look at."""

    t_start: float
    t_turn: float
    t_end: float
    range_of_motion: float
    spans: dict[str, Interval]
    missing: dict[str, str] = field(default_factory=dict)
    cut_short: str | None = None
    """Why its true length is unknown, if it is."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A phase began at `t`."""

    t: float
    phase: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A rep or hold counts from `t` on."""

    t: float


@dataclass(frozen=True, slots=True)
class Completed:
    """A rep or hold is over with everything that belongs to it."""

    cycle: Cycle


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A movement that began and does not count."""

    t_start: float
    t_end: float
    reason: str


Step = Entered | Counted | Completed | Abandoned


class Tracker(Protocol):
    """What the session asks of a movement."""

    phase: str

    def update(self, sample: Sample, view: ViewName) -> list[Step]:
        """Take the next sample."""
        ...

    def finish(self) -> list[Step]:
        """Close what is open at the end of the film."""
        ...

    @property
    def resting(self) -> bool:
        """Whether nothing is under way, so that view and sides may be decided anew."""
        ...

    @property
    def needs_since(self) -> float:
        """Samples before this time are not needed any more."""
        ...


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
        self._trace: list[tuple[float, float, float]] = []  # t, driver from zero, lift
        self._pending: tuple[str, float] | None = None
        self._seen_at = -math.inf
        self._low_at = -math.inf
        self._onset: float | None = None  # None: the way out of rest was not filmed
        self._deepest = -math.inf
        self._shallowest = math.inf
        self._turn_at = math.nan
        self._open: Cycle | None = None
        self._rest_at = math.nan
        self._depth = math.inf

    @property
    def resting(self) -> bool:
        """Whether the person is in the start position or not yet recognised."""
        return self.phase in ("unknown", "rest")

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
        under_way = self.phase in ("turn", "back") or (self.phase == "away" and self._spec.first == "eccentric")
        if under_way and self._trace and not (self._spec.first == "concentric" and self.phase == "turn"):
            start = self._trace[0][0] if self._onset is None else self._onset
            steps.append(Abandoned(start, self._trace[-1][0], "the film ended before the rep was complete"))
        return steps

    # -- phases -------------------------------------------------------------------------------------------------------

    def _in_unknown(self, t: float, v: float) -> list[Step]:
        if (since := self._held("rest", v < self._spec.leave_rest_above, t)) is not None:
            return self._enter("rest", since)
        if (since := self._held("turn", v > self._spec.work_above, t)) is not None:
            self._onset = None
            return self._enter_turn(since)
        return []

    def _in_rest(self, t: float, v: float) -> list[Step]:
        since = self._held("away", v > self._spec.leave_rest_above, t)
        if since is None:
            if self._open is not None and self._spec.first == "eccentric" and t - self._rest_at >= TOP_S:
                return self._close(t, t)
            return []
        self._onset = self._leaves(self._low_at if math.isfinite(self._low_at) else since)
        steps: list[Step] = []
        if self._open is not None and self._spec.first == "eccentric":
            steps += self._close(self._onset, self._onset)
        self._deepest = -math.inf
        return steps + self._enter("away", self._onset)

    def _in_away(self, t: float, v: float) -> list[Step]:
        self._deepest = max(self._deepest, v)
        if (since := self._held("turn", v > self._spec.work_above, t)) is not None:
            return self._enter_turn(since)
        if (since := self._held("rest", v < self._spec.rest_below, t)) is not None:
            steps = self._enter("rest", since)
            if self._spec.first == "eccentric" and self._onset is not None:
                reason = f"only {self._deepest:.0f} of {self._spec.work_above:.0f} needed to count"
                steps.append(Abandoned(self._onset, since, reason))
            return steps
        return []

    def _in_turn(self, t: float, v: float) -> list[Step]:
        self._deepest = max(self._deepest, v)
        steps: list[Step] = []
        if self._open is not None and (v >= REACHED * self._depth or t - self._turn_at > LOWERED_WITHIN_S):
            steps += self._close(self._low_end(), t)
        back = max(self._hysteresis, REVERSAL * self._deepest)
        if (since := self._held("back", v < self._deepest - back, t)) is not None:
            self._shallowest = v
            if self._open is not None:
                steps += self._close(self._low_end(), t)
            return steps + self._enter("back", since)
        return steps

    def _in_back(self, t: float, v: float) -> list[Step]:
        self._shallowest = min(self._shallowest, v)
        deeper = v > self._spec.work_above and v > self._shallowest + self._hysteresis
        if (since := self._held("turn", deeper, t)) is not None:
            steps: list[Step] = []
            if self._shallowest < 0.6 * self._deepest:
                start = self._trace[0][0] if self._onset is None else self._onset
                steps.append(Abandoned(start, since, "turned round before the start position was reached"))
                self._onset = None
                self._cut(since)
            return steps + self._enter("turn", since)
        if (since := self._held("rest", v < self._spec.rest_below, t)) is not None:
            return self._complete(since)
        return []

    # -- what is counted ----------------------------------------------------------------------------------------------

    def _complete(self, t: float) -> list[Step]:
        steps: list[Step] = self._enter("rest", t)
        self._rest_at = t
        cycle = self._eccentric_first(t) if self._spec.first == "eccentric" else self._concentric_first(t)
        length = t - cycle.t_start
        refused = None
        if cycle.range_of_motion < self._spec.min_range:
            refused = f"only {cycle.range_of_motion:.0f} of {self._spec.min_range:.0f} range of motion"
        elif self._onset is not None and not self._spec.min_s <= length <= self._spec.max_s:
            refused = f"{length:.1f} s long; a rep lasts {self._spec.min_s:g} to {self._spec.max_s:g} s"
        if refused:
            steps.append(Abandoned(cycle.t_start, t, refused))
            self._cut(t)
            return steps
        self._open = cycle
        self._depth = self._deepest
        return [*steps, Counted(t)]

    def _close(self, t_rest_end: float, t_end: float) -> list[Step]:
        """Add to the open rep what followed it, and hand it over."""
        cycle, self._open = self._open, None
        if cycle is None:
            return []
        spans, missing = dict(cycle.spans), dict(cycle.missing)
        arrived = min(self._arrives(self._rest_at), t_rest_end)
        if self._spec.first == "eccentric":
            spans["top"] = (self._rest_at, min(t_rest_end, self._rest_at + TOP_S))
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
        shallowest = min((v for t, v, _ in self._trace if self._rest_at <= t <= self._rest_at + TOP_S), default=0.0)
        done = Cycle(cycle.t_start, t_turn, whole, self._depth - shallowest, spans, missing)
        self._cut(t_rest_end - 2.0)
        return [Completed(done)]

    def _eccentric_first(self, t_end: float) -> Cycle:
        trace = self._between(self._onset if self._onset is not None else -math.inf, t_end)
        t_first = trace[0][0]
        deepest = max(v for _, v, _ in trace)
        range_of_motion = deepest - min(v for _, v, _ in trace[-3:])
        at_turn = [t for t, v, _ in trace if v >= deepest - PLATEAU * range_of_motion]
        turn = (at_turn[0], at_turn[-1])
        t_turn = next(t for t, v, _ in trace if v == deepest)
        spans = {
            "rep": (t_first, t_end),
            "turn": turn,
            "concentric": (turn[1], t_end),
            "eccentric_and_turn": (t_first, turn[1]),
        }
        missing: dict[str, str] = {}
        if self._onset is None:
            missing = dict.fromkeys(("start", "eccentric", "half_way"), "the film starts in the middle of this rep")
        else:
            spans["start"] = (t_first - SET_UP_S, t_first)
            spans["eccentric"] = (t_first, turn[0])
            half = next((t for t, v, _ in trace if v >= 0.5 * deepest), t_first)
            spans["half_way"] = (half - INSTANT_S, half + INSTANT_S)
        self._add_early_hinge(
            spans, missing, [s for s in trace if s[0] <= turn[0]], [s for s in trace if s[0] >= turn[1]]
        )
        return Cycle(t_first, t_turn, t_end, range_of_motion, spans, missing)

    def _concentric_first(self, t_end: float) -> Cycle:
        trace = self._between(-math.inf, t_end)
        pull = [s for s in trace if s[0] >= self._turn_at]
        deepest = max(v for _, v, _ in pull)
        range_of_motion = deepest - min(v for _, v, _ in pull[-3:])
        liftoff = _liftoff(pull, deepest - PLATEAU * range_of_motion)
        half = next((t for t, v, _ in pull if t > liftoff and v <= 0.5 * deepest), t_end)
        spans = {
            "rep": (liftoff, t_end),
            "set_up": (max(self._turn_at, liftoff - SET_UP_S), liftoff),
            "liftoff": (liftoff - INSTANT_S, liftoff + INSTANT_S),
            "first_pull": (liftoff, half),
            "second_pull": (half, t_end),
        }
        missing: dict[str, str] = {}
        approach = [s for s in trace if s[0] < self._turn_at] if self._onset is not None else []
        self._add_early_hinge(spans, missing, approach, [s for s in pull if s[0] >= half])
        return Cycle(liftoff, t_end, t_end, range_of_motion, spans, missing)

    def _add_early_hinge(
        self,
        spans: dict[str, Interval],
        missing: dict[str, str],
        down: Sequence[tuple[float, float, float]],
        up: Sequence[tuple[float, float, float]],
    ) -> None:
        """Find where the hinge was still shallow: on the way down where that was filmed, else on the way up."""
        level = self._spec.early_hinge
        if level is None:
            return
        for part in (down, up):
            times = [t for t, v, _ in part if level.above <= v <= level.below]
            if len(times) >= 3:
                spans["early_hinge"] = (times[0], times[-1])
                return
        missing["early_hinge"] = "your shallow hinge was not seen, so there was nothing to compare with"

    # -- bookkeeping --------------------------------------------------------------------------------------------------

    @property
    def _hysteresis(self) -> float:
        return self._spec.leave_rest_above - self._spec.rest_below

    def _enter(self, phase: str, t: float) -> list[Step]:
        self.phase = phase
        self._pending = None
        return [Entered(t, phase)]

    def _enter_turn(self, since: float) -> list[Step]:
        self._turn_at = since
        self._deepest = max(v for t, v, _ in self._trace if t >= since)
        return self._enter("turn", since)

    def _held(self, target: str, wanted: bool, t: float) -> float | None:
        """Return since when `wanted` has been true, once that is long enough."""
        if not wanted:
            if self._pending and self._pending[0] == target:
                self._pending = None
            return None
        if self._pending is None or self._pending[0] != target:
            self._pending = (target, t)
        since = self._pending[1]
        return since if t - since >= self._spec.dwell_s - 1e-6 else None

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
        self._trace.clear()
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
        middle = median(values)
        long_enough = t - self._still[0][0] >= 0.9 * STILL_S
        if (
            long_enough
            and max(values) - min(values) <= STILL_RANGE
            and abs(middle - self._spec.neutral) <= self._spec.zero_within
        ):
            self._zero = middle

    def _between(self, start: float, end: float) -> list[tuple[float, float, float]]:
        return [s for s in self._trace if start <= s[0] <= end]

    def _low_end(self) -> float:
        return self._onset if self._onset is not None else self._trace[-1][0]

    def _leaves(self, crossing: float) -> float:
        """When the driver began to rise from its rest, before it crossed the level at `crossing`."""
        before = [(t, v) for t, v, _ in self._trace if crossing - 2.0 <= t <= crossing]
        low = min(v for _, v in before)
        level = low + NEAR_REST * (self._spec.work_above - low)
        return max((t for t, v in before if v <= level), default=crossing)

    def _arrives(self, crossing: float) -> float:
        """When the driver came to rest, after it crossed the level at `crossing`."""
        after = [(t, v) for t, v, _ in self._trace if crossing <= t <= crossing + TOP_S]
        low = min((v for _, v in after), default=0.0)
        level = low + NEAR_REST * (self._spec.work_above - low)
        return min((t for t, v in after if v <= level), default=crossing)

    def _cut(self, before: float) -> None:
        self._trace = [s for s in self._trace if s[0] >= before]

    def _forget(self, t: float) -> None:
        if self.resting and self._open is None and self._trace[0][0] < t - 4.0:
            self._cut(t - 2.0)


def _liftoff(pull: Sequence[tuple[float, float, float]], plateau_above: float) -> float:
    """When the load left the floor for good: the last moment that it is low, else the end of the driver's plateau."""
    lifts = [(t, lift) for t, _, lift in pull if math.isfinite(lift)]
    if len(lifts) >= 0.7 * len(pull):
        low = sorted(lift for _, lift in lifts)[len(lifts) // 20] + LIFTED
        return max(t for t, lift in lifts if lift <= low)
    return max(t for t, v, _ in pull if v >= plateau_above)


class HoldTracker:
    """Follow positions that are kept. Phases: ``out``, ``settle``, ``hold``."""

    def __init__(self, spec: HoldPose) -> None:
        self._spec = spec
        self.phase = "out"
        self._entered = self._began = self._outside = math.nan
        self._leaving: float | None = None
        self._lost: float | None = None
        self._recent: deque[tuple[float, float]] = deque()
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
        leaving = any(_met(c, values) for c in self._spec.leave)
        if leaving and self.phase == "out":
            self._outside = t
        seen = all(math.isfinite(values.get(c.measure, math.nan)) for c in self._spec.enter)
        inside = seen and all(_met(c, values) for c in self._spec.enter)
        if self.phase == "out":
            return self._enter("settle", t) if inside else []
        if self.phase == "settle":
            return self._settle(t, inside)
        return self._hold(t, leaving, seen)

    def finish(self) -> list[Step]:
        """Close the hold that is under way at the end of the film."""
        return self._end(self._last, "the film ended during the hold") if self.phase == "hold" else []

    def _settle(self, t: float, inside: bool) -> list[Step]:
        if not inside:
            return self._enter("out", t)
        if t - self._entered < self._spec.settle_s - 1e-6 or not self._steady():
            return []
        self._began = max(self._entered, t - self._spec.settle_s)
        self._leaving = self._lost = None
        return self._enter("hold", self._began)

    def _hold(self, t: float, leaving: bool, seen: bool) -> list[Step]:
        self._leaving = (self._leaving if self._leaving is not None else t) if leaving else None
        self._lost = (self._lost if self._lost is not None else t) if not seen else None
        if self._leaving is not None and t - self._leaving > self._spec.gap_s:
            return self._end(self._leaving, "")
        if self._lost is not None and t - self._lost > self._spec.gap_s and not leaving:
            return self._end(self._lost, "you could not be seen any more")
        return []

    def _end(self, t_end: float, note: str) -> list[Step]:
        start = self._began
        self._outside = t_end
        steps = self._enter("out", t_end)
        if t_end - start < self._spec.min_s:
            reason = f"held for {max(0.0, t_end - start):.1f} s; a hold counts from {self._spec.min_s:g} s on"
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
        else:
            missing["start_pose"] = "the start position was not filmed"
        return [
            *steps,
            Counted(t_end),
            Completed(Cycle(start, (start + t_end) / 2, t_end, 0.0, spans, missing, note or None)),
        ]

    def _enter(self, phase: str, t: float) -> list[Step]:
        if phase == "settle":
            self._entered = t
            self._start_pose = self._outside
        self.phase = phase
        return [Entered(t, phase)]

    def _remember(self, t: float, value: float) -> None:
        if math.isfinite(value):
            self._recent.append((t, value))
        while self._recent and self._recent[0][0] < t - 0.5:
            self._recent.popleft()

    def _steady(self) -> bool:
        return len(self._recent) >= 3 and pstdev(v for _, v in self._recent) < self._spec.steady.within


def _met(condition: Condition, values: object) -> bool:
    value = values.get(condition.measure, math.nan)  # type: ignore[attr-defined]
    return (condition.above is None or value > condition.above) and (condition.below is None or value < condition.below)


def track(spec: RepCycle | HoldPose) -> Tracker:
    """Return the tracker for a movement."""
    return RepTracker(spec) if isinstance(spec, RepCycle) else HoldTracker(spec)
