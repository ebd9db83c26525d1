"""The watch at the desk: poses in, states, alerts, reminders and minutes out. No clock, no thread, no file."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from formcheck.body.baseline import Baseline
from formcheck.body.pose import Pose
from formcheck.body.view import UNKNOWN, Orientation, OrientationVote, ViewName
from formcheck.engine.alerts import DeskSettings, PostureAlert, PostureAlerts, PostureRecovered
from formcheck.engine.camera_moves import CameraMoves
from formcheck.engine.judging import OwnReferences, Window, judge, unseen
from formcheck.engine.minutes import MinuteRecord, Minutes
from formcheck.engine.movement import Cycle
from formcheck.engine.presence import (
    MEASURES,
    Place,
    Presence,
    State,
    hand_at_the_head,
    middle_place,
    place_of,
)
from formcheck.engine.reminders import BreakTaken, Reminder, Reminders
from formcheck.engine.report import Finding
from formcheck.engine.sampling import Sample, Sampler, middle_of
from formcheck.exercise.spec import BASELINE, Exercise, Rule, Watch

__all__ = [
    "BreakTaken",
    "CameraMoved",
    "DeskEvent",
    "DeskSettings",
    "DeskWatch",
    "MinuteRecord",
    "NotCalibrated",
    "PostureAlert",
    "PostureRecovered",
    "Reminder",
    "State",
    "StateChanged",
]

WINDOW_S: Final = 10.0
GAP_S: Final = 3.0
"""Poses may be so far apart; of longer gaps nothing is known."""
FORGET_S: Final = 60.0
"""After so long without a pose, what was off has to last anew."""
MIN_SAMPLES: Final = 5
BUSY_SHARE: Final = 0.3
"""Share of a window with a hand at the head from which on it is not judged."""
FIDGET: Final = 0.35
"""Shoulder widths or trunk lengths that somebody may move within a window and still be sitting still."""
FIDGET_DEG: Final = 15.0
SHIFT: Final = 0.15
SHIFT_DEG: Final = 8.0
"""So far from where they were, people have changed their position."""
BUSY: Final = "you were busy with your hands at your head"
MOVING: Final = "you were moving"


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Somebody sits, stands, walks or is away from now on."""

    t: float
    state: State


@dataclass(frozen=True, slots=True)
class CameraMoved:
    """The camera looks elsewhere: what was calibrated does not hold until it is put back or calibrated anew."""

    t: float


@dataclass(frozen=True, slots=True)
class NotCalibrated:
    """Somebody is watched from a view that was never calibrated; told once for each view."""

    t: float
    view: ViewName


DeskEvent = StateChanged | PostureAlert | PostureRecovered | Reminder | BreakTaken | CameraMoved | NotCalibrated


class DeskWatch:
    """Watch one person at a desk for as long as it goes.

    Parameters
    ----------
    front, side : Exercise
        What is judged from the front and from the side: watched postures.
    baseline : Baseline or None
        The person's own values, of both views where both were calibrated.
    settings : DeskSettings

    Attributes
    ----------
    busy : bool
        Whether a hand is at the head: somebody telephones, drinks or eats, and nothing is said.

    Notes
    -----
    Times are seconds of a clock that never goes back. The same poses and times give the same events.
    """

    def __init__(self, front: Exercise, side: Exercise, baseline: Baseline | None, settings: DeskSettings) -> None:
        self._exercises = {"front": front, "side": side}
        self._baseline = baseline
        self._settings = settings
        self._sampler = Sampler(tuple(dict.fromkeys((*front.measures, *side.measures, *MEASURES))))
        self._vote = OrientationVote()
        self._orientation: Orientation = UNKNOWN
        self._presence = Presence()
        self._alerts = PostureAlerts(settings)
        self._reminders = Reminders(settings)
        self._minutes = Minutes()
        self._camera = CameraMoves()
        self._own = OwnReferences()
        self._window: list[tuple[Sample, Place, bool]] = []
        self._middles: list[Sample] = []
        self._settled_at = math.inf  # when somebody will have sat for long enough to be spoken to
        self._position: tuple[Place, float] | None = None
        self._told_views: set[str] = set()
        self._t: float | None = None
        self._seen_at = -math.inf
        self._interrupted = False
        self._snoozed_until = -math.inf
        self._quiet = self._exercising = False
        self._owed: list[DeskEvent] = []
        self.busy = False

    @property
    def state(self) -> State:
        """What the person was last seen to do."""
        return self._presence.state

    @property
    def view(self) -> ViewName:
        """From where the camera sees the person."""
        return self._orientation.view

    @property
    def sitting_s(self) -> float:
        """For how long somebody has sat since the last break."""
        return self._reminders.sitting_s

    @property
    def near_limit(self) -> bool:
        """Whether a rule is off of which nothing has been said yet: it is worth looking more often."""
        return self.state == "sitting" and self._alerts.pending

    def update(self, pose: Pose) -> list[DeskEvent]:
        """Take the next pose and return what it brought about.

        Raises
        ------
        ValueError
            If time does not increase.
        """
        if self._t is not None and not pose.t > self._t:
            raise ValueError(f"time must increase: {pose.t} s came after {self._t} s")
        events = self._pass(pose.t, known=not self._interrupted and pose.t - self._seen_at <= GAP_S)
        self._seen_at, self._interrupted = pose.t, False
        self._vote.add(pose)
        if len(self._window) < 2:
            self._orientation = self._vote.decide(self._orientation)
        sample = self._sampler.sample(pose, self._orientation)
        if self._presence.update(pose, sample.values, self.view):
            events += self._enter(pose.t)
        place = place_of(pose, self.view)
        self.busy = place is not None and hand_at_the_head(pose, place, self.view)
        if self.state == "sitting" and not self._exercising and place is not None and self._presence.is_own(place):
            events += self._watch(sample, place)
        return events + self._remind(pose.t)

    def tick(self, t: float) -> list[DeskEvent]:
        """Let time pass up to `t` without a pose; after three seconds nothing is known of it.

        Raises
        ------
        ValueError
            If time goes back.
        """
        if self._t is not None and t < self._t:
            raise ValueError(f"time must not go back: {t} s came after {self._t} s")
        if not self._interrupted and t - self._seen_at <= GAP_S:
            return self._take_owed()
        return self._pass(t, known=False)

    def interrupt(self, t: float, reason: str) -> None:
        """Stop all clocks from now on until the next pose: the camera is lost, paused or covered.

        Parameters
        ----------
        t : float
        reason : str
            Why, in words; nothing depends on it.
        """
        if self._t is not None and t >= self._t:
            self._owed += self._pass(t, known=not self._interrupted and t - self._seen_at <= GAP_S)
        self._interrupted = True
        self._break_off()

    def snooze(self, t: float, until_t: float) -> None:
        """Say nothing from `t` until `until_t`; an earlier end takes the place of a later one."""
        self._snoozed_until = max(t, until_t)

    def quiet(self, on: bool) -> None:
        """Say nothing while `on`: it is night, or somebody presents."""
        self._quiet = on

    def exercising(self, on: bool) -> None:
        """Judge and say nothing while `on`: a set is under way before another camera or this one."""
        if on != self._exercising:
            self._exercising = on
            self._break_off()

    def calibrated(self, baseline: Baseline) -> None:
        """Compare with other values from now on, perhaps before another camera; all clocks go on."""
        if baseline != self._baseline:
            self._told_views.clear()
        self._baseline = baseline
        if self._t is not None:
            self._owed += self._alerts.forget(self._t)
        self._camera.calibrated()
        self._presence.sits_elsewhere()
        self._break_off()

    def minute(self, t: float) -> MinuteRecord | None:
        """Return the earliest minute that was over at `t` and has not been returned yet; None when there is none."""
        return self._minutes.next_finished(t)

    # -- time ---------------------------------------------------------------------------------------------------------

    def _pass(self, t: float, *, known: bool) -> list[DeskEvent]:
        """Count the time up to `t`, in the present state where that is `known`."""
        events = self._take_owed()
        since, self._t = self._t, t
        if since is None or t == since:
            return events
        if not known:
            self._reminders.unseen(t - since)
            self._break_off()
            return events + (self._alerts.forget(t) if t - self._seen_at >= FORGET_S else [])
        self._minutes.passed(since, t, self.state)
        for rest in self._reminders.passed(t, self.state, t - since):
            self._minutes.rested(t)
            events.append(rest)
        return events

    def _take_owed(self) -> list[DeskEvent]:
        owed, self._owed = self._owed, []
        return owed

    def _break_off(self) -> None:
        """Judge nothing across a gap."""
        self._presence.interrupt()
        self._camera.absent()
        self._window.clear()
        self._middles.clear()

    def _enter(self, t: float) -> list[DeskEvent]:
        """Begin a new state."""
        self._camera.absent()
        self._window.clear()
        self._middles.clear()
        self._position = None
        self._settled_at = t + self._settings.settle_s if self.state == "sitting" else math.inf
        return [StateChanged(t, self.state), *self._alerts.forget(t)]

    # -- posture ------------------------------------------------------------------------------------------------------

    def _watch(self, sample: Sample, place: Place) -> list[DeskEvent]:
        """Take a sample of somebody who sits; judge the window when it is over."""
        self._window.append((sample, place, self.busy))
        if sample.t - self._window[0][0].t < WINDOW_S - 1e-6:
            return []
        window, self._window = self._window, [self._window[-1]]
        return self._judge_window(window) if len(window) >= MIN_SAMPLES else []

    def _judge_window(self, window: list[tuple[Sample, Place, bool]]) -> list[DeskEvent]:
        samples = [sample for sample, _, _ in window]
        t_start, t_end = samples[0].t, samples[-1].t
        events: list[DeskEvent] = []
        middle = middle_of(samples, t_end)
        self._middles = [m for m in (*self._middles, middle) if m.t > t_end - self._stretch_s()]
        unfit = self._unfit(window)
        if not unfit:
            events += self._note_place(t_start, middle, middle_place([place for _, place, _ in window]))
        findings = [self._judge(rule, samples, unfit) for rule in self._rules()]
        self._minutes.judged(findings, t_start, t_end)
        spoken_of = [f for f, rule in zip(findings, self._rules(), strict=True) if rule.interrupts]
        events += self._alerts.add(spoken_of, t_start, t_end)
        return [*events, *self._ask_to_calibrate(t_end), *self._alert(t_end)]

    def _judge(self, rule: Rule, samples: list[Sample], unfit: str | None) -> Finding:
        t_start, t_end = samples[0].t, samples[-1].t
        spans, missing = {"window": (t_start, t_end)}, {}
        stretch_s = self._stretch_s()
        if self._middles[0].t <= t_end - stretch_s + 1.5 * WINDOW_S:
            spans["stretch"] = (t_end - stretch_s, t_end)
        else:
            missing["stretch"] = f"watched for less than {stretch_s / 60:g} minutes"
        if unfit:
            return unseen(rule, t_start, t_end, None, unfit)
        cycle = Cycle(t_start, t_end, t_end, 0.0, spans, missing)
        seen = Window(self._middles if rule.over == "stretch" else samples)
        return judge(rule, cycle, seen, baseline=self._usable_baseline(), own=self._own, rep=None)

    def _unfit(self, window: list[tuple[Sample, Place, bool]]) -> str | None:
        """Say why a window is not judged, if it is not."""
        if sum(busy for _, _, busy in window) >= BUSY_SHARE * len(window):
            return BUSY
        size = middle_place([place for _, place, _ in window]).size
        across = _spread(place.x for _, place, _ in window) / size
        upwards = _spread(place.y for _, place, _ in window) / size
        leaning = _spread(sample.values["trunk_inclination"] for sample, _, _ in window)
        return MOVING if max(across, upwards) > FIDGET or leaning > FIDGET_DEG else None

    def _note_place(self, t_start: float, middle: Sample, place: Place) -> list[DeskEvent]:
        """Learn where somebody sits; see whether they shifted, or the camera did."""
        self._presence.sits_at(place)
        lean = middle.values["trunk_inclination"]
        if self._position is None or _shifted(self._position, place, lean):
            self._position = (place, lean)
            self._reminders.shifted()
        if self.view != "front":
            return []
        moved = self._camera.update(t_start, middle.t, middle.values, self._baseline)
        return [CameraMoved(middle.t)] if moved else []

    def _ask_to_calibrate(self, t: float) -> list[DeskEvent]:
        """Ask once for each view in which rules compare with values that are not there."""
        known = self._baseline.values if self._baseline else {}
        own = [rule.measure for rule in self._rules() if rule.relative_to == BASELINE]
        if self.view in self._told_views or not own or any(measure in known for measure in own):
            return []
        self._told_views.add(self.view)
        return [NotCalibrated(t, self.view)]

    def _usable_baseline(self) -> Baseline | None:
        return None if self.view == "front" and self._camera.moved else self._baseline

    def _exercise(self) -> Exercise:
        return self._exercises["front" if self.view in ("front", "back") else "side"]

    def _rules(self) -> list[Rule]:
        shown = "side" if self.view == "oblique" else self.view
        return [rule for rule in self._exercise().rules if shown in rule.views and not rule.not_measurable]

    def _stretch_s(self) -> float:
        movement = self._exercise().movement
        return movement.stretch_s if isinstance(movement, Watch) else WINDOW_S

    # -- words --------------------------------------------------------------------------------------------------------

    def _silent(self, t: float) -> bool:
        return self._quiet or self._exercising or self.busy or t < self._snoozed_until

    def _alert(self, t: float) -> list[DeskEvent]:
        """Say at most one thing about the posture."""
        alert = None if self._silent(t) or t < self._settled_at else self._alerts.choose(t)
        if alert is None:
            return []
        self._minutes.alerted(t)
        return [alert]

    def _remind(self, t: float) -> list[DeskEvent]:
        """Say what it is time for."""
        reminder = None if self._silent(t) else self._reminders.due(t, self.state)
        return [reminder] if reminder else []


def _spread(values: Iterable[float]) -> float:
    """Return the range of values without the outermost at either end; 0 where fewer than three are known."""
    known = sorted(v for v in values if math.isfinite(v))
    return known[-2] - known[1] if len(known) > 3 else 0.0


def _shifted(position: tuple[Place, float], place: Place, lean: float) -> bool:
    was, leaned = position
    moved = math.hypot(place.x - was.x, place.y - was.y) / was.size
    return moved > SHIFT or abs(place.size / was.size - 1.0) > SHIFT or abs(lean - leaned) > SHIFT_DEG
