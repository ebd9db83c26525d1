"""Colours, line widths and lettering of everything that is drawn on a picture.

Sizes are shares of the picture's height, so that a phone film and a 4K film look alike. Amber means "change this" and
never comes without a second sign (a triangle, a dashed line or a word); there is no red anywhere.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.body.pose import Array

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
Point = tuple[float, float]

INK: Final[Colour] = (38, 30, 24)
PAPER: Final[Colour] = (246, 248, 248)
FAINT: Final[Colour] = (176, 166, 156)
CALM: Final[Colour] = (178, 190, 32)
AMBER: Final[Colour] = (11, 158, 245)

_FONT: Final = cv2.FONT_HERSHEY_DUPLEX
_SPELT_OUT: Final = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "·": "-", "≤": "<=", "≥": ">=", "…": "...", "’": "'", "ß": "ss"}
)


def width_px(image: Image, share: float) -> int:
    """Return a line width or radius, at least 1, for a share of the picture's height."""
    return max(1, round(float(image.shape[0]) * share))


def stroke(image: Image, lines: Sequence[Array], colour: Colour, width: int, *, edge: int = 0) -> None:
    """Draw open lines, each (K, 2) in pixels, with a dark edge of `edge` pixels on both sides."""
    paths = [np.rint(line).astype(np.int32) for line in lines]
    if edge:
        cv2.polylines(image, paths, False, INK, width + 2 * edge, cv2.LINE_AA)
    cv2.polylines(image, paths, False, colour, width, cv2.LINE_AA)


def dashes(start: Array, end: Array, length_px: float) -> list[Array]:
    """Cut the line from `start` to `end` into dashes of `length_px` with gaps as long."""
    total = float(np.hypot(*(end - start)))
    count = max(1, round((total / length_px + 1) / 2))
    cuts = start + np.linspace(0.0, 1.0, 2 * count)[:, None] * (end - start)
    return [cuts[i : i + 2] for i in range(0, 2 * count, 2)]


def triangle(image: Image, centre: Array, radius: float, colour: Colour = AMBER) -> None:
    """Draw the sign for "change this": a filled triangle that stands on its base."""
    corners = centre + radius * np.array([[0.0, -1.0], [0.95, 0.75], [-0.95, 0.75]])
    path = [np.rint(corners).astype(np.int32)]
    cv2.polylines(image, path, True, INK, max(2, round(radius * 0.5)), cv2.LINE_AA)
    cv2.fillPoly(image, path, colour, cv2.LINE_AA)


def plain_text(text: str) -> str:
    """Reduce text to what OpenCV's fonts can write: ASCII and the degree sign.

    >>> plain_text("Rücken −12°")
    'Rucken -12°'
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_SPELT_OUT))
    letters = (c for c in decomposed if not unicodedata.combining(c) and c.isprintable())
    return "".join(c if c.isascii() or c == "°" else "?" for c in letters)


def text_width_px(text: str, height_px: float) -> int:
    """Width of `text` when its capitals are `height_px` high."""
    pieces = plain_text(text).split("°")
    return sum(_piece_width(piece, height_px) for piece in pieces) + (len(pieces) - 1) * _ring_advance(height_px)


def write(
    image: Image,
    text: str,
    at: Point,
    height_px: float,
    colour: Colour = PAPER,
    *,
    anchor: Literal["left", "middle", "right"] = "left",
    room_px: float | None = None,
) -> None:
    """Write one line of text with a dark outline, so that it reads on any picture.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8
        Drawn on in place.
    text : str
        Letters outside ASCII lose their accents or become "?"; the degree sign is drawn as a ring.
    at : tuple of float
        Where the baseline starts, has its middle or ends, by `anchor`.
    height_px : float
        Height of a capital letter.
    room_px : float, optional
        The text is made smaller until it is no wider than this.
    """
    if room_px is not None:
        height_px *= min(1.0, room_px / max(text_width_px(text, height_px), 1))
    x, y = at
    x -= {"left": 0.0, "middle": 0.5, "right": 1.0}[anchor] * text_width_px(text, height_px)
    for i, piece in enumerate(plain_text(text).split("°")):
        if i > 0:
            _ring(image, x, y, height_px, colour)
            x += _ring_advance(height_px)
        _write_piece(image, piece, (round(x), round(y)), height_px, colour)
        x += _piece_width(piece, height_px)


def _write_piece(image: Image, piece: str, at: tuple[int, int], height_px: float, colour: Colour) -> None:
    if not piece.strip():
        return
    halo = _halo(piece, round(height_px, 1))
    margin = _halo_margin(height_px)
    _cover(image, halo, at[0] - margin, at[1] - round(height_px) - margin)
    cv2.putText(image, piece, at, _FONT, _scale(height_px), colour, _weight(height_px), cv2.LINE_AA)


def _ring(image: Image, x: float, y: float, height_px: float, colour: Colour) -> None:
    radius = max(2, round(0.16 * height_px))
    centre = (round(x + 0.3 * height_px), round(y - height_px + radius))
    width = max(1, round(height_px / 11))
    cv2.circle(image, centre, radius, INK, width + 2 * max(1, round(height_px / 12)), cv2.LINE_AA)
    cv2.circle(image, centre, radius, colour, width, cv2.LINE_AA)


def _ring_advance(height_px: float) -> int:
    return round(0.6 * height_px)


@lru_cache(maxsize=512)
def _scale(height_px: float) -> float:
    return height_px / _capital_height_px()


@lru_cache(maxsize=1)
def _capital_height_px() -> float:
    """Height of a capital at scale 1, from its picture: OpenCV 4 reports that height, OpenCV 5 the height of a line."""
    picture = np.zeros((200, 200), np.uint8)
    cv2.putText(picture, "H", (40, 160), _FONT, 4.0, 255, 4)
    return float(picture.any(axis=1).sum()) / 4.0


def _weight(height_px: float) -> int:
    return max(1, round(height_px / 16))


@lru_cache(maxsize=512)
def _piece_width(piece: str, height_px: float) -> int:
    return int(cv2.getTextSize(piece, _FONT, _scale(height_px), _weight(height_px))[0][0])


def _halo_margin(height_px: float) -> int:
    return max(4, round(height_px * 0.5))


@lru_cache(maxsize=128)
def _halo(piece: str, height_px: float) -> NDArray[np.uint8]:
    """Mask of the letters grown by an outline. A thicker pen would not do: in OpenCV 5 it moves the letters apart."""
    margin = _halo_margin(height_px)
    shape = (round(height_px) + 2 * margin, _piece_width(piece, height_px) + 2 * margin)
    mask = np.zeros(shape, np.uint8)
    cv2.putText(mask, piece, (margin, margin + round(height_px)), _FONT, _scale(height_px), 255, _weight(height_px))
    reach = max(2, round(height_px / 9))
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    grown: NDArray[np.uint8] = cv2.dilate(mask, pen)
    return grown


def _cover(image: Image, mask: NDArray[np.uint8], x: int, y: int) -> None:
    """Fill `mask`, whose corner lies at (x, y), with the dark colour; what lies outside the picture is cut off."""
    height, width = image.shape[:2]
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(mask.shape[0], height - y), min(mask.shape[1], width - x)
    if top >= bottom or left >= right:
        return
    part = image[y + top : y + bottom, x + left : x + right]
    cv2.copyTo(_ink(part.shape[0], part.shape[1]), mask[top:bottom, left:right], part)


@lru_cache(maxsize=128)
def _ink(height: int, width: int) -> Image:
    return np.full((height, width, 3), INK, np.uint8)
