"""Whether the back is bent now, for the drawn line; the verdict itself is left to the rules."""

import math
from collections import deque
from statistics import median
from typing import Final

from formcheck.body.baseline import Baseline
from formcheck.engine.sampling import MIN_CONFIDENCE, Sample
from formcheck.exercise.spec import EARLY_HINGE, Exercise, RepCycle, Rule

MEASURE: Final = "back_curvature"
REMEMBERED: Final = 60  # samples of the shallow hinge
BEFORE_WORK: Final = ("rest", "away")  # while the hinge is still shallow the movement counts as rest
AWAY_FROM_REST: Final = ("away", "turn", "back")


class LiveBack:
    """Compare the present curvature with the person's own shallow hinge or good set, by the edges of the rule."""

    def __init__(self, exercise: Exercise, baseline: Baseline | None = None) -> None:
        self._rule = _rule(exercise)
        self._own = math.nan
        if self._rule is not None and baseline is not None:
            self._own = baseline.good_set.get(self._rule.id, math.nan)
        self._movement = exercise.movement
        self._shallow: deque[float] = deque(maxlen=REMEMBERED)
        self._zero = math.nan
        self.bent = False

    def update(self, sample: Sample, phase: str) -> None:
        """Take the next sample."""
        movement = self._movement
        if self._rule is None or not isinstance(movement, RepCycle) or movement.early_hinge is None:
            return
        value, depth = sample.values[MEASURE], sample.values[movement.measure]
        self.bent = False
        if not math.isfinite(value) or sample.confidence[MEASURE] < MIN_CONFIDENCE:
            return
        if phase in BEFORE_WORK and movement.early_hinge.above <= depth <= movement.early_hinge.below:
            self._shallow.append(value)
            self._zero = median(self._shallow)
        if phase in AWAY_FROM_REST:
            self.bent = self._beyond(value, self._rule)

    def _beyond(self, value: float, rule: Rule) -> bool:
        absolute = rule.absolute.fault_above if rule.absolute else None
        band, zero = (rule.own_set, self._own) if rule.own_set and math.isfinite(self._own) else (rule, self._zero)
        too_far = band.fault_above is not None and value - zero > band.fault_above  # False without a zero
        return too_far or (absolute is not None and value > absolute)


def _rule(exercise: Exercise) -> Rule | None:
    return next((r for r in exercise.rules if r.measure == MEASURE and r.relative_to == EARLY_HINGE), None)
