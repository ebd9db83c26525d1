"""Clips as films: pictures, times and truth agree, and mistakes are explained."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.errors import OutputError, UserError
from formcheck.frame import Frame
from formcheck.synth import clip
from formcheck.synth.clip import Clip, render_clip, true_motion, write_clip
from formcheck.synth.truth import Truth

SMALL = {"fps": 4.0, "size_px": (160, 120), "reps": 1}


def test_pictures_come_at_exact_times_with_their_truth() -> None:
    pairs = list(render_clip("plank", fault="piked", **SMALL))  # type: ignore[arg-type]
    assert len(pairs) == 32
    for i, (frame, truth) in enumerate(pairs):
        assert frame.t == truth.t == i / 4.0
        assert frame.image.shape == (120, 160, 3)
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous


def test_truth_alone_is_the_same_as_with_pictures() -> None:
    drawn = [truth.angles for _, truth in render_clip("plank", **SMALL)]  # type: ignore[arg-type]
    alone = [truth.angles for truth in true_motion("plank", **SMALL)]  # type: ignore[arg-type]
    assert drawn == alone


def test_a_written_film_has_every_picture_and_its_truth_beside_it(tmp_path: Path) -> None:
    film = tmp_path / "new" / "sag.mp4"
    beside = write_clip(film, "plank", fault="sagging", **SMALL)  # type: ignore[arg-type]
    assert beside == tmp_path / "new" / "sag.truth.json"
    truth = json.loads(beside.read_text())
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 4
    assert len(frames) == truth["frames"] == 32
    assert [frame.time for frame in frames] == pytest.approx([i / 4.0 for i in range(32)])
    assert truth["duration_s"] == 8.0
    assert all(len(values) == 32 for values in truth["angles"].values())
    assert truth["clip"]["fault"] == "sagging"
    assert [(phase["phase"], phase["rep"]) for phase in truth["phases"]] == [("hold", 0), ("hold", 1)]
    assert truth["phases"][0]["t_end_s"] == truth["phases"][1]["t_start_s"] == 1.5


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"yaw_deg": 120.0}, "0 to 90 degrees, not 120"),
        ({"fps": 0.0}, "frame rate"),
        ({"size_px": (641, 480)}, "even width"),
        ({"size_px": (640, 0)}, "640 x 0"),
        ({"reps": 0}, "from 1 to 1000, not 0"),
        ({"seed": -1}, "seed"),
        ({"severity_deg": 10.0}, "needs a fault"),
        ({"fault": "piked", "severity_deg": -1.0}, "severity .* not -1"),
        ({"tone": "pink"}, "light, medium, dark, not 'pink'"),
        ({"fault": "rounded"}, "sagging, piked"),
        ({"body": "child"}, "man, woman, heavy"),
        ({"body": "man+child"}, "man[+]child"),
        ({"body": "man+"}, "man[+]woman"),
    ],
)
def test_mistakes_are_told_before_anything_is_drawn(options: dict[str, object], told: str) -> None:
    with pytest.raises(UserError, match=told):
        render_clip("plank", **options)  # type: ignore[arg-type]


def test_a_film_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="could not be written"):
        write_clip(tmp_path / "file" / "plank.mp4", "plank", **SMALL)  # type: ignore[arg-type]


def test_a_film_that_fails_half_way_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = tmp_path / "plank.mp4"
    film.write_bytes(b"before")
    pictures = render_clip("plank", **SMALL)  # type: ignore[arg-type]

    def breaks_off(*_args: object, **_options: object) -> Iterator[tuple[Frame, Truth]]:
        yield next(pictures)
        raise OSError("disk full")

    monkeypatch.setattr(clip, "render_clip", breaks_off)
    with pytest.raises(OutputError, match="disk full"):
        write_clip(film, "plank", **SMALL)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["plank.mp4"]
    assert film.read_bytes() == b"before"


@pytest.mark.parametrize(("name", "quality", "told"), [("plank.avi", 26, "ends in .mp4"), ("plank.mp4", 52, "0 .* 51")])
def test_what_is_no_mp4_is_refused_before_a_folder_is_made(tmp_path: Path, name: str, quality: int, told: str) -> None:
    with pytest.raises(UserError, match=told):
        write_clip(tmp_path / "new" / name, "plank", quality=quality)
    assert not (tmp_path / "new").exists()


_NUMBERS = {
    "severity_deg": (0.1, 180.0),
    "yaw_deg": (0.0, 90.0),
    "roll_deg": (-180.0, 180.0),
    "distance_m": (0.5, 20.0),
    "height_m": (0.05, 5.0),
    "fps": (1.0, 240.0),
    "noise": (0.0, 100.0),
    "light": (0.1, 3.0),
    "blur_px": (0.0, 20.0),
    "looseness_m": (0.0, 0.05),
}


@pytest.mark.parametrize("name", _NUMBERS)
@given(value=st.floats())
def test_every_number_is_taken_within_its_range_and_explained_outside(name: str, value: float) -> None:
    low, high = _NUMBERS[name]
    options: dict[str, Any] = {name: value, "fault": "rounded"}
    if low <= value <= high:
        assert getattr(Clip("deadlift", **options), name) == value
    else:
        with pytest.raises(
            UserError, match=rf"must be from {low:g} to {high:g}.*, not {value:g}\.$".replace("+", r"\+")
        ):
            Clip("deadlift", **options)
