"""Squats counted by the engine's own counting, on films whose repetitions people have counted."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from scipy import ndimage

from formcheck.body.pose import Array
from formcheck.engine.movement import Counted
from formcheck.engine.rep_tracker import RepTracker
from formcheck.engine.sampling import Sample
from formcheck.errors import UserError
from formcheck.evaluation.labelled.repetitions import FPS, PoseFilm, read_distances, read_pose_films
from formcheck.evaluation.poses import measured
from formcheck.evaluation.statistics import mean_of_groups, share
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.evaluation.table_studies.squat import MEASURE, squat_cycle
from formcheck.filters.despike import Despike
from formcheck.filters.one_euro import OneEuro

TARGETS: Final = {"distance": 0.95, "poses": 0.80}
SQUATS: Final = ("squat", "squats", "squant")
"""How the sources spell it."""

MEDIAN_FRAMES: Final = 9
STANDING_WINDOW_S: Final = 12.0
STANDING_PERCENTILE: Final = 90.0
FULL_SQUAT: Final = 0.25
"""Share of the standing height by which the head sinks when the thighs are level."""

SHIPPED: Final = (
    "The repetitions were counted with the levels of the shipped squat, for which films of this kind were looked at."
)
DISTANCE_NOTES: Final = (
    f"The depth camera gives only the distance from head to feet; the depth of the squat is what it lacks of the "
    f"standing height, {100 * FULL_SQUAT:.0f} % of it being a full squat. The level jumps: standing is the "
    f"{STANDING_PERCENTILE:.0f}th percentile over {STANDING_WINDOW_S:.0f} s around each moment.",
    "Some labels leave repetitions out that the signal plainly shows, others overlap.",
)
POSE_NOTES: Final = (
    "The poses are stretched to the body's own box in every picture; only heights can be compared, so that neither the "
    "view nor the inclination of the trunk can keep other exercises out, as they do in formcheck itself.",
    f"Pictures a second are not told and taken to be {FPS:.0f}.",
)


def squat_reps(setting: Setting) -> StudyResult:
    """Count squats.

    Options: ``path``, a folder (or the table of distances); ``format``, "distance" for head-to-foot distances or
    "poses" for films of poses in a box.
    """
    kind = setting.option("format")
    if kind not in TARGETS:
        raise UserError(f"squat_reps reads the format 'distance' or 'poses', not {kind!r}.")
    return _distances(setting.path()) if kind == "distance" else _poses(setting.path())


def counted(depth: Iterable[float]) -> int:
    """Return how many repetitions the shipped squat counts in its driving measure, `FPS` values a second."""
    tracker = RepTracker(squat_cycle())
    steps = []
    for i, value in enumerate(depth):
        steps += tracker.update(Sample(i / FPS, {MEASURE: float(value)}, {MEASURE: 1.0}, {}), "side")
    return sum(isinstance(step, Counted) for step in [*steps, *tracker.finish()])


def depth_of_distance(distance_m: Array) -> Array:
    """Return the depth of the squat for head-to-foot distances (frames,): 0 standing, about 1 with level thighs."""
    height = ndimage.median_filter(distance_m, MEDIAN_FRAMES, mode="nearest")
    window = round(STANDING_WINDOW_S * FPS)
    standing = ndimage.percentile_filter(height, STANDING_PERCENTILE, size=window, mode="nearest")
    return np.asarray((standing - height) / (FULL_SQUAT * standing))


def depth_of_poses(film: PoseFilm) -> Array:
    """Return the depth of the squat (frames,), despiked and smoothed as the engine does with landmarks."""
    despike, smooth = Despike(), OneEuro()
    depth = []
    for i, value in enumerate(measured(film.poses, [MEASURE])[MEASURE]):
        here = np.array([[value, 0.0]])
        depth.append(smooth.update(i / FPS, despike.update(i / FPS, here))[0, 0])
    return np.array(depth)


def _distances(path: Path) -> StudyResult:
    films = read_distances(path)
    counts = [counted(depth_of_distance(film.distance_m)) for film in films]
    rows = _rows([film.count for film in films], counts, TARGETS["distance"])
    table = _table([(film.name, SQUATS[0], film.count) for film in films], counts)
    return StudyResult("", "Counting squats in head-to-foot distances", SHIPPED, rows, (table,), DISTANCE_NOTES)


def _poses(path: Path) -> StudyResult:
    films = read_pose_films(path)
    counts = [counted(depth_of_poses(film)) for film in films]
    squats = [(film, count) for film, count in zip(films, counts, strict=True) if film.exercise in SQUATS]
    others = [(film, count) for film, count in zip(films, counts, strict=True) if film.exercise not in SQUATS]
    if not squats:
        raise UserError(f"None of the films at {path} is called a squat.")
    rows = _rows([film.count for film, _ in squats], [count for _, count in squats], TARGETS["poses"])
    if others:
        false = mean_of_groups([float(count) for _, count in others], range(len(others)))
        name = "other exercises, without the gates that keep them out"
        rows = (*rows, Row(name, "squats counted per film", false, "films", "", compared=False))
    table = _table([(film.name, film.exercise, film.count) for film in films], counts)
    return StudyResult("", "Counting squats in poses", SHIPPED, rows, (table,), POSE_NOTES)


def _rows(labelled: Sequence[int], counts: Sequence[int], target: float) -> tuple[Row, ...]:
    off = [abs(count - label) for count, label in zip(counts, labelled, strict=True)]
    mean = mean_of_groups([float(error) for error in off], range(len(off)))
    return (
        Row("squats", "exact", share(off.count(0), len(off)), "films"),
        Row("squats", "within one", share(sum(error <= 1 for error in off), len(off)), "films", target=target),
        Row("squats", "mean absolute error", mean, "films", "reps", lower_is_better=True),
    )


def _table(films: Iterable[tuple[str, str, int]], counts: Sequence[int]) -> Table:
    cells = [(name, kind, str(count), str(found)) for (name, kind, count), found in zip(films, counts, strict=True)]
    return Table("Films", ("film", "exercise", "labelled", "squats counted"), tuple(cells))
