"""Calibrating at the desk: what is asked when, what is kept, and what is refused; on poses of rendered people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.stick import Body, Limbs, film

from formcheck.app.desk_calibration import (
    HALF_S,
    READY_S,
    CalibrationStoppedError,
    Moment,
    WindowMirror,
    WordMirror,
    read_sitting,
    store,
    watch_sitting,
)
from formcheck.app.desk_setup import SetUps, baseline_of, calibrations, is_calibrated, place_name
from formcheck.app.settings import DeskTable
from formcheck.body.pose import Pose
from formcheck.drawing.desk import SittingLines, lines_of, middle_of_lines
from formcheck.drawing.style import Image
from formcheck.engine.events import CameraState
from formcheck.errors import FilmError
from formcheck.exercise.language import load_language
from formcheck.frame import Frame
from formcheck.storage.profiles import Calibration, Reading
from formcheck.synth.poses import true_poses

TODAY = date(2026, 3, 2)
SITTING = next(iter(true_poses("desk_front", yaw_deg=90.0)))[0]
SEATED = Body.even(0.0, Limbs(hip=90.0, knee=90.0, arm=20.0, elbow=70.0), head=2.0)
FROM_THE_SIDE = next(iter(film([SEATED], planted="hip", at_px=(640.0, 400.0))))
NOBODY = Pose.nobody(0.0, SITTING.size_px)
GREY = np.full((24, 32, 3), 120, np.uint8)


class Sitter:
    """A camera and an estimator in one: ten times a second whoever sits there at that time."""

    def __init__(self, who: Callable[[float], Pose], length_s: float = 60.0) -> None:
        self.every_s = 0.0
        self._who, self._length_s, self._now = who, length_s, 0.0

    @property
    def finished(self) -> bool:
        return self._now >= self._length_s

    def next(self, timeout_s: float) -> Frame | None:
        self._now = round(self._now + self.every_s, 6)
        return None if self.finished else Frame(self._now, GREY)

    def changes(self) -> list[tuple[float, CameraState]]:
        return []

    def estimate(self, frame: Frame) -> Pose:
        return replace(self._who(frame.t), t=frame.t)


class Watches:
    """A mirror that notes when which stage was shown, and leaves after some time."""

    def __init__(self, leaves_at: float = 1e9) -> None:
        self.stages: dict[str, tuple[float, float]] = {}
        self.last: Moment | None = None
        self._leaves_at = leaves_at

    def show(self, moment: Moment) -> bool:
        first, _ = self.stages.get(moment.stage, (moment.frame.t, 0.0))
        self.stages[moment.stage] = first, moment.frame.t
        self.last = moment
        return moment.frame.t < self._leaves_at


def sits(t: float) -> Pose:
    return SITTING


def test_ten_seconds_tall_ten_relaxed_once_somebody_is_there() -> None:
    mirror = Watches()
    sitter = Sitter(lambda t: SITTING if t > 5.0 else NOBODY)
    poses = watch_sitting(sitter, sitter, mirror)
    assert list(mirror.stages) == ["get_ready", "tall", "relaxed"]
    begins, ends = mirror.stages["tall"][0], mirror.stages["relaxed"][1]
    assert begins == pytest.approx(5.1 + READY_S + 0.1, abs=0.15)
    assert ends - begins == pytest.approx(2 * HALF_S, abs=0.3)
    assert len(poses) == pytest.approx(20 * HALF_S, abs=2)
    assert mirror.last is not None
    assert mirror.last.fixed
    assert mirror.last.lines == lines_of(SITTING)


def test_what_is_kept_makes_a_desk_that_is_calibrated(tmp_path: Path) -> None:
    sitter = Sitter(sits)
    pose, read = read_sitting(watch_sitting(sitter, sitter, Watches()), TODAY)
    assert pose == "desk-front"
    name = place_name("0", ("eDP-1 1920x1080",))
    store(name, tmp_path, pose, read.entry)
    assert is_calibrated(name, tmp_path)
    setup = SetUps(DeskTable(), "0", tmp_path, lambda _: None, lambda: TODAY)(("eDP-1 1920x1080",), SITTING.size_px)
    assert (setup.place, setup.calibrated) == (name, True)
    assert not SetUps(DeskTable(), "0", tmp_path, lambda _: None)((), SITTING.size_px).calibrated


def test_from_the_side_it_is_the_other_pose_and_both_are_kept(tmp_path: Path) -> None:
    for who in (SITTING, FROM_THE_SIDE):
        sitter = Sitter(lambda t, who=who: who)  # type: ignore[misc]
        pose, read = read_sitting(watch_sitting(sitter, sitter, Watches()), TODAY)
        store("anna", tmp_path, pose, read.entry)
    assert set(calibrations("anna", tmp_path)) == {"desk-front", "desk-side"}


@pytest.mark.parametrize(
    ("who", "length_s", "leaves_at", "error", "said"),
    [
        (lambda t: NOBODY, 60.0, 1e9, FilmError, "Nobody sat before the camera"),
        (sits, 10.0, 1e9, FilmError, "ended before twenty seconds"),
        (sits, 60.0, 6.0, CalibrationStoppedError, "nothing was stored"),
    ],
)
def test_what_cannot_be_calibrated_is_one_sentence(
    who: Callable[[float], Pose], length_s: float, leaves_at: float, error: type[FilmError], said: str
) -> None:
    sitter = Sitter(who, length_s)
    with pytest.raises(error, match=said):
        watch_sitting(sitter, sitter, Watches(leaves_at))


def entry(size_px: tuple[int, int]) -> Calibration:
    readings = {"face_size": Reading(value=60.0, spread=1.0), "head_roll": Reading(value=1.0, spread=0.5)}
    return Calibration(
        taken_on=TODAY, formcheck="0", size_px=size_px, yaw_deg=90.0, near_side="left", readings=readings
    )


def test_sizes_in_pictures_of_another_size_are_not_compared() -> None:
    entries = {"desk-front": entry((320, 240))}
    assert set(baseline_of(entries, (320, 240), TODAY).values) == {"face_size", "head_roll"}
    assert set(baseline_of(entries, (640, 480), TODAY).values) == {"head_roll"}


def test_another_picture_size_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    store("anna", tmp_path, "desk-front", entry((640, 480)))
    SetUps(DeskTable(profile="anna"), "0", tmp_path, said.append, lambda: TODAY)((), (320, 240))
    assert said == ["recalibrate"]


@pytest.mark.parametrize("camera", ["0", "1", "rtsp://anna:secret@host/a", "/dev/video2"])
def test_each_camera_and_set_of_screens_has_a_name_of_its_own(camera: str) -> None:
    names = {place_name(camera, screens) for screens in ((), ("a 1x1",), ("a 1x1", "b 2x2"), ("a 2x2",))}
    assert len(names) == 4
    assert all(len(name) <= 40 and "secret" not in name for name in names)


class Screen:
    size_px = (640, 480)

    def __init__(self) -> None:
        self.shown: list[Image] = []

    def show(self, image: Image) -> None:
        self.shown.append(image)

    def key(self) -> str | None:
        return "q" if len(self.shown) > 1 else None


def moment(*, fixed: bool) -> Moment:
    frame = Frame(0.0, np.full((480, 640, 3), 120, np.uint8))
    return Moment("tall", 7.0, 0.3, frame, NOBODY, SittingLines(0.4, 0.7, 0.3), fixed)


def test_the_mirror_draws_two_lines_and_bands_below_them_once_they_are_fixed() -> None:
    mirror = WindowMirror(Screen(), load_language("en"))
    loose, fixed = mirror.picture(moment(fixed=False)), mirror.picture(moment(fixed=True))
    for share in (0.4, 0.7):
        assert (loose[round(480 * share), 600] != 120).any()
    below = round(480 * (0.4 + 0.05 * 0.3))  # half of the tenth of a shoulder width that somebody may sink
    assert (loose[below, 600] == 120).all()
    assert (fixed[below, 600] != 120).any()
    assert (fixed[round(480 * (0.4 + 0.15 * 0.3)), 600] == 120).all()


def test_a_key_leaves_the_mirror() -> None:
    mirror = WindowMirror(Screen(), load_language("en"))
    assert [mirror.show(moment(fixed=True)) for _ in range(2)] == [True, False]


def test_without_a_screen_each_stage_is_said_once() -> None:
    said: list[str] = []
    mirror = WordMirror(load_language("de"), said.append)
    for _ in range(3):
        assert mirror.show(moment(fixed=True))
    assert said == ["Sitz aufrecht (10 s)\a"]


def test_lines_need_eyes_and_shoulders() -> None:
    assert lines_of(NOBODY) is None
    assert middle_of_lines([]) is None
    seen = lines_of(SITTING)
    assert seen is not None
    assert 0.0 < seen.eyes < seen.shoulders < 1.0
    assert middle_of_lines([seen, seen, SittingLines(0.0, 0.0, 0.0)]) == seen
