"""Somebody before a webcam, drawn with a few landmarks: enough for the rules from the front."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TypeVar

import numpy as np

from formcheck.body.baseline import Baseline
from formcheck.body.landmarks import COUNT, INDEX
from formcheck.body.pose import Pose
from formcheck.engine.desk import DeskEvent, DeskSettings, DeskWatch
from formcheck.exercise.load import load_exercise

E = TypeVar("E")

SIZE_PX = (640, 480)
WIDTH_PX = 200.0  # between the shoulders

BASELINE = Baseline(
    {
        "face_to_shoulders": 0.4,
        "face_size": 80.0,
        "head_height": 0.0,
        "head_above_shoulders": 0.6,
        "shoulder_tilt": 0.0,
        "head_roll": 0.0,
        "head_turn": 0.0,
        "face_pitch": -0.0625,
        "shoulder_place": 0.0,
    },
    {},
    date(2026, 1, 1),
)
"""What `sitting` reads."""


def sitting(
    t: float, *, sunk: float = 0.0, lower: float = 0.0, aside: float = 0.0, scale: float = 1.0, hand: bool = False
) -> Pose:
    """Sit before the camera.

    `sunk` lowers the head alone, `lower` everything, `aside` moves everything to the right: in shoulder widths; `scale`
    is the size; `hand` puts the left hand to the ear.
    """
    xy = np.full((COUNT, 2), np.nan)
    places = {
        "nose": (0.0, 0.0),
        "left_ear": (0.2, -0.025),
        "right_ear": (-0.2, -0.025),
        "left_eye": (0.1, -0.03),
        "right_eye": (-0.1, -0.03),
        "left_shoulder": (0.5, 0.6 - sunk),
        "right_shoulder": (-0.5, 0.6 - sunk),
    }
    if hand:
        places["left_wrist"] = (0.25, 0.2)
    for name, (x, y) in places.items():
        xy[INDEX[name]] = (
            SIZE_PX[0] / 2 + (x + aside) * WIDTH_PX * scale,
            SIZE_PX[1] / 2 + (y + sunk + lower) * WIDTH_PX * scale,
        )
    world = np.zeros((COUNT, 3))
    for side, x in (("left", 0.18), ("right", -0.18)):
        world[INDEX[f"{side}_shoulder"]] = (x, -0.5, 0.0)
        world[INDEX[f"{side}_hip"]] = (0.6 * x, 0.0, 0.0)
    inside = np.isfinite(xy).all(axis=1) & (xy >= 0).all(axis=1) & (xy < SIZE_PX).all(axis=1)
    return Pose(t, xy, world, inside.astype(float), SIZE_PX)


def nobody(t: float) -> Pose:
    """Return an empty picture."""
    return Pose.nobody(t, SIZE_PX)


def watch_of(baseline: Baseline | None = BASELINE, settings: DeskSettings | None = None) -> DeskWatch:
    """Return a watch with the exercises of the catalogue."""
    return DeskWatch(load_exercise("desk_front"), load_exercise("desk_side"), baseline, settings or DeskSettings())


class Player:
    """Let time pass before a watch, two poses a second, and collect what it says."""

    def __init__(self, watch: DeskWatch | None = None) -> None:
        self.watch = watch or watch_of()
        self.t = 0.0
        self.events: list[DeskEvent] = []

    def sit(self, seconds: float, **how: float | bool) -> list[DeskEvent]:
        """Sit in some way for so long."""
        return self.show(seconds, sitting(0.0, **how))  # type: ignore[arg-type]

    def leave(self, seconds: float) -> list[DeskEvent]:
        """Be away."""
        return self.show(seconds, nobody(0.0))

    def show(self, seconds: float, pose: Pose) -> list[DeskEvent]:
        """Show one pose for so long."""
        return self._collect(self.watch.update(replace(pose, t=self._next())) for _ in range(round(2 * seconds)))

    def dark(self, seconds: float) -> list[DeskEvent]:
        """Show nothing; only time passes."""
        return self._collect(self.watch.tick(self._next()) for _ in range(round(2 * seconds)))

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def _next(self) -> float:
        self.t += 0.5
        return self.t

    def _collect(self, answers: Iterator[list[DeskEvent]]) -> list[DeskEvent]:
        events = [event for answer in answers for event in answer]
        self.events += events
        return events
