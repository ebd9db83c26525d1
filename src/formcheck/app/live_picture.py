"""The picture of one moment of a live set, for the window and for the film that is kept of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from formcheck.app.coach import Shown
from formcheck.app.overlay import CUE_SHOWN_S, Overlay, draw
from formcheck.body.pose import Pose
from formcheck.drawing.angles import annotator_for
from formcheck.drawing.cues import Caption
from formcheck.drawing.live import (
    Canvas,
    LiveAnnotator,
    LiveWords,
    Mark,
    SilhouetteAnnotator,
    canvas_of,
    mirrored,
    plain_canvas,
)
from formcheck.drawing.style import Image
from formcheck.engine.events import Event, HoldEvent, RepEvent
from formcheck.exercise.spec import Exercise
from formcheck.frame import Frame
from formcheck.synth.clip import Clip, Stage
from formcheck.synth.motions import MOTIONS
from formcheck.synth.poses import pose_of

_NO_WORDS: Final = Caption("", "", "")


class LastMark:
    """Whether the last rep or hold was fine, for a while after it."""

    def __init__(self) -> None:
        self._mark: Mark = "fine"
        self._until = 0.0

    def note(self, events: Iterable[Event]) -> None:
        """Take what happened."""
        for event in events:
            match event:
                case RepEvent(t, part) | HoldEvent(t, part):
                    off = any(finding.verdict in ("warning", "fault") for finding in part.findings)
                    self._mark, self._until = "change" if off else "fine", t + CUE_SHOWN_S

    def at(self, t: float) -> Mark | None:
        """Return the mark that is shown at this time."""
        return self._mark if t < self._until else None


def picture_of(
    frame: Frame | None,
    shown: Shown,
    size_px: tuple[int, int],
    *,
    mirror: bool = False,
    keys: str = "",
    mark: Mark | None = None,
    figure: Pose | None = None,
    canvas: Canvas | None = None,
) -> Image:
    """Draw one moment.

    Parameters
    ----------
    frame : Frame or None
        None draws a calm canvas instead: an old picture would look as if it were live.
    shown : Shown
    size_px : tuple of int
        Width and height of the result.
    mirror : bool
        Show the picture as a mirror does; words stay as they are.
    keys : str
        What the keys do.
    mark : {"fine", "change"} or None
        Of the last rep.
    figure : Pose, optional
        What to step into, during set-up.
    canvas : Canvas, optional
        The frame on its canvas, where that was made ready; it is drawn on.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
    """
    if frame is None:
        image = plain_canvas(size_px)
    else:
        canvas = canvas or canvas_of(frame.image, size_px, mirror=mirror)
        image = canvas.image
        if figure is not None and shown.stage == "setup":
            SilhouetteAnnotator(mirrored(figure) if mirror else figure).draw(canvas.part)
        draw(canvas.part, _body(shown.overlay, canvas.placed(shown.overlay.pose), mirror=mirror))
    LiveAnnotator().draw(image, _words(frame, shown, keys, mark))
    return image


def _body(overlay: Overlay, pose: Pose, *, mirror: bool) -> Overlay:
    """Return what is drawn on the body, without words, where the body is in the picture that is shown."""
    row = overlay.back_row
    return replace(overlay, pose=pose, caption=_NO_WORDS, back_row=1 - row if mirror and row is not None else row)


def _words(frame: Frame | None, shown: Shown, keys: str, mark: Mark | None) -> LiveWords:
    waiting = shown.stage in ("setup", "countdown")
    counting_down = shown.stage == "countdown" and frame is not None
    caption = shown.overlay.caption
    if _angle_drawn(shown.overlay):
        caption = replace(caption, reading=None)  # the number stands where the angle is
    return LiveWords(
        caption=Caption(caption.title, "", "") if waiting else caption,
        instruction=None if counting_down else shown.instruction,
        progress=0.0 if frame is None else shown.progress or 0.0,
        tick=shown.fits,
        countdown=shown.instruction or "" if counting_down else "",
        mark=None if waiting else mark,
        keys=keys,
        scene="plain" if frame is None else "paused" if shown.stage == "paused" else "picture",
    )


def _angle_drawn(overlay: Overlay) -> bool:
    near = overlay.near_side if overlay.near_side in ("left", "right") else None
    return annotator_for(overlay.measure, near) is not None  # type: ignore[arg-type]


def key_line(parts: Sequence[tuple[str, str]]) -> str:
    """Return keys and what they do as one line."""
    return "   |   ".join(f"{key} {what}" for key, what in parts)


def figure_of(exercise: Exercise) -> Pose | None:
    """Return how somebody begins an exercise, or stays in a posture; None where that is not known."""
    if exercise.id not in MOTIONS:
        return None
    stage = Stage(Clip(exercise.id))
    stays = exercise.movement.kind in ("hold", "watch")
    t = stage.motion.duration_s(stage.reps) / 2 if stays else 0.0
    return pose_of(stage.motion.figure(stage.body, stage.motion.at(t, stage.reps).posture), stage.camera)
