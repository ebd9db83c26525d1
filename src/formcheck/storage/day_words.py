"""What is said of days at the desk: on the page, in the terminal and over HTTP, in the chosen language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from formcheck.exercise.language import Language
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import Rule
from formcheck.storage.day import Day, Overview, Piece, RuleTotal, SetUp, Totals
from formcheck.storage.wording import percent

_DESKS: Final = ("desk_front", "desk_side")
"""Exercises whose rules are kept."""
_WORTH_S: Final = 30.0
"""What is shorter is less than a minute, and beside anything longer not worth a word."""


@dataclass(frozen=True, slots=True)
class DayShown:
    """One day and its name, and all of it in one sentence; `short` and `figures` are for one among several."""

    date: date
    name: str
    short: str
    sentence: str
    figures: str
    pieces: tuple[Piece, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class RuleShown:
    """What was off, how long and when, and what to do about it."""

    rule: str
    name: str
    cue: str
    text: str
    share: float
    by_hour: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SetUpShown:
    """One set-up, and the name of what was off most often there; empty if nothing was for long."""

    place: str
    totals: Totals
    most_off: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Days in figures and words.

    Attributes
    ----------
    title : str
        The day or days.
    sentence : str
        All of it in one sentence.
    first_hour, last_hour : int
        Hours of the clock that the ribbons span.
    days, rules, set_ups : tuple
    totals : Totals
    """

    title: str
    sentence: str
    first_hour: int
    last_hour: int
    days: tuple[DayShown, ...]
    totals: Totals
    rules: tuple[RuleShown, ...]
    set_ups: tuple[SetUpShown, ...]


def shown(overview: Overview, language: Language) -> Shown:
    """Put an overview into words.

    Parameters
    ----------
    overview : Overview
    language : Language
    """
    days = [day.date for day in overview.days]
    return Shown(
        title=_title(days, language),
        sentence=sentence(overview.totals, language, days=len(days)),
        first_hour=overview.first_hour,
        last_hour=overview.last_hour,
        days=tuple(_day(day, language) for day in overview.days),
        totals=overview.totals,
        rules=tuple(_rule(rule, language) for rule in overview.rules),
        set_ups=tuple(_set_up(one, language) for one in overview.set_ups),
    )


def sentence(totals: Totals, language: Language, *, days: int = 1) -> str:
    """Say in one sentence how long somebody sat and stood, with how many breaks, and how well."""
    words = language.page
    if not totals.watched_s:
        return words["day_nothing" if days == 1 else "day_nothing_week"]
    did = _did(totals, language)
    if did is None:
        return words["day_only_away"]
    further = []
    if totals.longest_sitting_s >= _WORTH_S:
        further.append(words["day_longest"].format(time=duration(totals.longest_sitting_s)))
    if totals.score is not None:
        further.append(words["day_posture"].format(score=totals.score))
    return "; ".join([f"{did}, {_breaks(totals.breaks, language)}", *further]) + "."


def duration(seconds: float) -> str:
    """Return a length of time in hours and minutes, which are written alike in all languages.

    >>> duration(0.0), duration(29.0), duration(1500.0), duration(18_720.0), duration(7200.0)
    ('0 min', '< 1 min', '25 min', '5 h 12 min', '2 h')
    """
    if 0.0 < seconds < _WORTH_S:
        return "< 1 min"
    hours, minutes = divmod(round(seconds / 60.0), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def day_name(day: date, language: Language, key: str = "day_date") -> str:
    """Return the name of a day, long or (with ``"day_short"``) short."""
    return language.page[key].format(
        weekday=language.page["day_weekdays"].split()[day.weekday()],
        day=day.day,
        month=language.page["day_months"].split()[day.month - 1],
        year=day.year,
    )


def rule_texts(rule_id: str, language: Language) -> tuple[str, str]:
    """Return name and cue of a desk rule; the id and nothing for one that no exercise here knows (any more).

    Where too little asks for something else than too much, both cues: which of the two it was is not kept.
    """
    if rule_id not in _rules():
        return rule_id, ""
    exercise_id, rule = _rules()[rule_id]
    cues = [language.cue(exercise_id, rule_id, cue) for cue in (rule.cue, rule.cue_below) if cue]
    return language.rule_name(exercise_id, rule_id, rule.name), " / ".join(cues)


@cache
def _rules() -> dict[str, tuple[str, Rule]]:
    """Return the rules that are kept, each with the id of its exercise."""
    return {rule.id: (exercise_id, rule) for exercise_id in _DESKS for rule in load_exercise(exercise_id).rules}


def _title(days: Sequence[date], language: Language) -> str:
    first, last = day_name(days[0], language), day_name(days[-1], language)
    return first if len(days) == 1 else language.page["day_dates"].format(first=first, last=last)


def _did(totals: Totals, language: Language) -> str | None:
    """Say how long somebody sat and stood; None where nobody did."""
    if not totals.sitting_s and not totals.standing_s:
        return None
    longer = max(totals.sitting_s, totals.standing_s)
    sat, stood = (seconds >= min(_WORTH_S, longer) for seconds in (totals.sitting_s, totals.standing_s))
    key = "day_both" if sat and stood else "day_sat" if sat else "day_stood"
    return language.page[key].format(sitting=duration(totals.sitting_s), standing=duration(totals.standing_s))


def _breaks(count: int, language: Language) -> str:
    key = {0: "day_break_none", 1: "day_break_one"}.get(count, "day_break_many")
    return language.page[key].format(count=count)


def _day(day: Day, language: Language) -> DayShown:
    name, short = day_name(day.date, language), day_name(day.date, language, "day_short")
    told, figures = sentence(day.totals, language), _figures(day.totals, language)
    return DayShown(day.date, name, short, told, figures, day.pieces, day.totals)


def _figures(totals: Totals, language: Language) -> str:
    words = language.page
    if not totals.watched_s:
        return words["day_empty"]
    times = {"day_sitting": totals.sitting_s, "day_standing": totals.standing_s, "day_walking": totals.walking_s}
    worth_s = min(_WORTH_S, max(times.values())) or _WORTH_S
    parts = [f"{duration(seconds)} {words[key]}" for key, seconds in times.items() if seconds >= worth_s]
    if totals.score is not None:
        parts.append(f"{words['day_posture_column']} {totals.score}")
    return " · ".join(parts) or words["day_only_away"]


def _rule(rule: RuleTotal, language: Language) -> RuleShown:
    name, cue = rule_texts(rule.rule, language)
    off = language.page["day_off"].format(time=duration(rule.off_s), share=percent(rule.share))
    return RuleShown(rule.rule, name, cue, f"{off}; {_when(rule, language)}", round(rule.share, 4), rule.by_hour)


def _when(rule: RuleTotal, language: Language) -> str:
    if rule.mostly is None:
        return language.page["day_spread"]
    first, last = rule.mostly
    return language.page["day_mostly"].format_map({"from": first, "to": last})


def _set_up(one: SetUp, language: Language) -> SetUpShown:
    return SetUpShown(one.place, one.totals, rule_texts(one.most_off, language)[0] if one.most_off else "")
