"""Another program that opens a device is noticed, and who holds it is found; on Linux alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from formcheck.errors import OperationError
from formcheck.video.camera_claims import CameraClaims, device_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other platforms share their cameras")
HOLD = "import sys; f = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def test_an_opening_is_noticed_once_and_holding_as_long_as_it_lasts(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch()
    claims = CameraClaims(device)
    assert not claims.wanted()
    with subprocess.Popen([sys.executable, "-c", HOLD, device], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        assert claims.wanted()
        assert not claims.wanted()
        assert claims.held()
        other.communicate()
    assert not claims.held()
    claims.close()
    claims.close()
    assert not claims.wanted()


def test_this_program_holding_it_is_no_claim(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    with device.open("w"):
        assert not CameraClaims(device).held()


def test_a_stream_and_other_platforms_have_no_device(tmp_path: Path) -> None:
    assert device_of("rtsp://host/stream") is None
    assert device_of("0", "darwin") is None
    assert device_of("99") is None
    none = CameraClaims(None)
    assert (none.wanted(), none.held()) == (False, False)


def test_a_device_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="No such file"):
        CameraClaims(tmp_path / "gone")
