"""`formcheck desk`: which cameras are waited for, and which cannot be."""

import os
import sys
from pathlib import Path

import pytest

from formcheck.cli.desk import _must_be_there
from formcheck.errors import FilmError, UserError


@pytest.mark.parametrize("camera", ["0", "7", "rtsp://192.0.2.1/desk", "/dev/video99"])
def test_a_camera_that_may_come_yet_is_waited_for(camera: str) -> None:
    _must_be_there(camera)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
def test_a_pipe_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "camera")
    _must_be_there(str(tmp_path / "camera"))


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    gone = tmp_path / "gone.mp4"
    with pytest.raises(UserError) as caught:
        _must_be_there(str(gone))
    assert str(caught.value) == (f"There is no camera or film {gone}; check the path, or name a camera by its number.")


def test_a_camera_without_a_name_is_refused() -> None:
    with pytest.raises(UserError, match="The camera has no name: give --camera a number"):
        _must_be_there("")


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.mp4").write_text("Dear all")
    for path in (tmp_path / "letter.mp4", tmp_path):
        with pytest.raises(FilmError):
            _must_be_there(str(path))
