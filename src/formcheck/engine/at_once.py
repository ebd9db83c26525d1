"""Which faults of safety can be told while a rep is under way, because nothing that follows can undo them."""

import math
from collections.abc import Collection, Sequence
from typing import Final

from formcheck.body.baseline import Baseline
from formcheck.engine.conditions import unlike
from formcheck.engine.judging import OwnReferences, Window, judge
from formcheck.engine.movement import Cycle, Interval
from formcheck.engine.rep_spans import SET_UP_S, Point, lifted_at
from formcheck.engine.report import Finding
from formcheck.engine.sampling import Sample
from formcheck.exercise.spec import EARLY_HINGE, Between, Exercise, RepCycle, Rule

EVERY_S: Final = 0.1
SUSTAINED_S: Final = 0.3
"""What is said in the middle of a rep must have been seen for so long."""
FIRST_HALF: Final = 0.6  # of the deepest, above which a pull is certainly in its first half
BROKEN_S: Final = 0.5  # a shallow hinge that was seen longer ago belongs to another way down
BETWEEN_REPS: Final = "between reps"

SPANS: Final = {
    "eccentric": ("rep", "eccentric_and_turn", "eccentric"),
    "concentric": ("set_up", "first_pull", "lockout"),
}
"""By how a rep begins: the spans of which it is known, while they last, that they are under way."""
ONLY_WORSE: Final = ("max", "min", "range")
"""Reducers whose value over a span cannot come back as the span goes on."""


class AtOnce:
    """Judge a rep that is under way by the rules whose verdict can only get worse.

    These are rules of safety about the highest or lowest value of a span, and about the set-up of a lift, which is
    kept before the load moves. They are judged as at the end of the rep, over what has been seen of it so far; what
    lies beyond the edge by half the error budget counts as certain.
    """

    def __init__(self, exercise: Exercise, baseline: Baseline | None = None) -> None:
        movement = exercise.movement
        self._movement = movement if isinstance(movement, RepCycle) else None
        self._baseline = baseline
        self._rules = [_patient(rule) for rule in exercise.rules if _can_be_told(rule, exercise)]
        self._phase = ""
        self._since: dict[str, float] = {}
        self._shallow: Interval | None = None
        self._pull: list[Point] = []
        self._looked_at = -math.inf

    def update(
        self, samples: Sequence[Sample], phase: str, shown: Collection[str], own: OwnReferences, rep: int
    ) -> list[Finding]:
        """Return the faults that are certain with the newest sample.

        Parameters
        ----------
        samples : sequence of Sample
            All that are kept, the newest last.
        phase : str
            The present phase; `BETWEEN_REPS` for a rest that belongs to no rep.
        shown : collection of str
            Ids of the rules that this view can show.
        own : OwnReferences
            What earlier reps of the set have read; nothing is added to it.
        rep : int
            Number of the rep that is under way.
        """
        if not self._rules or self._movement is None:
            return []
        now = samples[-1]
        self._note(self._movement, now, phase)
        if now.t - self._looked_at < EVERY_S - 1e-6 or self._looks_like_another(self._movement, now):
            return []
        self._looked_at = now.t
        found = [self._judge(rule, samples, own, rep) for rule in self._rules if rule.id in shown]
        return [f for f in found if f is not None and f.verdict == "fault" and not f.borderline]

    def _note(self, movement: RepCycle, now: Sample, phase: str) -> None:
        """Keep what the spans of this rep are cut from."""
        depth = now.values.get(movement.measure, math.nan) - movement.neutral
        if phase != self._phase:
            if phase in (BETWEEN_REPS, "rest"):
                self._since.clear()
            self._phase, self._since[phase] = phase, now.t
            if phase == "turn":
                self._pull.clear()
        if phase in ("turn", "back"):
            lift = now.values.get(movement.lift_measure, math.nan) if movement.lift_measure else math.nan
            self._pull.append((now.t, depth, lift))
        elif movement.early_hinge is not None:
            self._note_shallow(movement.early_hinge, depth, now.t)

    def _note_shallow(self, hinge: Between, depth: float, t: float) -> None:
        if depth < hinge.above:
            self._shallow = None
        elif depth <= hinge.below:
            goes_on = self._shallow is not None and t - self._shallow[1] <= BROKEN_S
            self._shallow = (self._shallow[0] if self._shallow and goes_on else t, t)

    def _looks_like_another(self, movement: RepCycle, now: Sample) -> bool:
        if self._phase not in ("turn", "back"):
            return False
        asked = [(c, now.values.get(c.measure, math.nan)) for c in movement.counts_if if c.at == "turn"]
        return any(math.isfinite(value) and unlike(c, value) is not None for c, value in asked)

    def _judge(self, rule: Rule, samples: Sequence[Sample], own: OwnReferences, rep: int) -> Finding | None:
        span = self._span(rule.over, samples[-1].t)
        if span is None or span[1] - span[0] < SUSTAINED_S:
            return None
        spans = {rule.over: span}
        if self._shallow is not None:
            spans[EARLY_HINGE] = self._shallow
        cycle = Cycle(span[0], span[1], span[1], 0.0, spans)
        return judge(rule, cycle, Window(samples), baseline=self._baseline, own=own.copy(), rep=rep)

    def _span(self, over: str, now: float) -> Interval | None:
        """Return what has certainly been seen of a span by now; None where it is not the time to tell."""
        began, reached = self._since.get("away", math.inf), self._since.get("turn", math.inf)
        match over, self._phase:
            case ("eccentric_and_turn", "turn") | ("rep", "turn" | "back"):
                return began, now
            case "eccentric", "turn":
                return began, reached
            case "lockout", "rest":
                return self._since["rest"], now
            case "set_up", "turn":
                approached = math.isfinite(began) and now - reached >= 2 * SET_UP_S
                return (now - SET_UP_S, now) if approached and self._lifted() == now else None
            case "first_pull", "turn" | "back":
                deepest = max(v for _, v, _ in self._pull)
                return (self._lifted(), now) if self._pull[-1][1] >= FIRST_HALF * deepest else None
        return None

    def _lifted(self) -> float:
        """Return when the load left the floor: now, while it has not."""
        seen = [v for _, v, lift in self._pull if math.isfinite(lift)]
        return lifted_at(self._pull, -math.inf) if seen else self._pull[-1][0]


def _can_be_told(rule: Rule, exercise: Exercise) -> bool:
    movement = exercise.movement
    return (
        isinstance(movement, RepCycle)
        and rule.severity == "safety"
        and (rule.reduce in ONLY_WORSE or rule.over == "set_up")
        and rule.relative_to in (None, EARLY_HINGE)
        and rule.over in SPANS[movement.first]
        and not rule.not_measurable
    )


def _patient(rule: Rule) -> Rule:
    return rule.model_copy(update={"sustain_s": max(rule.sustain_s, SUSTAINED_S)})
