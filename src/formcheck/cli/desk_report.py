"""`formcheck desk report | export | forget`: the day at the desk, seen, taken along, deleted."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from formcheck.cli.desk_log import empty_log
from formcheck.errors import UserError
from formcheck.exercise.language import Language, load_language

if TYPE_CHECKING:
    from formcheck.storage.day_words import DayShown, Shown

LEVELS: Final = "▁▂▃▄▅▆▇█"
GLYPHS: Final = {"sitting": "█", "standing": "▒", "walking": "░", "away": "·"}
MOST_PER_HOUR: Final = 6
BREAKS_COUNT: Final = 2.5
"""So much more than sitting: a break of five minutes shall be seen among fifteen."""
DATES: Final = ["%Y-%m-%d"]
DATE: Final = "YYYY-MM-DD"
_WATCHED: Final = 0.5
"""Share of its time that must have been watched for a character to be there."""

HistoryOption = Annotated[Path | None, typer.Option("--history", help="File of the history. Default: one of your own.")]


def report(
    day: Annotated[datetime | None, typer.Option(formats=DATES, metavar=DATE, help="Another day than today.")] = None,
    week: Annotated[bool, typer.Option("--week", help="The seven days up to that day.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page that opens without a network.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    language: Annotated[str, typer.Option(help="en or de.")] = "en",
    history: HistoryOption = None,
) -> None:
    """Show a day at the desk: sitting, standing, away, how well, and what was off when.

    Examples: formcheck desk report, formcheck desk report --week --html week.html
    """
    from formcheck.storage.database import history_path, minutes_in  # noqa: PLC0415 - loads the database
    from formcheck.storage.day import WEEK, bounds, overview  # noqa: PLC0415
    from formcheck.storage.day_words import shown  # noqa: PLC0415

    words = load_language(language)
    last, days = day.date() if day else date.today(), WEEK if week else 1
    found = overview(minutes_in(history or history_path(), *bounds(last, days)), last, days)
    told = shown(found, words)
    if html is not None:
        from formcheck.storage.day_page import write_day_page  # noqa: PLC0415 - loads the page writer

        write_day_page(html, found, words)
    if as_json:
        print(json.dumps(asdict(told), ensure_ascii=False, allow_nan=False, default=date.isoformat))  # noqa: T201
        return
    _print(told, words)
    if html is not None:
        page = html.resolve()
        Console().print(f"[link={page.as_uri()}]{page}[/link]", highlight=False, soft_wrap=True)


def export(
    table: Annotated[Path, typer.Argument(help="CSV file to write.", metavar="FILE.csv")],
    since: Annotated[
        datetime | None, typer.Option(formats=DATES, metavar=DATE, help="First day. Default: all there are.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DATES, metavar=DATE, help="Last day. Default: all there are.")
    ] = None,
    events: Annotated[bool, typer.Option("--events", help="What happened, instead of the minutes.")] = False,
    history: HistoryOption = None,
) -> None:
    """Write what is kept as a table, one line for each minute.

    Examples: formcheck desk export desk.csv, formcheck desk export march.csv --since 2026-03-01 --until 2026-03-31
    """
    from formcheck.storage.database import FIRST, LAST, History  # noqa: PLC0415 - loads the database
    from formcheck.storage.day import bounds  # noqa: PLC0415
    from formcheck.storage.wording import plural  # noqa: PLC0415

    first = bounds(since.date(), 1)[0] if since else FIRST
    last = bounds(until.date(), 1)[1] if until else LAST
    with History(_existing(history)) as opened:
        write = opened.export_events_csv if events else opened.export_csv
        count = write(table, first, last)
    typer.echo(f"{plural(count, 'event' if events else 'minute')} written to {table.resolve()}")


def forget(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    history: HistoryOption = None,
) -> None:
    """Delete everything that is kept of your days at the desk, and the log in which it is told.

    Example: formcheck desk forget
    """
    from formcheck.storage import database  # noqa: PLC0415 - loads the database
    from formcheck.storage.wording import plural  # noqa: PLC0415

    path = _existing(history)
    if not yes:
        typer.confirm(_what_goes(path), abort=True)
    count = database.forget(path)
    if history is None:
        empty_log()
    typer.echo(f"{path} is deleted." if count is None else f"{plural(count, 'minute')} deleted; nothing is left.")


def _existing(history: Path | None) -> Path:
    from formcheck.storage.database import history_path  # noqa: PLC0415 - loads the database

    path = history or history_path()
    if not path.exists():
        raise UserError(f"There is no history at {path}; formcheck desk begins it.")
    return path


def _what_goes(path: Path) -> str:
    from formcheck.storage.database import DamagedHistoryError, History  # noqa: PLC0415 - loads the database
    from formcheck.storage.wording import plural  # noqa: PLC0415

    try:
        with History(path) as opened:
            extent = opened.extent()
    except DamagedHistoryError:
        return f"{path} is damaged. Delete the whole file?"
    if extent is None:
        return f"{path} holds no minutes. Delete what else there is?"
    count, first, last = extent
    days = " to ".join(dict.fromkeys(f"{at.astimezone():%Y-%m-%d}" for at in (first, last)))
    return f"{path} holds {plural(count, 'minute')}, {days}. Delete all of it for good?"


def _print(told: "Shown", words: Language) -> None:
    console = Console()
    console.print()
    console.print(told.title, style="bold", highlight=False)
    console.print(told.sentence, highlight=False)
    if not told.totals.watched_s:
        return
    for day in told.days:
        console.print()
        if len(told.days) > 1:
            console.print(Text.assemble((day.short, "bold"), f"  {day.figures}"))
        if day.pieces:
            _print_ribbon(day, told, console)
    console.print()
    keys = "   ".join(f"{glyph} {words.page[f'day_{state}']}" for state, glyph in GLYPHS.items())
    console.print(f"{keys}   {LEVELS[1]}{LEVELS[-1]} {words.page['day_height']}", style="dim", highlight=False)
    _print_rules(told, words, console)
    if len(told.set_ups) > 1:
        console.print(_set_ups(told, words))


def _print_ribbon(day: "DayShown", told: "Shown", console: Console) -> None:
    """Print posture as heights, states below them, and the hours below those."""
    span = told.last_hour - told.first_hour
    per_hour = max(2, min(MOST_PER_HOUR, (console.width - 2) // span))
    heights, states = chart(day, told.first_hour, told.last_hour, per_hour)
    every = 1 if per_hour >= len("24 ") else 2
    names = (f"{hour:<{per_hour * every}}" for hour in range(told.first_hour, told.last_hour + 1, every))
    for line, style in ((heights, "cyan"), (states, "cyan"), ("".join(names).rstrip(), "dim")):
        console.print(line, style=style, highlight=False, no_wrap=True, overflow="crop")


def chart(day: "DayShown", first_hour: int, last_hour: int, per_hour: int = MOST_PER_HOUR) -> tuple[str, str]:
    """Return posture and state of a day as two lines of characters, `per_hour` for each hour.

    A character stands for what took most of its time, breaks counting more; a space for what was not watched, or in
    the first line not judged.
    """
    begins = [first_hour + i / per_hour for i in range((last_hour - first_hour) * per_hour)]
    cells = [_cell(day, at, at + 1.0 / per_hour) for at in begins]
    return "".join(level for level, _ in cells).rstrip(), "".join(glyph for _, glyph in cells).rstrip()


def _cell(day: "DayShown", begins_h: float, ends_h: float) -> tuple[str, str]:
    hours = dict.fromkeys(GLYPHS, 0.0)
    heights: list[tuple[float, float]] = []
    for piece in day.pieces:
        inside = max(0.0, min(piece.to_h, ends_h) - max(piece.from_h, begins_h))
        hours[piece.state] += inside
        heights += [(piece.height, inside)] if piece.height is not None and inside else []
    if sum(hours.values()) < _WATCHED * (ends_h - begins_h):
        return " ", " "
    state = max(hours, key=lambda name: hours[name] * (1.0 if name in ("sitting", "standing") else BREAKS_COUNT))
    return _level(heights) if state in ("sitting", "standing") else " ", GLYPHS[state]


def _level(heights: list[tuple[float, float]]) -> str:
    """Return the mean of heights, each with its weight, as a character."""
    if not heights:
        return " "
    height = sum(h * weight for h, weight in heights) / sum(weight for _, weight in heights)
    return LEVELS[min(int(height * len(LEVELS)), len(LEVELS) - 1)]


def _print_rules(told: "Shown", words: Language, console: Console) -> None:
    console.print()
    console.print(
        words.page["day_often"] if told.rules else words.page["day_often_none"], style="bold", highlight=False
    )
    for rule in told.rules:
        cue = words.page["quoted"].format(text=rule.cue) if rule.cue else ""
        console.print(f"▲ {rule.name}: {rule.text}. {cue}", highlight=False)


def _set_ups(told: "Shown", words: Language) -> Table:
    from formcheck.storage.day_words import duration  # noqa: PLC0415 - loads the database

    names = ("set_up", "sitting", "standing", "longest_column", "breaks_column", "posture_column", "off_column")
    table = Table(*(words.page[f"day_{name}"] for name in names), title=words.page["day_set_ups"], title_justify="left")
    for one in told.set_ups:
        times = (one.totals.sitting_s, one.totals.standing_s, one.totals.longest_sitting_s)
        score = "–" if one.totals.score is None else str(one.totals.score)
        table.add_row(one.place, *map(duration, times), str(one.totals.breaks), score, one.most_off or "–")
    return table
