"""Which tracker follows which kind of movement."""

from formcheck.engine.hold_tracker import HoldTracker
from formcheck.engine.movement import Tracker
from formcheck.engine.rep_tracker import RepTracker
from formcheck.exercise.spec import HoldPose, RepCycle


def track(spec: RepCycle | HoldPose) -> Tracker:
    """Return the tracker for a movement."""
    return RepTracker(spec) if isinstance(spec, RepCycle) else HoldTracker(spec)
