"""Pictures with several rendered people, put together from pictures with one each."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from formcheck.frame import Frame
from formcheck.synth.clip import Clip, Options, Stage
from formcheck.synth.mesh import rod
from formcheck.synth.rendering import Scene

Picture = NDArray[np.uint8]


def pictures(exercise: str, **options: Unpack[Options]) -> Iterator[tuple[Picture, NDArray[np.bool_]]]:
    """Return the pictures of a clip, and where the person (with what they hold) is in each."""
    stage = Stage(Clip(exercise, **options))
    scene = Scene(stage.camera, noise=0.0, seed=0)
    elsewhere = rod((900.0, 1.0, 900.0), (900.0, 1.1, 900.0), 0.01, (0.0, 0.0, 0.0))
    empty = scene.draw([elsewhere]).astype(np.int16)
    for figure, moment, _ in stage.acts():
        picture = scene.draw([figure.mesh(), *stage.equipment(figure, moment)])
        yield picture, np.abs(picture.astype(np.int16) - empty).max(axis=2) > 8


def side_by_side(clips: Sequence[Iterator[tuple[Picture, NDArray[np.bool_]]]], fps: float) -> Iterator[Frame]:
    """Put people next to each other, as long as all of them go on."""
    for i, row in enumerate(zip(*clips, strict=False)):
        yield Frame(i / fps, np.ascontiguousarray(np.concatenate([picture for picture, _ in row], axis=1)))


def passing(
    still: Iterator[tuple[Picture, NDArray[np.bool_]]],
    walker: tuple[Picture, NDArray[np.bool_]],
    *,
    fps: float,
    shift_px: Sequence[int],
    in_front: bool = False,
) -> Iterator[Frame]:
    """Have somebody pass behind or in front of a person: the walker's own picture, moved by `shift_px` in each."""
    for i, ((picture, person), (sprite, body), shift) in enumerate(zip(still, repeat(walker), shift_px, strict=False)):
        moved, seen = _moved(sprite, shift), _moved(body, shift)
        shown = seen if in_front else seen & ~person
        yield Frame(i / fps, np.ascontiguousarray(np.where(shown[..., None], moved, picture)))


def _moved(image: NDArray[Any], shift: int) -> NDArray[Any]:
    """Move a picture to the right by `shift`, leaving nothing behind."""
    moved = np.zeros_like(image)
    width = image.shape[1]
    if abs(shift) < width:
        moved[:, max(shift, 0) : width + min(shift, 0)] = image[:, max(-shift, 0) : width - max(shift, 0)]
    return moved
