"""The shipped samples are what today's code renders, and small."""

import json
from pathlib import Path
from typing import Any

import av
import pytest

from formcheck.synth.clip import Clip, true_motion

SAMPLES = Path(__file__).parents[3] / "samples"
NAMES = ("bird_dog", "deadlift_neutral", "deadlift_rounded", "plank_sagging", "plank_straight")


def shipped_truth(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((SAMPLES / f"{name}.truth.json").read_text(encoding="utf-8"))
    return truth


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_small(name: str) -> None:
    assert (SAMPLES / f"{name}.mp4").stat().st_size <= 300 * 1024
    assert (SAMPLES / f"{name}.truth.json").stat().st_size <= 100 * 1024


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_has_as_many_pictures_as_its_truth(name: str) -> None:
    truth = shipped_truth(name)
    with av.open(str(SAMPLES / f"{name}.mp4")) as film:
        stream = film.streams.video[0]
        times = [frame.time for frame in film.decode(stream)]
        assert (stream.width, stream.height) == tuple(truth["clip"]["size_px"])
    assert len(times) == truth["frames"]
    assert times[-1] + 1.0 / truth["clip"]["fps"] == pytest.approx(truth["duration_s"], abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_shows_what_the_code_renders_today(name: str) -> None:
    truth = shipped_truth(name)
    options = truth["clip"] | {"size_px": tuple(truth["clip"]["size_px"])}
    assert Clip(**options).exercise in name
    exercise = options.pop("exercise")
    for i, now in enumerate(true_motion(exercise, **options)):
        if i % 7 == 0:
            shipped = {angle: values[i] for angle, values in truth["angles"].items()}
            assert dict(now.angles) == pytest.approx(shipped, abs=0.06)


def test_the_rounded_sample_has_three_reps_of_40_degrees() -> None:
    truth = shipped_truth("deadlift_rounded")
    assert max(truth["angles"]["spine_flexion"]) == pytest.approx(40.0, abs=0.1)
    assert {phase["rep"] for phase in truth["phases"]} == {0, 1, 2, 3}
