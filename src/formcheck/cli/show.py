"""What an analysis looks like in a terminal."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from formcheck.engine.report import Finding, Report
from formcheck.engine.wording import headline, listed

if TYPE_CHECKING:
    from formcheck.app.analyse import Progress as FilmProgress

MARKS = {"met": "✓", "warning": "△", "fault": "▲", "unseen": "–"}
WORDS = {"met": "fine", "warning": "keep an eye on", "fault": "change", "unseen": "not assessable"}


@contextmanager
def film_progress(name: str, *, shown: bool) -> Iterator[Callable[["FilmProgress"], None] | None]:
    """Show a bar with pictures a second and time left while a film is read; give what to call with the progress."""
    if not shown:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None, rate="")

        def advance(progress: "FilmProgress") -> None:
            speed = bar.tasks[task].speed
            bar.update(
                task, completed=progress.done, total=progress.total, rate=f"{speed:.0f} frames/s" if speed else ""
            )

        yield advance


def print_report(report: Report, folder: Path | None, *, quiet: bool, as_json: bool) -> None:
    """Print the report as JSON, as a table with the path of the page, or not at all."""
    if as_json:
        print_json(report)
        return
    if quiet:
        return
    console = Console()
    console.print()
    console.print(headline(report), style="bold", highlight=False)
    console.print(report.summary, highlight=False)
    if report.score.reason:
        console.print(f"No score: {report.score.reason}.", highlight=False)
    console.print(_times(report) if report.rule_times else _findings(report))
    print_course(report, console)
    print_remarks(report, console)
    if folder:
        page = (folder / "report.html").resolve()
        console.print(f"Report: [link={page.as_uri()}]{page}[/link]", highlight=False, soft_wrap=True)


def print_json(report: Report) -> None:
    """Print the report as JSON and nothing else."""
    from formcheck.app.results import tidy  # noqa: PLC0415 - only for this

    print(json.dumps(tidy(report.as_dict()), ensure_ascii=False, allow_nan=False))  # noqa: T201 - this is the output


def print_course(report: Report, console: Console) -> None:
    """Print what each side held, what faded in the course of the set, and when the set should have ended."""
    from formcheck.storage.report_page import side_rows, turns  # noqa: PLC0415 - loads the page writer
    from formcheck.storage.wording import plural  # noqa: PLC0415

    for row in side_rows(report):
        figures = f"{plural(row.holds, 'hold')}, {row.held} held, {row.good} good, {row.best} at a stretch"
        console.print(f"{row.side}: {figures}", highlight=False)
    for turn in turns(report):
        console.print(turn.words, highlight=False)


def print_remarks(report: Report, console: Console) -> None:
    """Print what did not count, with the reason, and what the reader should know about the film."""
    for attempt in report.attempts:
        console.print(f"Not counted, {attempt.t_start:.1f}–{attempt.t_end:.1f} s: {attempt.reason}.", highlight=False)
    for remark in report.remarks:
        console.print(remark, style="dim", highlight=False)


def _findings(report: Report) -> Table:
    from formcheck.storage.report_page import noun_of  # noqa: PLC0415 - loads the page writer

    table = Table(
        "", "rule", "what", f"{noun_of(report)}s", "value", "wanted", "why not assessed" if _unseen(report) else ""
    )
    for rule in dict.fromkeys(f.rule for f in report.findings):
        found = [f for f in report.findings if f.rule == rule]
        for verdict in ("fault", "warning", "met", "unseen"):
            rows = [f for f in found if f.verdict == verdict]
            if rows:
                table.add_row(*_cells(rows))
    return table


def _times(report: Report) -> Table:
    """Return how long each rule of a watched posture was met, off or not seen."""
    from formcheck.storage.report_page import all_findings  # noqa: PLC0415 - loads the page writer
    from formcheck.storage.watched_page import worst_text  # noqa: PLC0415
    from formcheck.storage.wording import wanted_text  # noqa: PLC0415

    numbers = (Column(f"{WORDS[verdict]}, s", justify="right") for verdict in ("met", "warning", "fault", "unseen"))
    last = "why not assessed" if _unseen(report) else ""
    table = Table("rule", "what", *numbers, "worst", "wanted", last)
    for times in report.rule_times:
        found = [f for f in all_findings(report) if f.rule == times.rule]
        if found:
            seconds = [f"{s:.0f}" if s else "" for s in (times.met_s, times.warning_s, times.fault_s, times.unseen_s)]
            reason = next((f.reason for f in found if f.reason), "")
            wanted = wanted_text(found[0].limits, found[0].unit)
            table.add_row(times.rule, found[0].name, *seconds, worst_text(found), wanted, reason)
    return table


def _unseen(report: Report) -> bool:
    return any(f.verdict == "unseen" for f in report.findings)


def _cells(rows: list[Finding]) -> list[str]:
    from formcheck.storage.wording import value_text, wanted_text  # noqa: PLC0415 - loads the page writer

    first = rows[0]
    where = [f.rep for f in rows if f.rep is not None]
    values = [f.value for f in rows if f.value is not None]
    middle = sorted(values)[len(values) // 2] if values else None
    return [
        MARKS[first.verdict],
        first.rule,
        first.name,
        listed(where) if where else "",
        WORDS[first.verdict] if middle is None else value_text(middle, first.unit, first.limits),
        wanted_text(first.limits, first.unit),
        first.reason or "",
    ]
