"""Which tracker follows which kind of movement."""

from formcheck.engine.flow_tracker import FlowTracker
from formcheck.engine.hold_tracker import HoldTracker
from formcheck.engine.movement import Tracker
from formcheck.engine.rep_tracker import RepTracker
from formcheck.engine.watch_tracker import WatchTracker
from formcheck.exercise.spec import Flow, HoldPose, RepCycle, Watch


def track(spec: RepCycle | HoldPose | Flow | Watch) -> Tracker:
    """Return the tracker for a movement."""
    match spec:
        case RepCycle():
            return RepTracker(spec)
        case HoldPose():
            return HoldTracker(spec)
        case Flow():
            return FlowTracker(spec)
        case Watch():
            return WatchTracker(spec)
