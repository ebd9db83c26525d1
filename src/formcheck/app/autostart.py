"""Start the desk with the login: a systemd user unit, a launchd agent, or a Windows task.

What is written is a file, and then the platform's own client is told of it. Nothing needs administrator's rights.
"""

import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from xml.sax.saxutils import escape

from formcheck.atomic import atomic_path
from formcheck.errors import OperationError, OutputError, UserError

Platform = Literal["linux", "darwin", "win32"]
UNIT: Final = "formcheck-desk.service"
LABEL: Final = "org.formcheck.desk"
TASK: Final = "formcheck desk"
ANSWER_S: Final = 30.0

Run = Callable[[Sequence[str]], "Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client of the system answered."""

    ok: bool
    said: str


@dataclass(frozen=True, slots=True)
class Autostart:
    """How the desk is started with the login on one platform.

    Attributes
    ----------
    path : Path
        The file that says so.
    text : str
        What it holds.
    load, unload : tuple of commands
        How the system is told of it, and of its end.
    """

    path: Path
    text: str
    load: tuple[tuple[str, ...], ...]
    unload: tuple[tuple[str, ...], ...]

    def install(self, run: Run | None = None) -> None:
        """Write the file and tell the system; installing twice is the same as once.

        Raises
        ------
        OutputError
            If the file cannot be written.
        OperationError
            If the system does not take it; the file is removed again.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self.path.parent} cannot be made: {error.strerror}; check its rights.") from None
        if self.installed:  # launchd refuses what it has already, and systemd goes on with the old arguments
            for command in self.unload:
                (run or run_client)(command)
        with atomic_path(self.path) as unfinished:
            unfinished.write_text(self.text, encoding="utf-16" if self.path.suffix == ".xml" else "utf-8")
        for command in self.load:
            answer = (run or run_client)(command)
            if not answer.ok:
                self.path.unlink(missing_ok=True)
                said = f"{' '.join(command)} failed ({answer.said})"
                raise OperationError(f"{said}; the desk is not started with the login.")

    def uninstall(self, run: Run | None = None) -> bool:
        """Tell the system and remove the file; return whether it was there.

        Raises
        ------
        OutputError
            If it cannot be removed.
        """
        if not self.installed:
            return False
        for command in self.unload:
            (run or run_client)(command)  # it may never have been loaded, or be gone already
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{self.path} cannot be removed: {error.strerror}; check its rights.") from None
        return True

    @property
    def installed(self) -> bool:
        """Whether the desk is started with the login."""
        return self.path.is_file()


def autostart(arguments: Sequence[str] = (), *, platform: str = sys.platform, home: Path | None = None) -> Autostart:
    """Return how the desk is started with the login here.

    Parameters
    ----------
    arguments : sequence of str
        Of ``formcheck desk``, such as ``("--camera", "1")``.
    platform : str, optional
    home : Path, optional

    Raises
    ------
    UserError
        If formcheck does not know how on this platform.
    """
    command = (sys.executable, "-m", "formcheck", "desk", *arguments)
    where = home or Path.home()
    if platform.startswith("linux"):
        return _systemd(command, where)
    if platform == "darwin":
        return _launchd(command, where)
    if platform == "win32":
        return _task(command, where)
    raise UserError("How to start with the login is known for Linux with systemd, macOS and Windows only.")


def _systemd(command: Sequence[str], home: Path) -> Autostart:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "systemd" / "user"
    text = f"""[Unit]
Description=formcheck desk: posture and breaks
After=graphical-session.target
PartOf=graphical-session.target

[Service]
ExecStart={" ".join(_systemd_word(word) for word in command)}
Restart=on-failure
RestartSec=30
RestartPreventExitStatus=2
Nice=10
TimeoutStopSec=15

[Install]
WantedBy=graphical-session.target
"""
    tell = ("systemctl", "--user")
    return Autostart(
        folder / UNIT,
        text,
        ((*tell, "daemon-reload"), (*tell, "enable", "--now", UNIT)),
        ((*tell, "disable", "--now", UNIT),),
    )


def _systemd_word(word: str) -> str:
    """Return a word as systemd reads it back: quoted, with nothing in it expanded."""
    for special, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(special, written)
    return f'"{word}"'


def _launchd(command: Sequence[str], home: Path) -> Autostart:
    path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 30,
        "ProcessType": "Background",
        "LimitLoadToSessionType": "Aqua",
    }
    user = f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"
    text = plistlib.dumps(agent).decode()
    load = ("launchctl", "bootstrap", user, str(path))
    unload = ("launchctl", "bootout", f"{user}/{LABEL}")
    return Autostart(path, text, (load,), (unload,))


def _task(command: Sequence[str], home: Path) -> Autostart:
    path = home / "AppData" / "Local" / "formcheck" / "desk-task.xml"
    program = command[0].removesuffix("python.exe") + "pythonw.exe" if command[0].endswith("python.exe") else command[0]
    text = f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals><Principal id="Author"><LogonType>InteractiveToken</LogonType>
    <RunLevel>LeastPrivilege</RunLevel></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
    <RestartOnFailure><Interval>PT1M</Interval><Count>10</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author"><Exec>
    <Command>{escape(program)}</Command>
    <Arguments>{escape(subprocess.list2cmdline(command[1:]))}</Arguments>
  </Exec></Actions>
</Task>
"""
    load = ("schtasks", "/Create", "/TN", TASK, "/XML", str(path), "/F")
    return Autostart(path, text, (load,), (("schtasks", "/Delete", "/TN", TASK, "/F"),))


def run_client(command: Sequence[str]) -> Answer:
    """Run a client of the system."""
    if shutil.which(command[0]) is None:
        return Answer(False, f"there is no {command[0]}")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_S, check=False)
    except subprocess.TimeoutExpired:
        return Answer(False, "it does not answer")
    said = (done.stderr or done.stdout).strip().splitlines()
    return Answer(done.returncode == 0, said[-1].rstrip(".") if said else f"exit code {done.returncode}")
