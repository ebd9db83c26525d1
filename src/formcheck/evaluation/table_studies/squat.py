"""Squats: up or down, by the measure that counts them."""

from pathlib import Path
from typing import Final

from formcheck.evaluation.labelled.landmarks import read_squat_phases
from formcheck.evaluation.poses import measured
from formcheck.evaluation.splits import blocks
from formcheck.evaluation.study import Row, Setting, StudyResult
from formcheck.evaluation.table_studies.classes import (
    NOT_CHOSEN,
    Edges,
    Measured,
    answered,
    confusion,
    rows_of_classes,
)
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import RepCycle

TARGET: Final = 0.97
MEASURE: Final = "squat_depth"
WORDS: Final = {"up": "up", "down": "down"}
TITLE: Final = "Squat: up or down"
SPLIT: Final = (
    "Every block (neighbouring pictures of one film and label) was answered with an edge chosen on the others."
)
NEIGHBOURS: Final = (
    "Few people, and other blocks of the same film stay in; between up and down the label follows the labeller's hand."
)


def squat_phase(setting: Setting) -> StudyResult:
    """Up and down by `squat_depth` and one edge.

    Options: ``path``, a table or folder; ``train``, another one to choose the edge on. Without it every block is left
    out in turn.
    """
    data = _measured(setting.path())
    rows = _shipped(data)
    train = _measured(setting.path("train")) if "train" in setting.options else None
    found = answered(data, lambda part: Edges.between(part, MEASURE, tuple(WORDS)), train, SPLIT)
    if found is None:
        return StudyResult("", TITLE, NOT_CHOSEN, tuple(rows), notes=(NEIGHBOURS,))
    chosen = rows_of_classes("chosen edge", found.answers, data, WORDS, TARGET)
    table = confusion(found.answers, data.labels, WORDS)
    notes = (f"Edge chosen on all that may be chosen on: {found.bands}.", NEIGHBOURS)
    return StudyResult("", TITLE, found.split, (*chosen, *rows), (table,), notes)


def squat_cycle() -> RepCycle:
    """Return how the shipped squat is counted."""
    movement = load_exercise("squat").movement
    if not isinstance(movement, RepCycle) or movement.measure != MEASURE:
        raise TypeError(f"the shipped squat is not counted by {MEASURE}")
    return movement


def _measured(path: Path) -> Measured:
    data = read_squat_phases(path)
    values = measured(data.poses, [MEASURE])
    return Measured(values, data.labels, blocks(data.poses, data.labels, data.sources), "blocks")


def _shipped(data: Measured) -> list[Row]:
    """Return what the level at which the shipped squat begins to count makes of every picture by itself."""
    edges = Edges(MEASURE, tuple(WORDS), (squat_cycle().work_above,))
    return [data.share("shipped level of a repetition", "accuracy", edges.answers(data.values) == data.labels)]
