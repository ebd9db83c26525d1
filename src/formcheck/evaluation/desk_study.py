"""Studies on the watch at the desk: whole scripted days whose truth is known, and real people who sit."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from pydantic import BaseModel, ConfigDict

from formcheck.body.baseline import Baseline
from formcheck.body.pose import Pose
from formcheck.engine.desk import DeskEvent, DeskSettings, DeskWatch, MinuteRecord, PostureAlert, Reminder, State
from formcheck.engine.minutes import MINUTE_S
from formcheck.engine.reminders import BREAK_S, LONG_BREAK_S
from formcheck.errors import MissingDataError
from formcheck.evaluation.desk_day import RATE_HZ, Act, View, faults_of, played, script, upright
from formcheck.evaluation.following import own_baseline
from formcheck.evaluation.statistics import Estimate, share
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.exercise.load import load_exercise

VIEWS: Final[tuple[View, ...]] = ("front", "side")
BODIES: Final = ("man", "woman", "heavy")
ONSET_S: Final = DeskSettings().onset_fault_s
GRACE_S: Final = 10.0
"""An alert may come so long after the end of what it is about: the window that shows it has to end."""
KEPT_SHARE: Final = 0.8
"""Share of a posture that must stand in the minutes as a fault of the rule that it was made to break."""
SITS_FOR_S: Final = 720.0
SITS_S: Final = 3.0
"""When somebody who is there from the start is said to sit."""
NO_SPLIT: Final = (
    "No split: what tells sitting from standing, and a camera that was moved, was looked at on these days and films. "
    "Onset delays, cool-down and bands were set before."
)
NOTES: Final = (
    "Elbows, reach and seat go with the furniture: they are to be kept in the minutes, at fault for 80 % of the "
    "posture, and not to be spoken of.",
    "Every day has all faults of the motion for five minutes each, and what is none: glances of 20 s and a posture of "
    "60 s, a call with a hand at the ear, sips, a head turned aside, standing up, standing for long, absence, somebody "
    "else who walks past, bad light, a camera that is tilted and put back (front), a lid that is closed.",
    "The people are rendered; their poses are the true ones with the wavering of the pose model on a real person who "
    "sits before a webcam, two a second. It shows what the watch makes of what it is given, not what a pose model "
    "sees in a room.",
    "Clocks are compared from 90 s after each change on.",
)
PEOPLE: Final = (
    "Each film or photo is repeated to and fro until the person has sat for twelve minutes. Nobody is calibrated: what "
    "needs that is not judged. Of people who sit well nothing at all is to be said, of arms and seats neither.",
)
SETTLED_S: Final = 90.0
"""After a change, clocks are compared when it is certain for both that it was a break."""


@dataclass(slots=True)
class Played:
    """What came of a played day.

    Attributes
    ----------
    acts : sequence of Act
    shows : mapping of str to tuple of str
        Fault to the rules that it was made to break.
    starts : list of float
        When each act begins.
    alerts : list of tuple of PostureAlert and int
        With the act in which each was given.
    minutes : list of MinuteRecord
        What was kept.
    state_s, true_s : dict of str to float
        Time in each state, as counted and as it was.
    right_s, known_s : float
        Time with the right state, and time with pictures.
    clock_off_s : float
        Largest difference of the clock of sitting from the true one.
    """

    acts: Sequence[Act]
    shows: Mapping[str, tuple[str, ...]]
    starts: list[float] = field(default_factory=list)
    events: list[DeskEvent] = field(default_factory=list)
    alerts: list[tuple[PostureAlert, int]] = field(default_factory=list)
    reminders: list[tuple[Reminder, float]] = field(default_factory=list)
    minutes: list[MinuteRecord] = field(default_factory=list)
    state_s: dict[State, float] = field(default_factory=dict)
    true_s: dict[State, float] = field(default_factory=dict)
    right_s: float = 0.0
    known_s: float = 0.0
    clock_off_s: float = 0.0

    @property
    def reminder_off_s(self) -> float:
        """How far the true clock of sitting was from half an hour when a break was first asked for."""
        first = next(run for reminder, run in self.reminders if reminder.kinds == ("break",))
        return first - DeskSettings().sitting_break_s


@dataclass(slots=True)
class TrueClock:
    """How long somebody has sat since the last break, by the script."""

    run_s: float = 0.0
    off_s: float = 0.0
    unknown_s: float = 0.0

    def add(self, state: State | None, seconds: float) -> None:
        """Let time pass in a state, or without pictures."""
        self.unknown_s = self.unknown_s + seconds if state is None else 0.0
        if state == "sitting":
            self.run_s, self.off_s = self.run_s + seconds, 0.0
        elif state is not None:
            self.off_s += seconds
        if self.off_s >= BREAK_S or self.unknown_s >= LONG_BREAK_S:
            self.run_s = 0.0


def play(view: View, body: str, acts: Sequence[Act], seed: int = 0) -> Played:
    """Let a watch that was calibrated on the same body follow a day."""
    watch = DeskWatch(load_exercise("desk_front"), load_exercise("desk_side"), baseline_of(view, body), DeskSettings())
    day, clock, off = Played(acts, faults_of(view)), TrueClock(), False
    for moment in played(acts, view, body, seed):
        act = acts[moment.act]
        if moment.act == len(day.starts):
            day.starts.append(moment.t)
        if moment.pose is None:
            if not off:
                watch.interrupt(moment.t, "the lid is closed")
            events = watch.tick(moment.t)
        else:
            events = watch.update(moment.pose)
        off = moment.pose is None
        clock.add(act.state, 1.0 / RATE_HZ)
        _note(day, moment.act, moment.t, events, watch, clock)
    while minute := watch.minute(float("inf")):
        day.minutes.append(minute)
        for state, seconds in minute.seconds.items():
            day.state_s[state] = day.state_s.get(state, 0.0) + seconds
    return day


def _note(day: Played, number: int, t: float, events: list[DeskEvent], watch: DeskWatch, clock: TrueClock) -> None:
    act = day.acts[number]
    day.events += events
    day.alerts += [(event, number) for event in events if isinstance(event, PostureAlert)]
    day.reminders += [(event, clock.run_s) for event in events if isinstance(event, Reminder)]
    if act.state is None:
        return
    day.known_s += 1.0 / RATE_HZ
    day.right_s += (watch.state == act.state) / RATE_HZ
    day.true_s[act.state] = day.true_s.get(act.state, 0.0) + 1.0 / RATE_HZ
    if t - day.starts[number] > SETTLED_S:
        day.clock_off_s = max(day.clock_off_s, abs(watch.sitting_s - clock.run_s))


def baseline_of(view: View, body: str) -> Baseline:
    """Return what somebody reads who sits well."""
    return own_baseline(upright(view, body), f"desk_{view}")


# -- a scripted day ----------------------------------------------------------------------------------------------------


def desk_day(setting: Setting) -> StudyResult:
    """Let the watch follow scripted working days of eight hours, from the front and from the side."""
    days: list[tuple[View, str, Played]] = []
    for view, body in [(view, body) for view in VIEWS for body in (BODIES[:1] if setting.quick else BODIES)]:
        setting.on_progress(f"following a day of {body} from the {view}")
        days.append((view, body, play(view, body, script(view), seed=len(days))))
    rows = (
        *_alert_rows([day for _, _, day in days]),
        _kept_row([day for _, _, day in days]),
        *_state_rows([day for _, _, day in days]),
    )
    tables = (_postures(days), Table("Days", ("view", "person", "sat", "as counted", "alerts"), _totals(days)))
    return StudyResult("", "At the desk: scripted working days", NO_SPLIT, tuple(rows), tables, NOTES)


def _alert_rows(days: Sequence[Played]) -> Iterator[Row]:
    alerts = [told for day in days for told in alerts_of(day)]
    faults = [(day, number) for day in days for number in range(len(day.acts)) if _is_spoken_of(day, number)]
    found = [any(n == number for _, n in alerts_of(day)) for day, number in faults]
    right = sum(act is not None for _, act in alerts)
    yield Row("postures that last", "recall", share(sum(found), len(found)), "postures of five minutes", target=0.95)
    yield Row("postures that last", "precision", share(right, len(alerts)), "alerts", target=0.95)
    early = sum(alert.t < day.starts[n] + ONSET_S for day in days for alert, n in alerts_of(day) if n is not None)
    yield Row("alerts", "within the onset delay", share(early, right), "alerts", target=0.0, lower_is_better=True)
    named = [alert.rule in _shown(day, n) for day in days for alert, n in alerts_of(day) if n is not None]
    yield Row("alerts", "named by a rule that the posture was made to break", share(sum(named), len(named)), "alerts")


def _kept_row(days: Sequence[Played]) -> Row:
    faults = [(day, n) for day in days for n, act in enumerate(day.acts) if act.is_fault and not _is_spoken_of(day, n)]
    kept = [
        kept_at_fault_s(day, n) >= KEPT_SHARE * day.acts[n].seconds and all(told != n for _, told in day.alerts)
        for day, n in faults
    ]
    return Row("elbows, reach and seat", "kept and not spoken of", share(sum(kept), len(kept)), "postures", target=1.0)


def _state_rows(days: Sequence[Played]) -> Iterator[Row]:
    known = round(sum(day.known_s for day in days))
    right = round(sum(day.right_s for day in days))
    yield Row("sitting, standing, walking, away", "right", share(right, known), "seconds with pictures", target=0.95)
    worst = max(day.clock_off_s for day in days)
    yield Row(
        "time sat since the last break",
        "largest error",
        Estimate(worst, worst, worst, len(days)),
        "days",
        "s",
        60.0,
        lower_is_better=True,
    )
    off = max(abs(day.reminder_off_s) for day in days)
    yield Row("first reminder of a break", "largest error", Estimate(off, off, off, len(days)), "days", "s", 60.0, True)


def alerts_of(day: Played) -> list[tuple[PostureAlert, int | None]]:
    """Return alerts with the number of the act that each is about, None where it is about nothing."""
    return [(alert, _about(day, alert, number)) for alert, number in day.alerts]


def kept_at_fault_s(day: Played, number: int) -> float:
    """Return for how many seconds of an act the minutes have one of the rules at fault that it was made to break."""
    start = day.starts[number]
    until = start + day.acts[number].seconds + GRACE_S
    around = [
        minute.rule_seconds for minute in day.minutes if start < minute.start_t + MINUTE_S and minute.start_t < until
    ]
    return max(sum(rules[rule][2] for rules in around if rule in rules) for rule in _shown(day, number))


def _about(day: Played, alert: PostureAlert, number: int) -> int | None:
    if _is_spoken_of(day, number):
        return number
    late = number and _is_spoken_of(day, number - 1) and alert.t <= day.starts[number] + GRACE_S
    return number - 1 if late else None


def _is_spoken_of(day: Played, number: int) -> bool:
    """Whether an act is a posture that somebody is to be interrupted for."""
    return day.acts[number].is_fault and any(_interrupts(rule) for rule in _shown(day, number))


@cache
def _interrupts(rule_id: str) -> bool:
    return next(rule.interrupts for view in VIEWS for rule in load_exercise(f"desk_{view}").rules if rule.id == rule_id)


def _shown(day: Played, number: int) -> tuple[str, ...]:
    return day.shows[day.acts[number].posture]


def _postures(days: Sequence[tuple[View, str, Played]]) -> Table:
    cells = []
    for view, body, day in days:
        for number, act in enumerate(day.acts):
            if act.is_fault:
                said = [f"{a.rule} after {a.t - day.starts[number]:.0f} s" for a, n in day.alerts if n == number]
                kept = f"{kept_at_fault_s(day, number):.0f} s"
                made = ", ".join(_shown(day, number))
                cells.append((view, body, act.posture, made, ", ".join(said) or "nothing", kept))
    return Table("Postures", ("view", "person", "posture", "made to break", "said", "kept at fault"), tuple(cells))


def _totals(days: Sequence[tuple[View, str, Played]]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (view, body, _minutes(day.true_s["sitting"]), _minutes(day.state_s["sitting"]), str(len(day.alerts)))
        for view, body, day in days
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"


# -- real people -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sitter:
    """A film or photo of somebody who sits, and what should be said: one of `wanted`, or nothing."""

    name: str
    how: str
    alerts: tuple[PostureAlert, ...]
    wanted: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the first thing said names it; where nothing was to be said, whether nothing was."""
        first = self.alerts[0].rule if self.alerts else None
        return first in self.wanted if self.wanted else first is None


def desk_people(setting: Setting) -> StudyResult:
    """Repeat films and photos of people who sit until they have sat for twelve minutes, uncalibrated."""
    asked = [Sitting.model_validate(entry) for entry in setting.option("sitters")]
    there = [sitting for sitting in asked if (setting.data / sitting.file).is_file()]
    if not there:
        raise MissingDataError("None of the films and photos of people who sit is there.")
    there = there[:2] if setting.quick else there
    setting.cache.prepare([setting.data / sitting.file for sitting in there])
    sitters = [_watched(setting, sitting) for sitting in there]
    off = [s for s in sitters if s.wanted]
    well = [s for s in sitters if not s.wanted]
    early = [alert.t < SITS_S + ONSET_S for s in sitters for alert in s.alerts]
    rows = (
        Row(
            "people who sit well",
            "nothing said",
            share(sum(s.right for s in well), len(well)),
            "films and photos",
            target=1.0,
        ),
        Row(
            "hunched, head down, leaning far back",
            "first named rightly",
            share(sum(s.right for s in off), len(off)),
            "films and photos",
            target=1.0,
        ),
        Row(
            "alerts",
            "within the onset delay",
            share(sum(early), len(early)),
            "alerts",
            target=0.0,
            lower_is_better=True,
        ),
    )
    cells = tuple((s.name, s.how, ", ".join(s.wanted) or "nothing", _said(s)) for s in sitters)
    table = Table("Films and photos", ("of", "how they sit", "to be said", "said, after sitting down"), cells)
    return StudyResult(
        "", "At the desk: real people", NO_SPLIT, tuple(r for r in rows if r.estimate.n), (table,), PEOPLE
    )


class Sitting(BaseModel):
    """One film or photo in the manifest; `since` and `until` are seconds of the film."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    how: str
    since: float = 0.0
    until: float = math.inf
    wanted: tuple[str, ...] = ()


def _watched(setting: Setting, sitting: Sitting) -> _Sitter:
    watch = DeskWatch(load_exercise("desk_front"), load_exercise("desk_side"), None, DeskSettings())
    poses = setting.cache.poses(setting.data / sitting.file)
    events = [event for pose in looped(poses, sitting.since, sitting.until) for event in watch.update(pose)]
    alerts = tuple(event for event in events if isinstance(event, PostureAlert))
    return _Sitter(sitting.file.rsplit("/", 1)[-1], sitting.how, alerts, sitting.wanted)


def looped(poses: Sequence[Pose], since: float, until: float) -> Iterator[Pose]:
    """Repeat a part of a film to and fro at `RATE_HZ` poses a second for `SITS_FOR_S` seconds."""
    part = [pose for pose in poses if since <= pose.t - poses[0].t <= until]
    if len(part) > 1:
        every = max(1, round((len(part) - 1) / (part[-1].t - part[0].t) / RATE_HZ))
        part = part[::every]
    to_and_fro = [*part, *part[-2:0:-1]]
    for i in range(round(SITS_FOR_S * RATE_HZ)):
        yield replace(to_and_fro[i % len(to_and_fro)], t=i / RATE_HZ)


def _said(sitter: _Sitter) -> str:
    return ", ".join(f"{a.rule} ({a.cue}) after {a.t:.0f} s" for a in sitter.alerts) or "nothing"
