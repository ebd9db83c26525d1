"""Minutes of the desk on their way into the history: which minute of the day each was, and writing them down.

The loop counts by a clock that never jumps. What the clock on the wall shows may jump: a computer sleeps, somebody sets
the time, a journey changes it.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from formcheck.engine.desk import MinuteRecord
from formcheck.errors import FormcheckError
from formcheck.storage.database import PUT_ASIDE, DamagedHistoryError, History, Minute

JUMP_S: Final = 3.0
"""By how much the two clocks may part between two looks before one of them has jumped."""
GAP_S: Final = 10.0
"""Nobody looked for so long: the program did not run."""
KEPT: Final = 2880
"""Minutes and events that wait for a history that cannot be written: a working day and more; the oldest go first."""
RETRY_S: Final = 30.0
CLOSE_S: Final = 10.0

Jump = Literal["slept", "clock_set"]

logger = logging.getLogger(__name__)


class WallTime:
    """Tells the time of day of moments of a clock that never jumps, and what that clock has slept through.

    Parameters
    ----------
    t : float
        Now, by the clock that never jumps, in seconds.
    wall : datetime
        Now, with its time zone.

    Attributes
    ----------
    slept_s : float
        For how long the computer slept without the clock counting it. Times that are given and asked for later have it
        added to them.
    """

    def __init__(self, t: float, wall: datetime) -> None:
        self.slept_s = 0.0
        self._known = deque([(t, wall.astimezone(UTC))], maxlen=64)
        self._last = self._known[0]

    def check(self, t: float, wall: datetime) -> Jump | None:
        """Look at both clocks, at least every few seconds; return what has happened between the last look and now."""
        last_t, last_wall = self._last
        self._last = t, wall.astimezone(UTC)
        passed_s = (self._last[1] - last_wall).total_seconds()
        parted_s = passed_s - (t - last_t)
        if parted_s > JUMP_S:
            self.slept_s += parted_s
            self._last = t + parted_s, self._last[1]
            return "slept"
        if abs((self.at(t) - self._last[1]).total_seconds()) > 1.0:
            self._known.append(self._last)
        if t - last_t > GAP_S:
            return "slept"
        return "clock_set" if parted_s < -JUMP_S else None

    def at(self, t: float) -> datetime:
        """Return what the clock on the wall showed at `t`, in UTC."""
        known_t, wall = next((known for known in reversed(self._known) if known[0] <= t), self._known[0])
        return wall + timedelta(seconds=t - known_t)


def minute_of(record: MinuteRecord, start: datetime, place: str) -> Minute:
    """Return a finished minute as it is kept: that of the clock on the wall at whose beginning it began, or nearest."""
    return Minute(
        start=(start + timedelta(seconds=30.0)).replace(second=0, microsecond=0),
        place=place,
        seconds_sitting=record.seconds.get("sitting", 0.0),
        seconds_standing=record.seconds.get("standing", 0.0),
        seconds_walking=record.seconds.get("walking", 0.0),
        seconds_away=record.seconds.get("away", 0.0),
        score=record.score,
        rules={rule: (met, warning, fault) for rule, (met, warning, fault, _) in record.rule_seconds.items()},
        alerts=record.alerts,
        breaks=record.breaks,
    )


Entry = Minute | tuple[datetime, str, str]
"""A minute, or an event: when, of what kind, and which."""


class HistoryWriter:
    """Writes minutes and events down in a thread of its own, in order, and again until it works.

    What cannot be written waits, is said once in the log, and is tried again every half minute. A history that is
    damaged is put aside under another name and a new one begun.

    Parameters
    ----------
    path : Path
    open_history : callable, optional
        Opens it, as `History` does.
    retry_s : float, optional
    """

    def __init__(
        self, path: Path, *, open_history: Callable[[Path], History] = History, retry_s: float = RETRY_S
    ) -> None:
        self._path = path
        self._open = open_history
        self._retry_s = retry_s
        self._history: History | None = None
        self._file: tuple[int, int] | None = None
        self._waiting: deque[Entry] = deque(maxlen=KEPT)
        self._changed = threading.Condition()
        self._closing = False
        self._told = ""
        self._thread = threading.Thread(target=self._work, name="formcheck-history", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How much is not written yet."""
        return len(self._waiting)

    def add(self, entry: Entry) -> None:
        """Have a minute or an event written, and return at once."""
        with self._changed:
            self._waiting.append(entry)
            self._changed.notify()

    def close(self) -> None:
        """Try once more to write what waits, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(CLOSE_S)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._waiting)
                closing = self._closing
            done = self._written()
            if closing:
                return
            if not done:
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, self._retry_s)

    def _written(self, *, fresh: bool = False) -> bool:
        """Write what waits, into a `fresh` history if need be; return whether all of it was written."""
        try:
            with self._opened() as history:
                while self._waiting:
                    _write(history, self._waiting[0])
                    self._waiting.popleft()
        except DamagedHistoryError as error:
            self._history = None
            return not fresh and self._put_aside(error) and self._written(fresh=True)
        except FormcheckError as error:
            self._history = None
            self._tell(str(error))
            return False
        if self._told:
            logger.info("The history is written again.")
        self._told = ""
        return True

    def _opened(self) -> History:
        """Return the history, opened once for each file that lies at its place: opening it each minute takes memory."""
        if self._history is None or self._file != _file_at(self._path):
            self._history = self._open(self._path)
            self._file = _file_at(self._path)
        return self._history

    def _put_aside(self, damaged: DamagedHistoryError) -> bool:
        """Give a damaged history another name, so that a new one can be begun; return whether that worked."""
        aside = self._path.with_name(
            f"{self._path.stem}{PUT_ASIDE}{datetime.now(UTC):%Y%m%d-%H%M%S}{self._path.suffix}"
        )
        try:
            self._path.replace(aside)
            for ending in ("-wal", "-shm"):  # the last minutes may stand there only
                beside = self._path.with_name(self._path.name + ending)
                if beside.exists():
                    beside.replace(aside.with_name(aside.name + ending))
        except OSError as error:
            self._tell(f"{damaged} ({error.strerror})")
            return False
        logger.error("The history was damaged; it lies in %s now, and a new one is begun.", aside)
        return True

    def _tell(self, sentence: str) -> None:
        if sentence != self._told:
            logger.error("%s Until it is written again, the minutes wait.", sentence)
        self._told = sentence


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return which file lies there: another one may have been put in its place, or it was deleted."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _write(history: History, entry: Entry) -> None:
    if isinstance(entry, Minute):
        history.add_minute(entry)
    else:
        history.add_event(*entry)
