"""Clips as films: pictures, times and truth agree, and mistakes are explained."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.errors import OutputError, UserError
from formcheck.synth.__main__ import main
from formcheck.synth.clip import Clip, render_clip, true_motion, write_clip

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
        ({"yaw_deg": 120.0}, "0 .* 90"),
        ({"fps": 0.0}, "frame rate"),
        ({"size_px": (641, 480)}, "even width"),
        ({"reps": 0}, "at least one"),
        ({"severity_deg": 10.0}, "named fault"),
        ({"fault": "piked", "severity_deg": -1.0}, "positive"),
        ({"fault": "rounded"}, "sagging, piked"),
        ({"body": "child"}, "man, woman, heavy"),
    ],
)
def test_mistakes_are_told_before_anything_is_drawn(options: dict[str, object], told: str) -> None:
    with pytest.raises(UserError, match=told):
        render_clip("plank", **options)  # type: ignore[arg-type]


def test_a_film_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="could not be written"):
        write_clip(tmp_path / "file" / "plank.mp4", "plank", **SMALL)  # type: ignore[arg-type]


def test_the_command_renders_and_explains_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = tmp_path / "plank.mp4"
    options = ["--exercise", "plank", "--fps", "2", "--size", "160x120", "--body", "woman", "--yaw", "15"]
    assert main([str(film), *options]) == 0
    assert film.stat().st_size > 1000
    assert "plank.truth.json" in capsys.readouterr().out
    assert main([str(film), "--exercise", "yoga"]) == 2
    assert "yoga" in capsys.readouterr().err
    assert main([str(film / "below.mp4"), *options]) == 1


def test_the_command_has_the_same_defaults_as_the_library() -> None:
    assert Clip("deadlift").fps == 15.0
    assert Clip("deadlift").size_px == (640, 480)
