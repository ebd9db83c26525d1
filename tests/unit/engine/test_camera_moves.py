"""A camera that was moved, from how somebody sits before it."""

from tests.desk_poses import BASELINE

from formcheck.engine.camera_moves import CameraMoves


class Windows:
    """Still windows of ten seconds."""

    def __init__(self) -> None:
        self.moves, self.t = CameraMoves(), 0.0

    def sit(self, height: float = 0.0, head: float = 0.6, face: float = 0.4, gap: float = 0.0) -> bool:
        """Sit with the shoulders at a height; return whether the camera is told to have moved."""
        start = self.t + gap
        self.t = start + 10.0
        values = {"head_height": height + head - 0.6, "head_above_shoulders": head, "face_to_shoulders": face}
        return self.moves.update(start, self.t, values, BASELINE)


def test_a_jump_with_the_same_shape_is_told_once_and_being_put_back_holds_again() -> None:
    windows = Windows()
    assert not windows.sit()
    assert windows.sit(height=-0.4)
    assert windows.moves.moved
    assert not windows.sit(height=-0.4)
    assert not windows.sit(height=-0.05)
    assert not windows.moves.moved


def test_being_put_back_is_seen_without_the_jump_once_somebody_sits_as_calibrated() -> None:
    windows = Windows()
    windows.sit()
    assert windows.sit(height=-0.4)
    assert not windows.sit(height=-0.05, head=0.45)
    assert windows.moves.moved
    assert not windows.sit(height=-0.05)
    assert not windows.moves.moved


def test_who_sinks_together_changes_shape_and_who_moves_a_little_is_no_camera() -> None:
    windows = Windows()
    windows.sit()
    assert not windows.sit(height=-0.4, head=0.45)
    windows.sit()
    assert not windows.sit(height=-0.25)
    assert not windows.moves.moved


def test_a_tilted_lid_takes_a_little_off_the_face_and_leaning_back_takes_more() -> None:
    windows = Windows()
    windows.sit()
    assert windows.sit(height=-0.4, face=0.372)
    windows = Windows()
    windows.sit()
    assert not windows.sit(height=-0.4, face=0.355)


def test_slowly_is_the_person() -> None:
    windows = Windows()
    windows.sit()
    assert not windows.sit(height=-0.4, gap=40.0)


def test_over_an_absence_it_is_seen_too_when_the_shape_is_the_same_again() -> None:
    windows = Windows()
    windows.sit()
    windows.moves.absent()
    assert not windows.sit(height=-0.5, head=0.4, gap=3600.0)
    assert windows.sit(height=-0.5)


def test_long_after_an_absence_it_is_not_looked_for_any_more() -> None:
    windows = Windows()
    windows.sit()
    windows.moves.absent()
    for _ in range(33):
        windows.sit(height=-0.25, head=0.5)
    assert not windows.sit(height=-0.4, head=0.58)


def test_calibrated_anew_it_holds() -> None:
    windows = Windows()
    windows.sit()
    windows.sit(height=-0.4)
    windows.moves.calibrated()
    assert not windows.moves.moved
    assert not windows.sit(height=-0.4)
