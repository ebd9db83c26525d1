"""One desk at a time, and how other programs of the same user talk to it: through files in a folder, no socket.

The folder holds ``lock`` (held by the desk that runs), ``status.json`` (what it does) and ``requests/`` (what is asked
of it, one file each, removed when it is done).
"""

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal, get_args

import filelock
import platformdirs

from formcheck.atomic import atomic_path
from formcheck.errors import OutputError, UserError

Ask = Literal["pause", "resume", "snooze", "stop"]
SNOOZE_MINUTES: Final = 30.0
MOST_MINUTES: Final = 1440.0
"""A snooze lasts a day at most."""
_ENDING: Final = ".json"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the desk; `minutes` belong to ``snooze``, infinite for until tomorrow."""

    ask: Ask
    minutes: float = SNOOZE_MINUTES


@dataclass(frozen=True, slots=True)
class Status:
    """What the desk does.

    Attributes
    ----------
    pid : int
    doing : str
        ``"watching"``, or why it does not: ``"paused"``, ``"locked"``, ``"battery"``, ``"busy"`` or ``"camera"``.
    state : str
        What the person does: ``"sitting"``, ``"standing"``, ``"walking"`` or ``"away"``.
    place : str
        Name of the calibration.
    calibrated : bool
    since : str
        When it was started, in local time.
    snoozed_until : str
        In local time; empty if it is not.
    """

    pid: int
    doing: str
    state: str
    place: str
    calibrated: bool
    since: str
    snoozed_until: str = ""


def desk_dir() -> Path:
    """Return the user's own folder for the running desk."""
    return platformdirs.user_state_path("formcheck", appauthor=False) / "desk"


class DeskFolder:
    """The folder through which a running desk is found.

    Parameters
    ----------
    path : Path, optional
        Default: `desk_dir`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or desk_dir()
        self._requests = self.path / "requests"
        self._status = self.path / "status.json"
        self._lock = filelock.FileLock(self.path / "lock")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the one desk of this user; the system gives the lock back when the process ends, however it does.

        Raises
        ------
        UserError
            If another one runs.
        OutputError
            If the folder cannot be written.
        """
        try:
            self._requests.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise UserError("formcheck desk already runs; formcheck desk stop ends it.") from None
        except OSError as error:
            raise OutputError(f"{self.path} cannot be written ({error.strerror}); check its rights.") from None
        try:
            self._clear()
            yield
        finally:
            self._clear()
            self._lock.release()

    def runs(self) -> bool:
        """Whether a desk runs."""
        if self._lock.is_locked:
            return True  # it is this one
        if not self.path.is_dir():
            return False
        try:
            with self._lock.acquire(timeout=0):
                return False
        except filelock.Timeout:
            return True

    def status(self) -> Status | None:
        """Return what the running desk does; None if none runs, or it has only just begun."""
        if not self.runs():
            return None
        try:
            return Status(**json.loads(self._status.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def publish(self, status: Status) -> None:
        """Say what this desk does.

        Raises
        ------
        OutputError
            If that cannot be written.
        """
        with atomic_path(self._status) as unfinished:
            unfinished.write_text(json.dumps(asdict(status)), encoding="utf-8")

    def ask(self, request: Request) -> None:
        """Ask something of the running desk.

        Raises
        ------
        UserError
            If none runs.
        OutputError
            If the request cannot be written.
        """
        if not self.runs():
            raise UserError("formcheck desk does not run; formcheck desk starts it.")
        with atomic_path(self._requests / f"{time.time_ns():020d}{_ENDING}") as unfinished:
            unfinished.write_text(json.dumps(asdict(request)), encoding="utf-8")

    def requests(self) -> list[Request]:
        """Take what has been asked, oldest first; what makes no sense is dropped."""
        asked = []
        for file in sorted(self._requests.glob(f"[0-9]*{_ENDING}")):
            request = _request(file)
            file.unlink(missing_ok=True)
            if request is not None:
                asked.append(request)
        return asked

    def _clear(self) -> None:
        for file in (self._status, *self._requests.glob(f"*{_ENDING}")):
            file.unlink(missing_ok=True)


def _request(file: Path) -> Request | None:
    try:
        request = Request(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    sound = 0.0 < request.minutes <= MOST_MINUTES or request.minutes == math.inf
    return request if request.ask in get_args(Ask) and sound else None
