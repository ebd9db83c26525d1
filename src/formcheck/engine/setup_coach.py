"""The set-up coach: one instruction at a time, the most useful first, until the camera sees what the exercise needs.

It says only what one camera can know; `docs/decisions/0030-what-the-set-up-coach-says.md` has what the thresholds were
measured on, and what is left unsaid.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, get_args

from formcheck.body import MEASURES
from formcheck.body.framing import (
    LYING_BEYOND_DEG,
    Extent,
    Scene,
    edge_beyond,
    extent_of,
    look_down_on_floor,
    look_down_on_stance,
    roll_from_floor,
    roll_from_front,
    scale_px,
    stretched,
    trunk_lean_deg,
    trunk_lean_in_space_deg,
)
from formcheck.body.geometry import Point
from formcheck.body.landmarks import INDEX, Side, index
from formcheck.body.pose import Pose
from formcheck.body.view import UNKNOWN, Orientation, OrientationVote
from formcheck.engine.events import SetupEvent
from formcheck.engine.filming import DIM_BELOW, FilmingRecord
from formcheck.engine.report import Conditions, InstructionGiven
from formcheck.exercise.spec import Exercise, ViewName

EVERY_S: Final = 0.2
"""A set-up changes slowly: so many pictures a second are enough, and the rest cost nothing."""
DWELL_S: Final = 1.0
GAP_S: Final = 0.3
"""What is away for a shorter time is not mended."""
REPEAT_S: Final = 5.0
AWAY_S: Final = 1.0
SMOOTHING_S: Final = 0.5

ORDER: Final = (
    "step_into_view",
    "more_light",
    "less_light",
    "one_person",
    "take_position",
    "step_back",
    "tilt_down",
    "tilt_up",
    "move_to_middle",
    "step_closer",
    "turn_to_side",
    "turn_to_front",
    "turn_to_back",
    "camera_level",
    "camera_lower",
    "ready",
)
"""Every instruction, most useful first."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where something begins to be wrong, and where it is mended: apart, so that a value that hovers does not flicker.

    What is wrong lies above `begins` where that is the greater of the two, else below it.
    """

    begins: float
    ends: float

    def crossed(self, value: float, before: bool) -> bool:
        """Tell whether `value` is wrong, given whether it was `before`; NaN is not."""
        edge = self.ends if before else self.begins
        return value > edge if self.begins > self.ends else value < edge


DARK: Final = Edge(begins=55.0, ends=DIM_BELOW)
BURNT: Final = Edge(begins=0.92, ends=0.85)
MARGIN: Final = Edge(begins=0.01, ends=0.03)
"""Border in which a landmark is as good as outside, as a share of the picture's width and height."""
SMALL_PX: Final = Edge(begins=60.0, ends=64.0)
SMALL_SHARE: Final = Edge(begins=0.08, ends=0.086)
"""Length of the trunk, in pixels and as a share of the picture's longer side."""
TURNED_DEG: Final[dict[ViewName, Edge]] = {
    "side": Edge(25.0, 20.0),
    "front": Edge(28.0, 24.0),
    "back": Edge(28.0, 24.0),
}
ROLLED_DEG: Final = Edge(begins=5.0, ends=3.5)
LOOKS_DOWN: Final = Edge(begins=1.0, ends=0.85)
TOO_BIG: Final = 0.85
"""A body that takes more of the picture than this does not fit in by moving or tilting the camera."""
OTHER_VIEW_DEG: Final = 10.0
"""Another of the exercise's views is asked for when it is nearer by so much."""
FACING_UP_TO_DEG: Final = 60.0
"""Turned further off the side, which way a person faces is too uncertain to say left or right."""
TURN_STEP_DEG: Final = 10

_POSTURE: Final[dict[ViewName, str]] = {
    "side": "side on to the camera",
    "front": "facing the camera",
    "back": "your back to the camera",
}
_PARTS: Final = {
    "head": ("nose", "ear", "left_ear", "right_ear", "eye", "eye_inner", "eye_outer", "mouth_left", "mouth_right"),
    "shoulders": ("shoulder",),
    "elbows": ("elbow",),
    "hands": ("wrist", "index", "pinky", "thumb"),
    "hips": ("hip",),
    "knees": ("knee",),
    "feet": ("ankle", "heel", "foot_index"),
}
_ALWAYS: Final = ("nose", "shoulder")
"""Without a head nobody is found, without shoulders there is no view."""
_SIDES: Final[tuple[Side, ...]] = get_args(Side)
_CUT_OFF: Final = ("step_back", "tilt_down", "tilt_up", "move_to_middle")
MOST_PARTS: Final = 2
"""More parts of the body that are out of the picture are called the whole body."""


@dataclass(frozen=True, slots=True)
class Said:
    """An instruction in words, with what else a `SetupEvent` holds."""

    instruction: str
    text: str
    value: float | None = None
    variant: str = ""
    parts: tuple[str, ...] = ()


READY: Final = Said("ready", "All set: begin when you like")


@dataclass(slots=True)
class _Problem:
    """Since when something has been wrong, and what to say about it now."""

    since: float | None = None
    last: float = -math.inf
    said: Said = READY

    def seen(self, t: float, said: Said) -> None:
        self.since = t if self.since is None else self.since
        self.last, self.said = t, said

    def missed(self, t: float) -> None:
        if t - self.last > GAP_S:
            self.since = None

    def due(self, t: float) -> bool:
        return self.since is not None and t - self.since >= DWELL_S - 1e-9


@dataclass(frozen=True, slots=True)
class _Body:
    """One pose, as the coach looks at it; `cut` is what `SetupCoach._cut_off` says of it."""

    points: list[Point]
    size_px: tuple[int, int]
    extent: Extent
    near: Side
    lying: bool
    cut: dict[str, str]


class SetupCoach:
    """Watch how a person is filmed and say what to change.

    Parameters
    ----------
    exercise : Exercise
        It tells which parts of the body must be seen, from which side, and whether it is done on the floor.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._views = exercise.views
        self._floor = exercise.ventral != "facing"
        self._needed = {(view, near): _needed(exercise, view, near) for view in exercise.views for near in _SIDES}
        self._stretches = any(MEASURES[name].part.startswith("lifted") for name in exercise.measures)
        self._vote = OrientationVote(exercise.ventral)
        self._orientation: Orientation = UNKNOWN
        self._view: ViewName = exercise.views[0]
        self._scene: Scene | None = None
        self._roll_deg = self._down = math.nan
        self._problems = {instruction: _Problem() for instruction in ORDER}
        self._said: str | None = None
        self._said_at: dict[str, float] = {}
        self._given: list[InstructionGiven] = []
        self._record = FilmingRecord()
        self._t = -math.inf

    def update(self, pose: Pose, scene: Scene | None = None, *, resting: bool = True) -> SetupEvent | None:
        """Take the next pose and return what to say now, if anything.

        An instruction is given when its cause has lasted 1 s. A mended cause makes way for the next at once. The same
        is not said again within 5 s, and ``ready`` only after something else.

        Parameters
        ----------
        pose : Pose
            In order of time.
        scene : Scene, optional
            What the picture shows besides, whenever it was looked at; the last one holds until the next.
        resting : bool, default True
            While a rep or hold is under way, give False: it counts for `conditions`, but nothing is said.
        """
        if scene is not None:
            self._scene = scene
            self._record.add_scene(scene)
        if pose.t - self._t < EVERY_S - 1e-6:
            return None
        dt, self._t = pose.t - self._t, pose.t
        if dt > AWAY_S:
            self._forget()  # nobody knows how long what was wrong has been so
        body = self._look(pose, dt) if pose.has_person else None
        if not resting:
            self._forget()
            return None
        self._note(pose.t, body)
        return self._say(pose.t)

    @property
    def now(self) -> str | None:
        """The most useful instruction of this moment, ``ready`` where nothing is wrong; None while uncertain."""
        return next((name for name in ORDER if self._problems[name].due(self._t)), None)

    def conditions(self) -> Conditions:
        """Return how it was filmed so far."""
        parts = dict.fromkeys(part for needed in self._needed.values() for part in needed)
        return self._record.conditions(self._vote.median_yaw_deg, parts, tuple(self._given))

    # -- looking ------------------------------------------------------------------------------------------------------

    def _look(self, pose: Pose, dt: float) -> _Body:
        self._vote.add(pose)
        self._orientation = self._vote.decide(self._orientation)
        self._view = self._nearest_view()
        points: list[Point] = pose.xy_px.tolist()
        near, size_px = self._orientation.near, pose.size_px
        extent = extent_of(points)
        whole = extent.within(size_px, MARGIN.begins)
        cut = {} if whole else self._cut_off(points, near, size_px, MARGIN.begins)
        body = _Body(points, size_px, extent, near, _lies(pose, points), cut)
        roll_deg, down = self._attitude(body, pose)
        self._roll_deg, self._down = _smoothed(self._roll_deg, roll_deg, dt), _smoothed(self._down, down, dt)
        # Who still stands beside the mat does not show how the exercise is filmed.
        if body.lying or not self._floor:
            self._record.add_person(body.extent.fill(size_px), cut, roll_deg, down)
        return body

    def _nearest_view(self) -> ViewName:
        """Return the view of the exercise that takes the least turning; another only if far nearer."""
        if len(self._views) == 1 or math.isnan(self._orientation.yaw_deg):
            return self._view
        nearest = min(self._views, key=self._off_deg)
        return nearest if self._off_deg(nearest) < self._off_deg(self._view) - OTHER_VIEW_DEG else self._view

    def _off_deg(self, view: ViewName) -> float:
        """Return by how much the body would have to turn for a view, [0, 180]; NaN before it is known."""
        yaw = self._orientation.yaw_deg
        if view == "side":
            return yaw
        return 90.0 - yaw if self._vote.view_at(90.0) == view else 90.0 + yaw

    def _attitude(self, body: _Body, pose: Pose) -> tuple[float, float]:
        """Return the camera's roll in degrees and how far it looks down, NaN where this pose does not tell."""
        view = self._orientation.view
        if view == "side" and self._floor:
            roll_deg = roll_from_floor(body.points, body.near, self._orientation.yaw_deg)
            return roll_deg, look_down_on_floor(body.points, body.near)
        if view == "side" and pose.world_m is not None:
            return math.nan, look_down_on_stance(body.points, pose.world_m.tolist(), body.near)
        if view == "front" and not self._floor:
            return roll_from_front(body.points), math.nan
        return math.nan, math.nan

    def _cut_off(self, points: list[Point], near: Side, size_px: tuple[int, int], margin: float) -> dict[str, str]:
        """Return the needed parts of the body that are outside the picture, and over which edge."""
        cut: dict[str, str] = {}
        for part, rows in self._needed[self._view, near].items():
            for row in rows:
                edge = edge_beyond(points[row], size_px, margin)
                if edge:
                    cut[part] = edge
        return cut

    # -- what is wrong ------------------------------------------------------------------------------------------------

    def _note(self, t: float, body: _Body | None) -> None:
        """Bring up to date what has been wrong since when."""
        wrong = {said.instruction: said for said in self._wrong(body)}
        for instruction, problem in self._problems.items():
            if instruction in wrong:
                problem.seen(t, wrong[instruction])
            else:
                problem.missed(t)
        ready = self._problems["ready"]
        if any(problem.since is not None for problem in self._problems.values() if problem is not ready):
            ready.since = None
        else:
            ready.seen(t, READY)

    def _wrong(self, body: _Body | None) -> Iterator[Said]:
        scene = self._scene
        if scene and DARK.crossed(scene.highlights, self._was("more_light")):
            yield Said("more_light", "Switch on more light: you are hardly visible")
        elif body is None and scene and BURNT.crossed(scene.burnt, self._was("less_light")):
            yield Said("less_light", "Dim the light: the picture is burnt out")
        elif body is None:
            if any("feet" in needed for needed in self._needed.values()):
                yield Said("step_into_view", "Step into the picture, from head to feet", variant="whole")
            else:
                yield Said("step_into_view", "Step into the picture")
        if body is None:
            return
        if scene and scene.people > 1:
            yield Said("one_person", "Only one person in the picture, please")
        if self._floor and not body.lying:
            yield Said("take_position", "Get into position on the floor")
            return
        yield from self._framing(body)
        yield from self._turn()
        yield from self._camera()

    def _was(self, *instructions: str) -> bool:
        return any(self._problems[instruction].since is not None for instruction in instructions)

    def _framing(self, body: _Body) -> Iterator[Said]:
        cut, margin = body.cut, MARGIN.begins
        if self._was(*_CUT_OFF):
            margin = MARGIN.ends
            cut = self._cut_off(body.points, body.near, body.size_px, margin)
        if cut:
            yield self._into_view(cut, body.extent, body.size_px)
        elif self._stretches and (said := self._room(body, margin)):
            yield said
        elif self._small(scale_px(body.points), max(body.size_px)):
            text = "Move the camera closer" if self._floor else "Come closer: you are small in the picture"
            yield Said("step_closer", text, variant=self._who_moves)

    def _into_view(self, cut: dict[str, str], extent: Extent, size_px: tuple[int, int]) -> Said:
        edges, parts = set(cut.values()), tuple(cut) if len(cut) <= MOST_PARTS else ("body",)
        until = f"until {_whose(parts)} in view"
        if _too_big(extent, size_px, edges):
            text = f"{'Move the camera back' if self._floor else 'Step back'} {until}"
            return Said("step_back", text, variant=self._who_moves, parts=parts)
        if "bottom" in edges:
            return Said("tilt_down", f"Tilt the camera down {until}", parts=parts)
        if "top" in edges:
            return Said("tilt_up", f"Tilt the camera up {until}", parts=parts)
        text = f"{'Move the camera' if self._floor else 'Move sideways'} {until}"
        return Said("move_to_middle", text, variant=self._who_moves, parts=parts)

    @property
    def _who_moves(self) -> str:
        """On the floor the camera is moved, otherwise the person."""
        return "camera" if self._floor else ""

    def _room(self, body: _Body, margin: float) -> Said | None:
        """Return what to say if a stretched arm or leg would leave the picture."""
        ends = stretched(body.points, body.near)
        edges = {edge for end in ends if (edge := edge_beyond(end, body.size_px, margin)) in ("left", "right")}
        if not edges:
            return None
        xs = [ends[0][0], ends[1][0], body.extent.left, body.extent.right]
        if _too_big(replace(body.extent, left=min(xs), right=max(xs)), body.size_px, edges):
            return Said("step_back", "Move the camera back: you need room to stretch out", variant="room")
        return Said("move_to_middle", "Move to the middle: you need room to stretch out", variant="room")

    def _small(self, trunk_px: float, longer_px: int) -> bool:
        before = self._was("step_closer")
        return SMALL_PX.crossed(trunk_px, before) or SMALL_SHARE.crossed(trunk_px / longer_px, before)

    def _turn(self) -> Iterator[Said]:
        name, off_deg = f"turn_to_{self._view}", self._off_deg(self._view)
        if TURNED_DEG[self._view].crossed(off_deg, self._was(name)):
            turn_deg = TURN_STEP_DEG * round(off_deg / TURN_STEP_DEG)
            which, way = (" the mat" if self._floor else ""), self._which_way()
            yield Said(
                name,
                f"Turn{which} {turn_deg}°{f' to your {way}' if way else ''}, {_POSTURE[self._view]}",
                off_deg,
                "mat" if self._floor else "",
                (way,) if way else (),
            )

    def _which_way(self) -> str:
        """Return "left" or "right", or nothing where that is uncertain."""
        orientation = self._orientation
        if self._floor or not orientation.facing or orientation.yaw_deg > FACING_UP_TO_DEG:
            return ""
        rightwards = orientation.facing > 0
        if self._view == "side":
            rightwards ^= self._vote.view_at(90.0) == "front"
        elif self._view == "back":
            rightwards = not rightwards
        return "right" if rightwards else "left"

    def _camera(self) -> Iterator[Said]:
        if ROLLED_DEG.crossed(abs(self._roll_deg), self._was("camera_level")):
            text = f"Level the camera: it is tilted by {abs(self._roll_deg):.0f}°"
            yield Said("camera_level", text, self._roll_deg)
        if LOOKS_DOWN.crossed(self._down, self._was("camera_lower")):
            text = f"Lower the camera to the height of {'the mat' if self._floor else 'your hips'}"
            yield Said("camera_lower", text, variant="mat" if self._floor else "")

    # -- what to say --------------------------------------------------------------------------------------------------

    def _say(self, t: float) -> SetupEvent | None:
        due = next((name for name in ORDER if self._problems[name].due(t)), None)
        if due is None or (due == "ready" and self._said == due):
            return None
        if t - self._said_at.get(due, -math.inf) < REPEAT_S:
            return None
        self._said, self._said_at[due] = due, t
        said = self._problems[due].said
        self._given.append(InstructionGiven(t, due, said.text))
        return SetupEvent(t, due, said.text, said.value, said.variant, said.parts)

    def _forget(self) -> None:
        for problem in self._problems.values():
            problem.since = None


def _lies(pose: Pose, points: list[Point]) -> bool:
    """Tell whether the trunk lies; in the picture alone, one that points at the camera looks upright."""
    lean_deg = trunk_lean_deg(points) if pose.world_m is None else trunk_lean_in_space_deg(pose.world_m)
    return lean_deg > LYING_BEYOND_DEG


def _needed(exercise: Exercise, view: ViewName, near: Side) -> dict[str, tuple[int, ...]]:
    """Return the landmarks that an exercise needs in a view, by part of the body."""
    rows: set[int] = set()
    for joint in _ALWAYS:
        rows.update(_rows(joint, _SIDES))
    for measure in (MEASURES[name] for name in exercise.measures):
        if view in measure.views:
            sides = (near,) if measure.part == "near" else _SIDES
            rows.update(row for joint in measure.joints for row in _rows(joint, sides))
    by_part = {part: {row for joint in joints for row in _rows(joint, _SIDES)} for part, joints in _PARTS.items()}
    return {part: tuple(sorted(rows & of_part)) for part, of_part in by_part.items() if rows & of_part}


def _rows(joint: str, sides: tuple[Side, ...]) -> list[int]:
    return [INDEX[joint]] if joint in INDEX else [index(joint, side) for side in sides]


def _too_big(extent: Extent, size_px: tuple[int, int], edges: set[str]) -> bool:
    """Tell whether a body that is cut off at these edges would be, wherever it stood in the picture."""
    tall = (extent.bottom - extent.top) / size_px[1]
    wide = (extent.right - extent.left) / size_px[0]
    return (tall > TOO_BIG and not edges.isdisjoint(("top", "bottom"))) or (
        wide > TOO_BIG and not edges.isdisjoint(("left", "right"))
    )


def _whose(parts: tuple[str, ...]) -> str:
    if parts == ("body",):
        return "your whole body is"
    return f"{'' if len(parts) > 1 else 'your '}{' and '.join(parts)} {'is' if parts == ('head',) else 'are'}"


def _smoothed(before: float, now: float, dt: float) -> float:
    """Return a running mean that starts anew after every gap."""
    if math.isnan(before) or math.isnan(now):
        return now
    return before + (1.0 - math.exp(-dt / SMOOTHING_S)) * (now - before)
