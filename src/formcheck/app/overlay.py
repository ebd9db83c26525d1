"""What to draw on a picture, decided from a session's state while it runs."""

from dataclasses import dataclass

from formcheck.body import MEASURES
from formcheck.body.pose import Pose
from formcheck.drawing.angles import annotator_for
from formcheck.drawing.cues import Caption, CaptionAnnotator
from formcheck.drawing.skeleton import BackLineAnnotator, SkeletonAnnotator
from formcheck.drawing.style import Image
from formcheck.engine.events import CueEvent, Event
from formcheck.engine.report import Limits
from formcheck.engine.sampling import Sample, dorsal_row
from formcheck.engine.session import Session
from formcheck.exercise.spec import HoldPose
from formcheck.storage.wording import value_text

CUE_SHOWN_S = 2.5
PHASE_WORDS = {
    "unknown": "",
    "rest": "ready",
    "away": "going down",
    "turn": "at the bottom",
    "back": "coming up",
    "out": "ready",
    "settle": "getting into position",
    "hold": "hold",
}


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


class OverlayState:
    """Follow a session's events and say, picture by picture, what to draw."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cue: CueEvent | None = None
        self._sample: Sample | None = None

    def note_sample(self, sample: Sample) -> None:
        """Keep the newest sample."""
        self._sample = sample

    def overlay(self, pose: Pose, events: list[Event]) -> Overlay:
        """Return what to draw on the picture of `pose`."""
        for event in events:
            if isinstance(event, CueEvent):
                self._cue = event
        session, exercise = self._session, self._session.exercise
        seen = session.orientation.view != "unknown"
        measure = exercise.movement.measure
        value = self._sample.values.get(measure) if self._sample and pose.has_person else None
        value = None if value is None or value != value else value  # noqa: PLR0124 - NaN differs from itself
        cue = self._cue.text if self._cue and pose.t - self._cue.t < CUE_SHOWN_S else None
        return Overlay(
            pose=pose,
            caption=Caption(
                exercise.name, self._count(pose.t), PHASE_WORDS[session.phase], cue, _reading(measure, value)
            ),
            near_side=session.orientation.near if seen else None,
            back_row=dorsal_row(session.orientation) if seen and session.orientation.view == "side" else None,
            bent=session.back_bent,
            measure=measure,
            value=value,
        )

    def _count(self, t: float) -> str:
        session = self._session
        if isinstance(session.exercise.movement, HoldPose):
            held = session.held_s(t)
            return f"{held:.0f} s" if held else str(session.count)
        return str(session.count)


def _reading(measure: str, value: float | None) -> str | None:
    if value is None:
        return None
    known = MEASURES[measure]
    return f"{known.label} {value_text(value, known.unit, Limits())}"


def draw(image: Image, overlay: Overlay) -> None:
    """Draw an overlay on a picture, in place."""
    near = overlay.near_side if overlay.near_side in ("left", "right") else None
    SkeletonAnnotator(near).draw(image, overlay.pose)  # type: ignore[arg-type]
    if overlay.back_row is not None:
        BackLineAnnotator(overlay.back_row).draw(image, overlay.pose, overlay.bent)
    annotator = annotator_for(overlay.measure, near)  # type: ignore[arg-type]
    if annotator is not None:
        annotator.draw(image, overlay.pose, overlay.value, MEASURES[overlay.measure].unit)
    CaptionAnnotator().draw(image, overlay.caption)
