"""Poses are watched once for the same content, and again when it changes."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from formcheck.body.pose import Pose
from formcheck.errors import RecordingError
from formcheck.evaluation.cache import PoseCache
from formcheck.storage.recordings import save_poses
from formcheck.synth.clip import Clip, write_clip

TINY = Clip("plank", fps=2.0, size_px=(160, 120), reps=1)
pytestmark = pytest.mark.model


def test_a_clip_is_watched_once(tmp_path: Path, pose_model: Path) -> None:
    cache = PoseCache(pose_model, tmp_path)
    first = cache.poses(TINY)
    (kept,) = tmp_path.iterdir()
    stamp = kept.stat().st_mtime_ns
    again = cache.poses(TINY)
    assert kept.stat().st_mtime_ns == stamp
    assert len(first) == 16
    assert all(np.array_equal(a.xy_px, b.xy_px, equal_nan=True) for a, b in zip(first, again, strict=True))


def test_another_clip_is_another_recording(tmp_path: Path, pose_model: Path) -> None:
    cache = PoseCache(pose_model, tmp_path)
    cache.poses(TINY)
    cache.poses(replace(TINY, seed=1))
    assert len(list(tmp_path.iterdir())) == 2


def test_a_film_goes_by_its_content_and_not_by_its_name(tmp_path: Path, pose_model: Path) -> None:
    write_clip(tmp_path / "a.mp4", "plank", fps=2.0, size_px=(160, 120), reps=1)
    (tmp_path / "b.mp4").write_bytes((tmp_path / "a.mp4").read_bytes())
    cache = PoseCache(pose_model, tmp_path / "kept")
    assert [pose.t for pose in cache.poses(tmp_path / "a.mp4")] == [pose.t for pose in cache.poses(tmp_path / "b.mp4")]
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_several_are_watched_side_by_side_and_leave_the_environment_alone(tmp_path: Path, pose_model: Path) -> None:
    before = dict(os.environ)
    told: list[tuple[int, int]] = []
    cache = PoseCache(pose_model, tmp_path)
    cache.prepare([TINY, replace(TINY, seed=1)], lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
    assert len(list(tmp_path.iterdir())) == 2
    assert dict(os.environ) == before


def test_a_pose_recording_is_taken_as_it_is(tmp_path: Path, pose_model: Path) -> None:
    recording = tmp_path / "a.poses.parquet"
    save_poses(recording, [Pose.nobody(0.0, (64, 48)), Pose.nobody(0.5, (64, 48))])
    cache = PoseCache(pose_model, tmp_path / "kept")
    cache.prepare([recording])
    assert [pose.t for pose in cache.poses(recording)] == [0.0, 0.5]
    assert not (tmp_path / "kept").exists()


def test_an_absent_film_is_one_sentence(tmp_path: Path, pose_model: Path) -> None:
    with pytest.raises(RecordingError, match=r"There is no file .*none\.mp4"):
        PoseCache(pose_model, tmp_path).poses(tmp_path / "none.mp4")
