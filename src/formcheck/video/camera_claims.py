"""Whether another program wants the camera that this one has: only Linux gives a camera to one program at a time.

There the kernel tells whoever asks that a file was opened (inotify), and a camera is a file.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import Final

from formcheck.errors import OperationError

_IN_OPEN: Final = 0x20
_AT_ONCE: Final = 64 * 1024
_PROC: Final = Path("/proc")


def device_of(source: str, platform: str = sys.platform) -> Path | None:
    """Return the file of a camera of this computer; None where there is none or the platform shares its cameras."""
    if not platform.startswith("linux"):
        return None
    device = Path(f"/dev/video{int(source)}") if source.isdecimal() else Path(source)
    return device if device.is_char_device() else None


class CameraClaims:
    """Notices that other programs open a file.

    Parameters
    ----------
    device : Path or None
        What to look at; nobody ever claims None.

    Raises
    ------
    OperationError
        If the kernel does not let it look.
    """

    def __init__(self, device: Path | None) -> None:
        self._device = device
        self._notices = -1 if device is None else _watching(device)

    def close(self) -> None:
        """Stop looking; may be called twice."""
        if self._notices >= 0:
            os.close(self._notices)
        self._notices = -1

    def wanted(self) -> bool:
        """Whether anybody, this program included, has opened the device since the last call."""
        if self._notices < 0:
            return False
        try:
            return bool(os.read(self._notices, _AT_ONCE))
        except BlockingIOError:
            return False

    def held(self) -> bool:
        """Whether another program of this user has the device open."""
        if self._device is None:
            return False
        own = str(os.getpid())
        processes = [folder for folder in _PROC.iterdir() if folder.name.isdecimal() and folder.name != own]
        return any(self._has_open(process) for process in processes)

    def _has_open(self, process: Path) -> bool:
        try:
            return any(_points_to(link, str(self._device)) for link in (process / "fd").iterdir())
        except OSError:
            return False  # it has ended, or belongs to somebody else


def _points_to(link: Path, target: str) -> bool:
    try:
        return str(link.readlink()) == target
    except OSError:
        return False


def _watching(device: Path) -> int:
    """Return a descriptor from which one notice can be read for each time the device is opened."""
    libc = ctypes.CDLL(None, use_errno=True)
    notices: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if notices < 0 or libc.inotify_add_watch(notices, os.fsencode(device), _IN_OPEN) < 0:
        reason = os.strerror(ctypes.get_errno())
        if notices >= 0:
            os.close(notices)
        raise OperationError(f"Whether other programs want the camera {device} cannot be seen: {reason}.")
    return notices
