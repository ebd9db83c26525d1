import gc
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mediapipe as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from formcheck.body.landmarks import COUNT, INDEX
from formcheck.body.pose import Pose
from formcheck.errors import EstimatorError, ModelError
from formcheck.estimators import mediapipe as adapter
from formcheck.estimators.base import PoseEstimator
from formcheck.estimators.mediapipe import MOST_PEOPLE, MediaPipeEstimator
from formcheck.frame import Frame

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 64, 48
BLACK = np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def found(people: int = 1, masks: list[Any] | None = None) -> SimpleNamespace:
    """What MediaPipe returns: landmark i of each person at x = i/40, y = i/80 of the picture."""
    image = [SimpleNamespace(x=i / 40, y=i / 80, z=0.0, visibility=i / COUNT) for i in range(COUNT)]
    world = [SimpleNamespace(x=i / 10, y=i / 20, z=-i / 30, visibility=1.0) for i in range(COUNT)]
    return SimpleNamespace(
        pose_landmarks=[image] * people, pose_world_landmarks=[world] * people, segmentation_masks=masks
    )


@dataclass
class Fake:
    """A landmarker of MediaPipe's that does as it is told."""

    result: Any = field(default_factory=found)
    failures: int = 0
    closes: bool = True
    times_ms: list[int] = field(default_factory=list)
    pictures: list[Any] = field(default_factory=list)
    closed: int = 0

    def detect_for_video(self, image: Any, time_ms: int) -> Any:
        self.times_ms.append(time_ms)
        return self.detect(image)

    def detect(self, image: Any) -> Any:
        self.pictures.append(image)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("Graph has errors: \nCalculator::Process() for node failed")
        return self.result

    def close(self) -> None:
        self.closed += 1
        if not self.closes:
            raise ValueError("Task runner is currently not running.")


@dataclass
class Fakes:
    """Landmarkers in the order in which the estimator will create them, and those it did create."""

    planned: list[Fake] = field(default_factory=list)
    created: list[tuple[Fake, dict[str, Any]]] = field(default_factory=list)

    def create(self, model_path: Path, **options: Any) -> Fake:
        fake = self.planned.pop(0) if self.planned else Fake()
        self.created.append((fake, options))
        return fake

    def __getitem__(self, i: int) -> Fake:
        return self.created[i][0]


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    fakes = Fakes()
    monkeypatch.setattr(adapter, "_create", fakes.create)
    return fakes


@pytest.fixture
def estimator(fakes: Fakes) -> Iterator[MediaPipeEstimator]:
    with MediaPipeEstimator(Path("some.task")) as estimator:
        yield estimator


def test_it_is_a_pose_estimator(fakes: Fakes) -> None:
    estimator: PoseEstimator = MediaPipeEstimator(Path("some.task"))
    with estimator as same:
        assert same is estimator


def test_landmarks_are_scaled_by_width_and_height_separately(estimator: MediaPipeEstimator) -> None:
    pose = estimator.estimate(Frame(1.5, BLACK))
    i = np.arange(COUNT)
    assert (pose.t, pose.size_px) == (1.5, (WIDTH, HEIGHT))
    np.testing.assert_allclose(pose.xy_px, np.stack([i / 40 * WIDTH, i / 80 * HEIGHT], axis=1))
    assert pose.world_m is not None
    np.testing.assert_allclose(pose.world_m, np.stack([i / 10, i / 20, -i / 30], axis=1))
    np.testing.assert_allclose(pose.visibility, i / COUNT)
    assert pose.torso is None


@pytest.mark.parametrize("width", [1, 4, 5, 641, 854, 1079])
def test_any_width_is_widened_to_what_masks_can_be_read_in(
    fakes: Fakes, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlined = []
    monkeypatch.setattr(adapter, "torso_profile", lambda mask, xy_px, side: outlined.append(mask.shape))
    seen_width = (width + 3) // 4 * 4
    ramp = np.zeros((100, width, 3), np.uint8)
    ramp[...] = np.arange(width)[:, None] % 251
    mask = np.ones((100, seen_width), np.float32)
    fakes.planned = [Fake(result=found(masks=[SimpleNamespace(numpy_view=lambda: mask)]))]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        pose = estimator.estimate(Frame(0.0, ramp))
    seen = fakes[0].pictures[0].numpy_view()
    assert seen.shape == (100, seen_width, 3)
    np.testing.assert_array_equal(seen[:, :width], ramp)
    np.testing.assert_array_equal(seen[:, width:], ramp[:, [-1] * (seen_width - width)])
    np.testing.assert_allclose(pose.xy_px[:, 0], np.arange(COUNT) / 40 * seen_width)
    assert pose.size_px == (width, 100)
    assert outlined == [(100, width)]


def test_an_empty_picture_has_nobody_in_it(fakes: Fakes) -> None:
    fakes.planned = [Fake(result=found(people=0))]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        pose = estimator.estimate(Frame(0.0, BLACK))
    assert not pose.has_person
    assert pose.size_px == (WIDTH, HEIGHT)


@pytest.mark.parametrize("shape", [(200, 200), (200, 200, 1)])
def test_the_mask_becomes_an_outline(fakes: Fakes, shape: tuple[int, ...]) -> None:
    band = np.zeros((200, 200), np.float32)
    band[:, 80:121] = 1.0  # a trunk 41 px wide around x = 100
    band.flags.writeable = False
    result = found(masks=[SimpleNamespace(numpy_view=lambda: band.reshape(shape))])
    for name, y in (("shoulder", 60), ("hip", 140)):
        for side in ("left", "right"):
            result.pose_landmarks[0][INDEX[f"{side}_{name}"]] = SimpleNamespace(x=0.5, y=y / 200, visibility=1.0)
    fakes.planned = [Fake(result=result)]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        torso = estimator.estimate(Frame(0.0, np.zeros((200, 200, 3), np.uint8))).torso
    assert torso is not None
    assert torso.side == "right"  # whose shoulder and hip have the smaller z
    np.testing.assert_allclose(torso.edges, 20.5 / 80, atol=0.01)


def test_masks_are_asked_for_unless_not_wanted(fakes: Fakes) -> None:
    for masks in (True, False):
        MediaPipeEstimator(Path("some.task"), masks=masks).close()
    assert [options for _, options in fakes.created] == [
        {"video": True, "people": 1, "masks": True},
        {"video": True, "people": 1, "masks": False},
    ]


def test_the_picture_arrives_as_rgb(estimator: MediaPipeEstimator, fakes: Fakes) -> None:
    bgr = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    bgr[...] = (10, 20, 30)
    estimator.estimate(Frame(0.0, bgr))
    np.testing.assert_array_equal(fakes[0].pictures[0].numpy_view()[5, 7], [30, 20, 10])


REFUSED: dict[str, Any] = {
    "no rows": np.zeros((0, WIDTH, 3), np.uint8),
    "no columns": np.zeros((HEIGHT, 0, 3), np.uint8),
    "gray": np.zeros((HEIGHT, WIDTH), np.uint8),
    "one channel": np.zeros((HEIGHT, WIDTH, 1), np.uint8),
    "RGBA": np.zeros((HEIGHT, WIDTH, 4), np.uint8),
    "float": np.zeros((HEIGHT, WIDTH, 3), np.float32),
    "16 bit": np.zeros((HEIGHT, WIDTH, 3), np.uint16),
    "every other column": np.zeros((HEIGHT, 2 * WIDTH, 3), np.uint8)[:, ::2],
    "RGB by a reversed view": BLACK[..., ::-1],
    "Fortran order": np.asfortranarray(BLACK),
}


@pytest.mark.parametrize("image", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("use", [MediaPipeEstimator.estimate, MediaPipeEstimator.count_people])
def test_pictures_that_would_break_the_landmarker_do_not_reach_it(
    estimator: MediaPipeEstimator, fakes: Fakes, image: Any, use: Callable[[MediaPipeEstimator, Frame], object]
) -> None:
    with pytest.raises(ValueError, match="a frame needs a"):
        use(estimator, Frame(0.0, image))
    assert fakes[0].pictures == []
    assert len(fakes.created) == 1


@pytest.mark.parametrize("t", [float("nan"), float("inf"), -float("inf")])
def test_a_frame_needs_a_time(estimator: MediaPipeEstimator, fakes: Fakes, t: float) -> None:
    with pytest.raises(ValueError, match="finite time"):
        estimator.estimate(Frame(t, BLACK))
    assert fakes[0].times_ms == []


def test_times_are_whole_strictly_increasing_milliseconds(estimator: MediaPipeEstimator, fakes: Fakes) -> None:
    for t in (0.0, 1 / 30, 1 / 30, 0.0334, 0.5, 0.5):
        estimator.estimate(Frame(t, BLACK))
    assert fakes[0].times_ms == [0, 33, 34, 35, 500, 501]
    assert len(fakes.created) == 1


@given(times=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30).map(sorted))
def test_the_clock_never_stops_and_never_lags(times: list[float]) -> None:
    clock = adapter._Clock()
    previous = None
    for t in times:
        assert not clock.runs_backwards(t)
        time_ms = clock.next_ms(t)
        assert time_ms == (round(t * 1000) if previous is None else max(previous + 1, round(t * 1000)))
        previous = time_ms


def test_time_that_runs_backwards_starts_a_new_film(estimator: MediaPipeEstimator, fakes: Fakes) -> None:
    for t in (5.0, 5.04, 0.0, 0.04):
        estimator.estimate(Frame(t, BLACK))
    assert [fake.times_ms for fake, _ in fakes.created] == [[5000, 5040], [0, 40]]
    assert [fake.closed for fake, _ in fakes.created] == [1, 0]


def test_a_failed_landmarker_is_replaced_and_the_picture_tried_again(
    fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.planned = [Fake(failures=1)]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        assert estimator.estimate(Frame(2.0, BLACK)).has_person
        assert [fake.times_ms for fake, _ in fakes.created] == [[2000], [2000]]
        assert fakes[0].closed == 1
    assert "started afresh: Graph has errors." in caplog.text


def test_failing_twice_is_an_error_after_which_it_can_be_used_again(fakes: Fakes) -> None:
    fakes.planned = [Fake(failures=1), Fake(failures=1)]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        with pytest.raises(EstimatorError, match=r"broke down twice on one picture: Graph has errors\.$"):
            estimator.estimate(Frame(0.0, BLACK))
        assert estimator.estimate(Frame(0.04, BLACK)).has_person
    assert [fake.closed for fake, _ in fakes.created] == [1, 1, 1]


@pytest.mark.parametrize("closes", [True, False])
def test_a_landmarker_is_kept_forever_only_if_it_cannot_be_closed(fakes: Fakes, closes: bool) -> None:
    fakes.planned = [Fake(failures=1, closes=closes)]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        assert estimator.estimate(Frame(0.0, BLACK)).has_person
    failed = weakref.ref(fakes[0])
    fakes.created.clear()
    gc.collect()
    assert (failed() is None) == closes


def test_close_twice(fakes: Fakes) -> None:
    estimator = MediaPipeEstimator(Path("some.task"))
    estimator.count_people(Frame(0.0, BLACK))
    estimator.close()
    estimator.close()
    assert [fake.closed for fake, _ in fakes.created] == [1, 1]


def test_use_after_close_is_an_error(fakes: Fakes) -> None:
    with MediaPipeEstimator(Path("some.task")) as estimator:
        pass
    for use in (estimator.estimate, estimator.count_people):
        with pytest.raises(EstimatorError, match="has been closed; create a new one"):
            use(Frame(0.0, BLACK))
    assert len(fakes.created) == 1


def test_an_estimator_that_is_forgotten_is_closed(fakes: Fakes) -> None:
    estimator = MediaPipeEstimator(Path("some.task"))
    del estimator
    gc.collect()
    assert fakes[0].closed == 1


def test_all_people_are_estimated_and_each_has_an_own_mask(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    masks = [SimpleNamespace(numpy_view=lambda i=i: np.full((HEIGHT, WIDTH), i, np.float32)) for i in range(3)]
    fakes.planned = [Fake(result=found(people=3, masks=masks))]
    seen: list[float] = []
    monkeypatch.setattr(adapter, "torso_profile", lambda mask, *_: seen.append(float(mask[0, 0])))
    with MediaPipeEstimator(Path("some.task"), people=3) as estimator:
        assert len(estimator.estimate_all(Frame(0.0, BLACK))) == 3
    assert seen == [0.0, 1.0, 2.0]
    assert fakes.created[0][1] == {"video": True, "people": 3, "masks": True}


def test_to_follow_more_people_begins_afresh(estimator: MediaPipeEstimator, fakes: Fakes) -> None:
    estimator.estimate(Frame(0.0, BLACK))
    estimator.follow(2)
    estimator.estimate(Frame(0.04, BLACK))
    assert [options["people"] for _, options in fakes.created] == [1, 2]
    assert fakes[0].closed == 1
    assert fakes[1].times_ms == [40]
    estimator.close()
    with pytest.raises(EstimatorError, match="closed"):
        estimator.follow(3)


def test_a_look_has_no_past_and_no_outlines(fakes: Fakes) -> None:
    fakes.planned = [Fake(), Fake(result=found(people=2))]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        poses = estimator.look(Frame(7.0, BLACK))
    assert [pose.t for pose in poses] == [7.0, 7.0]
    assert all(pose.torso is None for pose in poses)
    assert fakes[0].times_ms == []


def test_people_are_counted_by_a_second_landmarker_made_when_needed(fakes: Fakes) -> None:
    fakes.planned = [Fake(), Fake(result=found(people=3))]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        assert len(fakes.created) == 1
        assert estimator.count_people(Frame(0.0, BLACK)) == 3
        assert estimator.count_people(Frame(1.0, BLACK)) == 3
    assert [options for _, options in fakes.created[1:]] == [{"video": False, "people": MOST_PEOPLE, "masks": False}]
    assert fakes[0].pictures == []


def test_calls_from_several_threads_take_turns(fakes: Fakes) -> None:
    inside, most = 0, 0

    class Slow(Fake):
        def detect(self, image: Any) -> Any:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            gate.wait(0.002)
            inside -= 1
            return self.result

    gate = threading.Event()
    fakes.planned = [Slow()]
    with MediaPipeEstimator(Path("some.task")) as estimator:
        threads = [threading.Thread(target=estimator.estimate, args=(Frame(1.0, BLACK),)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == 1
    assert fakes[0].times_ms == list(range(1000, 1008))


def test_a_model_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no pose model at .*none\.task; run `formcheck models pull`"):
        MediaPipeEstimator(tmp_path / "none.task")


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "page.task").write_text("<html>not found</html>")
    with pytest.raises(ModelError, match=r"page\.task cannot be loaded \(Unable to open zip archive\)"):
        MediaPipeEstimator(tmp_path / "page.task")


ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def run_script(script: str, *arguments: Path) -> tuple[int, str, str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def write_like_cpp() -> None:
    os.write(2, b"noise\n")


def test_noise_is_silenced_and_stderr_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    with adapter._silent_stderr():
        write_like_cpp()
    write_like_cpp()
    assert capfd.readouterr().err == "noise\n"


def test_an_exception_passes_through_the_silence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), adapter._silent_stderr():
        raise ZeroDivisionError
    write_like_cpp()
    assert capfd.readouterr().err == "noise\n"


def test_two_threads_do_not_restore_each_others_silence(capfd: pytest.CaptureFixture[str]) -> None:
    entered, may_leave = threading.Event(), threading.Event()

    def second() -> None:
        with adapter._silent_stderr():
            entered.set()
            may_leave.wait(5)

    thread = threading.Thread(target=second)
    with adapter._silent_stderr():
        thread.start()
        assert not entered.wait(0.2)
    may_leave.set()
    thread.join()
    write_like_cpp()
    assert capfd.readouterr().err == "noise\n"


def test_silence_needs_no_stderr() -> None:
    code = "from formcheck.estimators.mediapipe import _silent_stderr\nwith _silent_stderr(): print('inside')"
    assert run_script(f"import os; os.close(2)\n{code}") == (0, "inside\n", "")


def test_the_module_loads_without_the_heavy_libraries() -> None:
    code = "import sys, formcheck.estimators.mediapipe; assert not {'mediapipe', 'cv2'} & set(sys.modules)"
    assert run_script(code) == (0, "", "")


def test_a_picture_is_taken_without_any_sound_library() -> None:
    code = (
        "import sys; sys.modules['sounddevice'] = None\n"
        "from formcheck.estimators import mediapipe as adapter; import numpy as np\n"
        "adapter._to_mediapipe(np.zeros((4, 4, 3), np.uint8))"
    )
    assert run_script(code) == (0, "", "")


@pytest.fixture
def real(pose_model: Path) -> Iterator[MediaPipeEstimator]:
    with MediaPipeEstimator(pose_model) as estimator:
        yield estimator


@pytest.mark.model
def test_nobody_is_found_in_a_black_picture(real: MediaPipeEstimator) -> None:
    assert not real.estimate(Frame(0.0, BLACK)).has_person
    assert real.count_people(Frame(0.0, BLACK)) == 0


@pytest.mark.model
@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (3, 2)])
def test_tiny_pictures_do_no_harm(real: MediaPipeEstimator, size: tuple[int, int]) -> None:
    assert not real.estimate(Frame(0.0, np.zeros((*size, 3), np.uint8))).has_person


@pytest.mark.model
def test_odd_times_do_no_harm(real: MediaPipeEstimator) -> None:
    for t in (-0.5, -0.5, 0.0, 7.0, 7.0, 1.0, -2.0, 1e7):
        assert not real.estimate(Frame(t, BLACK)).has_person


@pytest.mark.model
def test_a_landmarker_that_really_broke_is_replaced(real: MediaPipeEstimator) -> None:
    gray = mp.Image(image_format=mp.ImageFormat.GRAY8, data=np.zeros((HEIGHT, WIDTH), np.uint8))
    broken = weakref.ref(real._follower.open())
    with pytest.raises(ValueError, match="failed"):
        real._follower.open().detect_for_video(gray, 0)
    assert not real.estimate(Frame(0.04, BLACK)).has_person
    gc.collect()  # would wait forever if the broken one could be collected
    assert broken() not in (None, real._follower.open())


SEE_A_PERSON = """
import sys
import numpy as np
from pathlib import Path
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.frame import Frame

person = np.load(sys.argv[2])
with MediaPipeEstimator(Path(sys.argv[1])) as estimator:
    assert not estimator.estimate(Frame(0.0, np.zeros_like(person))).has_person
    assert estimator.estimate(Frame(0.1, person)).has_person
    assert estimator.estimate(Frame(0.0, person)).has_person
    assert estimator.count_people(Frame(0.0, person)) == 1
"""

LEAVE_OPEN = """
import sys
from pathlib import Path
from formcheck.estimators import mediapipe as adapter
import mediapipe  # last, so that it is taken down first

left_open = [adapter.MediaPipeEstimator(Path(sys.argv[1])) for _ in range(2)]
adapter.held = lambda: left_open
"""


@pytest.mark.model
@pytest.mark.films
def test_nothing_is_printed(pose_model: Path, person: Picture, tmp_path: Path) -> None:
    np.save(tmp_path / "person.npy", person)
    assert run_script(SEE_A_PERSON, pose_model, tmp_path / "person.npy") == (0, "", "")


@pytest.mark.model
def test_estimators_left_open_neither_hang_nor_complain_at_the_end(pose_model: Path) -> None:
    assert run_script(LEAVE_OPEN, pose_model) == (0, "", "")


@pytest.mark.model
@pytest.mark.films
def test_a_person_is_found_where_they_stand(real: MediaPipeEstimator, person: Picture) -> None:
    pose = real.estimate(Frame(0.0, person))
    height, width = person.shape[:2]
    assert (pose.xy_px[INDEX["nose"]] > 0).all()
    assert (pose.xy_px[INDEX["nose"]] < [width, height]).all()
    assert pose.xy_px[INDEX["nose"], 1] < pose.xy_px[INDEX["left_hip"], 1] < pose.xy_px[INDEX["left_ankle"], 1]
    assert pose.world_m is not None
    leg_m = np.linalg.norm(pose.world_m[INDEX["left_hip"]] - pose.world_m[INDEX["left_knee"]])
    assert 0.25 < leg_m < 0.6
    assert pose.torso is not None
    assert real.count_people(Frame(0.0, person)) == 1


@pytest.mark.model
@pytest.mark.films
@pytest.mark.parametrize("width", [640, 641, 642, 643])
def test_masks_of_any_width_are_read(real: MediaPipeEstimator, person: Picture, width: int) -> None:
    poses = [real.estimate(Frame(0.0, np.ascontiguousarray(person[:, :cut]))) for cut in (640, width)]
    assert all(pose.torso is not None for pose in poses)
    np.testing.assert_allclose(poses[1].xy_px[11:], poses[0].xy_px[11:], atol=0.03 * person.shape[0])


@pytest.mark.model
@pytest.mark.films
def test_refused_frames_leave_the_real_landmarker_working(real: MediaPipeEstimator, person: Picture) -> None:
    before = real.estimate(Frame(0.0, person))
    for image in REFUSED.values():
        with pytest.raises(ValueError, match="a frame needs a"):
            real.estimate(Frame(0.1, image))
    after = real.estimate(Frame(0.2, person))
    assert isinstance(after, Pose)
    np.testing.assert_allclose(after.xy_px[11:], before.xy_px[11:], atol=0.03 * person.shape[0])


@pytest.mark.model
@pytest.mark.films
@pytest.mark.parametrize("people", [1, 2, 3])
def test_people_side_by_side_are_counted(real: MediaPipeEstimator, person: Picture, people: int) -> None:
    x = real.estimate(Frame(0.0, person)).xy_px[:, 0]
    alone = person[:, int(x.min()) - 60 : int(x.max()) + 60]
    assert real.count_people(Frame(0.0, np.ascontiguousarray(np.concatenate([alone] * people, axis=1)))) == people


@pytest.mark.model
@pytest.mark.films
def test_a_new_landmarker_gives_the_same_pose(pose_model: Path, person: Picture) -> None:
    poses = []
    for _ in range(2):
        with MediaPipeEstimator(pose_model) as estimator:
            poses.append(estimator.estimate(Frame(0.0, person)))
    np.testing.assert_array_equal(poses[0].xy_px, poses[1].xy_px)
