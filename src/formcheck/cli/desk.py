"""`formcheck desk`: posture and breaks, all day.

Commands about the day that was (`report`, `export`, `forget`) stand in `desk_report`.
"""

import math
import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from formcheck.cli import desk_report
from formcheck.cli.desk_log import keep_log, log_path
from formcheck.cli.ending import ended_by_signals
from formcheck.cli.models import ready_model
from formcheck.cli.profiles import FolderOption
from formcheck.errors import UserError
from formcheck.exercise.language import load_language

if TYPE_CHECKING:
    from formcheck.app.desk import Desk
    from formcheck.app.desk_calibration import Mirror
    from formcheck.app.settings import Settings
    from formcheck.video.live_camera import LiveCamera

app = typer.Typer(name="desk")

REOPEN_S: Final = (1.0, 30.0)
"""Before a camera that was lost is opened again: the first time, and doubled up to the longest."""
SILENT_S: Final = 4.0
"""A camera that is looked at once a second may be silent for longer than one of a live set."""
_DEVICES: Final = Path("/dev")

CameraOption = Annotated[
    str | None, typer.Option(metavar="N|URL|FILE", help="Number of a camera, address of a stream, or a film.")
]
NameOption = Annotated[
    str | None, typer.Option("--profile", help="Name of your calibration. Default: one for this camera and screens.")
]
LanguageOption = Annotated[str | None, typer.Option(help="What is shown and said: en or de.")]
SettingsOption = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="Settings file. Default: your own.")
]


@app.callback(invoke_without_command=True)
def desk(
    context: typer.Context,
    camera: CameraOption = None,
    profile: NameOption = None,
    language: LanguageOption = None,
    notifications: Annotated[
        bool | None, typer.Option("--notifications/--no-notifications", help="Show notifications.")
    ] = None,
    voice: Annotated[bool | None, typer.Option("--voice/--no-voice", help="Say aloud what there is to say.")] = None,
    settings: SettingsOption = None,
    profiles: FolderOption = None,
) -> None:
    """Look after how you sit: seldom, quietly, and on this computer alone. Ctrl-C ends it.

    The first time it asks you to sit well for twenty seconds. Example: formcheck desk
    """
    if context.invoked_subcommand is not None:
        return
    given = {"camera": camera, "profile": profile, "language": language, "notifications": notifications, "voice": voice}
    _run(_chosen(settings, given), settings, profiles)


@app.command()
def calibrate(
    camera: CameraOption = None,
    profile: NameOption = None,
    language: LanguageOption = None,
    settings: SettingsOption = None,
    profiles: FolderOption = None,
) -> None:
    """Show how you sit well: ten seconds tall, then ten as you want to sit. Only numbers are stored.

    A desk that runs gives its camera meanwhile, and compares with the new values afterwards.
    """
    from formcheck.app.desk_control import DeskFolder, Request  # noqa: PLC0415

    chosen = _chosen(settings, {"camera": camera, "profile": profile, "language": language})
    folder = DeskFolder()
    runs = folder.runs() and os.environ.get(_CHILD) is None
    if runs:
        folder.ask(Request("pause"))
    try:
        _calibrate(chosen, profiles)
    finally:
        if runs:
            folder.ask(Request("resume"))


@app.command("settings")
def settings_() -> None:
    """Print all settings with their defaults, as the file that may hold others."""
    from formcheck.app.settings import settings_text  # noqa: PLC0415

    typer.echo(settings_text(), nl=False)


@app.command()
def pause() -> None:
    """Give the camera back until formcheck desk resume."""
    _ask("pause")


@app.command()
def resume() -> None:
    """Take the camera again, and end a snooze."""
    _ask("resume")


@app.command()
def snooze(
    minutes: Annotated[
        float | None, typer.Argument(min=1.0, max=1440.0, help="For how long; without: until tomorrow.")
    ] = None,
) -> None:
    """Say nothing for a while; the day is kept all the same."""
    _ask("snooze", math.inf if minutes is None else minutes)


@app.command()
def stop() -> None:
    """End the desk that runs."""
    _ask("stop")


@app.command()
def install(
    camera: CameraOption = None,
    settings: SettingsOption = None,
) -> None:
    """Start the desk with every login."""
    from formcheck.app.autostart import autostart  # noqa: PLC0415

    _chosen(settings, {})  # settings that cannot be read are said before they are built upon
    given = [*(("--camera", camera) if camera else ()), *(("--settings", str(settings.absolute())) if settings else ())]
    start = autostart(given)
    start.install()
    typer.echo(f"The desk starts with every login: {start.path}")


@app.command()
def uninstall() -> None:
    """Start the desk with no login any more."""
    from formcheck.app.autostart import autostart  # noqa: PLC0415

    start = autostart()
    removed = start.uninstall()
    typer.echo(f"Removed {start.path}" if removed else "The desk was not started with the login.")


@app.command()
def status() -> None:
    """Say whether the desk runs, what it does, and whether it starts with the login."""
    from formcheck.app.autostart import autostart  # noqa: PLC0415
    from formcheck.app.desk_control import DeskFolder  # noqa: PLC0415

    folder = DeskFolder()
    now = folder.status()
    if now is None:
        starting = "The desk is being started."
        typer.echo(starting if folder.runs() else "The desk does not run: formcheck desk starts it.")
    else:
        typer.echo(f"The desk runs since {now.since} (process {now.pid}): {now.doing}.")
        calibrated = "" if now.calibrated else ", not calibrated: formcheck desk calibrate"
        if now.place:
            typer.echo(f"You are {now.state}. Compared as {now.place}{calibrated}.")
        if now.snoozed_until:
            typer.echo(f"Nothing is said until {now.snoozed_until}.")
    start = autostart()
    typer.echo(f"Starts with the login: {start.path if start.installed else 'no, see formcheck desk install'}")
    typer.echo(f"Log: {log_path()}")


app.command("report")(desk_report.report)
app.command("export")(desk_report.export)
app.command("forget")(desk_report.forget)


# -- running ----------------------------------------------------------------------------------------------------------

_CHILD: Final = "FORMCHECK_DESK_CALIBRATES"
"""Set for a calibration that the desk itself begins: it must not ask the desk to pause."""


def _run(settings: "Settings", settings_file: Path | None, profiles: Path | None) -> None:
    from formcheck.app.desk_control import DeskFolder  # noqa: PLC0415

    folder = DeskFolder()
    from formcheck.app.desk import spare_memory  # noqa: PLC0415 - loads the picture library

    spare_memory()
    _must_be_there(settings.desk.camera)
    with folder.held(), ExitStack() as stack:
        model = ready_model("lite")
        _calibrate_first(settings, settings_file, profiles)
        keep_log(stack)
        desk = _desk(settings, folder, model, _profiles(profiles), stack)
        with ended_by_signals(desk.stop):
            typer.echo("The desk looks after you; Ctrl-C ends it.", err=True)
            desk.run()


def _desk(settings: "Settings", folder: Any, model: Path, profiles: Path, stack: ExitStack) -> "Desk":
    """Return the desk with everything that it works with; what has to be closed goes on the stack."""
    from formcheck.app.desk import Desk, DeskPace, request_of  # noqa: PLC0415 - loads the picture library
    from formcheck.app.desk_messages import reach  # noqa: PLC0415
    from formcheck.app.desk_minutes import HistoryWriter  # noqa: PLC0415
    from formcheck.app.desk_setup import FRONT, SIDE, SetUps  # noqa: PLC0415
    from formcheck.app.surroundings import Surroundings  # noqa: PLC0415
    from formcheck.estimators.mediapipe import MediaPipeEstimator  # noqa: PLC0415
    from formcheck.exercise.load import load_exercise  # noqa: PLC0415
    from formcheck.storage.database import history_path  # noqa: PLC0415

    table = settings.desk
    desks: list[Desk] = []

    def pressed(action: str) -> None:
        if desks and (request := request_of(action)):
            desks[0].ask(request)

    exercises = [load_exercise(name) for name in (FRONT, SIDE)]
    told = stack.enter_context(reach(settings, load_language(table.language), exercises, pressed))
    history = HistoryWriter(history_path())
    stack.callback(history.close)
    desk = Desk(
        folder,
        open_camera=partial(_camera, table.camera),
        open_estimator=partial(MediaPipeEstimator, model, masks=False),
        set_up=SetUps(table, table.camera, profiles, told.say),
        keep=history.add,
        told=told,
        around=stack.enter_context(Surroundings(table.camera)),
        pace=DeskPace(table.pictures_per_second, table.burst_per_second, table.pause_on_battery, table.quiet_at),
    )
    desks.append(desk)
    return desk


def _must_be_there(camera: str) -> None:
    """See that a path leads somewhere and a film can be played: waiting for those would be waiting for ever.

    A camera of this computer may be plugged in later, and a stream begin.
    """
    if not camera:
        raise UserError("The camera has no name: give --camera a number, an address or a film, or leave it out.")
    path = Path(camera)
    if camera.isdecimal() or "://" in camera or _DEVICES in path.parents:
        return
    if not path.exists():
        raise UserError(f"There is no camera or film {camera}; check the path, or name a camera by its number.")
    if not path.is_fifo():
        _camera(camera).close()


def _camera(source: str) -> "LiveCamera":
    from formcheck.app.desk import CAMERA_FPS, SIZE_PX  # noqa: PLC0415
    from formcheck.video.live_camera import LiveCamera  # noqa: PLC0415

    return LiveCamera(source, size=SIZE_PX, fps=CAMERA_FPS, silent_s=SILENT_S, pauses_s=REOPEN_S, every_s=0.5)


def _chosen(file: Path | None, given: dict[str, Any]) -> "Settings":
    """Return the settings of the file, with what was given on the command line in their place."""
    from formcheck.app.settings import load_settings  # noqa: PLC0415

    settings = load_settings(file)
    update = {name: value for name, value in given.items() if value is not None}
    load_language(update.get("language", settings.desk.language))
    return settings.model_copy(update={"desk": settings.desk.model_copy(update=update)})


def _profiles(folder: Path | None) -> Path:
    from formcheck.storage.profiles import profile_dir  # noqa: PLC0415

    return folder or profile_dir()


def _ask(what: Any, minutes: float = 30.0) -> None:
    from formcheck.app.desk_control import DeskFolder, Request  # noqa: PLC0415

    DeskFolder().ask(Request(what, minutes))


# -- calibrating ------------------------------------------------------------------------------------------------------


def _place(settings: "Settings") -> str:
    from formcheck.app.desk_setup import place_name  # noqa: PLC0415
    from formcheck.app.surroundings import screens  # noqa: PLC0415

    return settings.desk.profile or place_name(settings.desk.camera, screens())


def _calibrate_first(settings: "Settings", settings_file: Path | None, profiles: Path | None) -> None:
    """Calibrate in a process of its own, whose memory is given back, where nothing fits and somebody is there to see.

    Where nobody is, as in a service, the desk begins without and says so once it sees the person.
    """
    from formcheck.app.desk_setup import is_calibrated  # noqa: PLC0415

    if is_calibrated(_place(settings), _profiles(profiles)) or not sys.stderr.isatty():
        return
    desk = settings.desk
    options = {"--camera": desk.camera, "--profile": desk.profile, "--language": desk.language}
    options |= {"--settings": str(settings_file or ""), "--profiles": str(profiles or "")}
    given = [word for name, value in options.items() if value for word in (name, value)]
    command = [sys.executable, "-m", "formcheck", "desk", "calibrate", *given]
    done = subprocess.run(command, env={**os.environ, _CHILD: "1"}, check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)


def _calibrate(settings: "Settings", profiles: Path | None) -> None:
    with ExitStack() as stack:
        mirror = _mirror(settings, stack)  # a window comes before PyAV, see there
        from formcheck.app.desk_calibration import read_sitting, store, watch_sitting  # noqa: PLC0415
        from formcheck.estimators.mediapipe import MediaPipeEstimator  # noqa: PLC0415

        model = ready_model("lite")
        camera = stack.enter_context(_camera(settings.desk.camera))
        estimator = stack.enter_context(MediaPipeEstimator(model, masks=False))
        poses = watch_sitting(camera, estimator, mirror)
    pose, read = read_sitting(poses, date.today())
    path = store(_place(settings), _profiles(profiles), pose, read.entry)
    typer.echo(f"{load_language(settings.desk.language).desk['calibrated']}: {pose}, {path}")
    for measure, why in read.left_out.items():
        typer.echo(f"Without {measure}: {why}.")


def _mirror(settings: "Settings", stack: ExitStack) -> "Mirror":
    """Return a window where there is a screen, else words in the terminal."""
    from formcheck.drawing.window import Window, screen_there  # noqa: PLC0415 - before anything that loads PyAV

    language = load_language(settings.desk.language)
    if not screen_there(os.environ):
        from formcheck.app.desk_calibration import WordMirror  # noqa: PLC0415

        return WordMirror(language, partial(typer.echo, err=True))
    window = stack.enter_context(Window("formcheck"))
    from formcheck.app.desk_calibration import WindowMirror  # noqa: PLC0415

    mirror = WindowMirror(window, language)
    mirror.starting()
    return mirror
