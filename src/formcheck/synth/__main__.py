"""Render a clip from the command line.

``python -m formcheck.synth rounded.mp4 --exercise deadlift --fault rounded --yaw 15``
"""

import argparse
import sys
from pathlib import Path

from formcheck.errors import FormcheckError, UserError
from formcheck.synth.body import BODIES
from formcheck.synth.clip import Clip, write_clip
from formcheck.synth.motions import MOTIONS

_DEFAULT = Clip("deadlift")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, 2 for something the caller can put right, or 1 if the film could not be written."""
    options = vars(_parser().parse_args(arguments))
    out, exercise = options.pop("out"), options.pop("exercise")
    try:
        truth = write_clip(out, exercise, **options)
    except FormcheckError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2 if isinstance(error, UserError) else 1
    print(f"{out} ({out.stat().st_size // 1024} KiB), {truth}")  # noqa: T201
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m formcheck.synth", description="Render a person who exercises.")
    parser.add_argument("out", type=Path, help="film to write; its truth goes beside it")
    parser.add_argument("--exercise", required=True, help=", ".join(MOTIONS))
    parser.add_argument("--fault", help="what is done wrong (default: nothing)")
    parser.add_argument("--severity", dest="severity_deg", type=float, help="how strongly, in degrees")
    parser.add_argument("--body", default=_DEFAULT.body, help=", ".join(BODIES))
    parser.add_argument("--reps", type=int, help="how often")
    parser.add_argument("--yaw", dest="yaw_deg", type=float, default=_DEFAULT.yaw_deg, help="0 left side, 90 front")
    parser.add_argument("--roll", dest="roll_deg", type=float, default=_DEFAULT.roll_deg, help="tilt of the camera")
    parser.add_argument("--distance", dest="distance_m", type=float, help="how far away the camera is, in metres")
    parser.add_argument("--height", dest="height_m", type=float, help="how high the camera is, in metres")
    parser.add_argument("--fps", type=float, default=_DEFAULT.fps, help="pictures per second")
    parser.add_argument("--size", dest="size_px", type=_size, default=_DEFAULT.size_px, help="for example 640x480")
    parser.add_argument("--noise", type=float, default=_DEFAULT.noise, help="sensor noise in gray levels")
    parser.add_argument("--seed", type=int, default=_DEFAULT.seed, help="same seed, same noise")
    parser.add_argument("--quality", type=int, default=26, help="x264 rate factor: 18 fine, 30 small")
    return parser


def _size(text: str) -> tuple[int, int]:
    width, height = text.lower().split("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
