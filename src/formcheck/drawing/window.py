"""A window on the screen and the keys that are pressed in it. Only the main thread may use it.

Import this module before PyAV: on Linux both OpenCV and PyAV bring a libxcb of their own, and where PyAV's is loaded
first OpenCV's first window hangs (https://github.com/PyAV-Org/PyAV/issues/1050).
"""

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import cv2

from formcheck.drawing.style import Image
from formcheck.errors import UserError

SIZE_PX: Final = (1280, 720)
SMALLEST_PX: Final = 200
"""A window that says it is smaller has not been laid out yet."""
_ESCAPE: Final = 27
_NO_KEY: Final = -1
_X_SOCKETS: Final = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers listen


class Window:
    """Shows pictures and tells which key was pressed.

    A context manager; the window is there inside the block.

    Parameters
    ----------
    title : str
        Its name, different from that of other windows of this program.

    Raises
    ------
    UserError
        If there is no screen to show it on.
    """

    def __init__(self, title: str) -> None:
        if not screen_there(os.environ):
            raise UserError("There is no screen to show a window on: sit at one, or add --headless.")
        self._title = title

    def __enter__(self) -> Self:
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # complains that it brings no fonts
        try:
            cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL)
        except cv2.error:
            raise UserError(
                "The installed OpenCV cannot show windows: install opencv-python instead of opencv-python-headless, or "
                "add --headless."
            ) from None
        cv2.resizeWindow(self._title, *SIZE_PX)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(cv2.error):  # it is gone already when the person has closed it
            cv2.destroyWindow(self._title)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture that fills the window; another shape would be stretched."""
        _, _, width, height = cv2.getWindowImageRect(self._title)
        return (width, height) if min(width, height) >= SMALLEST_PX else SIZE_PX

    def show(self, image: Image) -> None:
        """Show a picture; it appears with the next `key`."""
        cv2.imshow(self._title, image)

    def key(self) -> str | None:
        """Let the window work for a moment and return the key that was pressed: ``"q"`` for Escape and for closing."""
        code = cv2.waitKey(1)
        if cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1.0 or code == _ESCAPE:
            return "q"
        return None if code == _NO_KEY else chr(code & 0xFF).lower()


def screen_there(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be opened. Asked before, because the window library ends the program where it cannot."""
    if platform in ("win32", "darwin"):
        return True
    host, _, number = environment.get("DISPLAY", "").rpartition(":")
    number = number.partition(".")[0]
    if not number.isdecimal():
        return False
    return bool(host) or _listens(_X_SOCKETS / f"X{number}")


def _listens(path: Path) -> bool:
    for address in (str(path), f"\0{path}"):  # beside the file there is, on Linux, a socket without one
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            try:
                client.connect(address)
            except OSError:
                continue
            return True
    return False
