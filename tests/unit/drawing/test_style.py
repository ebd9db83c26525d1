import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.drawing.style import AMBER, CALM, FAINT, INK, PAPER, dashes, plain_text, text_width_px, triangle, write


def blank(value: int, height: int = 300, width: int = 900) -> np.typing.NDArray[np.uint8]:
    return np.full((height, width, 3), value, np.uint8)


def rows_written(image: np.typing.NDArray[np.uint8], background: int) -> int:
    return int((image != background).any(axis=(1, 2)).sum())


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("Rücken −12°", "Rucken -12°"),
        ("a ≤ b…", "a <= b..."),
        ("naïve straße", "naive strasse"),
        ("深蹲", "??"),
        ("a\nb", "ab"),
    ],
)
def test_plain_text_keeps_what_the_font_has(given: str, written: str) -> None:
    assert plain_text(given) == written


@given(st.text(max_size=30))
def test_any_text_can_be_written(text: str) -> None:
    write(blank(128), text, (10, 100), 20.0, room_px=400)


@pytest.mark.parametrize("background", [0, 128, 255])
def test_text_shows_light_letters_with_a_dark_edge_on_any_picture(background: int) -> None:
    image = blank(background)
    write(image, "Brace", (50, 200), 40.0)
    flat = image.reshape(-1, 3)
    light, dark = (flat == PAPER).all(axis=1).sum(), (flat == INK).all(axis=1).sum()
    assert light > 500
    assert dark > 500


def test_letters_are_as_high_as_asked() -> None:
    image = np.zeros((300, 900, 3), np.uint8)
    write(image, "H", (100, 200), 60.0)
    letter = (image == PAPER).all(axis=2)
    assert letter.any(axis=1).sum() == pytest.approx(60, abs=3)
    assert letter.nonzero()[0].max() == pytest.approx(200, abs=3)


def test_width_is_what_is_drawn_and_room_shrinks_it() -> None:
    wide, narrow = blank(255), blank(255)
    write(wide, "63° of 90°", (20, 200), 40.0)
    write(narrow, "63° of 90°", (20, 200), 40.0, room_px=100)
    drawn = (wide == PAPER).all(axis=2).any(axis=0).nonzero()[0]
    assert drawn.max() - drawn.min() == pytest.approx(text_width_px("63° of 90°", 40.0), abs=12)
    assert (narrow == PAPER).all(axis=2).any(axis=0).nonzero()[0].max() <= 20 + 100 + 3


@pytest.mark.parametrize(("anchor", "left", "right"), [("left", 400, 900), ("right", 0, 400)])
def test_anchor_says_which_end_is_given(anchor: str, left: int, right: int) -> None:
    image = blank(255)
    write(image, "chest up", (400, 150), 30.0, anchor=anchor)  # type: ignore[arg-type]
    columns = (image == PAPER).all(axis=2).any(axis=0).nonzero()[0]
    assert left <= columns.min() + 2
    assert columns.max() <= right + 2


def test_text_beyond_the_edge_is_cut_off() -> None:
    image = blank(255)
    write(image, "over the edge", (-60, 8), 40.0)
    write(image, "far away", (5000, 5000), 40.0)
    assert rows_written(image, 255) > 0


def test_dashes_start_and_end_with_a_dash() -> None:
    start, end = np.array([0.0, 0.0]), np.array([90.0, 0.0])
    parts = dashes(start, end, 10.0)
    assert len(parts) == 5
    np.testing.assert_allclose(parts[0][0], start)
    np.testing.assert_allclose(parts[-1][1], end)
    np.testing.assert_allclose([part[1][0] - part[0][0] for part in parts], 10.0)


def test_a_point_is_a_single_dash() -> None:
    assert len(dashes(np.zeros(2), np.zeros(2), 10.0)) == 1


def test_triangle_is_amber_and_stands_on_its_base() -> None:
    image = blank(0)
    triangle(image, np.array([450.0, 150.0]), 40.0)
    amber = (image == AMBER).all(axis=2)
    widths = amber.sum(axis=1)
    assert widths[175] > widths[140] > 0


def test_no_colour_is_red() -> None:
    for blue, green, red in (INK, PAPER, FAINT, CALM, AMBER):
        hue, saturation, value = cv2.cvtColor(np.uint8([[[blue, green, red]]]), cv2.COLOR_BGR2HSV)[0, 0]  # type: ignore[arg-type]
        assert saturation < 90 or value < 90 or 14 <= hue <= 165, (blue, green, red)
