"""What to draw on a picture, decided from a session's state while it runs."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from formcheck.body import MEASURES
from formcheck.body.pose import Pose
from formcheck.drawing.angles import annotator_for
from formcheck.drawing.cues import Caption, CaptionAnnotator
from formcheck.drawing.skeleton import BackLineAnnotator, SkeletonAnnotator
from formcheck.drawing.style import Image
from formcheck.engine.events import CueEvent, Event, PhaseEvent, WindowEvent
from formcheck.engine.report import Finding, Limits
from formcheck.engine.sampling import Sample, dorsal_row
from formcheck.engine.scoring import quality_of
from formcheck.engine.session import Session
from formcheck.engine.wording import SEVERITY_ORDER
from formcheck.exercise.spec import HoldPose, Watch
from formcheck.storage.wording import clock, value_text

CUE_SHOWN_S: Final = 2.5
PHASE_WORDS: Final = {
    "unknown": "",
    "between": "",
    "rest": "ready",
    "away": "going down",
    "turn": "at the bottom",
    "back": "coming up",
    "out": "ready",
    "settle": "getting into position",
    "hold": "hold",
}
NEUTRAL_WORDS: Final = {"away": "going", "turn": "turning", "back": "coming back"}
"""For exercises with words of their own: what goes up there, or sideways, does not go down."""
WATCH_WORDS: Final = {"away": "", "settle": "sit or stand as usual", "there": "watching"}
WATCH_ORDER: Final = {"fault": 0, "warning": 1}


@dataclass(frozen=True, slots=True)
class Overlay:
    """Everything that is drawn on one picture."""

    pose: Pose
    caption: Caption
    near_side: str | None
    back_row: int | None
    bent: bool
    measure: str
    value: float | None
    change: bool = False


class OverlayState:
    """Follow a session's events and say, picture by picture, what to draw."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cue: CueEvent | None = None
        self._sample: Sample | None = None
        self._shows_back = any(MEASURES[name].outline for name in session.exercise.measures)
        own = session.exercise.phase_words
        self._phase_words = PHASE_WORDS | NEUTRAL_WORDS | own if own else PHASE_WORDS
        self._watch = _WatchState() if isinstance(session.exercise.movement, Watch) else None

    def note_sample(self, sample: Sample) -> None:
        """Keep the newest sample."""
        self._sample = sample

    def note(self, events: Iterable[Event]) -> None:
        """Take what the newest pose brought about."""
        for event in events:
            if isinstance(event, CueEvent):
                self._cue = event
            if self._watch:
                self._watch.note(event)

    def cue(self, t: float) -> CueEvent | None:
        """Return the cue that is shown at `t`: as long as it holds for a posture, otherwise for a while."""
        if self._watch:
            fault = self._watch.fault
            return CueEvent(t, fault.rule, fault.cue, None) if fault else None
        return self._cue if self._cue and t - self._cue.t < CUE_SHOWN_S else None

    @property
    def worst(self) -> Finding | None:
        """What is furthest off in a watched posture, as of its last window."""
        return self._watch.worst if self._watch else None

    def caption(self, pose: Pose) -> Caption:
        """Return what to write on the picture of `pose`."""
        cue = self.cue(pose.t)
        return Caption(
            self._session.exercise.name,
            self.count(pose.t),
            self.phase,
            cue.text if cue else None,
            self.reading(pose),
            praise=is_praise(cue),
        )

    def reading(self, pose: Pose) -> str | None:
        """Return the measure that drives the movement, in words."""
        return _reading(self._session.exercise.movement.measure, self._value(pose))

    def overlay(self, pose: Pose, caption: Caption | None = None) -> Overlay:
        """Return what to draw on the picture of `pose`; `caption` where its words are to be others."""
        session = self._session
        seen = session.orientation.view != "unknown"
        return Overlay(
            pose=pose,
            caption=caption or self.caption(pose),
            near_side=session.orientation.near if seen else None,
            back_row=self._back_row(),
            bent=session.back_bent,
            measure=session.exercise.movement.measure,
            value=self._value(pose),
            change=self._watch.fault is not None if self._watch else False,
        )

    def _value(self, pose: Pose) -> float | None:
        """Return the measure that drives the movement, None where it is not seen."""
        if self._sample is None or not pose.has_person:
            return None
        value = self._sample.values.get(self._session.exercise.movement.measure, math.nan)
        return None if math.isnan(value) else value

    def _back_row(self) -> int | None:
        """Return which side of the trunk is the back, where the exercise looks at it and this view shows it."""
        orientation = self._session.orientation
        return dorsal_row(orientation) if self._shows_back and orientation.view == "side" else None

    @property
    def phase(self) -> str:
        """The present phase in words; for a watched posture, what is off."""
        phase = self._session.phase
        if self._watch:
            return self._watch.words or WATCH_WORDS[phase]
        return self._phase_words.get(phase, phase.replace("_", " "))

    def count(self, t: float) -> str:
        """Return how much has been counted by time `t`; of what lasts, how long it has."""
        session = self._session
        if self._watch:
            return clock(self._watch.watched_s(t))
        if isinstance(session.exercise.movement, HoldPose):
            held = session.held_s(t)
            return f"{held:.0f} s" if held else str(session.count)
        return str(session.count)


class _WatchState:
    """What a watched posture looks like now: since when it is there, and the worst of its last window."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._before_s = 0.0
        self.worst: Finding | None = None

    def note(self, event: Event) -> None:
        """Take what happened."""
        match event:
            case PhaseEvent(t, "there"):
                self._since = t
            case PhaseEvent(t):
                self._before_s, self._since, self.worst = self.watched_s(t), None, None
            case WindowEvent(_, findings):
                off = [f for f in findings if f.verdict in WATCH_ORDER]
                self.worst = min(off, key=_rank, default=None)

    @property
    def fault(self) -> Finding | None:
        """The worst fault of the last window."""
        return self.worst if self.worst and self.worst.verdict == "fault" else None

    @property
    def words(self) -> str:
        """What is off, in words; empty where nothing is."""
        if self.worst is None:
            return ""
        name = self.worst.name
        return name if self.worst.verdict == "fault" else f"keep an eye on: {name[0].lower()}{name[1:]}"

    def watched_s(self, t: float) -> float:
        """How long the posture has been there by time `t`."""
        return self._before_s + (0.0 if self._since is None else t - self._since)


def is_praise(cue: CueEvent | None) -> bool:
    """Whether a cue says that something is better, so that it gets no sign of a fault."""
    return cue is not None and cue.key == "better"


def _rank(finding: Finding) -> tuple[int, int, float]:
    return WATCH_ORDER[finding.verdict], SEVERITY_ORDER[finding.severity], quality_of(finding)


def _reading(measure: str, value: float | None) -> str | None:
    if value is None:
        return None
    known = MEASURES[measure]
    return f"{known.label} {value_text(value, known.unit, Limits())}"


def draw(image: Image, overlay: Overlay) -> None:
    """Draw an overlay on a picture, in place."""
    near = overlay.near_side if overlay.near_side in ("left", "right") else None
    SkeletonAnnotator(near).draw(image, overlay.pose, change=overlay.change)  # type: ignore[arg-type]
    if overlay.back_row is not None:
        BackLineAnnotator(overlay.back_row).draw(image, overlay.pose, overlay.bent)
    annotator = annotator_for(overlay.measure, near)  # type: ignore[arg-type]
    if annotator is not None:
        annotator.draw(image, overlay.pose, overlay.value, MEASURES[overlay.measure].unit)
    CaptionAnnotator().draw(image, overlay.caption)
