"""`formcheck calibrate` and `formcheck profiles`: a person's own values, to compare with."""

import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from formcheck.app.plugins import find_exercise
from formcheck.cli.models import Model, ready_model
from formcheck.cli.show import film_progress
from formcheck.errors import UserError
from formcheck.exercise.spec import CalibrationPose, Exercise
from formcheck.storage import profiles
from formcheck.storage.profiles import Calibration, Profile

if TYPE_CHECKING:
    from formcheck.app.comparison import Comparison
    from formcheck.body.pose import Pose

app = typer.Typer(name="profiles", help="List, show and delete what calibrate has stored.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What the profile is called, for example anna.")]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", help="Compare with what formcheck calibrate has stored under this name.")
]
PersonOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Follow the N-th person from the left, where there are several."),
]
GET_READY_S: Final = 5.0
SPARE_S: Final = 2.0
"""How long a camera is watched longer than a pose takes: views and filters settle."""
SET_S: Final = 60.0
FolderOption = Annotated[Path | None, typer.Option("--profiles", help="Folder of profiles. Default: one of your own.")]


def calibrate(
    name: Name,
    film: Annotated[
        Path | None, typer.Argument(help="A film, or a poses.parquet that formcheck analyze wrote.", show_default=False)
    ] = None,
    exercise: Annotated[
        str | None, typer.Option("--exercise", "-e", help="What is shown is a set of this exercise, done well.")
    ] = None,
    exercises: Annotated[
        Path | None,
        typer.Option(
            "--exercises",
            metavar="DIR",
            help="Folder of exercise files; they are called DIR:ID. With --pose, what they compare is kept too.",
        ),
    ] = None,
    pose: Annotated[CalibrationPose | None, typer.Option(help="What is shown is somebody who keeps this pose.")] = None,
    camera: Annotated[
        str | None, typer.Option(metavar="0|URL", help="Watch a camera instead of a film: its number or address.")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=1.0, help="How long to watch the camera. Default: what a pose takes, 60 for a set."),
    ] = None,
    start: Annotated[float | None, typer.Option(help="Begin at this second of the film.")] = None,
    end: Annotated[float | None, typer.Option(help="Stop at this second of the film.")] = None,
    model: Annotated[Model, typer.Option(help="Pose model.")] = "full",
    person: PersonOption = None,
    folder: FolderOption = None,
) -> None:
    """Store what your back reads in a set that you did well, or how you stand or sit, to compare later films with.

    Only numbers are stored, no pictures. Examples: formcheck calibrate anna good.mp4 --exercise deadlift,
    formcheck calibrate anna --camera 0 --pose desk-front
    """
    from formcheck.app.calibrate import calibrate_pose, calibrate_set  # noqa: PLC0415 - loads the pose estimator
    from formcheck.app.calibration_poses import POSES  # noqa: PLC0415

    if (exercise is None) == (pose is None):
        raise UserError(f"Say what is shown: either --exercise ID for a good set or --pose, one of {', '.join(POSES)}.")
    if (film is None) == (camera is None):
        raise UserError("Say what to watch: either a film or --camera 0.")
    where = folder or profiles.profile_dir()
    known = _stored(name, where)
    today = date.today()
    spec = find_exercise(exercise, exercises) if exercise is not None else None
    own = _all_in(exercises) if pose is not None and exercises is not None else []
    if film is not None:
        poses, source_name = _poses(film, start, end, model, person), film.name
    else:
        poses, source_name = _from_camera(camera or "", seconds, pose, model, person), "what the camera showed"
    left_out: dict[str, str] = {}
    if spec is not None:
        entry = calibrate_set(poses, spec, source_name=source_name, today=today)
        updated = known.model_copy(update={"sets": {**known.sets, spec.id: entry}})
        what = f"a set of {spec.name.lower()}"
    else:
        read = calibrate_pose(poses, str(pose), source_name=source_name, today=today, own=own)
        entry, left_out = read.entry, read.left_out
        updated = known.model_copy(update={"poses": {**known.poses, str(pose): entry}})
        what = str(pose)
    path = profiles.save_profile(name, updated, where)
    typer.echo(f"{name}: {what}, turned by {entry.yaw_deg:.0f}°, {_listed(entry)}.")
    for measure, why in left_out.items():
        typer.echo(f"Without {measure}: {why}.")
    typer.echo(f"Stored in {path}")


@app.command("list")
def list_(folder: FolderOption = None) -> None:
    """List the profiles."""
    where = folder or profiles.profile_dir()
    for name in profiles.profile_names(where):
        typer.echo(name)
    typer.echo(f"Folder: {where}")


@app.command()
def show(name: Name, folder: FolderOption = None) -> None:
    """Show everything that a profile holds, how old it is, and which poses it lacks."""
    from formcheck.app.calibration_poses import POSES  # noqa: PLC0415 - loads the measures

    profile = profiles.load_profile(name, folder or profiles.profile_dir())
    today = date.today()
    table = Table("of", "what", "value", "spread", "taken on", "age", "turned", "side", "picture", "formcheck")
    entries = (*profile.sets.items(), *profile.poses.items())
    for of, entry in entries:
        for what, reading in entry.readings.items():
            table.add_row(
                of, what, _number(what, reading.value), _number(what, reading.spread), *_circumstances(entry, today)
            )
    console = Console()
    console.print(table)
    lacking = [pose for pose in POSES if pose not in profile.poses]
    if lacking:
        console.print(f"Poses not taken: {', '.join(lacking)}.", highlight=False)
    if any(entry.is_old(today) for _, entry in entries):
        console.print(f"Old: taken more than {profiles.OLD_AFTER_DAYS} days ago; calibrate again.", highlight=False)
    if any("back_curvature" in entry.readings for entry in profile.poses.values()):
        console.print("The curvature of the back is only alike in the same clothes.", highlight=False)


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


def _all_in(folder: Path) -> list[Exercise]:
    """Return all exercises of a folder of one's own."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise UserError(f"There is no exercise file (NAME.toml) in {folder}; name the folder that holds yours.")
    return [find_exercise(str(file)) for file in files]


def _stored(name: str, folder: Path) -> Profile:
    """Return the profile to add to, so that a damaged one is said before a film is watched."""
    return profiles.load_profile(name, folder) if profiles.profile_path(name, folder).exists() else Profile()


def _poses(film: Path, start: float | None, end: float | None, model: Model, person: int | None) -> "list[Pose]":
    """Read the poses of a recording, or watch a film."""
    from formcheck.app.analyse import FilmPart  # noqa: PLC0415 - loads the pose estimator, which takes a second
    from formcheck.app.calibrate import poses_in  # noqa: PLC0415
    from formcheck.storage.recordings import load_poses  # noqa: PLC0415

    if film.suffix == ".parquet":
        first, last = start or 0.0, math.inf if end is None else end
        return [pose for pose in load_poses(film).poses() if first <= pose.t < last]
    part = FilmPart(film, start, end)
    part.open().close()  # a film that cannot be read is said before a model is fetched
    bundle = ready_model(model)
    with film_progress(film.name, shown=True) as on_progress:
        return poses_in(part, bundle, person=person, on_progress=on_progress)


def _from_camera(
    camera: str, seconds: float | None, pose: CalibrationPose | None, model: Model, person: int | None
) -> "list[Pose]":
    """Say what to do, wait until it can be done, and watch the camera."""
    from formcheck.app.calibrate import CameraPart, poses_in  # noqa: PLC0415 - loads the pose estimator
    from formcheck.app.calibration_poses import POSES  # noqa: PLC0415

    asked = POSES[pose] if pose else None
    length = seconds or (asked.seconds + SPARE_S if asked else SET_S)
    source = CameraPart(camera, length, GET_READY_S)
    source.open().close()  # a camera that is not there is said before a model is fetched
    bundle = ready_model(model)
    doing = asked.instruction if asked else "Do your set, as well as you can."
    typer.echo(f"From {GET_READY_S:.0f} s from now on, for {length:.0f} s. {doing}")
    told = False

    def say_when_half_is_over(t: float) -> None:
        nonlocal told
        if asked and asked.parts > 1 and not told and t >= length / 2.0:
            told = True
            typer.echo("Now relaxed, but as you want to sit.\a")

    return poses_in(source, bundle, person=person, on_time=say_when_half_is_over)


def _listed(entry: Calibration) -> str:
    return ", ".join(f"{what} {_number(what, reading.value)}" for what, reading in entry.readings.items())


def _number(what: str, value: float) -> str:
    """Return what a measure, or a rule on the outline of the back, read."""
    from formcheck.body import MEASURES  # noqa: PLC0415 - loads all measures

    if what in MEASURES and MEASURES[what].unit == "deg":
        return f"{value:.1f}°"
    return f"{value:.0f} px" if what in MEASURES and MEASURES[what].unit == "px" else f"{value:.3f}"


def _circumstances(entry: Calibration, today: date) -> tuple[str, ...]:
    width, height = entry.size_px
    days = entry.age_days(today)
    age = f"{days} day{'' if days == 1 else 's'}{', old' if entry.is_old(today) else ''}"
    return (
        entry.taken_on.isoformat(),
        age,
        f"{entry.yaw_deg:.0f}°",
        entry.near_side,
        f"{width}x{height}",
        entry.formcheck,
    )
