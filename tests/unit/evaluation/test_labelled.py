"""Readers of labelled tables: tolerant of names, strict about content."""

from pathlib import Path

import numpy as np
import pytest
from tests.stick import Body, Limbs, plank, pose_of
from tests.unit.evaluation.tables import kinect, write_bodies, write_box_film, write_sitters, write_table

from formcheck.body.landmarks import INDEX
from formcheck.body.pose import Pose
from formcheck.body.trunk_and_head import TRUNK_OFFSET_DEG
from formcheck.body.view import Orientation
from formcheck.errors import MissingDataError, UserError
from formcheck.evaluation.labelled.joints import JointFilm, read_joint_films
from formcheck.evaluation.labelled.landmarks import read_plank, read_sitting, read_squat_phases
from formcheck.evaluation.labelled.repetitions import read_distances, read_pose_films
from formcheck.evaluation.poses import measured

STANDING = Body.even(0.0, Limbs())
SQUATTING = Body.even(30.0, Limbs(hip=100.0, knee=95.0))
SEATED = Body.even(5.0, Limbs(hip=90.0, knee=90.0), head=10.0)


def replace_cell(path: Path, line: int, column: str, text: str) -> None:
    lines = path.read_text().splitlines()
    cells = lines[line - 1].split(",")
    cells[lines[0].split(",").index(column)] = text
    lines[line - 1] = ",".join(cells)
    path.write_text("\n".join(lines))


# -- landmarks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["train.csv.gz", "test.csv", "somebody_else.CSV"])
def test_landmarks_come_back_in_pixels_of_a_wide_picture(tmp_path: Path, name: str) -> None:
    write_bodies(tmp_path / name, [("C", plank()), ("L", plank(10.0))])
    for path in (tmp_path, tmp_path / name):
        data = read_plank(path)
        assert data.labels.tolist() == ["C", "L"]
        pose, true = data.poses[0], pose_of(plank())
        for landmark in ("nose", "left_shoulder", "right_ankle"):
            assert pose.xy_px[INDEX[landmark]] == pytest.approx(true.xy_px[INDEX[landmark]])
        assert np.isnan(pose.xy_px[INDEX["left_wrist"]]).all()
        assert (pose.visibility[INDEX["left_hip"]], pose.visibility[INDEX["left_wrist"]]) == (0.99, 0.0)


def test_all_tables_of_a_folder_are_read_and_keep_their_films_apart(tmp_path: Path) -> None:
    write_bodies(tmp_path / "b.csv", [("up", STANDING)])
    (tmp_path / "more").mkdir()
    write_bodies(tmp_path / "more" / "a.csv.gz", [("down", SQUATTING), ("up", STANDING)])
    data = read_squat_phases(tmp_path)
    assert data.labels.tolist() == ["up", "down", "up"]
    assert data.sources.tolist() == ["b.csv", "a.csv.gz", "a.csv.gz"]


def test_a_film_that_the_table_names_is_kept(tmp_path: Path) -> None:
    path = write_bodies(tmp_path / "t.csv", [("C", plank()), ("C", plank())])
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([f"{header},source", f"{lines[0]},one", f"{lines[1]},two"]))
    assert read_plank(path).sources.tolist() == ["t.csv one", "t.csv two"]


def test_people_who_sit_have_no_depth_and_a_square_picture(tmp_path: Path) -> None:
    write_sitters(tmp_path / "dev.csv", [("proper", SEATED), ("crossed_legs", SEATED)])
    data = read_sitting(tmp_path)
    assert data.labels.tolist() == ["proper", "crossed_legs"]
    assert data.poses[0].world_m is None
    assert data.poses[0].size_px == (1000, 1000)
    values = measured(data.poses, ["trunk_inclination", "neck_inclination"])
    assert values["trunk_inclination"] == pytest.approx([5.0 + TRUNK_OFFSET_DEG] * 2)
    assert values["neck_inclination"] == pytest.approx([15.0, 15.0])


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"no \.csv or \.csv\.gz file at .*nowhere: planks with label C, L or H"):
        read_plank(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("line", "column", "text", "said"),
    [
        (3, "left_hip_x", "abc", r"line 3, column left_hip_x: 'abc' is not a number"),
        (2, "nose_y", "", r"line 2, column nose_y: '' is not a number"),
        (2, "nose_z", "nan", r"line 2, column nose_z: 'nan' is not a number"),
        (3, "label", "X", r"line 3: the label 'X' is none of C, L, H"),
        (1, "right_knee_y", "knee", r"has no column right_knee_y"),
    ],
)
def test_garbage_is_refused_with_its_place(tmp_path: Path, line: int, column: str, text: str, said: str) -> None:
    path = write_bodies(tmp_path / "t.csv", [("C", plank()), ("L", plank())])
    replace_cell(path, line, column, text)
    with pytest.raises(UserError, match=said):
        read_plank(path)


def test_a_short_line_is_refused(tmp_path: Path) -> None:
    path = write_bodies(tmp_path / "t.csv", [("C", plank())])
    path.write_text(path.read_text() + "C,1,2\n")
    with pytest.raises(UserError, match=r"line 3: 3 cells where the header names 37"):
        read_plank(path)


@pytest.mark.parametrize("content", [b"", b"label,nose_x\n", b"\x80\x81\xff"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UserError, match=r"t\.csv"):
        read_plank(tmp_path)


def test_a_damaged_packed_table_is_refused(tmp_path: Path) -> None:
    path = write_bodies(tmp_path / "t.csv.gz", [("C", plank())])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UserError, match=r"t\.csv\.gz cannot be read"):
        read_plank(path)


# -- joints -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [0.0, 40.0, 180.0, -100.0])
def test_joints_seen_from_the_side_measure_what_the_body_does(tmp_path: Path, ahead: float) -> None:
    np.savez(tmp_path / "some.npz", m01_s02_e03_inc=[kinect(SQUATTING, ahead)] * 3)
    (film,) = read_joint_films(tmp_path)
    assert (film.movement, film.person, film.take, film.correct) == (1, 2, 3, False)
    for near, facing in (("right", 1), ("left", -1)):
        poses = film.from_the_side("right" if near == "right" else "left")
        assert [pose.t for pose in poses] == pytest.approx([0.0, 1 / 30, 2 / 30])
        seen = Orientation("side", 0.0, facing, "right" if near == "right" else "left")
        values = measured(poses, ["trunk_inclination", "knee_flexion", "hip_flexion"], orientation=seen)
        assert values["trunk_inclination"] == pytest.approx([30.0 + TRUNK_OFFSET_DEG] * 3)
        assert values["knee_flexion"] == pytest.approx([95.0] * 3)
        assert values["hip_flexion"] == pytest.approx([100.0] * 3)


def test_the_near_side_is_near(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", m01_s01_e01_cor=[kinect(STANDING)])
    (film,) = read_joint_films(tmp_path)
    for near, far in (("left", "right"), ("right", "left")):
        (pose,) = film.from_the_side("left" if near == "left" else "right")
        assert pose.world_m is not None
        assert pose.world_m[INDEX[f"{near}_hip"], 2] < pose.world_m[INDEX[f"{far}_hip"], 2]


def test_the_foot_that_stands_ahead() -> None:
    lunge = Body(0.0, 0.0, Limbs(hip=60.0, knee=60.0), Limbs(hip=-20.0, knee=50.0))
    film = JointFilm(3, 1, 1, True, np.array([kinect(lunge, 30.0)]))
    assert film.foot_ahead_cm("left") > 20.0 > 0.0 > film.foot_ahead_cm("right")


@pytest.mark.parametrize(
    ("name", "shape", "fill", "said"),
    [
        ("squat", (3, 22, 3), 0.0, "'squat' is not called like m01_s02_e03_cor"),
        ("m01_s01_e01_cor", (3, 20, 3), 0.0, r"has shape \(3, 20, 3\)"),
        ("m01_s01_e01_cor", (0, 22, 3), 0.0, r"has shape \(0, 22, 3\)"),
        ("m01_s01_e01_cor", (3, 22, 3), np.nan, "holds something that is no number"),
    ],
)
def test_wrong_joints_are_refused(tmp_path: Path, name: str, shape: tuple[int, ...], fill: float, said: str) -> None:
    np.savez(tmp_path / "some.npz", **{name: np.full(shape, fill)})  # type: ignore[arg-type]
    with pytest.raises(UserError, match=said):
        read_joint_films(tmp_path)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.npz").write_bytes(b"no archive")
    with pytest.raises(UserError, match=r"some\.npz holds no arrays"):
        read_joint_films(tmp_path)
    with pytest.raises(MissingDataError, match="joints of people"):
        read_joint_films(tmp_path / "nowhere")


# -- repetitions ------------------------------------------------------------------------------------------------------


def test_distances_and_their_counts(tmp_path: Path) -> None:
    write_table(tmp_path / "distance_more.csv", [["a/1", 1.6, 1.5, 1.4], ["a/2", 1.7, 1.7, ""]])
    write_table(tmp_path / "labels.csv.gz", [["a/1", 0, 1, 2, 3, "", ""], ["a/2", "", ""]])
    for path in (tmp_path, tmp_path / "distance_more.csv"):
        first, second = read_distances(path)
        assert (first.name, first.count, first.distance_m.tolist()) == ("a/1", 2, [1.6, 1.5, 1.4])
        assert (second.name, second.count, second.distance_m.tolist()) == ("a/2", 0, [1.7, 1.7])


@pytest.mark.parametrize(
    ("distance", "label", "said"),
    [
        (["a", 1.5, "x"], ["a", 0, 1], r"distance\.csv, line 1: 'x' is not a number"),
        (["a", 1.5, -1.0], ["a", 0, 1], r"distance\.csv, line 1: a film needs distances, all of them above 0"),
        (["a", 1.5], ["a", 0, 1, 2], r"labels\.csv, line 1: 3 frames; every repetition needs a first and a last one"),
        (["a", 1.5], ["b", 0, 1], r"labels\.csv has no line for the film a"),
    ],
)
def test_wrong_distances_are_refused(tmp_path: Path, distance: list[object], label: list[object], said: str) -> None:
    write_table(tmp_path / "distance.csv", [distance])
    write_table(tmp_path / "labels.csv", [label])
    with pytest.raises(UserError, match=said):
        read_distances(tmp_path)


def test_distances_without_labels_are_missing_data(tmp_path: Path) -> None:
    write_table(tmp_path / "distance.csv", [["a", 1.5]])
    with pytest.raises(MissingDataError, match="no labels"):
        read_distances(tmp_path)


def test_films_of_poses_keep_the_heights(tmp_path: Path) -> None:
    write_box_film(tmp_path / "stu1_2.npz", [STANDING, SQUATTING])
    write_table(tmp_path / "annotation.csv", [["", "type", "name", "count", "L1"], [0, "squat", "stu1_2.mp4", 3, 7]])
    (film,) = read_pose_films(tmp_path)
    assert (film.name, film.exercise, film.count) == ("stu1_2", "squat", 3)
    boxed = measured(film.poses, ["squat_depth"])["squat_depth"]
    true = measured([pose_of(STANDING), pose_of(SQUATTING)], ["squat_depth"])["squat_depth"]
    assert boxed == pytest.approx(true, abs=0.01)  # kept with half precision


def test_a_row_of_zeros_is_nobody(tmp_path: Path) -> None:
    np.savez(tmp_path / "f.npz", poses=np.zeros((2, 104)))
    write_table(tmp_path / "annotation.csv", [["type", "name", "count"], ["squat", "f.mp4", 0]])
    (film,) = read_pose_films(tmp_path)
    assert not any(pose.has_person for pose in film.poses)
    assert isinstance(film.poses[0], Pose)


def test_only_the_wanted_exercises_are_read(tmp_path: Path) -> None:
    write_box_film(tmp_path / "f.npz", [STANDING])
    write_table(tmp_path / "a.csv", [["type", "name", "count"], ["squat", "f.mp4", 1], ["situp", "absent.mp4", 1]])
    assert [film.name for film in read_pose_films(tmp_path, types=frozenset({"squat"}))] == ["f"]
    with pytest.raises(MissingDataError, match=r"The film absent of .*a\.csv has no \.npz file"):
        read_pose_films(tmp_path)


@pytest.mark.parametrize("arrays", [{"a": np.zeros((2, 98))}, {"a": np.zeros(99)}, {"a": np.full((1, 99), np.inf)}])
def test_films_of_another_shape_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez(tmp_path / "f.npz", **arrays)  # type: ignore[arg-type]
    write_table(tmp_path / "a.csv", [["type", "name", "count"], ["squat", "f.mp4", 1]])
    with pytest.raises(UserError, match=r"f\.npz has shape"):
        read_pose_films(tmp_path)
