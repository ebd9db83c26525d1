"""The fold: poses in, events out, a report at the end. No clock, no thread, no picture, no file."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median, pstdev
from typing import Final, get_args

from formcheck.body.baseline import Baseline
from formcheck.body.framing import Scene
from formcheck.body.pose import Pose
from formcheck.body.view import UNKNOWN, Orientation, OrientationVote, ViewName
from formcheck.engine import wording
from formcheck.engine.at_once import BETWEEN_REPS, AtOnce
from formcheck.engine.coaching import CueChooser
from formcheck.engine.events import (
    AttemptEvent,
    CountEvent,
    CueEvent,
    Event,
    HoldEvent,
    PhaseEvent,
    RepEvent,
    SetOverEvent,
    ViewEvent,
    WindowEvent,
)
from formcheck.engine.fading import fading, past_the_limit
from formcheck.engine.holding import SlipWatch, held_well, lapses, side_totals
from formcheck.engine.judging import OwnReferences, Window, judge, judge_sides, plain_value, unseen
from formcheck.engine.limbs import LimbSwaps
from formcheck.engine.live_back import LiveBack
from formcheck.engine.movement import Abandoned, Completed, Counted, Cycle, Entered, Step
from formcheck.engine.rep_tracker import RepTracker
from formcheck.engine.report import (
    Attempt,
    CueGiven,
    ExerciseRef,
    Finding,
    Hold,
    PhaseSpan,
    Quality,
    Rep,
    Report,
    SetOver,
    ViewFound,
)
from formcheck.engine.sampling import Sample, Sampler, middle_of
from formcheck.engine.scoring import CAP_BARELY_HELD, score_of, score_of_set
from formcheck.engine.setup_coach import SetupCoach
from formcheck.engine.tracking import track
from formcheck.engine.watching import WatchTally
from formcheck.exercise.spec import SIDES, Exercise, HoldPose, RepCycle, Rule, Watch

SETTLE_POSES: Final = 12
SETTLE_S: Final = 0.5
"""Before view and facing are first decided, so many poses with a person over so long a time are awaited."""
MOST_WAITING: Final = 300
KEEP_S: Final = 900.0  # the longest hold that is judged from its first second on
HOLD_LOOK_S: Final = 2.0
HOLD_CHECK_S: Final = 1.0
AWAY_S: Final = 1.0
"""When no pose comes for longer, what was under way is not gone on with."""
UNNAMED_PHASES: Final = ("unknown",)


class Session:
    """Follow one person through one exercise.

    Parameters
    ----------
    exercise : Exercise
    baseline : Baseline, optional
        The person's calibrated values; rules that compare with them otherwise use a generic neutral with less
        confidence.
    on_sample : callable, optional
        Called with every sample in order of time, for charts and tables.

    Notes
    -----
    The same poses give the same events and the same report, however they arrive.
    """

    def __init__(
        self,
        exercise: Exercise,
        *,
        baseline: Baseline | None = None,
        on_sample: Callable[[Sample], None] | None = None,
    ) -> None:
        self.exercise = exercise
        self.orientation: Orientation = UNKNOWN
        self._baseline = baseline
        self._on_sample = on_sample
        self._sampler = Sampler(exercise.measures, calm=isinstance(exercise.movement, HoldPose))
        self._limbs = LimbSwaps()
        self._vote = OrientationVote(exercise.ventral)
        self._back = LiveBack(exercise, baseline)
        self._at_once = AtOnce(exercise, baseline)
        self._setup = SetupCoach(exercise)
        self._own = OwnReferences()
        self._in_view = {view: _rules_by_id(exercise, view) for view in get_args(ViewName)}
        self._tracker = track(exercise.movement)
        self._cues = CueChooser([rule.id for rule in exercise.rules])
        self._waiting: list[Pose] = []
        self._seen_waiting = 0
        self._samples: list[Sample] = []
        self._phases: list[PhaseSpan] = []
        self._cues_given: list[CueGiven] = []
        self._own_values: dict[str, list[float]] = {
            rule.id: [] for rule in exercise.rules if rule.own_set and not rule.not_measurable
        }
        self._reps: list[Rep] = []
        self._holds: list[Hold] = []
        self._attempts: list[Attempt] = []
        self._side_values: dict[str, list[tuple[str, float]]] = {r.id: [] for r in exercise.rules if r.over == SIDES}
        self._set_over: SetOver | None = None
        self._tally = WatchTally(exercise.rules)
        self._window_middles: list[Sample] = []
        self._slips = SlipWatch()
        self._count = 0
        self._checked_at = -math.inf
        self._first = self._last = math.nan
        self._frames = self._with_person = 0
        self._size = (0, 0)
        self._trim_at = -math.inf
        self._finished = False

    @property
    def phase(self) -> str:
        """The present phase of the movement."""
        return self._tracker.phase

    @property
    def count(self) -> int:
        """Reps or holds counted so far."""
        return self._count

    @property
    def progress(self) -> float | None:
        """How far the present rep has gone, in [0, 1]; None where there are no reps or its start is unknown."""
        return self._tracker.progress if isinstance(self._tracker, RepTracker) else None

    @property
    def back_bent(self) -> bool:
        """Whether the back is, at this moment, beyond the edge of the exercise's rule on rounding."""
        return self._back.bent

    def held_s(self, t: float) -> float:
        """How long the present hold has lasted at time `t`; 0 outside a hold."""
        return t - self._phases[-1].t_start if self._tracker.phase == "hold" else 0.0

    def update(self, pose: Pose, scene: Scene | None = None) -> list[Event]:
        """Take the next pose and return what it brought about.

        Parameters
        ----------
        pose : Pose
        scene : Scene, optional
            What only the picture knows, such as how light it is; once a second will do.

        Raises
        ------
        ValueError
            If time does not increase.
        RuntimeError
            After `finish`.
        """
        if self._finished:
            raise RuntimeError("the session is finished")
        if self._frames and not pose.t > self._last:
            raise ValueError(f"time must increase: {pose.t} s came after {self._last} s")
        away_s = pose.t - self._last if self._frames else 0.0
        events = self._interrupt(away_s) if away_s > AWAY_S + 1e-6 else []
        pose = self._limbs.repair(pose)
        self._note(pose)
        before_it_begins = self._tracker.resting and not self._count and not self._tally.watched_s
        asked = self._setup.update(pose, scene, resting=before_it_begins)
        return [*events, *([asked] if asked else []), *self._follow(pose)]

    def _interrupt(self, away_s: float) -> list[Event]:
        """End what was under way: whoever comes back may be anywhere in the movement."""
        events = self._settle() if self._waiting else []
        for step in self._tracker.interrupt(f"nothing was seen for {away_s:.1f} s"):
            events += self._take(step)
        return events

    def _follow(self, pose: Pose) -> list[Event]:
        """Work through a pose, or let it wait until the view is known."""
        if self.orientation.view != "unknown":
            return self._step(pose)
        if not pose.has_person and not self._waiting:
            return self._step(pose)  # an empty room has nothing to wait for
        self._waiting.append(pose)
        self._vote.add(pose)
        self._seen_waiting += pose.has_person
        enough = self._seen_waiting >= SETTLE_POSES and pose.t - self._waiting[0].t >= SETTLE_S
        return self._settle() if enough or len(self._waiting) >= MOST_WAITING else []

    def finish(self, quality: Quality | None = None, versions: dict[str, str] | None = None) -> Report:
        """Close what is open and return the report.

        Parameters
        ----------
        quality : Quality, optional
            What the source knows about the film; its shares and counts of people are filled in from the poses.
        versions : dict, optional
            Names and versions of what took part.
        """
        if not self._finished:
            if self._waiting:
                self._settle()
            for step in self._tracker.finish():
                self._take(step)
            self._finished = True
        return self._report(quality, versions or {})

    def good_set(self) -> dict[str, float]:
        """Return what this set read where later ones can be compared with it: the `good_set` of a `Baseline`.

        Rule id to the median over the reps so far; only rules with such a band, and only where they were seen. It is
        for the caller to know that the set was done well.
        """
        return {rule: median(values) for rule, values in self._own_readings().items()}

    def good_set_spread(self) -> dict[str, float]:
        """Return by how much the reps so far differ in what `good_set` returns: rule id to standard deviation."""
        return {rule: pstdev(values) for rule, values in self._own_readings().items()}

    def _own_readings(self) -> dict[str, list[float]]:
        seen = {rule: [x for x in values if math.isfinite(x)] for rule, values in self._own_values.items()}
        return {rule: values for rule, values in seen.items() if values}

    # -- one step -----------------------------------------------------------------------------------------------------

    def _note(self, pose: Pose) -> None:
        self._frames += 1
        self._first = pose.t if self._frames == 1 else self._first
        self._last = pose.t
        self._with_person += pose.has_person
        self._size = pose.size_px

    def _settle(self) -> list[Event]:
        """Decide the view for the first time and work through the poses that waited for it."""
        self.orientation = self._vote.decide(UNKNOWN)
        waiting, self._waiting, self._seen_waiting = self._waiting, [], 0
        if self.orientation.view == "unknown":
            return [event for pose in waiting for event in self._step(pose, counted=True)]
        events: list[Event] = [ViewEvent(waiting[0].t, self._view())]
        for pose in waiting:
            events += self._step(pose, counted=True)
        return events

    def _step(self, pose: Pose, *, counted: bool = False) -> list[Event]:
        events: list[Event] = []
        if not counted:
            self._vote.add(pose)
        if self._tracker.resting:
            before = self.orientation
            self.orientation = self._vote.decide(before)
            if (before.view, before.facing, before.near) != (
                self.orientation.view,
                self.orientation.facing,
                self.orientation.near,
            ):
                events.append(ViewEvent(pose.t, self._view()))
        sample = self._sampler.sample(pose, self.orientation)
        self._samples.append(sample)
        if self._on_sample:
            self._on_sample(sample)
        for step in self._tracker.update(sample, self.orientation.view):
            events += self._take(step)
        self._back.update(sample, self._tracker.phase)
        events += self._within_a_rep(sample.t)
        events += self._while_holding(sample.t)
        self._trim(sample.t)
        return events

    def _take(self, step: Step) -> list[Event]:
        match step:
            case Entered(t, phase):
                self._enter(t, phase)
                return [PhaseEvent(t, phase)]
            case Counted(t):
                self._count += 1
                return [CountEvent(t, self._count)]
            case Abandoned(t_start, t_end, reason):
                attempt = Attempt(t_start, t_end, reason)
                self._attempts.append(attempt)
                return [AttemptEvent(t_end, attempt)]
            case Completed(cycle):
                return self._complete(cycle)

    def _enter(self, t: float, phase: str) -> None:
        if self._phases:
            last = self._phases[-1]
            self._phases[-1] = replace(last, t_end=max(t, last.t_start))
        self._phases.append(PhaseSpan(phase, t, t))

    def _complete(self, cycle: Cycle) -> list[Event]:
        match self.exercise.movement:
            case Watch():
                return self._complete_window(cycle)
            case HoldPose():
                return self._complete_hold(cycle)
        index = len(self._reps) + 1
        findings = self._judge_all(cycle, index)
        score = score_of(self._measurable(findings), self._key())
        rep = Rep(
            index,
            cycle.t_start,
            cycle.t_turn,
            cycle.t_end,
            cycle.range_of_motion,
            score.value,
            score.coverage,
            tuple(findings),
            self._side(cycle),
        )
        self._reps.append(rep)
        self._note_sides(cycle, rep.side)
        return [RepEvent(cycle.t_end, rep), *self._after_part(self._reps, findings, index)]

    def _complete_hold(self, cycle: Cycle) -> list[Event]:
        index = len(self._holds) + 1
        findings = self._judge_all(cycle, index)
        window = Window(self._samples)
        broken = lapses(self._rules_in_view(), cycle, window, baseline=self._baseline, own=self._own)
        good, streak = held_well(cycle, broken)
        score = score_of(self._measurable(findings), self._key())
        value = score.value
        if value is not None and good < 0.5 * (cycle.t_end - cycle.t_start):
            value = min(value, CAP_BARELY_HELD)
        hold = Hold(
            index,
            cycle.t_start,
            cycle.t_end,
            good,
            streak,
            self._side(cycle),
            value,
            score.coverage,
            tuple(findings),
            broken,
        )
        self._holds.append(hold)
        self._note_sides(cycle, hold.side, streak)
        return [HoldEvent(cycle.t_end, hold), *self._after_part(self._holds, findings, index)]

    def _complete_window(self, cycle: Cycle) -> list[Event]:
        """Judge one window of a watched posture; rules about a long stretch go by the middle values of windows."""
        samples = Window(self._samples).take((cycle.t_start, cycle.t_end))
        self._window_middles.append(middle_of(samples, cycle.t_end))
        since = cycle.t_end - self.exercise.movement.stretch_s if isinstance(self.exercise.movement, Watch) else 0.0
        self._window_middles = [s for s in self._window_middles if s.t >= since]
        window, stretch = Window(samples), Window(self._window_middles)
        findings = tuple(
            self._judge(rule, cycle, stretch if rule.over == "stretch" else window, None)
            for rule in self._rules_in_view()
        )
        self._tally.add(findings, cycle.t_start, cycle.t_end)
        return [WindowEvent(cycle.t_end, findings)]

    def _after_part(self, parts: Sequence[Rep] | Sequence[Hold], findings: list[Finding], index: int) -> list[Event]:
        t = self._last_sample_t()
        events = self._cue(t, findings, index)
        over = past_the_limit(parts, parts[-1].t_end) if self._set_over is None else None
        return events + self._end_set(over) if over else events

    def _end_set(self, over: SetOver) -> list[Event]:
        self._set_over = over
        return [SetOverEvent(over.t, over)]

    def _note_sides(self, cycle: Cycle, side: str | None, streak: float = math.nan) -> None:
        """Keep what rules that compare left and right will ask for."""
        window = Window(self._samples)
        for rule in self._rules_in_view():
            if rule.over == SIDES and side is not None:
                timed = rule.reduce == "duration" and rule.of == "hold"
                self._side_values[rule.id].append((side, streak if timed else plain_value(rule, cycle, window)))

    def _judge_all(self, cycle: Cycle, index: int) -> list[Finding]:
        window = Window(self._samples)
        for rule in self._rules_in_view():
            if rule.id in self._own_values:
                self._own_values[rule.id].append(plain_value(rule, cycle, window))
        return [self._judge(rule, cycle, window, index) for rule in self._rules_in_view() if rule.over != SIDES]

    def _measurable(self, findings: list[Finding]) -> list[Finding]:
        """Leave out what nobody can measure: it says nothing about how well this film was seen."""
        without = {rule.id for rule in self.exercise.rules if rule.not_measurable}
        return [finding for finding in findings if finding.rule not in without]

    def _judge(self, rule: Rule, cycle: Cycle, window: Window, index: int | None) -> Finding:
        return judge(rule, cycle, window, baseline=self._baseline, own=self._own, rep=index)

    def _cue(self, t: float, findings: list[Finding], index: int | None) -> list[Event]:
        return self._give(self._cues.choose(t, findings, index))

    def _give(self, cue: CueEvent | None) -> list[Event]:
        if cue is None:
            return []
        self._cues_given.append(CueGiven(cue.t, cue.rule, cue.text, cue.rep))
        return [cue]

    def _within_a_rep(self, t: float) -> list[Event]:
        """Speak of a fault of safety while the rep still goes on."""
        between = self._tracker.resting and self._count == len(self._reps)
        phase = BETWEEN_REPS if between else self._tracker.phase
        shown = self._in_view[self.orientation.view]
        rep = len(self._reps) + 1
        faults = self._at_once.update(self._samples, phase, shown, self._own, rep)
        return self._give(self._cues.at_once(t, faults, rep)) if faults else []

    def _while_holding(self, t: float) -> list[Event]:
        """Judge the last two seconds of a hold once a second: what is wrong now can still be mended."""
        if not isinstance(self.exercise.movement, HoldPose) or self._tracker.phase != "hold":
            self._checked_at = t
            return []
        if t - self._checked_at < HOLD_CHECK_S:
            return []
        self._checked_at = t
        since = self._phases[-1].t_start
        if t - since < HOLD_LOOK_S:
            return []
        span = (t - HOLD_LOOK_S, t)
        cycle = Cycle(*span, t, 0.0, {"hold": span, "hold_middle": span, "hold_start": (since, min(since + 3.0, t))})
        window = Window(self._samples)
        rules = [
            r for r in self._rules_in_view() if r.over in ("hold", "hold_middle") and r.reduce not in ("duration", "sd")
        ]
        findings = [self._judge(rule, cycle, window, len(self._holds) + 1) for rule in rules]
        events = self._cue(t, findings, len(self._holds) + 1)
        over = self._slips.update(t, since, findings) if self._set_over is None else None
        return events + self._end_set(over) if over else events

    def _side(self, cycle: Cycle) -> str | None:
        """Which side of the person was at work, as left or right."""
        movement = self.exercise.movement
        if not isinstance(movement, HoldPose | RepCycle) or movement.side_measure is None:
            return None
        samples = Window(self._samples).take(cycle.spans.get("turn", (cycle.t_start, cycle.t_end)))
        sides = [s.values[movement.side_measure] for s in samples]
        seen = [s for s in sides if math.isfinite(s)]
        return None if not seen else "left" if sum(seen) > len(seen) / 2 else "right"

    # -- bookkeeping --------------------------------------------------------------------------------------------------

    def _rules_in_view(self) -> list[Rule]:
        return list(self._in_view[self.orientation.view].values())

    def _key(self) -> list[tuple[str, ...]]:
        """Key rules of the present view; each group keeps the rules that this view can show."""
        in_view = self._in_view[self.orientation.view]
        groups = [tuple(name for name in group if name in in_view) for group in self.exercise.key]
        return [group for group in groups if group]

    def _view(self) -> ViewFound:
        o = self.orientation
        yaw = self._vote.median_yaw_deg
        return ViewFound(
            self._vote.view_at(yaw),
            yaw if math.isfinite(yaw) else None,
            None if not o.facing else "right" if o.facing > 0 else "left",
            None if o.view == "unknown" else o.near,
        )

    def _last_sample_t(self) -> float:
        return self._samples[-1].t if self._samples else self._last

    def _trim(self, t: float) -> None:
        if t - self._trim_at < 1.0:
            return
        self._trim_at = t
        since = max(min(self._tracker.needs_since, t - HOLD_LOOK_S) - 1.0, t - KEEP_S)
        drop = next((i for i, s in enumerate(self._samples) if s.t >= since), 0)
        del self._samples[:drop]

    def _report(self, quality: Quality | None, versions: dict[str, str]) -> Report:
        view = self._view()
        facts = self._quality(quality)
        parts: list[Rep] | list[Hold] = self._holds if isinstance(self.exercise.movement, HoldPose) else self._reps
        watched = isinstance(self.exercise.movement, Watch)
        findings = self._tally.findings if watched else [f for part in parts for f in part.findings]
        score = self._tally.score if watched else score_of_set(parts, findings, self.exercise)
        if parts:
            findings += self._compare_sides(parts[0].t_start, parts[-1].t_end)
        told = {finding.rule for finding in findings}
        findings += [f for f in self._never_judged(bool(parts) or self._tally.watched_s > 0.0) if f.rule not in told]
        if self._phases:
            self._phases[-1] = replace(self._phases[-1], t_end=max(self._last_sample_t(), self._phases[-1].t_start))
        return Report(
            exercise=ExerciseRef(
                self.exercise.id, self.exercise.name, self.exercise.version, self.exercise.movement.counts
            ),
            view=view,
            summary=wording.summary_of_watch(self._tally)
            if watched
            else wording.summary(self.exercise, self._reps, self._holds, findings),
            reps=tuple(self._reps),
            holds=tuple(self._holds),
            attempts=tuple(self._attempts),
            findings=tuple(findings),
            score=score,
            phases=tuple(p for p in self._phases if p.name not in UNNAMED_PHASES),
            cues=tuple(self._cues_given),
            not_checked=self.exercise.not_checked,
            remarks=tuple(wording.remarks(self.exercise, view, facts)),
            quality=facts,
            versions=versions,
            side_totals=side_totals(self._holds),
            fading=fading(parts),
            set_over=self._set_over,
            watched_s=self._tally.watched_s,
            episodes=self._tally.episodes,
            rule_times=self._tally.rule_times if watched else (),
            conditions=self._setup.conditions(),
        )

    def _compare_sides(self, t_start: float, t_end: float) -> list[Finding]:
        rules = [rule for rule in self._rules_in_view() if rule.over == SIDES]
        return [judge_sides(rule, self._side_values[rule.id], (t_start, t_end)) for rule in rules]

    def _never_judged(self, anything_counted: bool) -> list[Finding]:
        """Return findings for rules that this view cannot show, or for all when nothing was counted."""
        in_view = self._in_view[self.orientation.view]
        start, end = (0.0, 0.0) if not self._frames else (self._first, self._last)
        watched = isinstance(self.exercise.movement, Watch)
        nothing = "this posture was not seen" if watched else f"no {self.exercise.movement.counts} was counted"
        return [
            unseen(
                rule,
                start,
                end,
                None,
                nothing
                if rule.id in in_view
                else rule.not_measurable or f"can only be seen from the {' or '.join(rule.views)}",
            )
            for rule in self.exercise.rules
            if rule.id not in in_view or not anything_counted
        ]

    def _quality(self, source: Quality | None) -> Quality:
        frames = self._frames
        duration = self._last - self._first if frames > 1 else 0.0
        seen = source or Quality(frames, frames, 0, 0.0, 0.0, None, *self._size, duration)
        return replace(
            seen,
            frames=frames,
            person_share=self._with_person / frames if frames else 0.0,
            body_share=self._sampler.whole_body_frames / frames if frames else 0.0,
            jumps=self._sampler.jumps,
            swaps_repaired=self._limbs.repaired,
            implausible=self._sampler.implausible,
            duration_s=duration,
        )


def _rules_by_id(exercise: Exercise, view: ViewName) -> dict[str, Rule]:
    """Return the rules that a view can show; a body at an angle is judged like one from the side."""
    shown = "side" if view == "oblique" else view
    return {rule.id: rule for rule in exercise.rules if shown in rule.views}
