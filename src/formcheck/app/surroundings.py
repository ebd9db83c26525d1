"""What goes on around the desk: battery, locked screen, screens that are connected, a set being done meanwhile.

No D-Bus library: logind is asked by its own client, `loginctl`, and nothing of this opens a network socket.
"""

import json
import os
import plistlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import platformdirs
import psutil

from formcheck.errors import OutputError
from formcheck.video.camera_claims import CameraClaims, device_of

ANSWER_S: Final = 3.0
"""What has not answered by then is taken not to know."""
_DRM: Final = Path("/sys/class/drm")


def can_see_locks(platform: str = sys.platform) -> bool:
    """Whether a locked screen can be noticed here: on Linux with logind, macOS and Windows."""
    return platform in ("darwin", "win32") or shutil.which("loginctl") is not None


class Surroundings:
    """What goes on around a desk; see `formcheck.app.desk.Around`.

    A context manager.

    Parameters
    ----------
    camera : str
        Number, address or path of the camera, to notice that another program wants it.
    """

    def __init__(self, camera: str) -> None:
        self._claims = CameraClaims(device_of(camera))
        self._session = os.environ.get("XDG_SESSION_ID", "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._claims.close()

    def locked(self) -> bool:
        """Whether the screen is locked, as far as the platform tells.

        On Linux this is logind's ``LockedHint``, which GNOME, KDE Plasma and other desktops set; a bare screen locker
        such as i3lock does not, and then the camera goes on.
        """
        if sys.platform == "darwin":
            return _locked_on_mac(_output("ioreg", "-n", "Root", "-d1", "-a"))
        if sys.platform == "win32":
            return _locked_on_windows()
        return self._locked_by_logind()

    def on_battery(self) -> bool:
        """Whether the computer runs on its battery; False where there is none or nobody knows."""
        battery = psutil.sensors_battery()
        return battery is not None and battery.power_plugged is False

    def exercising(self) -> bool:
        """Whether a set is under way before this or another camera."""
        return set_under_way()

    def screens(self) -> tuple[str, ...]:
        """Return the screens that are connected, each as ``name widthxheight``; empty where nobody knows."""
        return screens()

    def camera_wanted(self) -> bool:
        """Whether another program has tried to open the camera since the last call."""
        return self._claims.wanted()

    def camera_held(self) -> bool:
        """Whether another program of this user holds the camera."""
        return self._claims.held()

    def camera_opened(self) -> None:
        """Forget what opening it ourselves looked like."""
        self._claims.wanted()

    def _locked_by_logind(self) -> bool:
        if shutil.which("loginctl") is None:
            return False
        if not self._session:  # a service of the user's is in no session: ask for the one with the screen
            user = _output("loginctl", "show-user", str(os.getuid()), "--property=Display", "--value")
            self._session = user.decode("ascii", "replace").strip()
        if not self._session:
            return False
        hint = _output("loginctl", "show-session", self._session, "--property=LockedHint", "--value")
        return hint.strip() == b"yes"


def _locked_on_mac(ioreg: bytes) -> bool:
    """Read what `ioreg` says of the console's users."""
    try:
        root: dict[str, Any] = plistlib.loads(ioreg)
    except (plistlib.InvalidFileException, ValueError):
        return False
    users = root.get("IOConsoleUsers", [])
    return any(bool(user.get("CGSSessionScreenIsLocked")) for user in users)


def _locked_on_windows() -> bool:
    """Ask for the desktop that takes input: while it is the locked one, this program may not have it."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only there

        may_switch = 0x0100
        desktop = ctypes.windll.user32.OpenInputDesktop(0, False, may_switch)
        if not desktop:
            return True
        ctypes.windll.user32.CloseDesktop(desktop)
    return False


def screens() -> tuple[str, ...]:
    """Return the screens that are connected, each as ``name widthxheight``; empty where nobody knows."""
    if sys.platform == "darwin":
        return _screens_of_mac(_output("system_profiler", "SPDisplaysDataType", "-json"))
    if sys.platform == "win32":
        return _screens_of_windows()
    return _screens_of_linux(_DRM)


def _screens_of_linux(folder: Path) -> tuple[str, ...]:
    found = []
    for connector in sorted(folder.glob("card*-*")):
        if _read(connector / "status") == "connected":
            size = next(iter(_read(connector / "modes").split()), "")
            found.append(f"{connector.name.partition('-')[2]} {size}".strip())
    return tuple(found)


def _read(file: Path) -> str:
    """Return what the kernel says in a file; nothing if it is gone, as when a dock is unplugged just now."""
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _screens_of_mac(profiler: bytes) -> tuple[str, ...]:
    try:
        cards = json.loads(profiler)["SPDisplaysDataType"]
    except (ValueError, KeyError):
        return ()
    found = [screen for card in cards for screen in card.get("spdisplays_ndrvs", [])]
    return tuple(sorted(f"{s.get('_name', '')} {s.get('_spdisplays_pixels', '')}".strip() for s in found))


def _screens_of_windows() -> tuple[str, ...]:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only there

        how_many, width, height = (ctypes.windll.user32.GetSystemMetrics(what) for what in (80, 78, 79))
        return (f"{how_many} {width}x{height}",)
    return ()


def _output(*command: str) -> bytes:
    """Return what a program of the system prints; nothing if it is not there or does not answer."""
    try:
        return subprocess.run(command, capture_output=True, timeout=ANSWER_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return b""


# -- sets that are done meanwhile -------------------------------------------------------------------------------------


def sets_dir() -> Path:
    """Return the folder in which every program that leads a set leaves a file as long as it lasts."""
    return platformdirs.user_state_path("formcheck", appauthor=False) / "sets"


@contextmanager
def exercising(folder: Path | None = None) -> Iterator[None]:
    """Let the desk know that a set is being done, as long as the block lasts: it then keeps quiet.

    Raises
    ------
    OutputError
        If that cannot be written down.
    """
    where = folder or sets_dir()
    own = psutil.Process()
    file = where / f"{own.pid}.set"
    try:
        where.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{own.create_time():.3f}", encoding="ascii")
    except OSError as error:
        raise OutputError(f"{file} cannot be written ({error.strerror}); check the rights of its folder.") from None
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def set_under_way(folder: Path | None = None) -> bool:
    """Whether any program leads a set now; files of programs that are gone are removed."""
    files = [file for file in (folder or sets_dir()).glob("*.set") if re.fullmatch(r"\d+", file.stem)]
    return sum(_goes_on(file) for file in files) > 0  # all are looked at, to remove those of programs that are gone


def _goes_on(file: Path) -> bool:
    try:
        begun = psutil.Process(int(file.stem)).create_time()
        if abs(begun - float(file.read_text(encoding="ascii"))) < 1.0:
            return True
        file.unlink(missing_ok=True)  # another program has got that number since
    except psutil.NoSuchProcess:
        file.unlink(missing_ok=True)
    except (OSError, ValueError):
        return False  # it was just removed, or is just being written
    return False
