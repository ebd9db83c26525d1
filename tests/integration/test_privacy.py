"""Nothing leaves the machine: an analysis opens no network socket, not from Python and not from the libraries below."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from formcheck.shipped import shipped_file

pytestmark = pytest.mark.model

WATCHED = """
import sys

opened = []
sys.addaudithook(lambda event, args: opened.append((event, args)) if event.startswith("socket.") else None)
sys.argv = ["formcheck", *sys.argv[1:]]
from formcheck.cli.main import main

try:
    main()
finally:
    print(len(opened), opened[:3], file=sys.stderr)
"""


def command(sample: Path, out: Path) -> list[str]:
    return ["analyze", str(sample), "--exercise", "plank", "--out", str(out), "--quiet"]


@pytest.mark.usefixtures("pose_model")
def test_python_opens_no_socket(tmp_path: Path) -> None:
    sample = shipped_file("samples", "plank_straight.mp4")
    run = subprocess.run(
        [sys.executable, "-c", WATCHED, *command(sample, tmp_path / "out")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[-1].startswith("0 "), run.stderr
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.usefixtures("pose_model")
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_library_opens_a_network_socket(tmp_path: Path) -> None:
    sample, log = shipped_file("samples", "plank_straight.mp4"), tmp_path / "calls"
    trace = ["strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", str(log)]
    run = subprocess.run(
        [*trace, sys.executable, "-m", "formcheck", *command(sample, tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in run.stderr:
        pytest.skip("this machine does not allow tracing")
    assert run.returncode == 0, run.stderr
    calls = [line for line in log.read_text().splitlines() if "AF_INET" in line]
    assert calls == []
