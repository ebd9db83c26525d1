"""Whether the back is bent now, for the drawn line; the verdict itself is left to the rules."""

import math
from collections import deque
from statistics import median
from typing import Final

from formcheck.engine.sampling import MIN_CONFIDENCE, Sample
from formcheck.exercise.spec import EARLY_HINGE, Exercise, RepCycle, Rule

MEASURE: Final = "back_curvature"
REMEMBERED: Final = 60  # samples of the shallow hinge
AWAY_FROM_REST: Final = ("away", "turn", "back")


class LiveBack:
    """Compare the present curvature with the person's own shallow hinge, by the same edges as the exercise's rule."""

    def __init__(self, exercise: Exercise) -> None:
        self._rule = _rule(exercise)
        self._movement = exercise.movement
        self._shallow: deque[float] = deque(maxlen=REMEMBERED)
        self._zero = math.nan
        self.bent = False

    def update(self, sample: Sample, phase: str) -> None:
        """Take the next sample."""
        movement = self._movement
        if self._rule is None or not isinstance(movement, RepCycle) or movement.early_hinge is None:
            return
        value = sample.values[MEASURE]
        if not math.isfinite(value) or sample.confidence[MEASURE] < MIN_CONFIDENCE or phase not in AWAY_FROM_REST:
            self.bent = False
            return
        depth = sample.values[movement.measure]
        if phase == "away" and movement.early_hinge.above <= depth <= movement.early_hinge.below:
            self._shallow.append(value)
            self._zero = median(self._shallow)
        limit, band = self._rule.fault_above, self._rule.absolute
        self.bent = (limit is not None and value - self._zero > limit) or (
            band is not None and band.fault_above is not None and value > band.fault_above
        )


def _rule(exercise: Exercise) -> Rule | None:
    return next((r for r in exercise.rules if r.measure == MEASURE and r.relative_to == EARLY_HINGE), None)
