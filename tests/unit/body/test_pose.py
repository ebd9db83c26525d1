import numpy as np
import pytest

from formcheck.body.pose import STATIONS, Pose, TorsoProfile


def test_shapes_that_are_not_a_pose_are_refused_with_both_shapes_named() -> None:
    with pytest.raises(ValueError, match=r"xy_px \(33, 2\).*got \(32, 2\)"):
        Pose(0.0, np.zeros((32, 2)), None, np.zeros(33), (640, 480))
    with pytest.raises(ValueError, match=r"visibility \(33,\).*got \(33, 2\) and \(30,\)"):
        Pose(0.0, np.zeros((33, 2)), None, np.zeros(30), (640, 480))
    with pytest.raises(ValueError, match=r"world_m \(33, 3\) or None, got \(33, 2\)"):
        Pose(0.0, np.zeros((33, 2)), np.zeros((33, 2)), np.zeros(33), (640, 480))


def test_shapes_that_are_not_an_outline_are_refused() -> None:
    with pytest.raises(ValueError, match=r"edges \(2, 41\)"):
        TorsoProfile(np.zeros((2, 40)), np.zeros(2), "left")
    with pytest.raises(ValueError, match=r"sharpness \(2,\)"):
        TorsoProfile(np.zeros((2, 41)), np.zeros(3), "left")


def test_nobody_is_a_pose_without_a_person() -> None:
    pose = Pose.nobody(1.5, (640, 480))
    assert pose.t == 1.5
    assert not pose.has_person
    assert np.isnan(pose.xy_px).all()
    assert not pose.visibility.any()


@pytest.mark.parametrize("row", [0, 17, 32])
def test_one_landmark_is_enough_to_be_somebody(row: int) -> None:
    xy_px = np.full((33, 2), np.nan)
    xy_px[row] = (10.0, 20.0)
    assert Pose(0.0, xy_px, None, np.zeros(33), (640, 480)).has_person


def test_stations_run_from_hip_to_shoulder() -> None:
    assert STATIONS[0] == 0.0
    assert STATIONS[-1] == 1.0
    assert np.allclose(np.diff(STATIONS), 0.025)
