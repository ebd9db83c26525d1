"""Frames a second of `analyze` with all outputs, against a loop that only decodes and estimates, on the same film.

    python benchmarks/analyze_speed.py [FILM] [--exercise ID] [--rounds N]

Without a film, a shipped sample is enlarged to 1280x720. The two are run in turn; the medians and their ratio are
printed. Above 1.0, `analyze` with masks, rules, drawing, encoding and the report is faster than the plain loop.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import cv2

from formcheck.app.analyse import FilmPart, analyse_video
from formcheck.estimators import models
from formcheck.exercise.load import load_exercise
from formcheck.shipped import shipped_file
from formcheck.video.reader import FilmReader
from formcheck.video.writer import FilmWriter

SIZE_PX = (1280, 720)
REPEATS = 3


def enlarged_sample(folder: Path) -> Path:
    """Return a 720p film made of a shipped sample, played several times over."""
    sample, film = shipped_file("samples", "deadlift_neutral.mp4"), folder / "sample720p.mp4"
    with FilmWriter(film, size_px=SIZE_PX, fps_hint=30) as writer:
        offset = last = 0.0
        for _ in range(REPEATS):
            with FilmReader(sample) as reader:
                for frame in reader:
                    last = offset + frame.t
                    writer.write(cv2.resize(frame.image, SIZE_PX), last)
            offset = last + 1 / 15
    return film


def plain_loop(film: Path, model: Path) -> float:
    """Return frames a second of OpenCV decoding and `detect_for_video`, and nothing else."""
    from mediapipe import Image, ImageFormat  # noqa: PLC0415 - the comparison, not the product
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)), running_mode=vision.RunningMode.VIDEO
    )
    capture, frames = cv2.VideoCapture(str(film)), 0
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        start = time.perf_counter()
        while True:
            there, image = capture.read()
            if not there:
                break
            picture = Image(image_format=ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            landmarker.detect_for_video(picture, frames * 33)
            frames += 1
        return frames / (time.perf_counter() - start)


def analyse(film: Path, exercise: str, model: Path, folder: Path) -> float:
    """Return frames a second of `analyze` from opening the film to the finished report."""
    start = time.perf_counter()
    report = analyse_video(FilmPart(film), load_exercise(exercise), model, out=folder / "report")
    return report.quality.frames / (time.perf_counter() - start)


def main() -> None:
    """Run both in turn and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", nargs="?", type=Path)
    parser.add_argument("--exercise", default="deadlift")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    model = models.model_path("full")
    with tempfile.TemporaryDirectory() as folder:
        film = arguments.film or enlarged_sample(Path(folder))
        plain, full = [], []
        for _ in range(arguments.rounds):
            plain.append(plain_loop(film, model))
            full.append(analyse(film, arguments.exercise, model, Path(folder)))
    print(f"plain loop (decode, detect):    {statistics.median(plain):6.1f} frames/s  {[round(v, 1) for v in plain]}")
    print(f"analyze with all outputs:       {statistics.median(full):6.1f} frames/s  {[round(v, 1) for v in full]}")
    ratios = [f / p for f, p in zip(full, plain, strict=True)]
    print(f"ratio, pair by pair (median):   {statistics.median(ratios):6.2f}           {[round(v, 2) for v in ratios]}")


if __name__ == "__main__":
    main()
