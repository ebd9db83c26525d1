from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.body.pose import Pose
from formcheck.drawing.cues import Caption, CaptionAnnotator, LegendAnnotator, around_body, draw_still
from formcheck.drawing.style import AMBER, CALM, FAINT, INK, PAPER
from formcheck.engine.report import Finding, Limits

Image = NDArray[np.uint8]

BACK_ROUNDS = Finding(
    rule="DL-01", name="Back rounds", verdict="fault", value=0.058, unit="chord lengths", confidence=0.9, t_start=1.0,
    t_end=2.0, rep=4, reason=None, measure="back_curvature", severity="safety", limits=Limits(ideal_max=0.02), cue="Up",
    why="", sources=(), t_worst=1.5,
)  # fmt: skip


def drawn(image: Image, rows: slice, columns: slice = slice(None)) -> int:
    return int((image[rows, columns] != 128).any(axis=2).sum())


def test_caption_puts_every_word_in_its_place(grey: Image) -> None:
    CaptionAnnotator().draw(grey, Caption("Deadlift", "3", "turn", "Brace, chest up", "trunk 63°"))
    left, right = slice(0, 500), slice(900, 1280)
    assert drawn(grey, slice(20, 60), left) > 300
    assert drawn(grey, slice(70, 160), left) > 1000
    assert drawn(grey, slice(165, 200), left) > 100
    assert drawn(grey, slice(20, 60), right) > 300
    assert drawn(grey, slice(200, 600)) == 0
    assert (grey[640:] == AMBER).all(axis=2).any()
    assert (grey[640:] == PAPER).all(axis=2).sum() > 1000


def test_a_long_reading_keeps_its_size_in_a_picture_taller_than_wide() -> None:
    """It once shrank into a corner: squat depth on a phone film was 9 pixels high."""
    image = np.full((960, 540, 3), 128, np.uint8)
    CaptionAnnotator().draw(image, Caption("", "", "", reading="squat depth 45 % of the shank"))
    rows = np.flatnonzero((image == PAPER).all(axis=2).any(axis=1))
    assert np.ptp(rows) >= 0.02 * 960
    assert rows.min() > 0.27 * 960  # below the phase


def test_the_count_can_be_read_from_three_metres(grey: Image) -> None:
    CaptionAnnotator().draw(grey, Caption("", "8", ""))
    digit = (grey == PAPER).all(axis=2).any(axis=1)
    assert digit.sum() >= 0.1 * 720


def test_without_a_cue_the_lower_part_stays_free(grey: Image) -> None:
    CaptionAnnotator().draw(grey, Caption("Plank", "0:42", "hold"))
    assert drawn(grey, slice(240, 720)) == 0


@pytest.mark.parametrize("size", [(320, 240), (1080, 1920), (3840, 2160)])
def test_words_fit_any_picture(size: tuple[int, int]) -> None:
    image = np.full((size[1], size[0], 3), 128, np.uint8)
    CaptionAnnotator().draw(
        image, Caption("A name that is far too long " * 4, "123", "turn", "A cue that never ends " * 5, "x " * 90)
    )
    letters = (image == PAPER).all(axis=2)
    edge = round(0.02 * size[1])
    assert letters.any()
    assert not letters[:, :edge].any()
    assert not letters[:, -edge:].any()


@pytest.mark.parametrize("praise", [False, True])
def test_a_cue_has_the_sign_of_a_fault_unless_it_is_praise(grey: Image, praise: bool) -> None:
    CaptionAnnotator().draw(grey, Caption("", "", "", "Better", praise=praise))
    assert bool((grey == AMBER).all(axis=2).any()) is not praise
    assert (grey == PAPER).all(axis=2).any()


def test_legend_shows_each_line_with_its_word(grey: Image) -> None:
    LegendAnnotator(["near side", "far side", "back line", "change this"]).draw(grey)
    for colour in (PAPER, FAINT, CALM, AMBER):
        assert (grey == colour).all(axis=2).any()
    assert drawn(grey, slice(None), slice(0, 900)) == 0


def test_still_of_a_bent_back(grey: Image, standing: Pose) -> None:
    draw_still(grey, standing, BACK_ROUNDS, near_side="right", back_row=0, measured="0.058", wanted="at most 0.02")
    assert (grey[300, 550:570] == AMBER).all(axis=1).any()  # the back line
    assert (grey[465, 590:615] == PAPER).all(axis=1).any()  # the thigh
    assert (grey[20:100, :600] == INK).all(axis=2).any()  # value and band
    assert (grey[640:] == AMBER).all(axis=2).any()  # triangle before the name
    assert not (grey == CALM).all(axis=2).any()


def test_still_of_an_angle_and_of_what_was_fine(grey: Image, standing: Pose) -> None:
    finding = replace(BACK_ROUNDS, measure="trunk_inclination", unit="deg", verdict="met")
    points = standing.xy_px.copy()
    points[12] = 773.0, 300.0
    pose = replace(standing, xy_px=points)
    draw_still(grey, pose, finding, near_side="right", back_row=0, measured="60°", wanted="")
    assert (grey == CALM).all(axis=2).any()
    assert not (grey == AMBER).all(axis=2).any()


def test_still_of_somebody_unseen_still_has_its_words(grey: Image) -> None:
    nobody = Pose.nobody(0.0, (1280, 720))
    draw_still(grey, nobody, BACK_ROUNDS, near_side=None, back_row=None, measured="0.058", wanted="at most 0.02")
    assert drawn(grey, slice(120, 620)) == 0
    assert drawn(grey, slice(0, 110)) > 300


def test_around_body_keeps_the_landmarks_on_the_same_pixels(grey: Image, standing: Pose) -> None:
    x, y = standing.xy_px[24].astype(int)
    grey[y, x] = 1, 2, 3
    cut, pose = around_body(grey, standing)
    assert pose.size_px == (cut.shape[1], cut.shape[0])
    assert cut.shape[1] < 900
    np.testing.assert_array_equal(cut[tuple(pose.xy_px[24].astype(int)[::-1])], [1, 2, 3])
    assert (pose.xy_px[np.isfinite(pose.xy_px[:, 0])] >= 0).all()
    cut[:] = 0
    assert grey[0, 0, 0] == 128  # a copy


def test_around_nobody_is_the_whole_picture(grey: Image) -> None:
    cut, pose = around_body(grey, Pose.nobody(0.0, (1280, 720)))
    assert cut.shape == grey.shape
    assert pose.size_px == (1280, 720)
