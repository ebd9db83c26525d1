"""The bodies: a skinned mesh with a small skeleton, and how the bones carry the mesh along.

World axes, in metres: z points up, the person faces -y and the person's left is +x.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.body.landmarks import LANDMARKS
from formcheck.errors import UserError
from formcheck.synth.clothing import LOOKS, Look, Tone, dress, in_tone
from formcheck.synth.mesh import Mesh

Floats = NDArray[np.float64]

BODIES: Final = tuple(LOOKS)
"""Names of the bodies. A plus sign mixes them evenly: ``man+woman``."""

SPINE: Final = ("spine05", "spine04", "spine03", "spine02", "spine01")
"""Vertebral bones from the pelvis up; the first three are the lumbar ones."""
NECK: Final = ("neck01", "neck02", "neck03")
_LIMBS: Final = ("upperleg01", "lowerleg01", "foot", "clavicle", "shoulder01", "upperarm01", "lowerarm01", "wrist")
_MOVABLE: Final = {"root", *SPINE, *NECK, "head", *(f"{bone}.{side}" for bone in _LIMBS for side in "LR")}

_JOINTS: Final = {
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
    "pinky": "finger5-1",
    "index": "finger2-1",
    "thumb": "finger1-2",
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
    "eye": "eye",
}
_HEAD_REGION: Final = 1
_FOOT_REGIONS: Final = {"left": 11, "right": 12}


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One person at rest: standing upright, arms half raised, soles level.

    Attributes
    ----------
    name : str
        One of `BODIES`, or several joined by plus signs.
    mesh : Mesh
        The dressed surface at rest.
    weights : ndarray of shape (V, B), float32
        How much each of the B movable bones carries each vertex; rows sum to 1.
    bones : tuple of str
        Names of the movable bones, parents before children.
    parents : tuple of int
        Row of each bone's parent; the root is its own.
    heads_m, offsets_m : ndarray of shape (B, 3)
        Where each bone begins, at rest, and the same seen from its parent's beginning.
    below : ndarray of shape (B, B), bool
        ``below[a, b]`` tells whether bone `b` is bone `a` or hangs from it.
    markers : mapping of str to (bone row, ndarray of shape (3,))
        Landmarks as points that ride on a bone, for those of the 33 landmarks that the mesh has.
    soles_m : mapping of str to ndarray of shape (K, 3)
        Lowest points of the left and right shoe at rest.
    """

    name: str
    mesh: Mesh
    weights: NDArray[np.float32]
    bones: tuple[str, ...]
    parents: tuple[int, ...]
    heads_m: Floats
    offsets_m: Floats
    below: NDArray[np.bool_]
    markers: dict[str, tuple[int, Floats]]
    soles_m: dict[str, Floats]

    def bone(self, name: str) -> int:
        """Return the row of a bone."""
        return self.bones.index(name)

    def length_m(self, start: str, end: str) -> float:
        """Return the distance between the heads of two bones at rest; for neighbours on a limb it never changes."""
        return float(np.linalg.norm(self.heads_m[self.bone(end)] - self.heads_m[self.bone(start)]))


@dataclass(frozen=True, slots=True, eq=False)
class _Archive:
    """What a body file holds: a mesh of triangles and its full skeleton, fingers and toes included."""

    vertices: Floats
    triangles: NDArray[np.int64]
    regions: NDArray[np.int8]
    weight: NDArray[np.float32]
    bone_of_weight: NDArray[np.int64]
    labels: tuple[str, ...]
    parents: tuple[int, ...]
    heads_m: Floats

    @classmethod
    def read(cls, name: str) -> "_Archive":
        with np.load(str(files("formcheck.synth") / "bodies" / f"body_{name}.npz")) as data:
            return cls(
                vertices=data["v"].astype(np.float64),
                triangles=data["f"].astype(np.int64),
                regions=data["vl"],
                weight=data["w"].astype(np.float32),
                bone_of_weight=data["wi"].astype(np.int64),
                labels=tuple(str(label) for label in data["labels"]),
                parents=tuple(int(parent) for parent in data["parents"]),
                heads_m=data["heads"].astype(np.float64),
            )

    @classmethod
    def mixed(cls, names: Sequence[str]) -> "_Archive":
        """Return the mean of some bodies: their files differ in where vertices and bones are, and in nothing else."""
        archives = [cls.read(name) for name in names]
        return replace(
            archives[0],
            vertices=np.mean([archive.vertices for archive in archives], axis=0),
            heads_m=np.mean([archive.heads_m for archive in archives], axis=0),
        )


def load_body(name: str, tone: Tone | None = None, looseness_m: float = 0.0) -> Body:
    """Read one of the bodies that come with formcheck, or mix some of them.

    Parameters
    ----------
    name : str
        One of `BODIES`, or several joined by plus signs for their mean, which looks like the first: ``man+woman``.
    tone : {"light", "medium", "dark"}, optional
        How bright the clothes are; left out, as the body usually wears them.
    looseness_m : float, default 0
        How far the shirt may stand off the skin.

    Raises
    ------
    UserError
        If there is no such body.
    """
    return _load(name, tone, looseness_m)


@cache
def _load(name: str, tone: Tone | None, looseness_m: float) -> Body:
    names = name.split("+")
    if not LOOKS.keys() >= set(names):
        raise UserError(f"There is no body '{name}'; choose one of {', '.join(BODIES)}, or a mix such as man+woman.")
    archive = _Archive.mixed(names)
    look = LOOKS[names[0]]
    bones = tuple(label for label in archive.labels if label in _MOVABLE)
    rides_on = _movable_rows(archive, bones)
    kept = [archive.labels.index(bone) for bone in bones]
    parents = tuple(rides_on[max(archive.parents[label], 0)] for label in kept)
    heads_m = archive.heads_m[kept]
    mesh = _dressed(archive, in_tone(look, tone) if tone else look, looseness_m)
    return Body(
        name=name,
        mesh=mesh,
        weights=_weights(archive, rides_on, len(bones)),
        bones=bones,
        parents=parents,
        heads_m=heads_m,
        offsets_m=heads_m - heads_m[list(parents)],
        below=_descent(parents),
        markers=_markers(archive, rides_on),
        soles_m={side: _sole(mesh.vertices[archive.regions == region]) for side, region in _FOOT_REGIONS.items()},
    )


def _movable_rows(archive: _Archive, bones: tuple[str, ...]) -> list[int]:
    """Return, for every bone of the file, the row of the movable bone that it is or rides on."""
    rows: list[int] = []
    for label, parent in zip(archive.labels, archive.parents, strict=True):
        rows.append(bones.index(label) if label in bones else rows[parent])
    return rows


def _weights(archive: _Archive, rides_on: list[int], bones: int) -> NDArray[np.float32]:
    weights = np.zeros((len(archive.vertices), bones), np.float32)
    rows = np.array(rides_on)[archive.bone_of_weight]
    np.add.at(weights, (np.arange(len(weights))[:, None], rows), archive.weight)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _descent(parents: tuple[int, ...]) -> NDArray[np.bool_]:
    below = np.eye(len(parents), dtype=bool)
    for bone, parent in enumerate(parents):
        below[:, bone] |= below[:, parent]
    return below


def _dressed(archive: _Archive, look: Look, looseness_m: float) -> Mesh:
    strongest = archive.weight.argmax(axis=1)[:, None]
    carriers = np.take_along_axis(archive.bone_of_weight, strongest, axis=1)[:, 0]
    return dress(
        vertices=archive.vertices,
        quads=_quads(archive.triangles),
        regions=archive.regions,
        limbs=[archive.labels[bone] for bone in carriers],
        heads_m=dict(zip(archive.labels, archive.heads_m, strict=True)),
        look=look,
        looseness_m=looseness_m,
    )


def _quads(triangles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join the triangles, which come in pairs that share an edge, into four-cornered faces: half as many to draw."""
    first, second = triangles[0::2], triangles[1::2]
    lone = ~(first[:, :, None] == second[:, None, :]).any(axis=2)
    start = lone.argmax(axis=1)
    turned = np.take_along_axis(first, (start[:, None] + np.arange(3)) % 3, axis=1)
    fourth = second[~(second[:, :, None] == first[:, None, :]).any(axis=2)]
    return np.column_stack([turned[:, 0], turned[:, 1], fourth, turned[:, 2]])


def _markers(archive: _Archive, rides_on: list[int]) -> dict[str, tuple[int, Floats]]:
    """Return the landmarks in their usual order, each with the movable bone that it rides on."""
    markers = {}
    for name, (bone, point_m) in {**_joint_points(archive), **_surface_points(archive)}.items():
        markers[name] = (rides_on[archive.labels.index(bone)], point_m)
    return {name: markers[name] for name in LANDMARKS if name in markers}


def _joint_points(archive: _Archive) -> dict[str, tuple[str, Floats]]:
    points = {}
    for side, letter in (("left", "L"), ("right", "R")):
        for joint, bone in _JOINTS.items():
            label = f"{bone}.{letter}"
            points[f"{side}_{joint}"] = (label, archive.heads_m[archive.labels.index(label)])
    return points


def _surface_points(archive: _Archive) -> dict[str, tuple[str, Floats]]:
    """Return nose, ears, heels and toes: they stand out from the mesh, no bone begins there."""
    face = archive.vertices[archive.regions == _HEAD_REGION]
    points = {"nose": ("head", face[face[:, 1].argmin()])}
    for side, letter, sign in (("left", "L", 1.0), ("right", "R", -1.0)):
        outward = face[:, 0] * sign
        points[f"{side}_ear"] = ("head", face[outward > np.percentile(outward, 99.3)].mean(axis=0))
        foot = archive.vertices[archive.regions == _FOOT_REGIONS[side]]
        points[f"{side}_heel"] = (f"foot.{letter}", foot[foot[:, 1].argmax()])
        points[f"{side}_foot_index"] = (f"foot.{letter}", foot[foot[:, 1].argmin()])
    return points


def _sole(shoe: NDArray[np.float32]) -> Floats:
    """Return the points of a shoe that can touch the floor, whichever way it is tilted forwards or backwards."""
    low = shoe[:, 2] < shoe[:, 2].min() + 0.03
    tip = shoe[:, 1] < shoe[:, 1].min() + 0.04
    return np.asarray(shoe[low | tip], np.float64)


def carry(body: Body, rotations: Floats, positions_m: Floats) -> Mesh:
    """Bend the rest surface along with the bones (linear blend skinning).

    Parameters
    ----------
    body : Body
        The person.
    rotations : ndarray of shape (B, 3, 3)
        World rotation of each bone against its rest.
    positions_m : ndarray of shape (B, 3)
        World position of each bone's head.

    Returns
    -------
    Mesh
        The surface in world coordinates.
    """
    offsets = positions_m - np.einsum("bij,bj->bi", rotations, body.heads_m)
    moves = np.concatenate([rotations, offsets[:, :, None]], axis=2).astype(np.float32)
    blended = (body.weights @ moves.reshape(len(moves), 12)).reshape(-1, 3, 4)
    rest = body.mesh
    vertices = np.einsum("vij,vj->vi", blended[:, :, :3], rest.vertices) + blended[:, :, 3]
    normals = np.einsum("vij,vj->vi", blended[:, :, :3], rest.normals)
    return Mesh(vertices, normals, rest.quads, rest.colours)
