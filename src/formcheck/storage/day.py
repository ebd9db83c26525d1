"""Days at the desk in figures: minutes added up to stretches, times, set-ups, and what goes wrong when. No words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from formcheck.storage.database import Minute, mean_score

State = Literal["sitting", "standing", "walking", "away"]
STATES: Final[tuple[State, ...]] = ("sitting", "standing", "walking", "away")

WEEK: Final = 7
PIECE_MIN: Final = 5
"""Posture is drawn as the mean of so many minutes: a ribbon of single minutes is noise."""
COVERED: Final = 0.5
"""Share of sitting and standing that must have been judged before a day gets a score."""
LOWEST: Final = 50
"""Score that is drawn lowest: people sit between 60 and 100, and differences there must be seen."""
FLOOR: Final = 0.15
"""How high that is."""
OFF_SHARE: Final = 0.05
"""A rule that was off for less of what was judged is not worth a line."""
OFF_S: Final = 120.0
"""Nor is one that was off for less in all."""
MOST_RULES: Final = 5
AROUND_H: Final = 2
"""How many hours "mostly" spans."""
MOSTLY: Final = 0.5
"""Share of a rule's time off that lies within these hours where it is mostly then."""
USUAL_HOURS: Final = (9, 17)
HOURS: Final = 24
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a day in one state.

    Attributes
    ----------
    state : {"sitting", "standing", "walking", "away"}
    from_h, to_h : float
        Hours of the clock on the wall, [0, 24].
    score : int or None
        Mean posture in [0, 100]; None where nothing was judged.
    height : float or None
        How high to draw it, (0, 1]; None without a score.
    alerts : int
        How often something was said.
    """

    state: State
    from_h: float
    to_h: float
    score: int | None
    height: float | None
    alerts: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Times and counts of a day, several days, or one set-up.

    Attributes
    ----------
    sitting_s, standing_s, walking_s, away_s : float
    judged : float
        Share of sitting and standing in minutes that have a score, [0, 1].
    score : int or None
        Mean posture in [0, 100]; None where less than half of sitting and standing was judged.
    alerts, breaks : int
    longest_sitting_s : float
        Longest sitting without a minute of anything else, or unwatched.
    """

    sitting_s: float
    standing_s: float
    walking_s: float
    away_s: float
    judged: float
    score: int | None
    alerts: int
    breaks: int
    longest_sitting_s: float

    @property
    def watched_s(self) -> float:
        """All of it."""
        return self.sitting_s + self.standing_s + self.walking_s + self.away_s


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """How long one rule was off.

    Attributes
    ----------
    rule : str
        Its id.
    off_s, judged_s : float
        Seconds in which it was off, slightly or clearly, and in which it could be judged.
    by_hour : tuple of 24 float
        Seconds off by hour of the clock on the wall.
    mostly : (int, int) or None
        At most two hours apart, with at least half of it between; None where it is spread.
    """

    rule: str
    off_s: float
    judged_s: float
    by_hour: tuple[float, ...]
    mostly: tuple[int, int] | None

    @property
    def share(self) -> float:
        """Share of the judged time in which it was off."""
        return self.off_s / self.judged_s if self.judged_s else 0.0


@dataclass(frozen=True, slots=True)
class SetUp:
    """What one set-up was like, and the rule that was off longest there; None if none was worth a line."""

    place: str
    totals: Totals
    most_off: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day."""

    date: date
    pieces: tuple[Piece, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Overview:
    """One day or several.

    Attributes
    ----------
    days : tuple of Day
    first_hour, last_hour : int
        Hours that hold all pieces, and at least a usual working day.
    totals : Totals
    rules : tuple of RuleTotal
        What was off longest, first; at most five.
    set_ups : tuple of SetUp
        The one that was used longest, first.
    """

    days: tuple[Day, ...]
    first_hour: int
    last_hour: int
    totals: Totals
    rules: tuple[RuleTotal, ...]
    set_ups: tuple[SetUp, ...]


def bounds(last: date, days: int, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
    """Return when the first of `days` days that end with `last` begins, and when `last` ends.

    Parameters
    ----------
    last : date
    days : int
    zone : tzinfo, optional
        Default: the time zone of this computer.
    """
    return _midnight(last - timedelta(days=days - 1), zone), _midnight(last + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    # Without a zone the computer's own is asked for this very day: it may have been summer.
    return datetime.combine(day, time(), tzinfo=zone).astimezone(zone)


def overview(minutes: Iterable[Minute], last: date, days: int = 1, zone: tzinfo | None = None) -> Overview:
    """Add minutes up to an overview of the `days` days that end with `last`.

    Parameters
    ----------
    minutes : iterable of Minute
        Those of the `bounds`, in any order; a minute may be there once for each set-up.
    last : date
    days : int, optional
    zone : tzinfo, optional
        Default: the time zone of this computer.
    """
    local = [(minute.start.astimezone(zone), minute) for minute in minutes]
    dates = [last - timedelta(days=back) for back in reversed(range(days))]
    found = tuple(_day(day, [(at, m) for at, m in local if at.date() == day]) for day in dates)
    pieces = [piece for day in found for piece in day.pieces]
    return Overview(
        days=found,
        first_hour=min([USUAL_HOURS[0], *(int(piece.from_h) for piece in pieces)]),
        last_hour=max([USUAL_HOURS[1], *(-int(-piece.to_h // 1) for piece in pieces)]),
        totals=totals([minute for _, minute in local]),
        rules=_rules(local),
        set_ups=_set_ups(local),
    )


def totals(minutes: Sequence[Minute]) -> Totals:
    """Add minutes up."""
    posture = sum(minute.posture_s for minute in minutes)
    judged = sum(minute.posture_s for minute in minutes if minute.score is not None) / posture if posture else 0.0
    return Totals(
        sitting_s=sum(minute.seconds_sitting for minute in minutes),
        standing_s=sum(minute.seconds_standing for minute in minutes),
        walking_s=sum(minute.seconds_walking for minute in minutes),
        away_s=sum(minute.seconds_away for minute in minutes),
        judged=judged,
        score=mean_score(minutes) if judged >= COVERED else None,
        alerts=sum(minute.alerts for minute in minutes),
        breaks=sum(minute.breaks for minute in minutes),
        longest_sitting_s=_longest_sitting(_together(minutes)),
    )


def state_of(minute: Minute) -> State | None:
    """Return what most of a minute was; None if most of it was not watched."""
    seconds = (minute.seconds_sitting, minute.seconds_standing, minute.seconds_walking, minute.seconds_away)
    longest = max(seconds)
    return STATES[seconds.index(longest)] if longest > 60.0 - sum(seconds) else None


def _together(minutes: Iterable[Minute]) -> list[Minute]:
    """Return each minute once, in order, whatever set-ups it was spent at."""
    by_start: dict[datetime, Minute] = {}
    for minute in minutes:
        known = by_start.get(minute.start)
        by_start[minute.start] = known.plus(minute) if known else minute
    return [by_start[start] for start in sorted(by_start)]


def _longest_sitting(minutes: Sequence[Minute]) -> float:
    longest = current = 0.0
    last: datetime | None = None
    for minute in minutes:
        if state_of(minute) != "sitting":
            current = 0.0
            continue
        current = minute.seconds_sitting + (current if last == minute.start - _MINUTE else 0.0)
        longest, last = max(longest, current), minute.start
    return longest


def _day(day: date, minutes: Sequence[tuple[datetime, Minute]]) -> Day:
    alone = [minute for _, minute in minutes]
    clock = {minute.start: at for at, minute in minutes}
    pieces = tuple(_piece(run, clock[run[0].start]) for run in _runs(_together(alone)))
    return Day(day, pieces, totals(alone))


def _runs(minutes: Sequence[Minute]) -> list[list[Minute]]:
    """Cut minutes where the state changes or one is missing; with a posture to draw at most `PIECE_MIN` long."""
    runs: list[list[Minute]] = []
    for minute in minutes:
        if runs and _continues(runs[-1], minute):
            runs[-1].append(minute)
        else:
            runs.append([minute])
    return [run for run in runs if state_of(run[0]) is not None]


def _continues(run: Sequence[Minute], minute: Minute) -> bool:
    before, state = run[-1], state_of(minute)
    if (
        before.start + _MINUTE != minute.start
        or state_of(before) != state
        or _has_height(before) != _has_height(minute)
    ):
        return False
    return not (_has_height(minute) and len(run) == PIECE_MIN)


def _has_height(minute: Minute) -> bool:
    return state_of(minute) in ("sitting", "standing") and minute.score is not None


def _piece(run: Sequence[Minute], begins: datetime) -> Piece:
    from_h = begins.hour + begins.minute / 60.0
    score = mean_score(run) if _has_height(run[0]) else None
    return Piece(
        state=state_of(run[0]) or "away",
        from_h=round(from_h, 4),
        to_h=round(min(from_h + len(run) / 60.0, float(HOURS)), 4),
        score=score,
        height=None if score is None else round(max(FLOOR, (score - LOWEST) / (100 - LOWEST)), 3),
        alerts=sum(minute.alerts for minute in run),
    )


def _rules(minutes: Sequence[tuple[datetime, Minute]]) -> tuple[RuleTotal, ...]:
    """Return what was off longest, as far as it is worth a line."""
    by_hour: dict[str, list[float]] = {}
    judged: dict[str, float] = {}
    for at, minute in minutes:
        for rule, (met, warning, fault) in minute.rules.items():
            by_hour.setdefault(rule, [0.0] * HOURS)[at.hour] += warning + fault
            judged[rule] = judged.get(rule, 0.0) + met + warning + fault
    found = [RuleTotal(rule, sum(off), judged[rule], tuple(off), _mostly(off)) for rule, off in by_hour.items()]
    worth = [rule for rule in found if rule.off_s >= OFF_S and rule.share >= OFF_SHARE]
    return tuple(sorted(worth, key=lambda rule: (-rule.off_s, rule.rule))[:MOST_RULES])


def _mostly(by_hour: Sequence[float]) -> tuple[int, int] | None:
    spans = [(sum(by_hour[hour : hour + AROUND_H]), hour) for hour in range(HOURS - AROUND_H + 1)]
    most, hour = max(spans, key=lambda span: (span[0], -span[1]))
    if not most or most < MOSTLY * sum(by_hour):
        return None
    hours = [h for h in range(hour, hour + AROUND_H) if by_hour[h]]
    return hours[0], hours[-1] + 1


def _set_ups(minutes: Sequence[tuple[datetime, Minute]]) -> tuple[SetUp, ...]:
    by_place: dict[str, list[tuple[datetime, Minute]]] = {}
    for at, minute in minutes:
        by_place.setdefault(minute.place, []).append((at, minute))
    found = [_set_up(place, own) for place, own in by_place.items()]
    return tuple(sorted(found, key=lambda one: (-one.totals.sitting_s - one.totals.standing_s, one.place)))


def _set_up(place: str, minutes: Sequence[tuple[datetime, Minute]]) -> SetUp:
    rules = _rules(minutes)
    return SetUp(place, totals([minute for _, minute in minutes]), rules[0].rule if rules else None)
