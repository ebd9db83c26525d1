"""Watch a posture for as long as it lasts, window by window."""

import math
from collections.abc import Mapping
from typing import Final

from formcheck.body.view import ViewName
from formcheck.engine.conditions import any_unmet, seen
from formcheck.engine.movement import Completed, Cycle, Entered, Interval, Step
from formcheck.engine.sampling import Sample
from formcheck.exercise.spec import Watch

MOVING: Final = "you were moving"
AT_REST: Final = "you were not moving"
MIN_SAMPLES: Final = 3
GONE_S: Final = 0.5
"""A posture that is not seen for so long has ended."""


class WatchTracker:
    """Watch a posture window by window. Phases: ``away``, ``settle``, ``there``."""

    def __init__(self, spec: Watch) -> None:
        self._spec = spec
        self.phase = "away"
        self._since = math.nan  # when the posture was taken up
        self._window = math.nan  # when the present window began
        self._there_at = -math.inf
        self._last = math.nan
        self._samples: list[Mapping[str, float]] = []
        self._view: ViewName = "unknown"

    @property
    def resting(self) -> bool:
        """Whether a window has just begun or none is open, so that view and sides may be decided anew."""
        return self.phase != "there" or self._window == self._last

    @property
    def needs_since(self) -> float:
        """Samples before this time are not needed any more."""
        return self._window if self.phase == "there" else self._last

    def update(self, sample: Sample, view: ViewName) -> list[Step]:
        """Take the next sample."""
        t = sample.t
        self._last, self._view = t, view
        if self._there(sample):
            self._there_at = t
        elif t - self._there_at > GONE_S:
            return self._leave(self._there_at) if self.phase != "away" else []
        elif self.phase == "away":
            return []
        if self.phase == "away":
            self._since = t
            return self._enter(t, "settle")
        if self.phase == "settle":
            return self._open(t) if t - self._since >= self._spec.settle_s else []
        steps = self._close(t) + self._begin(t) if t - self._window >= self._spec.window_s - 1e-6 else []
        self._samples.append(sample.values)
        return steps

    def interrupt(self, reason: str) -> list[Step]:
        """Leave the posture when it was last there; no window goes on from there."""
        left = self._leave(self._there_at) if self.phase != "away" else []
        self._there_at = -math.inf
        return left

    def finish(self) -> list[Step]:
        """Close the window that is open at the end, if it was at least half as long as the others."""
        return self._rest(self._last) if self.phase == "there" else []

    def _there(self, sample: Sample) -> bool:
        """Whether the posture is there: its first condition is seen, and none that is seen is unmet."""
        conditions = self._spec.present
        return seen(conditions[0], sample.values) and not any_unmet(conditions, sample.values)

    def _open(self, t: float) -> list[Step]:
        return self._enter(t, "there") + self._begin(t)

    def _begin(self, t: float) -> list[Step]:
        self._window = t
        self._samples.clear()
        return []

    def _leave(self, t: float) -> list[Step]:
        return (self._rest(t) if self.phase == "there" else []) + self._enter(t, "away")

    def _rest(self, t: float) -> list[Step]:
        return self._close(t) if t - self._window >= 0.5 * self._spec.window_s else []

    def _close(self, t: float) -> list[Step]:
        spans: dict[str, Interval] = {}
        missing: dict[str, str] = {}
        if unfit := self._unfit():
            missing["window"] = unfit
        else:
            spans["window"] = (self._window, t)
        if t - self._since >= self._spec.stretch_s:
            spans["stretch"] = (t - self._spec.stretch_s, t)
        else:
            missing["stretch"] = f"watched for less than {self._spec.stretch_s / 60:g} minutes"
        return [Completed(Cycle(self._window, t, t, 0.0, spans, missing))]

    def _unfit(self) -> str | None:
        """Say why this window is not judged, if it is not."""
        still, moving = self._spec.still, self._spec.moving
        if self._view in ("side", "front", "back"):
            moving = self._spec.moving_in.get(self._view, moving)
        if still and self._range_of(still.measure) > still.within:
            return MOVING
        if moving and self._range_of(moving.measure) < moving.at_least:
            return AT_REST
        return None

    def _range_of(self, measure: str) -> float:
        """Return how far a measure ranges in this window, without one picture in twenty at either end."""
        values = sorted(v for sample in self._samples if math.isfinite(v := sample.get(measure, math.nan)))
        if len(values) < MIN_SAMPLES:
            return math.nan
        cut = len(values) // 20
        return values[-1 - cut] - values[cut]

    def _enter(self, t: float, phase: str) -> list[Step]:
        self.phase = phase
        return [Entered(t, phase)]
