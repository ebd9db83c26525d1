"""How light a film is, looked at once a second and kept beside its poses, so that a replay says the same."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError

from formcheck.body.framing import Scene
from formcheck.body.pose import Pose
from formcheck.errors import RecordingError
from formcheck.frame import Frame
from formcheck.storage.recordings import Recording
from formcheck.video.scene import scene_of

EVERY_S: Final = 1.0
DECIMALS: Final = 3
Row = list[float | None]
"""Time, and the fields of a `Scene` in their order; None where one is not known."""
_ROWS: Final = TypeAdapter(list[tuple[float, float, float, float, float | None, float | None, float | None, int]])


class SceneLog:
    """Look at a picture once a second.

    Attributes
    ----------
    rows : list of Row
        What was seen, for the facts of a recording.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._looked_at = -math.inf

    def look(self, frame: Frame, pose: Pose, people: int) -> Scene | None:
        """Return what the picture shows beside the pose, None while the last look is less than a second old."""
        if frame.t - self._looked_at < EVERY_S:
            return None
        self._looked_at = frame.t
        seen = scene_of(frame.image, pose, people=max(1, people))
        levels = (
            *(seen.brightness, seen.contrast, seen.burnt),
            *(seen.person_brightness, seen.person_contrast, seen.person_burnt),
        )
        row: Row = [round(x, DECIMALS) if math.isfinite(x) else None for x in levels]
        self.rows.append([frame.t, *row, seen.people])
        return _scene(row, seen.people)


def scenes_of(recording: Recording) -> Mapping[float, Scene]:
    """Return what was seen in the pictures of a recording, by time; nothing where it was not kept.

    Raises
    ------
    RecordingError
        If it makes no sense.
    """
    try:
        rows = _ROWS.validate_python(recording.facts.get("scenes", []))
    except ValidationError:
        raise RecordingError(
            f"{recording.path} holds facts about its pictures that make no sense; record it again."
        ) from None
    return {t: _scene(levels, people) for t, *levels, people in rows}


def _scene(levels: Sequence[float | None], people: int) -> Scene:
    b, c, burnt, person_b, person_c, person_burnt = (math.nan if level is None else level for level in levels)
    return Scene(b, c, burnt, person_b, person_c, person_burnt, people)
