"""The history of the desk: what each minute was like, in one SQLite file. Numbers and words; no picture, no landmark.

The file can be read by one program while another writes it. Every minute is on the disk when `add_minute` returns, so a
program that is killed loses at most the minute that is under way.
"""

import csv
import glob
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TextIO

import platformdirs
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Float,
    Index,
    Row,
    Select,
    create_engine,
    delete,
    event,
    func,
    inspect,
    select,
    text,
    true,
)
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from formcheck.atomic import atomic_path, output_error
from formcheck.errors import FormcheckError, OutputError, UserError

VERSION: Final = "0002"
"""Newest version of the tables; every earlier one is brought up to it by `migrations`."""
WAIT_S: Final = 5.0
"""How long another program may keep the file locked before that is an error."""
PUT_ASIDE: Final = "-damaged-"
"""What follows the name of a damaged history that was put aside, before the moment at which it was."""
FIRST: Final = datetime.min.replace(tzinfo=UTC)
LAST: Final = datetime.max.replace(tzinfo=UTC)

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_AT_ONCE: Final = 1000
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DISK: Final = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)

RuleSeconds = tuple[float, float, float]
"""Seconds in which a rule was met, slightly off, and at fault."""


class DamagedHistoryError(UserError):
    """The file of the history is damaged."""


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute at one set-up.

    Attributes
    ----------
    start : datetime
        A whole minute, with a time zone.
    place : str
        Name of the set-up, such as the profile.
    seconds_sitting, seconds_standing, seconds_walking, seconds_away : float
        Their sum is less than 60 where part of the minute was not watched, and more if a clock was set back.
    score : int or None
        Posture in [0, 100]; None where nothing was judged.
    rules : mapping of str to (float, float, float)
        Seconds in which each rule was met, slightly off, and at fault.
    alerts, breaks : int
        How often something was said about posture, and how many breaks ended.

    Raises
    ------
    ValueError
        If the start is no whole minute with a time zone, or a number is out of range.
    """

    start: datetime
    place: str
    seconds_sitting: float = 0.0
    seconds_standing: float = 0.0
    seconds_walking: float = 0.0
    seconds_away: float = 0.0
    score: int | None = None
    rules: Mapping[str, RuleSeconds] = field(default_factory=dict)
    alerts: int = 0
    breaks: int = 0

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.start.second or self.start.microsecond:
            raise ValueError(f"a minute starts at a whole minute with a time zone, not {self.start.isoformat()}")
        if self.score is not None and not 0 <= self.score <= 100:
            raise ValueError(f"a score is from 0 to 100, not {self.score}")
        lengths = (self.seconds_sitting, self.seconds_standing, self.seconds_walking, self.seconds_away)
        of_rules = (seconds for rule in self.rules.values() for seconds in rule)
        if not all(0.0 <= number < float("inf") for number in (*lengths, *of_rules, self.alerts, self.breaks)):
            raise ValueError("seconds and counts are not negative")

    @property
    def posture_s(self) -> float:
        """Seconds of sitting and standing, which a score speaks for."""
        return self.seconds_sitting + self.seconds_standing

    def plus(self, other: "Minute") -> "Minute":
        """Return this minute with another part of it added up; the scores are weighed by sitting and standing."""
        rules = {
            rule: _sum(self.rules.get(rule, _NONE), other.rules.get(rule, _NONE))
            for rule in sorted({*self.rules, *other.rules})
        }
        return replace(
            self,
            seconds_sitting=self.seconds_sitting + other.seconds_sitting,
            seconds_standing=self.seconds_standing + other.seconds_standing,
            seconds_walking=self.seconds_walking + other.seconds_walking,
            seconds_away=self.seconds_away + other.seconds_away,
            score=mean_score((self, other)),
            rules=rules,
            alerts=self.alerts + other.alerts,
            breaks=self.breaks + other.breaks,
        )


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """Something that happened, such as a reminder; `at` has a time zone."""

    at: datetime
    kind: str
    detail: str


_NONE: Final[RuleSeconds] = (0.0, 0.0, 0.0)


def _sum(one: RuleSeconds, other: RuleSeconds) -> RuleSeconds:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def mean_score(minutes: Iterable[Minute]) -> int | None:
    """Return the mean score of the minutes that have one, weighed by sitting and standing; None if none has."""
    scored = [(m.score, m.posture_s or 1.0) for m in minutes if m.score is not None]
    if not scored:
        return None
    return round(sum(score * weight for score, weight in scored) / sum(weight for _, weight in scored))


class _Tables(DeclarativeBase):
    type_annotation_map = {float: Float()}  # noqa: RUF012 - how SQLAlchemy takes it


class _UtcTime(TypeDecorator[datetime]):
    """A moment, kept as the clock of UTC shows it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what is stored."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what was stored."""
        return None if value is None else value.replace(tzinfo=UTC)


class _MinuteRow(_Tables):
    __tablename__ = "minutes"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - how SQLAlchemy takes it

    start: Mapped[datetime] = mapped_column(_UtcTime, primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    seconds_sitting: Mapped[float]
    seconds_standing: Mapped[float]
    seconds_walking: Mapped[float]
    seconds_away: Mapped[float]
    score: Mapped[int | None]
    rules: Mapped[dict[str, list[float]]] = mapped_column(JSON)
    alerts: Mapped[int]
    breaks: Mapped[int]

    @classmethod
    def of(cls, minute: Minute) -> "_MinuteRow":
        rules = {rule: list(seconds) for rule, seconds in minute.rules.items()}
        return cls(**{**asdict(minute), "rules": rules})

    def minute(self) -> Minute:
        return _minute({column.key: getattr(self, column.key) for column in _MinuteRow.__table__.columns})


def _minute(values: Mapping[str, Any]) -> Minute:
    rules = {rule: (met, warning, fault) for rule, (met, warning, fault) in values["rules"].items()}
    return Minute(**{**values, "rules": rules})


class _EventRow(_Tables):
    __tablename__ = "events"
    __table_args__ = (Index("events_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(_UtcTime)
    kind: Mapped[str]
    detail: Mapped[str]


def history_path() -> Path:
    """Return the user's own file of the history."""
    return platformdirs.user_data_path("formcheck", appauthor=False) / "desk.db"


class History:
    """The history in a file, which is made if there is none and brought up to date if an older formcheck made it.

    Parameters
    ----------
    path : Path
    wait_s : float, optional
        How long another program may keep the file locked before that is an error.

    Raises
    ------
    DamagedHistoryError
        If the file is damaged or is no history. So may every method.
    UserError
        If a newer formcheck or another program made it.
    OutputError
        If the file or the disk does not take it, or another program keeps it locked. So may every method; what was
        stored before stays, and the same call may be tried again.
    """

    def __init__(self, path: Path, *, wait_s: float = WAIT_S) -> None:
        self.path = path
        self._reader = _engine(path, wait_s)
        self._writer = self._reader.execution_options(begin="BEGIN IMMEDIATE")
        try:
            _make(path)
            with _in_words(path):
                self._bring_up_to_date()
        except FormcheckError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file free; the next use takes it again."""
        self._reader.dispose()

    def add_minute(self, minute: Minute) -> None:
        """Store a minute; what is stored of the same minute and set-up already is added up with it."""
        with _in_words(self.path), Session(self._writer) as session, session.begin():
            known = session.get(_MinuteRow, (minute.start, minute.place))
            whole = known.minute().plus(minute) if known else minute
            session.merge(_MinuteRow.of(whole))

    def add_event(self, at: datetime, kind: str, detail: str) -> None:
        """Store something that happened; `at` has a time zone.

        Raises
        ------
        ValueError
            If `at` has no time zone.
        """
        if at.tzinfo is None:
            raise ValueError(f"a moment needs a time zone, not {at.isoformat()}")
        with _in_words(self.path), Session(self._writer) as session, session.begin():
            session.add(_EventRow(at=at, kind=kind, detail=detail))

    def minutes(self, since: datetime = FIRST, until: datetime = LAST) -> Iterator[Minute]:
        """Give the minutes that start in [since, until), in order of time."""
        chosen = select(_MinuteRow.__table__).where(_MinuteRow.start >= since, _MinuteRow.start < until)
        for row in self._rows(chosen.order_by(_MinuteRow.start, _MinuteRow.place)):
            yield _minute(row._asdict())

    def events(self, since: datetime = FIRST, until: datetime = LAST) -> Iterator[StoredEvent]:
        """Give the events in [since, until), in order of time."""
        chosen = select(_EventRow.__table__).where(_EventRow.at >= since, _EventRow.at < until)
        for row in self._rows(chosen.order_by(_EventRow.at, _EventRow.id)):
            yield StoredEvent(row.at, row.kind, row.detail)

    def extent(self) -> tuple[int, datetime, datetime] | None:
        """Return how many minutes there are, and the start of the first and the last; None if there is none."""
        with _in_words(self.path), Session(self._reader) as session:
            count, first, last = session.execute(
                select(func.count(), func.min(_MinuteRow.start), func.max(_MinuteRow.start))
            ).one()
        return (count, first, last) if count else None

    def export_csv(self, target: Path | TextIO, since: datetime = FIRST, until: datetime = LAST) -> int:
        """Write the minutes of [since, until) as a table and return how many there are.

        Times are those of this computer's time zone, with their distance from UTC. Each rule has three columns: seconds
        in which it was met, slightly off, and at fault.

        Raises
        ------
        OutputError
            If the table cannot be written; what was there before stays.
        """
        within = _MinuteRow.start >= since, _MinuteRow.start < until
        named = func.json_each(_MinuteRow.rules).table_valued("key")
        rules = sorted(
            rule for (rule,) in self._rows(select(named.c.key).distinct().join(_MinuteRow, true()).where(*within))
        )
        fixed = [column.key for column in _MinuteRow.__table__.columns if column.key != "rules"]
        names = [f"{rule} {what}" for rule in rules for what in ("met_s", "warning_s", "fault_s")]
        rows = (_table_row(minute, fixed, rules) for minute in self.minutes(since, until))
        return _write_table(target, [*fixed, *names], rows)

    def export_events_csv(self, target: Path | TextIO, since: datetime = FIRST, until: datetime = LAST) -> int:
        """Write the events of [since, until) as a table and return how many there are; errors as of `export_csv`."""
        rows = ([_local(e.at), e.kind, e.detail] for e in self.events(since, until))
        return _write_table(target, ["at", "kind", "detail"], rows)

    def delete_all(self) -> int:
        """Delete everything, so that nothing of it stays in the file, and return how many minutes there were."""
        with _in_words(self.path):
            with Session(self._writer) as session, session.begin():
                count = session.execute(select(func.count()).select_from(_MinuteRow)).scalar_one()
                session.execute(delete(_MinuteRow))
                session.execute(delete(_EventRow))
            with self._reader.execution_options(begin="").connect() as connection:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def _rows(self, chosen: Select[Any]) -> Iterator[Row[Any]]:
        with _in_words(self.path), Session(self._reader) as session:
            yield from session.execute(chosen, execution_options={"yield_per": _AT_ONCE})

    def _bring_up_to_date(self) -> None:
        with self._reader.connect() as connection:
            if self._version(connection) == VERSION:
                return
        with self._writer.begin() as connection:
            # Another program may have done it while this one waited.
            if self._version(connection) != VERSION:
                _migrate(connection)

    def _version(self, connection: Connection) -> str | None:
        """Return the version of the tables; None where there are none yet."""
        tables = inspect(connection).get_table_names()
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise UserError(f"{self.path} belongs to another program; name another file for the history.")
        version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if version is not None and version > VERSION:
            raise UserError(
                f"{self.path} was written by a newer formcheck (version {version} of its tables, this one knows "
                f"{VERSION}); update formcheck."
            )
        return version


def minutes_in(path: Path, since: datetime, until: datetime) -> list[Minute]:
    """Return the minutes of [since, until); none where there is no history, which is not made by looking.

    Raises
    ------
    UserError, OutputError
        As of `History`.
    """
    if not path.exists():
        return []
    with History(path) as history:
        return list(history.minutes(since, until))


def forget(path: Path) -> int | None:
    """Delete everything that is kept; a damaged file is removed as a whole, and so are those that were put aside.

    Returns
    -------
    int or None
        How many minutes there were; None if the file was damaged.

    Raises
    ------
    UserError, OutputError
        As of `History`.
    """
    _remove(path.parent.glob(f"{glob.escape(path.stem)}{PUT_ASIDE}*"))
    try:
        with History(path) as history:
            return history.delete_all()
    except DamagedHistoryError:
        _remove(path.with_name(path.name + ending) for ending in ("", "-wal", "-shm"))
        return None


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise output_error(file, error) from None


def _make(path: Path) -> None:
    """Make the file, readable by its owner alone; SQLite gives the files beside it the same rights."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise output_error(path, error) from None


def _engine(path: Path, wait_s: float) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": wait_s})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions begin below, not where sqlite3 sees fit
        connection.execute("PRAGMA journal_mode = WAL")  # one may read while another writes
        connection.execute("PRAGMA synchronous = FULL")  # one minute at a time can afford it
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if how := connection.get_execution_options().get("begin", "BEGIN"):
            connection.exec_driver_sql(how)

    return engine


def _migrate(connection: Connection) -> None:
    from alembic.command import upgrade  # noqa: PLC0415 - only for files that are new or old
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    upgrade(config, "head")


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into a sentence, and values that no minute has too."""
    try:
        yield
    except DBAPIError as error:
        raise _told(path, error.orig) from error
    except sqlite3.Error as error:
        raise _told(path, error) from error
    except ValueError as error:
        raise _damaged(path) from error


def _told(path: Path, error: BaseException | None) -> FormcheckError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says where in SQLite it happened
    if code in _BUSY:
        return OutputError(f"{path} is kept locked by another program; close that program, then try again.")
    if code in _DISK and isinstance(error, Exception):
        return output_error(path, error)
    return _damaged(path)


def _damaged(path: Path) -> DamagedHistoryError:
    return DamagedHistoryError(
        f"{path} is damaged; move it elsewhere to keep it, or formcheck desk forget deletes it, and a new one begins."
    )


def _table_row(minute: Minute, fixed: Iterable[str], rules: Iterable[str]) -> list[object]:
    values = [getattr(minute, name) for name in fixed]
    seconds = [s for rule in rules for s in minute.rules.get(rule, ("", "", ""))]
    return [_local(minute.start), *values[1:], *seconds]


def _local(moment: datetime) -> str:
    return moment.astimezone().isoformat(timespec="seconds")


def _write_table(target: Path | TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    if isinstance(target, Path):
        with atomic_path(target) as pending, pending.open("w", encoding="utf-8", newline="") as file:
            return _write_table(file, header, rows)
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    return sum(1 for row in rows if writer.writerow(row))
