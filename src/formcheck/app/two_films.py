"""Two films of one set, from the side and from the front, in; one report out."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from formcheck.app.analyse import Analysis, FilmPart, Progress, check_judgeable
from formcheck.app.comparison import Comparison
from formcheck.app.results import FILM, POSES, staged, write_results
from formcheck.app.stills import take_stills
from formcheck.engine.merging import merged
from formcheck.engine.report import Report
from formcheck.errors import FilmError, UserError
from formcheck.exercise.spec import Exercise

SECOND: Final = "second_"
"""What the files of the second film begin with."""


def analyse_two(
    first: FilmPart,
    second: FilmPart,
    exercise: Exercise,
    model: Path,
    *,
    out: Path,
    comparison: Comparison | None = None,
    person: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Judge two films of the same set together; they need not begin at the same time.

    Parameters
    ----------
    first, second : FilmPart
        The report is told in the time of the first.
    exercise, model, out, comparison, person, on_progress
        As in `formcheck.app.analyse.analyse_video`; the profile is used where the film shows the body as it did.

    Raises
    ------
    UserError
        If both show the body from one side, or the exercise is a posture.
    FilmError
        If the reps of the two do not match, and as `analyse_video`.
    ViewError, OutputError
        As `analyse_video`.
    """
    if exercise.movement.kind == "watch":
        raise UserError(f"{exercise.name} has no reps to align two films on: analyse each film by itself.")
    with staged(out) as folder:
        beside = folder / SECOND.rstrip("_")
        beside.mkdir()
        reports = []
        analyses = []
        for film, place in ((first, folder), (second, beside)):
            with ExitStack() as stack:
                analysis = Analysis(exercise, model, comparison.baseline if comparison else None, person)
                reports.append(analysis.run(stack.enter_context(film.open()), place, film, on_progress))
                analyses.append(analysis)
            check_judgeable(reports[-1], exercise, film.path.name)
        report = _together(reports[0], reports[1], exercise, second.path.name)
        offset_s = report.second.offset_s if report.second else 0.0
        stills = take_stills(first.path, first.slow_motion, folder / POSES, reports[0])
        others = take_stills(second.path, second.slow_motion, beside / POSES, reports[1])
        stills |= {(rule, t + offset_s): still for (rule, t), still in others.items()}
        for file in sorted(beside.iterdir()):
            file.replace(folder / f"{SECOND}{file.name}")
        beside.rmdir()
        if comparison:
            report = comparison.noted(report)
        write_results(
            folder, report, exercise, analyses[0].samples, source_name=first.path.name, stills=stills, film=FILM
        )
        return report


def _together(one: Report, other: Report, exercise: Exercise, name: str) -> Report:
    if one.view.name == other.view.name:
        raise UserError(
            f"Both films show the body from the {one.view.name}; the second one helps where it is filmed from another "
            "side."
        )
    try:
        return merged(one, other, exercise, name)
    except ValueError as error:
        raise FilmError(
            f"{name} does not show the same set: its reps do not match those of the first film ({error})."
        ) from error
