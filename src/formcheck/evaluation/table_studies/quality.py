"""Deep squats and lunges in space, well and badly done: how far formcheck's measures can tell them apart."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from formcheck.body.landmarks import Side
from formcheck.body.pose import Array
from formcheck.body.view import Orientation
from formcheck.errors import UserError
from formcheck.evaluation.bands import Truth, best_edge
from formcheck.evaluation.labelled.joints import FPS, JointFilm, read_joint_films
from formcheck.evaluation.poses import measured
from formcheck.evaluation.splits import Groups, left_out
from formcheck.evaluation.statistics import Estimate, auc, mean_of_groups
from formcheck.evaluation.study import Row, Setting, StudyResult, Table
from formcheck.filters.reducers import REDUCERS

MOVEMENTS: Final = {1: "deep squat", 3: "in-line lunge"}
DRIVER: Final = "squat_depth"
MEASURES: Final = (
    DRIVER,
    "trunk_inclination",
    "trunk_to_shank",
    "shank_inclination",
    "thigh_inclination",
    "knee_flexion",
    "hip_flexion",
)
OF_RULES: Final = ("thigh_inclination, median at the turn", "trunk_to_shank, median at the turn")
"""What the rules of the squat look at: the first two by depth and by trunk."""
TURN: Final = 0.9  # share of the greatest depth from which on it is the turn
TITLE: Final = "Squats and lunges in space: correct or not"
SPLIT: Final = "Each edge (for the best band also its measure) was chosen on all persons but one and tried on that one."
NOTES: Final = (
    "Joints of a depth camera, seen from the side of the front leg without perspective: what the measures would tell "
    "if the pose model made no mistakes.",
    "The performers were told to move well or badly; no single measure says all of it. This describes what one camera "
    "can hope for and has no target.",
)


def movement_quality(setting: Setting) -> StudyResult:
    """Tell correct from incorrect movements by single measures, persons left out.

    Options: ``path``, an .npz file or a folder of such.
    """
    films = [film for film in read_joint_films(setting.path()) if film.movement in MOVEMENTS]
    rows: list[Row] = []
    tables: list[Table] = []
    for movement, group in groupby(sorted(films, key=lambda film: film.movement), key=lambda film: film.movement):
        found, table = _one_movement(MOVEMENTS[movement], list(group))
        rows += found
        tables.append(table)
    if not rows:
        raise UserError(f"{setting.path()} has neither deep squats (m01) nor in-line lunges (m03).")
    return StudyResult("", TITLE, SPLIT, tuple(rows), tuple(tables), NOTES)


def reduced(film: JointFilm) -> dict[str, float]:
    """Return every measure of a film as rules reduce it: sustained extremes, and the median at the turn."""
    near = _front_leg(film)
    orientation = Orientation("side", 0.0, 1 if near == "right" else -1, near)
    values = measured(film.from_the_side(near), MEASURES, orientation=orientation)
    t = np.arange(len(film.joints_cm)) / FPS
    turn = values[DRIVER] >= TURN * np.nanmax(values[DRIVER])
    found: dict[str, float] = {}
    for name, x in values.items():
        found |= {f"{name}, {how}": REDUCERS[how](t, x, 0.15) for how in ("max", "min")}
        found[f"{name}, median at the turn"] = REDUCERS["median"](t[turn], x[turn], 0.15)
    return found


def _front_leg(film: JointFilm) -> Side:
    left, right = (film.foot_ahead_cm(side) for side in ("left", "right"))
    return "left" if left > right else "right"


def _one_movement(name: str, films: list[JointFilm]) -> tuple[list[Row], Table]:
    wrong = np.array([not film.correct for film in films])
    persons = np.array([film.person for film in films])
    values = _columns([reduced(film) for film in films])
    counted = f"films of {len(np.unique(persons))} persons"
    rows = [Row(f"{name}: {key}", "AUC", _area(values[key], wrong, persons)[1], counted, unit="") for key in OF_RULES]
    if len(np.unique(persons)) > 1:
        parts = {f"best band of {len(values)}": values} | {key: {key: values[key]} for key in OF_RULES}
        for what, part in parts.items():
            found = _person_left_out(part, wrong, persons)
            rows.append(Row(f"{name}: {what}", "balanced accuracy", found, counted))
    columns = ("measure", "incorrect is", "AUC")
    return rows, Table(f"AUC of each measure, {name}", columns, _cells(values, wrong))


def _columns(films: Sequence[Mapping[str, float]]) -> dict[str, Array]:
    return {key: np.array([film[key] for film in films]) for key in films[0]}


def _area(values: Array, wrong: Truth, groups: ArrayLike) -> tuple[bool, Estimate]:
    """Return whether incorrect films rather lie higher, and the AUC taken that way round."""
    found = auc(values, wrong, groups)
    return (True, found) if found.value >= 0.5 else (False, auc(-values, wrong, groups))


def _cells(values: Mapping[str, Array], wrong: Truth) -> tuple[tuple[str, ...], ...]:
    together = np.zeros(len(wrong))  # one group: no interval is asked for
    areas = {key: _area(column, wrong, together) for key, column in values.items()}
    ranked = sorted(areas.items(), key=lambda item: -item[1][1].value)
    return tuple((key, "higher" if higher else "lower", f"{area.value:.2f}") for key, (higher, area) in ranked)


def _person_left_out(values: Mapping[str, Array], wrong: Truth, persons: Groups) -> Estimate:
    """Return the balanced accuracy of the best band of all others, tried on each person in turn."""
    hits = np.zeros(len(wrong))
    for kept, out in left_out(persons):
        chosen = {key: best_edge(column[kept], wrong[kept]) for key, column in values.items()}
        key = max(chosen, key=lambda name: chosen[name][1])
        hits[out] = chosen[key][0].says(values[key][out]) == wrong[out]
    weights = np.where(wrong, 0.5 / wrong.mean(), 0.5 / (~wrong).mean())
    return mean_of_groups(hits * weights, persons)
