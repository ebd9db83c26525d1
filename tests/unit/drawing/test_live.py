from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.body.silhouette import outline_px
from formcheck.drawing.cues import Caption
from formcheck.drawing.live import (
    PLAIN,
    LiveAnnotator,
    LiveWords,
    SilhouetteAnnotator,
    mirrored,
    on_canvas,
    plain_canvas,
    unit_px,
)
from formcheck.drawing.style import AMBER, CALM, PAPER

Image = NDArray[np.uint8]
NONE = Caption("", "", "")
SIZE_PX = (1280, 720)


def drawn(words: LiveWords, size_px: tuple[int, int] = SIZE_PX, grey: int = 128) -> NDArray[np.bool_]:
    """Return where words changed a grey canvas."""
    image = canvas(words, size_px, grey)
    changed: NDArray[np.bool_] = (image != grey).any(axis=2)
    return changed


def canvas(words: LiveWords, size_px: tuple[int, int] = SIZE_PX, grey: int = 128) -> Image:
    image = np.full((size_px[1], size_px[0], 3), grey, np.uint8)
    LiveAnnotator().draw(image, words)
    return image


def of(image: Image, colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = (image == colour).all(axis=2)
    return same


def test_a_picture_is_as_large_as_the_canvas_allows_and_in_its_middle(standing: Pose) -> None:
    image = np.full((480, 640, 3), 200, np.uint8)
    pose = replace(standing, size_px=(640, 480))
    whole, part, placed = on_canvas(image, pose, SIZE_PX, mirror=False)
    assert whole.shape == (720, 1280, 3)
    assert part.shape == (720, 960, 3)
    assert of(whole, PLAIN).sum() == 720 * 320
    assert (whole[:, 160:1120] == 200).all()
    assert placed.size_px == (960, 720)
    assert np.allclose(placed.xy_px, pose.xy_px * 1.5, equal_nan=True)
    part[:] = 7
    assert (whole[:, 160:1120] == 7).all()  # what is drawn on the part is on the canvas


@pytest.mark.parametrize("size_px", [(540, 960), (1, 1), (1920, 400)])
def test_any_picture_fits_on_any_canvas(size_px: tuple[int, int], standing: Pose) -> None:
    whole, part, placed = on_canvas(np.zeros((960, 540, 3), np.uint8), standing, size_px, mirror=True)
    assert whole.shape[:2] == size_px[::-1]
    assert placed.size_px == (part.shape[1], part.shape[0])


def test_a_mirror_moves_the_body_with_the_picture(standing: Pose) -> None:
    image = np.zeros((720, 1280, 3), np.uint8)
    hip = standing.xy_px[INDEX["right_hip"]].astype(int)
    image[hip[1] - 2 : hip[1] + 3, hip[0] - 2 : hip[0] + 3] = 255
    _, part, placed = on_canvas(image, standing, SIZE_PX, mirror=True)
    x, y = placed.xy_px[INDEX["right_hip"]].astype(int)
    assert (part[y, x] == 255).all()
    assert x == 1279 - hip[0]


def test_the_outline_of_the_back_is_mirrored_exactly(standing: Pose) -> None:
    assert standing.torso is not None
    uneven = replace(standing.torso, edges=standing.torso.edges * [[1.0], [0.4]])
    pose = replace(standing, torso=uneven)
    other = mirrored(pose)
    assert other.torso is not None
    for row in (0, 1):
        line = outline_px(uneven, row, pose.xy_px) * (-1.0, 1.0) + (1279.0, 0.0)
        assert outline_px(other.torso, 1 - row, other.xy_px) == pytest.approx(line, abs=1e-6)
    assert mirrored(other).xy_px == pytest.approx(pose.xy_px, nan_ok=True)


def test_the_count_can_be_read_from_three_metres() -> None:
    """A tenth of a laptop's 17 cm: 20 minutes of arc at 3 m, four times what a good eye needs."""
    image = canvas(LiveWords(Caption("", "8", ""), keys=""))
    assert np.flatnonzero(of(image, PAPER).any(axis=1)).size >= 0.1 * 720


@pytest.mark.parametrize("count", ["8", "12", "0:42", "128 s"])
def test_the_count_stays_in_its_ring(count: str) -> None:
    columns = np.flatnonzero(of(canvas(LiveWords(Caption("", count, ""))), PAPER).any(axis=0))
    ring = np.flatnonzero(drawn(LiveWords(Caption("", " ", ""))).any(axis=0))
    assert ring.min() < columns.min() < columns.max() < ring.max()


def test_the_ring_fills_clockwise_with_the_movement() -> None:
    filled = [of(canvas(LiveWords(Caption("", "1", ""), progress=p)), CALM) for p in (0.0, 0.25, 0.5, 1.0)]
    amounts = [int(mask.sum()) for mask in filled]
    assert amounts[0] == 0
    assert amounts[1] == pytest.approx(amounts[3] / 4, rel=0.15)
    assert amounts[2] == pytest.approx(amounts[3] / 2, rel=0.1)
    middle = (np.flatnonzero(filled[3].any(axis=0)).min() + np.flatnonzero(filled[3].any(axis=0)).max()) / 2
    assert np.flatnonzero(filled[2].any(axis=0)).min() > middle - 15  # the right half first


def test_the_cue_stands_large_above_the_keys_with_its_sign() -> None:
    image = canvas(LiveWords(Caption("", "", "", "Chest up"), keys="q quit"))
    rows = np.flatnonzero(of(image, PAPER)[:680].any(axis=1))
    assert np.ptp(rows) >= 0.055 * 720
    assert of(image, AMBER)[:, :100].sum() > 100
    praised = canvas(LiveWords(Caption("", "", "", "Better", praise=True)))
    assert of(praised, CALM)[:, :100].sum() > 50
    assert not of(praised, AMBER).any()
    assert not drawn(LiveWords(NONE)).any()


def test_an_instruction_goes_before_the_cue_and_carries_no_warning() -> None:
    both = canvas(LiveWords(Caption("", "", "", "Chest up"), "Step back"))
    assert np.array_equal(both, canvas(LiveWords(NONE, "Step back")))
    assert not of(both, AMBER).any()
    assert of(canvas(LiveWords(NONE, "All set", tick=True)), CALM).sum() > 50


def test_a_long_instruction_breaks_into_even_lines() -> None:
    short, long = (
        drawn(LiveWords(NONE, words)) for words in ("Step back", "Step into the picture, from head to feet, please")
    )
    assert short.any(axis=1).sum() < long.any(axis=1).sum() <= 0.45 * 720
    assert not long[:360].any()


@pytest.mark.parametrize("size_px", [(320, 240), (540, 960), (1280, 720), (1920, 1080)])
def test_words_fit_any_window(size_px: tuple[int, int]) -> None:
    words = LiveWords(
        Caption("Rumänisches Kreuzheben", "0:42", "in die Ausgangsposition", None, "Kniebeugung 45 % der Wade"),
        "Schalte mehr Licht ein: du bist kaum zu sehen und das Bild ist unscharf",
        progress=0.4, mark="change", keys="Leertaste Pause   |   n nächste Übung   |   q beenden",
    )  # fmt: skip
    for scene in ("picture", "paused", "plain"):
        image = canvas(replace(words, scene=scene), size_px)
        edges = np.concatenate([of(image, PAPER)[:, column] for column in (0, 1, -2, -1)])
        assert not edges.any()  # no letter reaches the edge


def test_the_countdown_is_larger_than_anything_else() -> None:
    rows = np.flatnonzero(of(canvas(LiveWords(NONE, countdown="3")), PAPER).any(axis=1))
    assert np.ptp(rows) >= 0.25 * 720
    assert abs((rows.min() + rows.max()) / 2 - 360) < 10


def test_umlauts_are_spelt_out() -> None:
    words = LiveWords(Caption("Übung", "", "abwärts"), "Rücken größer", keys="ö")
    spelt = LiveWords(Caption("Uebung", "", "abwaerts"), "Ruecken groesser", keys="oe")
    assert np.array_equal(canvas(words), canvas(spelt))


def test_a_pause_dims_the_picture() -> None:
    assert canvas(LiveWords(NONE, "Paused", scene="paused"))[10, 10].tolist() == [64, 64, 64]


def test_a_figure_stands_whole_in_pictures_of_any_shape(standing: Pose) -> None:
    for size_px in ((1280, 720), (540, 960), (640, 480)):
        image = plain_canvas(size_px)
        SilhouetteAnnotator(standing).draw(image)
        changed = (image != PLAIN).any(axis=2)
        assert changed.mean() > 0.02
        assert not changed[0].any()
        assert not changed[-1].any()
        columns = np.flatnonzero(changed.any(axis=0))
        assert abs((columns.min() + columns.max()) / 2 - size_px[0] / 2) < 0.1 * size_px[0]
        assert of(image, PAPER).any()
        assert not of(image, AMBER).any()


def test_sizes_follow_the_height_but_not_in_a_narrow_window() -> None:
    assert unit_px(plain_canvas((1280, 720))) == 720
    assert unit_px(plain_canvas((540, 960))) == pytest.approx(594)
