"""Pictures of a working day at a desk: somebody before a camera that stays where it is, drawn once and kept."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from formcheck.app.desk import SIZE_PX
from formcheck.atomic import atomic_path
from formcheck.evaluation.desk_day import ASIDE_DEG, DIM, RATE_HZ, Act, Effect, View
from formcheck.synth.body import Body, load_body
from formcheck.synth.camera import Camera
from formcheck.synth.mesh import Mesh
from formcheck.synth.motions import find_motion
from formcheck.synth.posing import FORWARD, UP, Figure, reach, turn_hand
from formcheck.synth.posture import Posture, add, both_sides
from formcheck.synth.rendering import Scene
from formcheck.synth.timeline import Motion

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]
What = tuple[str, Effect]
"""What a picture shows: a posture as an `Act` has it, and what happens besides."""

GOOD: Final[tuple[What, What]] = (("upright", ""), ("relaxed", ""))
"""Both are well: as tall as one can, and as one wants to sit."""
YAW_DEG: Final[Mapping[View, float]] = {"front": 87.0, "side": 4.0}
"""Nobody puts a camera exactly before or beside themselves."""
BELOW_NOSE_M: Final[Mapping[View, float]] = {"front": 0.09, "side": 0.45}
"""So far below the nose of somebody who sits tall is the middle of the picture."""
TILT_M: Final[Mapping[View, float]] = {"front": 0.16, "side": 0.30}
"""How much higher the camera looks, at the person, once its lid or stand has been tilted."""
PICTURES: Final = 6
"""Of somebody who keeps a posture: each a little different."""
FIDGETS: Final = {"trunk": 0.8, "neck": 0.8, "head": 1.5, "side_bend": 0.8, "head_tilt": 1.0, "head_turn": 2.0}
"""Standard deviations of the small moves between them, in degrees."""
SHIFTS_M: Final = 0.006
STANDS_BACK_M: Final = 0.10
CROSSES_S: Final = 6.0
PASSES_S: Final = 8.0
HALF_WAY_M: Final = 1.8
"""People who walk through the room come from so far aside and go as far."""
BEHIND_M: Final[Mapping[Effect, float]] = {"crossing": 0.6, "stranger": 1.6}
_OUTWARD: Final = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, slots=True)
class Room:
    """From where one person's desk is seen."""

    view: View
    body: str

    def camera(self, effect: Effect = "") -> Camera:
        """Return the camera, tilted upwards where that is what happens."""
        body = load_body(self.body)
        motion = find_motion(f"desk_{self.view}", body)
        nose_m = motion.figure(body, motion.poses["tall"]).point_m("nose")
        x, y, _ = motion.target_m
        looks_at_m = float(nose_m @ UP) - BELOW_NOSE_M[self.view] + (TILT_M[self.view] if effect == "tilted" else 0.0)
        return Camera.around(
            (x, y, looks_at_m),
            yaw_deg=YAW_DEG[self.view],
            distance_m=motion.distance_m,
            height_m=motion.height_m,
            size_px=SIZE_PX,
        )


def pictures_of(room: Room, acts: Iterable[Act], folder: Path) -> dict[What, list[Image]]:
    """Return the pictures that a day needs, from `folder` if they were drawn before.

    Raises
    ------
    OutputError
        If they cannot be kept.
    """
    shown = sorted({*GOOD, *((act.posture, act.effect) for act in acts if act.posture != "off")})
    kept = folder / f"{_name(room, shown)}.npz"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(kept) as unfinished, unfinished.open("wb") as file:
            np.savez_compressed(file, *(np.stack(draw(room, what)) for what in shown))
    with np.load(kept) as data:
        return {what: list(data[f"arr_{i}"]) for i, what in enumerate(shown)}


def _name(room: Room, shown: Sequence[What]) -> str:
    """Return a name that changes with what is drawn and with the code that draws it."""
    digest = hashlib.sha256(repr((room, shown)).encode())
    for file in sorted(Path(str(files("formcheck.synth"))).rglob("*")):
        if file.suffix in (".py", ".npz"):
            digest.update(file.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return f"desk-{digest.hexdigest()[:32]}"


def draw(room: Room, what: What) -> list[Image]:
    """Return pictures of one thing, without the noise of a camera: some of who keeps a posture, a way of who walks."""
    posture, effect = what
    chance = default_rng(zlib.crc32(f"{room.body} {room.view} {posture} {effect}".encode()))
    scene = Scene(room.camera(effect), noise=0.0, seed=0, light=DIM if effect == "dim" else 1.0)
    people = _people(room, what, chance)
    return [scene.draw([_stool(room, posture), *around]) for around in people]


def _people(room: Room, what: What, chance: Generator) -> list[list[Mesh]]:
    posture, effect = what
    body = load_body(room.body)
    if effect == "crossing":
        return [[mesh] for mesh in _walks_through(room.view, body, CROSSES_S, BEHIND_M[effect])]
    if effect == "stranger":
        other = load_body("woman" if room.body == "man" else "man")
        way = _walks_through(room.view, other, PASSES_S, BEHIND_M[effect])
        here = [] if posture == "nobody" else [_person(room, ("upright", ""), chance)]
        return [[passing, *here] for passing in way]
    if posture == "nobody":
        return [[]]
    return [[_person(room, what, chance)] for _ in range(PICTURES)]


def _person(room: Room, what: What, chance: Generator) -> Mesh:
    """Return somebody at the desk, each time a little different."""
    posture, effect = what
    body = load_body(room.body)
    motion, kept = _kept(room.view, body, posture)
    moved = {channel: spread * chance.standard_normal() for channel, spread in FIDGETS.items()}
    if effect == "aside":
        moved["head_turn"] += ASIDE_DEG
    figure = motion.figure(body, add(kept, moved))
    figure.shift([*(SHIFTS_M * chance.standard_normal(2)), 0.0])
    if posture == "standing":
        figure.shift(-STANDS_BACK_M * FORWARD)
    if effect in ("phone", "sip"):
        _lift_hand(figure, effect)
    return figure.mesh()


def _kept(view: View, body: Body, posture: str) -> tuple[Motion, Posture]:
    if posture == "standing":
        motion = find_motion(f"standing_{view}", body)
        return motion, motion.poses["stood"]
    motion = find_motion(f"desk_{view}", body, None if posture in ("upright", "relaxed") else posture)
    relaxed = both_sides({"trunk": 1.0, "lumbar": 3.0, "thoracic": 2.0}) if posture == "relaxed" else {}
    return motion, add(motion.poses["at_work"], relaxed)


def _lift_hand(figure: Figure, effect: Effect) -> None:
    """Put the left hand to the ear as if it held a telephone, or to the mouth as if it held a cup."""
    if effect == "phone":
        spot = figure.point_m("left_ear") + 0.05 * _OUTWARD + 0.02 * FORWARD - 0.09 * UP
        fingers, palm = UP + 0.2 * FORWARD, -_OUTWARD
    else:
        spot = figure.point_m("nose") + 0.10 * _OUTWARD + 0.04 * FORWARD - 0.12 * UP
        fingers, palm = 0.3 * UP + 0.3 * FORWARD - _OUTWARD, -FORWARD
    reach(figure, "left", spot, elbow_towards=_OUTWARD - UP)
    turn_hand(figure, "left", fingers, palm)


def _walks_through(view: View, body: Body, seconds: float, behind_m: float) -> list[Mesh]:
    """Return somebody on the way through the room, from one side of the picture to the other."""
    motion = find_motion("walking", body)
    steps = round(seconds * RATE_HZ)
    return [
        _on_the_way(
            view, motion.figure(body, motion.at(1.0 + i / RATE_HZ, 1).posture).mesh(), i / (steps - 1), behind_m
        )
        for i in range(steps)
    ]


def _on_the_way(view: View, mesh: Mesh, share: float, behind_m: float) -> Mesh:
    """Turn somebody who faces forward across the view, and put them behind the desk."""
    aside = HALF_WAY_M * (2.0 * share - 1.0)
    if view == "front":
        quarter = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
        return _moved(mesh, quarter, np.array([aside, behind_m, 0.0]))
    return _moved(mesh, np.eye(3), np.array([-behind_m, -aside, 0.0]))


def _moved(mesh: Mesh, turn: Floats, by_m: Floats) -> Mesh:
    vertices = (mesh.vertices @ turn.T + by_m).astype(np.float32)
    return replace(mesh, vertices=vertices, normals=(mesh.normals @ turn.T).astype(np.float32))


@cache
def _stool(room: Room, posture: str) -> Mesh:
    """Return what the person sits on: lower where the posture is that of a low seat."""
    body = load_body(room.body)
    fault = posture if posture in find_motion(f"desk_{room.view}", body).faults else None
    motion = find_motion(f"desk_{room.view}", body, fault)
    now = motion.at(0.0, 1)
    (seat,) = motion.equip(body, motion)(motion.figure(body, now.posture), now)
    return seat
