"""`formcheck synth`: films of rendered people, with the true angles beside them."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Column, Table

from formcheck.errors import UserError

app = typer.Typer(name="synth", help="Render people with exactly known joint angles.", no_args_is_help=True)

_ASK_LIST = "see: formcheck synth list"


@app.command()
def render(
    exercise: Annotated[str, typer.Option("--exercise", "-e", help=f"What is done ({_ASK_LIST}).")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Film to write, NAME.mp4; its truth goes beside it.")],
    fault: Annotated[str | None, typer.Option(help=f"What is done wrong ({_ASK_LIST}). Default: nothing.")] = None,
    severity: Annotated[float | None, typer.Option(help="How strongly, in degrees. Default: the fault's own.")] = None,
    body: Annotated[str, typer.Option(help=f"Who ({_ASK_LIST}), or an even mix such as man+woman.")] = "man",
    reps: Annotated[int | None, typer.Option(help="How often. Default: the exercise's own number.")] = None,
    yaw: Annotated[float, typer.Option(help="Camera, in degrees: 0 left side, 90 front.")] = 0.0,
    roll: Annotated[float, typer.Option(help="Tilt of the camera, in degrees clockwise.")] = 0.0,
    distance: Annotated[float | None, typer.Option(help="How far away the camera is, in metres.")] = None,
    height: Annotated[float | None, typer.Option(help="How high the camera is, in metres.")] = None,
    fps: Annotated[float, typer.Option(help="Pictures per second.")] = 15.0,
    size: Annotated[str, typer.Option(metavar="WIDTHxHEIGHT", help="Size of the pictures in pixels.")] = "640x480",
    noise: Annotated[float, typer.Option(help="Noise of the sensor, in gray levels.")] = 2.0,
    seed: Annotated[int, typer.Option(help="Same seed, same noise.")] = 0,
    light: Annotated[float, typer.Option(help="Brightness of the lamps: 0.3 is dim.")] = 1.0,
    blur: Annotated[float, typer.Option(help="How far out of focus: standard deviation in pixels.")] = 0.0,
    tone: Annotated[
        Literal["light", "medium", "dark"] | None, typer.Option(help="Gray clothes. Default: the body's own.")
    ] = None,
    looseness: Annotated[float, typer.Option(help="How far a loose shirt stands off, in metres, up to 0.05.")] = 0.0,
    quality: Annotated[int, typer.Option(help="Rate factor of x264: 18 fine, 30 small.")] = 26,
) -> None:
    """Render somebody who exercises into a film, and write what is true of every picture beside it.

    Example: formcheck synth render --exercise deadlift --fault rounded --yaw 15 --body woman -o rounded.mp4
    """
    from formcheck.synth.clip import write_clip  # noqa: PLC0415 - loads the film and picture libraries

    size_px = _size_px(size)
    with Console(stderr=True).status(f"Rendering {out.name}"):
        truth = write_clip(
            out,
            exercise,
            quality=quality,
            fault=fault,
            severity_deg=severity,
            body=body,
            reps=reps,
            yaw_deg=yaw,
            roll_deg=roll,
            distance_m=distance,
            height_m=height,
            fps=fps,
            size_px=size_px,
            noise=noise,
            seed=seed,
            light=light,
            blur_px=blur,
            tone=tone,
            looseness_m=looseness,
        )
    typer.echo(f"Film: {out}\nTruth: {truth}")


@app.command("list")
def list_() -> None:
    """List the exercises, their faults, and the bodies."""
    from formcheck.synth.body import BODIES, load_body  # noqa: PLC0415 - loads the picture library
    from formcheck.synth.motions import MOTIONS, find_motion  # noqa: PLC0415

    typed = (Column("exercise", no_wrap=True), Column("fault", no_wrap=True))  # whole, as they have to be given
    table = Table(*typed, "usually", "shows in", "from")
    for exercise in MOTIONS:
        table.add_section()
        table.add_row(exercise)
        for name, fault in find_motion(exercise, load_body(BODIES[0])).faults.items():
            severity = f"{fault.severity_deg:g}°" if fault.severity_deg else ""  # haste has none
            table.add_row("", name, severity, (fault.shows_in or "").replace("_", " "), fault.view)
    console = Console()
    console.print(table)
    console.print(f"Bodies: {', '.join(BODIES)}, and even mixes of them such as man+woman.", highlight=False)


def _size_px(text: str) -> tuple[int, int]:
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise UserError(f"A size is width x height in pixels, for example 640x480, not '{text}'.")
    return int(width), int(height)
