"""Cut the trace of one rep into the spans that rules look at."""

import math
from collections.abc import Sequence
from typing import Final

from formcheck.engine.movement import Cycle, Interval
from formcheck.exercise.spec import Between

PLATEAU: Final = 0.10  # share of the range around the turn that belongs to it
SET_UP_S: Final = 0.5
INSTANT_S: Final = 0.12  # half width of the window that stands for an instant
LIFTED: Final = 0.05  # trunk lengths that the load must have risen to have left the floor
MIN_SHALLOW: Final = 3  # samples that a shallow hinge needs

Point = tuple[float, float, float]
"""Time, driving measure from its zero, lift measure (NaN where there is none)."""


def eccentric_first(trace: Sequence[Point], from_rest: bool, early_hinge: Between | None) -> Cycle:
    """Cut a rep that goes out first: start, eccentric, half_way, turn, concentric, early_concentric.

    Parameters
    ----------
    trace : sequence of Point
        From the onset (or the beginning of the film) to the return to rest.
    from_rest : bool
        Whether the way out of rest was filmed.
    early_hinge : Between, optional
        Where the hinge counts as shallow.
    """
    t_first, t_end = trace[0][0], trace[-1][0]
    deepest = max(v for _, v, _ in trace)
    range_of_motion = deepest - min(v for _, v, _ in trace[-3:])
    turn = deepest_part(trace)
    t_turn = next(t for t, v, _ in trace if v == deepest)
    early = next((t for t, v, _ in trace if t > turn[1] and v <= 0.5 * deepest), t_end)
    spans = {
        "rep": (t_first, t_end),
        "turn": turn,
        "concentric": (turn[1], t_end),
        "early_concentric": (turn[1], early),
        "eccentric_and_turn": (t_first, turn[1]),
    }
    missing: dict[str, str] = {}
    if from_rest:
        half = next((t for t, v, _ in trace if v >= 0.5 * deepest), t_first)
        spans["start"] = (t_first - SET_UP_S, t_first)
        spans["eccentric"] = (t_first, turn[0])
        spans["half_way"] = (half - INSTANT_S, half + INSTANT_S)
    else:
        missing = dict.fromkeys(("start", "eccentric", "half_way"), "the film starts in the middle of this rep")
    down, up = [p for p in trace if p[0] <= turn[0]], [p for p in trace if p[0] >= turn[1]]
    _add_early_hinge(spans, missing, early_hinge, down, up)
    return Cycle(t_first, t_turn, t_end, range_of_motion, spans, missing)


def deepest_part(trace: Sequence[Point]) -> Interval:
    """Return from when to when the driver is within a tenth of its range from its deepest."""
    deepest = max(v for _, v, _ in trace)
    range_of_motion = deepest - min(v for _, v, _ in trace[-3:])
    times = [t for t, v, _ in trace if v >= deepest - PLATEAU * range_of_motion]
    return times[0], times[-1]


def concentric_first(trace: Sequence[Point], turn_at: float, onset: float | None, early_hinge: Between | None) -> Cycle:
    """Cut a rep that begins at the bottom: set_up, liftoff, first_pull, second_pull.

    Parameters
    ----------
    trace : sequence of Point
        From before the way down to the lockout.
    turn_at : float
        When the bottom was reached.
    onset : float or None
        When the way down began; None where it was not filmed.
    early_hinge : Between, optional
        Where the hinge counts as shallow.
    """
    pull = [p for p in trace if p[0] >= turn_at]
    t_end = trace[-1][0]
    deepest = max(v for _, v, _ in pull)
    range_of_motion = deepest - min(v for _, v, _ in pull[-3:])
    liftoff = lifted_at(pull, deepest - PLATEAU * range_of_motion)
    half = next((t for t, v, _ in pull if t > liftoff and v <= 0.5 * deepest), t_end)
    spans = {
        "rep": (liftoff, t_end),
        "set_up": (max(turn_at, liftoff - SET_UP_S), liftoff),
        "liftoff": (liftoff - INSTANT_S, liftoff + INSTANT_S),
        "first_pull": (liftoff, half),
        "second_pull": (half, t_end),
    }
    missing: dict[str, str] = {}
    approach = [p for p in trace if onset <= p[0] < turn_at] if onset is not None else []
    _add_early_hinge(spans, missing, early_hinge, approach, [p for p in pull if p[0] >= half])
    return Cycle(liftoff, t_end, t_end, range_of_motion, spans, missing)


def _add_early_hinge(
    spans: dict[str, Interval],
    missing: dict[str, str],
    level: Between | None,
    down: Sequence[Point],
    up: Sequence[Point],
) -> None:
    """Find where the hinge was still shallow: on the way down where that was filmed, else on the way up."""
    if level is None:
        return
    for part in (down, up):
        times = [t for t, v, _ in part if level.above <= v <= level.below]
        if len(times) >= MIN_SHALLOW:
            spans["early_hinge"] = (times[0], times[-1])
            return
    missing["early_hinge"] = "your shallow hinge was not seen, so there was nothing to compare with"


def lifted_at(pull: Sequence[Point], plateau_above: float) -> float:
    """When the load left the floor for good: the last moment that it is low, else the end of the driver's plateau."""
    lifts = [(t, lift) for t, _, lift in pull if math.isfinite(lift)]
    if len(lifts) >= 0.7 * len(pull):
        low = sorted(lift for _, lift in lifts)[len(lifts) // 20] + LIFTED
        return max(t for t, lift in lifts if lift <= low)
    return max(t for t, v, _ in pull if v >= plateau_above)
