"""A camera and a pose estimator that follow a script: what tests of live sets run on, without pictures or clocks."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np

from formcheck.app.coach import Shown
from formcheck.app.live import LivePlan
from formcheck.body.pose import Pose
from formcheck.engine.events import CameraState, Event
from formcheck.exercise.language import load_language
from formcheck.exercise.load import load_exercise
from formcheck.frame import Frame
from formcheck.shipped import shipped_file

Change = tuple[float, CameraState]
Script = Iterable[Pose | Change | None]
"""Poses that the camera shows, changes of its state, and None where no picture comes in time."""


def later(poses: Iterable[Pose], by_s: float) -> list[Pose]:
    """Return the same poses at later times."""
    return [replace(pose, t=pose.t + by_s) for pose in poses]


class ScriptedCamera:
    """Gives a grey picture for each pose of a script."""

    def __init__(self, script: Script) -> None:
        self._script = list(script)
        self._changes: list[Change] = []
        self.finished = False
        self.grabbed = self.dropped = 0
        self.opened = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def next(self, timeout_s: float) -> Frame | None:
        while self._script:
            item = self._script.pop(0)
            if isinstance(item, Pose):
                self.grabbed += 1
                width, height = item.size_px
                return Frame(item.t, np.full((height, width, 3), 120, np.uint8))
            if item is None:
                return None
            self._changes.append(item)
            if item[1] != "live":
                return None
        self.finished = True
        return None

    def changes(self) -> list[Change]:
        changes, self._changes = self._changes, []
        return changes


class ScriptedEstimator:
    """Finds in each picture the pose of the script that has its time."""

    def __init__(self, script: Script) -> None:
        self._poses = {item.t: item for item in script if isinstance(item, Pose)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
        pose = self._poses[frame.t]
        return (pose,) if pose.has_person else ()

    def look(self, frame: Frame) -> tuple[Pose, ...]:
        return self.estimate_all(frame)

    def follow(self, people: int) -> None: ...


class Heard:
    """A speaker that writes down what it is to say."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.closed = False

    def say(self, text: str) -> None:
        self.said.append(text)

    def close(self) -> None:
        self.closed = True


class Notes:
    """A listener that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.shown: list[tuple[Shown, Frame | None, Pose | None]] = []

    def on(self, events: Sequence[Event], shown: Shown, frame: Frame | None, pose: Pose | None) -> None:
        self.events += events
        self.shown.append((shown, frame, pose))


def plan(exercise: str, *, countdown_s: int = 0, language: str = "en") -> LivePlan:
    """Return a plan with a model that is only named."""
    model = shipped_file("models", "manifest.toml").with_name("lite.task")
    return LivePlan(load_exercise(exercise), load_language(language), model, "live set", countdown_s=countdown_s)
