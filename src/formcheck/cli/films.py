"""`formcheck analyze`, `formcheck demo` and `formcheck replay`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formcheck.app.plugins import find_exercise
from formcheck.cli.models import Model, ready_model
from formcheck.cli.profiles import FolderOption, PersonOption, ProfileOption, comparison_for
from formcheck.cli.recognition import Unknown
from formcheck.cli.show import film_progress, print_report
from formcheck.engine.recognition import AUTO
from formcheck.errors import UserError
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import Exercise
from formcheck.shipped import shipped_file

if TYPE_CHECKING:
    from formcheck.app.analyse import FilmPart
    from formcheck.app.comparison import Comparison

ExerciseOption = Annotated[
    str,
    typer.Option(
        "--exercise",
        "-e",
        help="Id of an exercise (see: formcheck exercises), path of an exercise file, or auto to have it recognised.",
    ),
]
ExercisesOption = Annotated[
    Path | None,
    typer.Option("--exercises", metavar="DIR", help="Folder of exercise files; they are called DIR:ID."),
]
OutOption = Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the report. Default: NAME-report.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON and nothing else.")]

DEMO_FILM = "deadlift_rounded.mp4"


def analyze(
    film: Annotated[Path, typer.Argument(help="A film (MP4, MOV, MKV, WebM, ...) or a picture.")],
    exercise: ExerciseOption,
    exercises: ExercisesOption = None,
    out: OutOption = None,
    start: Annotated[float | None, typer.Option(help="Begin at this second of the film.")] = None,
    end: Annotated[float | None, typer.Option(help="Stop at this second of the film.")] = None,
    slow_motion: Annotated[float, typer.Option(help="How many times slower than life the film plays.")] = 1.0,
    model: Annotated[Model, typer.Option(help="Pose model.")] = "full",
    second: Annotated[
        Path | None,
        typer.Option(metavar="FILM", help="Another film of the same set from another side, judged together."),
    ] = None,
    person: PersonOption = None,
    profile: ProfileOption = None,
    profiles: FolderOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Watch a film, count and judge the reps, and leave a report.

    Example: formcheck analyze deadlift.mp4 --exercise deadlift
    """
    from formcheck.app.analyse import FilmPart  # noqa: PLC0415 - loads the pose estimator, which takes a second

    part = FilmPart(film, start, end, slow_motion)
    if exercise == AUTO and second:
        raise UserError("Two films are judged together by one exercise: name it with --exercise ID.")
    if exercise == AUTO:
        folder = out or Path(f"{film.stem}-report")
        Unknown(film.name, exercises, folder, profile, profiles, quiet, as_json).analyse(part, model, person)
        return
    spec = find_exercise(exercise, exercises)
    comparison = comparison_for(profile, spec, profiles)
    beside = FilmPart(second, slow_motion=slow_motion) if second else None
    _analyse(part, spec, out, model, comparison, second=beside, person=person, quiet=quiet, as_json=as_json)


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the report.")] = Path("formcheck-demo"),
) -> None:
    """Analyse a film that comes with formcheck, to see what a report looks like."""
    from formcheck.app.analyse import FilmPart  # noqa: PLC0415 - loads the pose estimator, which takes a second

    part = FilmPart(shipped_file("samples", DEMO_FILM))
    _analyse(part, load_exercise("deadlift"), out, "full", None, quiet=False, as_json=False)


def replay(
    recording: Annotated[Path, typer.Argument(help="A poses.parquet that formcheck analyze wrote.")],
    exercise: ExerciseOption,
    exercises: ExercisesOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the report. Default: none is kept.")
    ] = None,
    profile: ProfileOption = None,
    profiles: FolderOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Judge recorded poses again, without the film.

    Example: formcheck replay deadlift-report/poses.parquet --exercise deadlift
    """
    from formcheck.app import analyse  # noqa: PLC0415 - loads the pose estimator, which takes a second

    if exercise == AUTO:
        Unknown(recording.name, exercises, out, profile, profiles, quiet, as_json).replay(recording)
        return
    spec = find_exercise(exercise, exercises)
    report = analyse.replay(recording, spec, out=out, comparison=comparison_for(profile, spec, profiles))
    print_report(report, out, quiet=quiet, as_json=as_json)


def _analyse(
    part: "FilmPart",
    exercise: Exercise,
    out: Path | None,
    model: Model,
    comparison: "Comparison | None",
    *,
    second: "FilmPart | None" = None,
    person: int | None = None,
    quiet: bool,
    as_json: bool,
) -> None:
    from formcheck.app.analyse import analyse_video  # noqa: PLC0415 - loads the pose estimator, which takes a second
    from formcheck.app.two_films import analyse_two  # noqa: PLC0415

    folder = out or Path(f"{part.path.stem}-report")
    for film in (part, second) if second else (part,):
        film.open().close()  # a film that cannot be read is said before a model is fetched
    bundle = ready_model(model)
    with film_progress(part.path.name, shown=not (quiet or as_json)) as on_progress:
        if second:
            report = analyse_two(
                *(part, second, exercise, bundle),
                out=folder,
                comparison=comparison,
                person=person,
                on_progress=on_progress,
            )
        else:
            report = analyse_video(
                part, exercise, bundle, out=folder, comparison=comparison, person=person, on_progress=on_progress
            )
    print_report(report, folder, quiet=quiet, as_json=as_json)
