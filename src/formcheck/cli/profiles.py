"""`formcheck calibrate` and `formcheck profiles`: a person's own values, to compare with."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from formcheck.app.plugins import find_exercise
from formcheck.cli.show import film_progress
from formcheck.errors import UserError
from formcheck.exercise.spec import Exercise
from formcheck.storage import profiles
from formcheck.storage.profiles import Calibration, Profile

if TYPE_CHECKING:
    from formcheck.app.comparison import Comparison
    from formcheck.body.pose import Pose

app = typer.Typer(name="profiles", help="List, show and delete what calibrate has stored.", no_args_is_help=True)

Standing = Literal["standing-side"]
Model = Literal["lite", "full", "heavy"]
Name = Annotated[str, typer.Argument(help="What the profile is called, for example anna.")]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", help="Compare with what formcheck calibrate has stored under this name.")
]
FolderOption = Annotated[Path | None, typer.Option("--profiles", help="Folder of profiles. Default: one of your own.")]


def calibrate(
    name: Name,
    film: Annotated[Path, typer.Argument(help="A film, or a poses.parquet that formcheck analyze wrote.")],
    exercise: Annotated[
        str | None, typer.Option("--exercise", "-e", help="The film shows a set of this exercise, done well.")
    ] = None,
    exercises: Annotated[
        Path | None,
        typer.Option("--exercises", metavar="DIR", help="Folder of exercise files; they are called DIR:ID."),
    ] = None,
    pose: Annotated[Standing | None, typer.Option(help="The film shows somebody standing still, at ease.")] = None,
    model: Annotated[Model, typer.Option(help="Pose model.")] = "full",
    folder: FolderOption = None,
) -> None:
    """Store what your back reads in a set that you did well, or how you stand, to compare later films with.

    Only numbers are stored, no pictures. Example: formcheck calibrate anna good.mp4 --exercise deadlift
    """
    from formcheck.app.calibrate import calibrate_set, calibrate_standing  # noqa: PLC0415 - loads the pose estimator

    if (exercise is None) == (pose is None):
        raise UserError("Say what the film shows: either --exercise ID for a good set or --pose standing-side.")
    where = folder or profiles.profile_dir()
    known = _stored(name, where)
    today = date.today()
    if exercise is not None:
        spec = find_exercise(exercise, exercises)
        entry = calibrate_set(_poses(film, model), spec, source_name=film.name, today=today)
        updated = known.model_copy(update={"sets": {**known.sets, spec.id: entry}})
        what = f"a set of {spec.name.lower()}"
    else:
        entry = calibrate_standing(_poses(film, model), source_name=film.name, today=today)
        updated = known.model_copy(update={"poses": {**known.poses, str(pose): entry}})
        what = "how you stand"
    path = profiles.save_profile(name, updated, where)
    typer.echo(f"{name}: {what}, turned by {entry.yaw_deg:.0f}°, {_listed(entry)}.\nStored in {path}")


@app.command("list")
def list_(folder: FolderOption = None) -> None:
    """List the profiles."""
    where = folder or profiles.profile_dir()
    for name in profiles.profile_names(where):
        typer.echo(name)
    typer.echo(f"Folder: {where}")


@app.command()
def show(name: Name, folder: FolderOption = None) -> None:
    """Show everything that a profile holds."""
    profile = profiles.load_profile(name, folder or profiles.profile_dir())
    table = Table("of", "what", "value", "spread", "taken on", "turned", "side", "picture", "formcheck")
    for of, entry in (*profile.sets.items(), *profile.poses.items()):
        for what, reading in entry.readings.items():
            table.add_row(of, what, _number(reading.value), _number(reading.spread), *_circumstances(entry))
    Console().print(table)


@app.command()
def delete(name: Name, folder: FolderOption = None) -> None:
    """Delete a profile."""
    typer.echo(f"Deleted {profiles.delete_profile(name, folder or profiles.profile_dir())}")


def comparison_for(name: str | None, exercise: Exercise, folder: Path | None) -> "Comparison | None":
    """Return what a report is to be compared with; None without a profile."""
    from formcheck.app.comparison import comparison_with  # noqa: PLC0415

    if name is None:
        return None
    profile = profiles.load_profile(name, folder or profiles.profile_dir())
    return comparison_with(profile, name, exercise, date.today())


def _stored(name: str, folder: Path) -> Profile:
    """Return the profile to add to, so that a damaged one is said before a film is watched."""
    return profiles.load_profile(name, folder) if profiles.profile_path(name, folder).exists() else Profile()


def _poses(film: Path, model: Model) -> "list[Pose]":
    """Read the poses of a recording, or watch a film."""
    from formcheck.app.analyse import FilmPart  # noqa: PLC0415 - loads the pose estimator, which takes a second
    from formcheck.app.calibrate import poses_in  # noqa: PLC0415
    from formcheck.cli.films import ready_model  # noqa: PLC0415 - films uses this module
    from formcheck.storage.recordings import load_poses  # noqa: PLC0415

    if film.suffix == ".parquet":
        return list(load_poses(film).poses())
    part = FilmPart(film)
    part.open().close()  # a film that cannot be read is said before a model is fetched
    bundle = ready_model(model)
    with film_progress(film.name, shown=True) as on_progress:
        return poses_in(part, bundle, on_progress=on_progress)


def _listed(entry: Calibration) -> str:
    return ", ".join(f"{what} {_number(reading.value)}" for what, reading in entry.readings.items())


def _number(value: float) -> str:
    return f"{value:.1f}°" if abs(value) >= 1.0 else f"{value:.3f}"


def _circumstances(entry: Calibration) -> tuple[str, ...]:
    width, height = entry.size_px
    return entry.taken_on.isoformat(), f"{entry.yaw_deg:.0f}°", entry.near_side, f"{width}x{height}", entry.formcheck
