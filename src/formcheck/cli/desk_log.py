"""The log of the desk: where it lies, writing it so that it never grows large, and emptying it."""

import logging
from contextlib import ExitStack
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import platformdirs

from formcheck.atomic import output_error
from formcheck.errors import OutputError

LOG_BYTES: Final = 500_000
LOGS_KEPT: Final = 3


def log_path() -> Path:
    """Return where the log of the desk lies."""
    return platformdirs.user_log_path("formcheck", appauthor=False) / "desk.log"


def keep_log(stack: ExitStack) -> None:
    """Write what happens into the log, and on the terminal, until the stack is closed.

    Raises
    ------
    OutputError
        If the log cannot be written.
    """
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"The log {path} cannot be written: {error.strerror}; check its rights.") from None
    root = logging.getLogger("formcheck")
    root.setLevel(logging.INFO)
    for handler in (file, logging.StreamHandler()):
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
        root.addHandler(handler)
        stack.callback(handler.close)
        stack.callback(root.removeHandler, handler)


def empty_log() -> None:
    """Empty the log, as a desk that runs has it open, and remove the older ones.

    Raises
    ------
    OutputError
        If that fails.
    """
    path = log_path()
    try:
        for older in path.parent.glob(f"{path.name}.*"):
            older.unlink(missing_ok=True)
        if path.exists():
            path.write_bytes(b"")
    except OSError as error:
        raise output_error(path, error) from None
