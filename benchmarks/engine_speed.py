"""Poses a second of the engine alone: filters, measures, phases, rules and score, without a picture.

    python benchmarks/engine_speed.py [RECORDING] [--exercise ID]

Without a recording, poses are made by estimating a shipped sample once.
"""

import argparse
import statistics
import time
from pathlib import Path

from formcheck import Pose, Session, load_exercise
from formcheck.estimators import models
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.shipped import shipped_file
from formcheck.storage.recordings import load_poses
from formcheck.video.reader import FilmReader

ROUNDS = 15


def sample_poses() -> list[Pose]:
    """Return the poses of a shipped sample."""
    film = shipped_file("samples", "deadlift_neutral.mp4")
    with FilmReader(film) as reader, MediaPipeEstimator(models.model_path("full")) as estimator:
        return [estimator.estimate(frame) for frame in reader]


def main() -> None:
    """Judge the same poses several times and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", nargs="?", type=Path)
    parser.add_argument("--exercise", default="deadlift")
    arguments = parser.parse_args()
    poses = list(load_poses(arguments.recording).poses()) if arguments.recording else sample_poses()
    exercise, rates = load_exercise(arguments.exercise), []
    for _ in range(ROUNDS):
        start = time.process_time()
        session = Session(exercise)
        for pose in poses:
            session.update(pose)
        session.finish()
        rates.append(len(poses) / (time.process_time() - start))
    print(f"{len(poses)} poses, {exercise.id}, of processor time:")
    print(f"median {statistics.median(rates):,.0f} poses/s, best {max(rates):,.0f} poses/s")


if __name__ == "__main__":
    main()
