"""The picture of a live set: the person as large as it goes, one number, one ring, one line of words.

Everything is drawn on a canvas as large as the window; sizes are shares of `unit_px`, so that it reads from three
metres in a window of any shape.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

import cv2
import numpy as np

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Array, Pose
from formcheck.drawing.cues import Caption
from formcheck.drawing.style import (
    AMBER,
    CALM,
    FAINT,
    INK,
    PAPER,
    Colour,
    Image,
    dashes,
    stroke,
    text_width_px,
    triangle,
    write,
)

Scene = Literal["picture", "paused", "plain"]
Mark = Literal["fine", "change"]

PLAIN: Final[Colour] = (66, 56, 48)
"""What is shown where there is no picture."""
_MARGIN: Final = 0.04
_KEYS: Final = 0.052
"""Height of the line of keys, with room around it."""
_LETTERS: Final = 0.062
_LEADING: Final = 1.65
_MOST_LINES: Final = 3
_RING: Final = 0.125
_SPELT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

_LIMBS: Final = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"), ("heel", "foot_index")
_LIMB_WIDTH: Final = 0.26
"""Of a silhouette, in trunk lengths."""
_ROOM: Final = 0.85
"""Share of the picture that a silhouette may take: the rest is for the words below it."""


@dataclass(frozen=True, slots=True)
class LiveWords:
    """What is said on the picture of one moment; an empty string or None leaves its place free.

    Attributes
    ----------
    caption : Caption
        Name, count or clock, phase, cue and reading.
    instruction : str or None
        What to do first; it goes before the cue.
    progress : float
        How full the ring around the count is, in [0, 1].
    tick : bool
        Whether the instruction says that all is well.
    countdown : str
        The number to count down, in the middle.
    mark : {"fine", "change"} or None
        Of the last repetition.
    keys : str
        What the keys do.
    scene : {"picture", "paused", "plain"}
        A dimmed picture while paused; ``plain`` where there is no picture: the words are then in the middle.
    """

    caption: Caption
    instruction: str | None = None
    progress: float = 0.0
    tick: bool = False
    countdown: str = ""
    mark: Mark | None = None
    keys: str = ""
    scene: Scene = "picture"


def unit_px(image: Image) -> float:
    """Return the length that all sizes are shares of: the height, or less on a canvas that is taller than wide."""
    height, width = image.shape[:2]
    return float(min(height, 1.1 * width))


def plain_canvas(size_px: tuple[int, int]) -> Image:
    """Return a calm, empty canvas of this width and height."""
    return np.full((size_px[1], size_px[0], 3), PLAIN, np.uint8)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture on a canvas, as large as it goes.

    Attributes
    ----------
    image : ndarray of shape (H, W, 3), uint8
        The canvas, to draw on.
    part : ndarray of shape (h, w, 3), uint8
        The part of it that is the picture.
    mirror : bool
        Whether left and right are exchanged in that part.
    """

    image: Image
    part: Image
    mirror: bool

    def placed(self, pose: Pose) -> Pose:
        """Return a pose of the picture in the pixels of `part`; names of landmarks keep their sides."""
        down, across = self.part.shape[:2]
        xy_px = pose.xy_px * (across / pose.size_px[0], down / pose.size_px[1])
        placed = replace(pose, xy_px=xy_px, size_px=(across, down))
        return mirrored(placed) if self.mirror else placed


def canvas_of(image: Image, size_px: tuple[int, int], *, mirror: bool) -> Canvas:
    """Put a picture, which is left as it is, on a canvas of this width and height."""
    height, width = image.shape[:2]
    scale = min(size_px[0] / width, size_px[1] / height)
    across, down = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (size_px[0] - across) // 2, (size_px[1] - down) // 2
    shown = cv2.flip(image, 1) if mirror else image  # before it grows: that is quicker
    shown = cv2.resize(shown, (across, down), interpolation=cv2.INTER_LINEAR)
    right, bottom = size_px[0] - across - left, size_px[1] - down - top
    canvas = cv2.copyMakeBorder(shown, top, bottom, left, right, cv2.BORDER_CONSTANT, value=PLAIN)
    return Canvas(canvas, canvas[top : top + down, left : left + across], mirror)


def on_canvas(image: Image, pose: Pose, size_px: tuple[int, int], *, mirror: bool) -> tuple[Image, Image, Pose]:
    """Put a picture on a canvas as `canvas_of` does; return the canvas, its part that is the picture, and the pose."""
    canvas = canvas_of(image, size_px, mirror=mirror)
    return canvas.image, canvas.part, canvas.placed(pose)


def mirrored(pose: Pose) -> Pose:
    """Return a pose as a mirror shows it; its landmarks keep their names, its outline changes sides."""
    xy_px = pose.xy_px * (-1.0, 1.0) + (pose.size_px[0] - 1.0, 0.0)
    torso = pose.torso
    if torso is not None:
        torso = replace(torso, edges=torso.edges[::-1], sharpness=torso.sharpness[::-1])
    return replace(pose, xy_px=xy_px, torso=torso)


class SilhouetteAnnotator:
    """Draws a figure to step into.

    Parameters
    ----------
    pose : Pose
        How to stand, sit or lie, in the pixels of a picture of any size.
    """

    def __init__(self, pose: Pose) -> None:
        self._size_px = pose.size_px
        shown = np.clip(pose.xy_px[np.isfinite(pose.xy_px).all(axis=1)], 0.0, pose.size_px)
        self._middle = (shown.min(axis=0) + shown.max(axis=0)) / 2
        self._spread = np.ptp(shown, axis=0)
        neck, hips = _middle(pose, "shoulder"), _middle(pose, "hip")
        self._trunk_px = float(np.hypot(*(neck - hips)))
        self._lines = [_joints(pose, side, names) for side in ("left", "right") for names in _LIMBS]
        self._trunk = np.concatenate([_joints(pose, side, ("shoulder", "hip")) for side in ("left", "right")])
        self._head = (_middle(pose, "ear"), 0.24 * self._trunk_px)
        self._neck = np.stack([neck, self._head[0]])

    def draw(self, image: Image) -> None:
        """Draw the figure, see-through, in the middle and about as high as its own picture had it."""
        height, width = image.shape[:2]
        scale = min(_ROOM * width / self._spread[0], _ROOM * height / self._spread[1], height / self._size_px[1])
        at = np.array([0.5 * width, _ROOM * height * self._middle[1] / self._size_px[1]])
        offset = at - scale * self._middle
        mask = np.zeros((height, width), np.uint8)
        self._fill(mask, scale, offset)
        reach = max(3, round(0.006 * height) * 2 + 1)
        pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        edge = cv2.subtract(cv2.dilate(mask, pen), mask)
        veil = cv2.addWeighted(image, 0.72, np.full_like(image, CALM), 0.28, 0.0)
        cv2.copyTo(veil, mask, image)
        cv2.copyTo(np.full_like(image, PAPER), edge, image)

    def _fill(self, mask: Image, scale: float, offset: Array) -> None:
        def placed(line: Array) -> list[np.ndarray]:
            return [np.rint(line * scale + offset).astype(np.int32)]

        limb = max(2, round(_LIMB_WIDTH * self._trunk_px * scale))
        for line in (*self._lines, self._neck):
            cv2.polylines(mask, placed(line), False, 255, limb, cv2.LINE_AA)
        hull = cv2.convexHull(placed(self._trunk)[0])
        cv2.fillPoly(mask, [hull], 255, cv2.LINE_AA)
        cv2.polylines(mask, [hull], True, 255, round(1.5 * limb), cv2.LINE_AA)
        x, y = placed(self._head[0][None])[0][0].tolist()
        cv2.circle(mask, (x, y), max(2, round(self._head[1] * scale)), 255, -1, cv2.LINE_AA)


class LiveAnnotator:
    """Writes the words of one moment on a canvas."""

    def draw(self, image: Image, words: LiveWords) -> None:
        """Write `words` on the canvas, in place."""
        if words.scene == "paused":
            np.right_shift(image, 1, out=image)
        self._caption(image, words)
        if words.countdown:
            self._countdown(image, words.countdown)
        elif words.instruction and words.scene != "picture":
            self._in_the_middle(image, words.instruction, camera=words.scene == "plain")
        elif words.instruction:
            _strip(image, words.instruction, room_below=bool(words.keys), sign="tick" if words.tick else None)
        elif words.caption.cue and words.scene == "picture":
            sign: Literal["tick", "change"] = "tick" if words.caption.praise else "change"
            _strip(image, words.caption.cue, room_below=bool(words.keys), sign=sign)
        if words.keys:
            _key_line(image, words.keys)

    def _caption(self, image: Image, words: LiveWords) -> None:
        """Write name, count in its ring, phase and reading."""
        height, width = image.shape[:2]
        unit, caption = unit_px(image), words.caption
        margin = unit * _MARGIN
        radius, reading_px = unit * _RING, unit * 0.03
        _write(image, caption.title, (margin, margin + unit * 0.032), unit * 0.032, room_px=width * 0.55)
        if not caption.count:
            return
        centre = np.array([margin + radius, margin + unit * 0.07 + radius])
        _ring(image, centre, radius, words.progress)
        _write_middle(image, caption.count, centre, unit * 0.115, room_px=1.45 * radius)
        if words.scene == "plain":
            return
        below = float(centre[1]) + radius + unit * 0.062
        _write(image, caption.phase, (margin, below), reading_px, room_px=width * 0.5)
        if words.mark:
            _mark(image, words.mark, centre + np.array([radius * 1.55, 0.0]), unit * 0.035)
        if caption.reading and width < height:
            _write(image, caption.reading, (margin, below + unit * 0.055), reading_px, room_px=width - 2 * margin)
        elif caption.reading:
            at = (width - margin, margin + unit * 0.032)
            _write(image, caption.reading, at, reading_px, anchor="right", room_px=width * 0.36)

    @staticmethod
    def _countdown(image: Image, number: str) -> None:
        height, width = image.shape[:2]
        unit = unit_px(image)
        centre = np.array([width / 2, height / 2])
        _disc(image, centre, unit * 0.27)
        _write_middle(image, number, centre, unit * 0.3)
        _mark(image, "fine", centre + unit * np.array([0.19, -0.19]), unit * 0.06)

    @staticmethod
    def _in_the_middle(image: Image, words: str, *, camera: bool) -> None:
        height, width = image.shape[:2]
        unit = unit_px(image)
        size = unit * _LETTERS
        lines = _wrapped(words, size, width - 2 * unit * _MARGIN)
        top = height / 2 - (0.0 if camera else (len(lines) - 1) * size * _LEADING / 2)
        if camera:
            _camera(image, np.array([width / 2, height / 2 - unit * 0.14]), unit * 0.06)
        for row, line in enumerate(lines):
            at = (width / 2, top + row * size * _LEADING + size / 2)
            write(image, line, at, size, anchor="middle", room_px=width - 2 * unit * _MARGIN)


def _strip(image: Image, words: str, *, room_below: bool, sign: Literal["tick", "change"] | None) -> None:
    """Write large on a darkened strip along the bottom, in as many lines as it takes."""
    height, width = image.shape[:2]
    unit = unit_px(image)
    size, margin = unit * _LETTERS, unit * _MARGIN
    left = margin + (size * 1.9 if sign else 0.0)
    lines = _wrapped(words, size, width - left - margin)
    bottom = height - (unit * _KEYS if room_below else 0.0)
    top = bottom - size * (_LEADING * len(lines) + 0.75)
    _dim(image, top, bottom)
    for row, line in enumerate(lines):
        at = (left, top + size * (1.5 + _LEADING * row))
        write(image, line, at, size, room_px=width - left - margin)
    if sign:
        _mark(image, "fine" if sign == "tick" else "change", np.array([margin + size * 0.6, top + size]), size * 0.62)


def _key_line(image: Image, keys: str) -> None:
    height, width = image.shape[:2]
    unit = unit_px(image)
    _dim(image, height - unit * _KEYS, height)
    at = (width / 2, height - unit * 0.017)
    _write(image, keys, at, unit * 0.022, anchor="middle", room_px=width - 2 * unit * 0.02)


def _ring(image: Image, centre: Array, radius: float, progress: float) -> None:
    """Draw a ring that fills clockwise from the top."""
    along = np.linspace(0.0, 2 * np.pi, 73)
    around = centre + radius * np.stack([np.sin(along), -np.cos(along)], axis=1)
    width = max(2, round(radius * 0.15))
    _disc(image, centre, radius)
    stroke(image, [around], INK, width + 2)
    stroke(image, [around], FAINT, max(1, width // 3))
    full = round(72 * min(max(progress, 0.0), 1.0))
    if full:
        stroke(image, [around[: full + 1]], CALM, width)


def _mark(image: Image, mark: Mark, centre: Array, radius: float) -> None:
    """Draw a tick, or the triangle that stands for "change this"."""
    if mark == "change":
        triangle(image, centre, radius)
        return
    corners = centre + radius * np.array([[-0.9, 0.0], [-0.25, 0.65], [0.95, -0.7]])
    stroke(image, [corners], CALM, max(2, round(radius * 0.38)), edge=max(1, round(radius * 0.14)))


def _camera(image: Image, centre: Array, size: float) -> None:
    """Draw a camera, crossed out."""
    body = centre + size * np.array([[-1.3, -0.8], [0.7, -0.8], [0.7, 0.8], [-1.3, 0.8], [-1.3, -0.8]])
    lens = centre + size * np.array([[0.7, -0.2], [1.4, -0.7], [1.4, 0.7], [0.7, 0.2]])
    width = max(2, round(size * 0.14))
    stroke(image, [body, lens], FAINT, width)
    slash = dashes(centre + size * np.array([-1.5, 1.2]), centre + size * np.array([1.6, -1.2]), size * 10)
    stroke(image, slash, AMBER, width, edge=width)


def _dim(image: Image, top: float, bottom: float) -> None:
    """Darken a strip by half: feet often stand there and still have to be seen."""
    strip = image[max(0, round(top)) : round(bottom)]
    np.right_shift(strip, 1, out=strip)


def _disc(image: Image, centre: Array, radius: float) -> None:
    """Darken a disc, so that what stands on it can be read."""
    (left, top), (right, bottom) = (
        np.maximum(np.floor(centre - radius), 0).astype(int).tolist(),
        np.ceil(centre + radius).astype(int).tolist(),
    )
    part = image[top:bottom, left:right]
    mask = np.zeros(part.shape[:2], np.uint8)
    middle = round(float(centre[0])) - left, round(float(centre[1])) - top
    cv2.circle(mask, middle, round(radius), 255, -1, cv2.LINE_AA)
    cv2.copyTo(np.right_shift(part, 2), mask, part)


def _wrapped(words: str, height_px: float, room_px: float) -> list[str]:
    """Break words into lines that fit, at most three and about as long as each other.

    A last line that does not fit is made smaller when it is written.
    """
    words = _spelt(words)
    lines = _broken(words, height_px, room_px)
    shares = (0.5, 0.6, 0.7, 0.8, 0.9)
    narrower = (_broken(words, height_px, share * room_px) for share in shares if len(lines) > 1)
    even = (found for found in narrower if len(found) == len(lines))
    return next((found for found in even if _widest(found, height_px) <= room_px), lines)


def _broken(words: str, height_px: float, room_px: float) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (text_width_px(longer, height_px) <= room_px or len(lines) == _MOST_LINES):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _widest(lines: list[str], height_px: float) -> int:
    return max(text_width_px(line, height_px) for line in lines)


def _spelt(words: str) -> str:
    """Spell out the letters that the picture's font lacks and that have a spelling of their own."""
    return words.translate(_SPELT)


def _write(
    image: Image,
    words: str,
    at: tuple[float, float],
    height_px: float,
    *,
    anchor: Literal["left", "middle", "right"] = "left",
    room_px: float,
) -> None:
    if words:
        write(image, _spelt(words), at, height_px, anchor=anchor, room_px=room_px)


def _write_middle(image: Image, words: str, centre: Array, height_px: float, *, room_px: float | None = None) -> None:
    """Write with the middle of the letters at `centre`."""
    if room_px is not None:
        height_px *= min(1.0, room_px / max(text_width_px(words, height_px), 1))
    write(image, words, (float(centre[0]), float(centre[1]) + height_px / 2), height_px, anchor="middle")


def _middle(pose: Pose, joint: str) -> Array:
    return np.asarray(pose.xy_px[[INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]]].mean(axis=0))


def _joints(pose: Pose, side: str, names: tuple[str, ...]) -> Array:
    return pose.xy_px[[INDEX[f"{side}_{name}"] for name in names]]
