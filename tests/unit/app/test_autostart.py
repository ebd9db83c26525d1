"""What is written for systemd, launchd and Windows; each read back by a reader of its own format."""

import plistlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest

from formcheck.app.autostart import Answer, Autostart, autostart, run_client
from formcheck.errors import OperationError, UserError

GIVEN = ("--camera", "rtsp://host/%20a b$x")
COMMAND = [sys.executable, "-m", "formcheck", "desk", *GIVEN]
NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


class Client:
    """Stands in for the clients of the system."""

    def __init__(self, ok: bool = True) -> None:
        self.ok = ok
        self.asked: list[Sequence[str]] = []

    def __call__(self, command: Sequence[str]) -> Answer:
        self.asked.append(command)
        return Answer(self.ok, "no bus")


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Autostart:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return autostart(GIVEN, platform="linux", home=tmp_path)


def test_the_unit_of_systemd(systemd: Autostart, tmp_path: Path) -> None:
    assert systemd.path == tmp_path / ".config/systemd/user/formcheck-desk.service"
    assert '"--camera" "rtsp://host/%%20a b$$x"' in systemd.text
    assert "WantedBy=graphical-session.target" in systemd.text
    assert "RestartPreventExitStatus=2" in systemd.text
    client = Client()
    systemd.install(client)
    assert [" ".join(command) for command in client.asked] == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now formcheck-desk.service",
    ]
    assert systemd.installed
    systemd.install(client)  # anew: the one that runs is ended, so that new arguments hold at once
    assert client.asked[2] == ("systemctl", "--user", "disable", "--now", "formcheck-desk.service")
    assert len(client.asked) == 5
    assert systemd.uninstall(client)
    assert client.asked[-1] == ("systemctl", "--user", "disable", "--now", "formcheck-desk.service")
    assert not systemd.path.exists()
    assert not systemd.uninstall(client)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_its_unit(systemd: Autostart) -> None:
    systemd.install(Client())
    command = ["systemd-analyze", "--user", "verify", "--recursive-errors=no", str(systemd.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "formcheck-desk.service" not in done.stderr, done.stderr


def test_the_agent_of_launchd(tmp_path: Path) -> None:
    start = autostart(GIVEN, platform="darwin", home=tmp_path)
    agent = plistlib.loads(start.text.encode())
    assert start.path == tmp_path / "Library/LaunchAgents/org.formcheck.desk.plist"
    assert agent["ProgramArguments"] == COMMAND
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert start.load[0][:2] == ("launchctl", "bootstrap")
    assert start.unload[0][:2] == ("launchctl", "bootout")


def test_the_task_of_windows(tmp_path: Path) -> None:
    start = autostart(GIVEN, platform="win32", home=tmp_path)
    client = Client()
    start.install(client)
    task = ET.fromstring(start.path.read_bytes())  # in the encoding that it names
    command = [task.findtext(f".//{NAMESPACE}{name}") for name in ("Command", "Arguments")]
    assert command == [sys.executable, subprocess.list2cmdline(COMMAND[1:])]
    assert task.findtext(f".//{NAMESPACE}DisallowStartIfOnBatteries") == "false"
    assert task.find(f".//{NAMESPACE}LogonTrigger") is not None
    assert client.asked[0][:4] == ("schtasks", "/Create", "/TN", "formcheck desk")


def test_a_system_that_refuses_is_one_sentence_and_leaves_nothing(systemd: Autostart) -> None:
    with pytest.raises(OperationError, match=r"daemon-reload failed \(no bus\); the desk is not started"):
        systemd.install(Client(ok=False))
    assert not systemd.installed


def test_other_platforms_are_refused() -> None:
    with pytest.raises(UserError, match="systemd, macOS and Windows only"):
        autostart(platform="freebsd13")


def test_a_client_that_is_not_there_is_an_answer() -> None:
    assert run_client(["no-such-client"]) == Answer(False, "there is no no-such-client")
    assert run_client([sys.executable, "-c", "raise SystemExit('it broke.')"]) == Answer(False, "it broke")
    assert run_client([sys.executable, "-c", ""]).ok
