"""What the bodies wear: which part of the surface gets which colour, and how far cloth stands off the skin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from formcheck.synth.mesh import Colour, Mesh, vertex_normals

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_HEAD, _FEET, _EYES = (1,), (11, 12), (4, 5, 6, 7)
_IRIS: Final[Colour] = (0.06, 0.08, 0.12)
_EYE_WHITE: Final[Colour] = (0.90, 0.92, 0.92)
_SLEEVE_SHARE, _TROUSER_SHARE = 0.65, 0.55

Tone = Literal["light", "medium", "dark"]
"""How bright clothes are."""
TONES: Final[Mapping[Tone, float]] = {"light": 0.85, "medium": 0.45, "dark": 0.12}
"""Gray of the shirt for each tone, in [0, 1]; the shorts are a fifth darker."""
LOOSEST_M: Final = 0.05
"""How loose a shirt can be: more than any hollow of the back."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours (blue, green, red in [0, 1]) of one person."""

    skin: Colour
    hair: Colour
    shirt: Colour
    shorts: Colour
    shoes: Colour = (0.22, 0.20, 0.20)


LOOKS: Final[Mapping[str, Look]] = {
    "man": Look((0.48, 0.60, 0.80), (0.07, 0.09, 0.13), (0.55, 0.42, 0.25), (0.16, 0.13, 0.13)),
    "woman": Look((0.32, 0.43, 0.62), (0.05, 0.06, 0.08), (0.30, 0.28, 0.70), (0.26, 0.18, 0.16)),
    "heavy": Look((0.55, 0.66, 0.84), (0.17, 0.25, 0.33), (0.74, 0.78, 0.78), (0.22, 0.24, 0.22)),
}
"""What each body looks like."""


def in_tone(look: Look, tone: Tone) -> Look:
    """Return the same person in gray clothes of a tone; skin, hair and shoes stay."""
    shirt, shorts = TONES[tone], 0.8 * TONES[tone]
    return replace(look, shirt=(shirt, shirt, shirt), shorts=(shorts, shorts, shorts))


def dress(
    *,
    vertices: Floats,
    quads: NDArray[np.int64],
    regions: NDArray[np.int8],
    limbs: Sequence[str],
    heads_m: Mapping[str, Floats],
    look: Look,
    looseness_m: float = 0.0,
) -> Mesh:
    """Colour a bare body at rest and let the clothes stand off a little.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3)
        Bare surface at rest, in metres.
    quads : ndarray of shape (Q, 4)
        Its faces.
    regions : ndarray of shape (V,)
        Region of each vertex: 0 body, 1 head, 4 to 7 eyes, 11 and 12 feet.
    limbs : sequence of str, length V
        The bone that carries each vertex most.
    heads_m : mapping of str to ndarray of shape (3,)
        Where each bone begins.
    look : Look
        The colours.
    looseness_m : float, default 0
        How far the shirt may stand off the skin beyond a tight one, see `_hanging_m`.

    Returns
    -------
    Mesh
        The dressed surface.
    """
    normals = vertex_normals(vertices, quads)
    colours = np.tile(np.array(look.skin), (len(vertices), 1))
    off_skin_m = np.zeros(len(vertices))
    torso, sleeves = _shirt(vertices, regions, limbs, heads_m)
    for mask, colour, thickness_m in (
        (torso | sleeves, look.shirt, 0.006),
        (_shorts(vertices, regions, limbs, heads_m), look.shorts, 0.012),
        (np.isin(regions, _FEET), look.shoes, 0.006),
        (_hair(vertices, regions, heads_m), look.hair, 0.010),
        (np.isin(regions, _EYES), _EYE_WHITE, 0.0),
        (_irises(vertices, regions, heads_m), _IRIS, 0.0),
        (_brows(vertices, regions, heads_m), look.hair, 0.0),
    ):
        colours[mask] = colour
        off_skin_m[mask] = thickness_m
    if looseness_m:
        off_skin_m += _hanging_m(vertices, normals, torso, looseness_m)
        off_skin_m[sleeves] += looseness_m * np.maximum(-normals[sleeves, 2], 0.0)  # below the arm only
    dressed = vertices + normals * off_skin_m[:, None]
    return Mesh(dressed.astype(np.float32), normals.astype(np.float32), quads, colours.astype(np.float32))


def _trunk_and_legs(regions: NDArray[np.int8], limbs: Sequence[str]) -> Mask:
    elsewhere = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal", "neck", "head")
    return np.asarray((regions == 0) & ~np.array([limb.startswith(elsewhere) for limb in limbs]))


def _waist_m(heads_m: Mapping[str, Floats]) -> float:
    return float(heads_m["spine04"][2]) + 0.02


def _shirt(
    vertices: Floats, regions: NDArray[np.int8], limbs: Sequence[str], heads_m: Mapping[str, Floats]
) -> tuple[Mask, Mask]:
    """Return what the shirt covers of the torso, and of the arms."""
    height = vertices[:, 2]
    torso = _trunk_and_legs(regions, limbs) & (height > _waist_m(heads_m)) & (height < heads_m["neck01"][2] + 0.02)
    sleeves = np.zeros(len(vertices), bool)
    for side in "LR":
        shoulder, elbow = heads_m[f"upperarm01.{side}"], heads_m[f"lowerarm01.{side}"]
        share = (vertices - shoulder) @ (elbow - shoulder) / ((elbow - shoulder) @ (elbow - shoulder))
        on_arm = np.array([limb.startswith("upperarm") and limb.endswith(side) for limb in limbs])
        sleeves |= on_arm & (share < _SLEEVE_SHARE) & (regions == 0)
    return np.asarray(torso), sleeves


def _hanging_m(vertices: Floats, normals: Floats, torso: Mask, looseness_m: float) -> Floats:
    """Return how far a loose top stands off the skin of somebody who stands upright, shape (V,).

    Cloth falls straight down from what sticks out farthest above, the shoulder blades behind and the chest in front,
    so it bridges the hollow of the back and hangs off the belly, but by no more than `looseness_m`.
    """
    off_skin_m = np.zeros(len(vertices))
    for outward in (-1.0, 1.0):
        skin, facing = outward * vertices[:, 1], outward * normals[:, 1]
        covered = np.flatnonzero(torso & (facing > 0.0))
        covered = covered[np.argsort(-vertices[covered, 2])]  # from the top down
        gap = np.maximum.accumulate(skin[covered]) - skin[covered]
        off_skin_m[covered] = np.minimum(gap, looseness_m) * facing[covered]
    return off_skin_m


def _shorts(vertices: Floats, regions: NDArray[np.int8], limbs: Sequence[str], heads_m: Mapping[str, Floats]) -> Mask:
    hip, knee = heads_m["upperleg01.L"][2], heads_m["lowerleg01.L"][2]
    hem = hip + _TROUSER_SHARE * (knee - hip)
    between = (vertices[:, 2] <= _waist_m(heads_m)) & (vertices[:, 2] > hem)
    return np.asarray(_trunk_and_legs(regions, limbs) & between)


def _hair(vertices: Floats, regions: NDArray[np.int8], heads_m: Mapping[str, Floats]) -> Mask:
    skull = np.isin(regions, _HEAD)
    sideways, height = np.abs(vertices[:, 0]), vertices[:, 2]
    ear = vertices[skull & (sideways > np.percentile(sideways[skull], 98.6))].mean(axis=0)
    eye_height = heads_m["eye.L"][2]
    on_ear = (sideways > abs(ear[0]) - 0.05) & (np.hypot(vertices[:, 1] - ear[1], height - ear[2]) < 0.04)
    scalp = (height > eye_height + 0.055) | ((vertices[:, 1] > ear[1] - 0.012) & (height > eye_height - 0.075))
    return np.asarray(skull & scalp & ~on_ear)


def _irises(vertices: Floats, regions: NDArray[np.int8], heads_m: Mapping[str, Floats]) -> Mask:
    mask = np.zeros(len(vertices), bool)
    for side in "LR":
        eye = heads_m[f"eye.{side}"]
        mask |= np.hypot(vertices[:, 0] - eye[0], vertices[:, 2] - eye[2]) < 0.0075
    return np.asarray(mask & np.isin(regions, _EYES))


def _brows(vertices: Floats, regions: NDArray[np.int8], heads_m: Mapping[str, Floats]) -> Mask:
    eye = heads_m["eye.L"]
    sideways = np.abs(vertices[:, 0])
    above = np.abs(vertices[:, 2] - (eye[2] + 0.022)) < 0.0055
    in_front = np.isin(regions, _HEAD) & (vertices[:, 1] < eye[1] + 0.012)
    return np.asarray(in_front & above & (sideways > 0.012) & (sideways < 0.052))
