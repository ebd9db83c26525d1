"""Planks: hips in line, low or high, by the measure and the bands of the plank."""

from pathlib import Path
from typing import Final

from formcheck.errors import ExerciseError
from formcheck.evaluation.labelled.landmarks import read_plank
from formcheck.evaluation.poses import measured
from formcheck.evaluation.splits import blocks
from formcheck.evaluation.statistics import auc
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
from formcheck.exercise.spec import Exercise

TARGET: Final = 0.97
MEASURE: Final = "body_line_deviation"
WORDS: Final = {"L": "hips low", "C": "in line", "H": "hips high"}
LOW_RULE, HIGH_RULE = "PL-01", "PL-02"
TITLE: Final = "Plank: hips in line, low or high"
SPLIT: Final = (
    "Every block (consecutive pictures of one film and one label) was answered with edges chosen on all other blocks."
)
NEIGHBOURS: Final = (
    "Few people, filmed picture after picture, and other blocks of the same film stay in: the intervals resample "
    "blocks, but new people may differ more than they say."
)


def plank_classes(setting: Setting) -> StudyResult:
    """Planks in line, with low and with high hips, by `body_line_deviation` and two edges.

    Options: ``path``, a table or folder; ``train``, another one to choose the edges on. Without it every block is
    left out in turn.
    """
    data = _measured(setting.path())
    rows = [*_shipped(data, load_exercise("plank")), *_areas(data)]
    train = _measured(setting.path("train")) if "train" in setting.options else None
    found = answered(data, lambda part: Edges.between(part, MEASURE, tuple(WORDS)), train, SPLIT)
    if found is None:
        return StudyResult("", TITLE, NOT_CHOSEN, tuple(rows), notes=(NEIGHBOURS,))
    chosen = rows_of_classes("chosen edges", found.answers, data, WORDS, TARGET)
    table = confusion(found.answers, data.labels, WORDS)
    notes = (f"Edges chosen on all that may be chosen on: {found.bands}.", NEIGHBOURS)
    return StudyResult("", TITLE, found.split, (*chosen, *rows), (table,), notes)


def _measured(path: Path) -> Measured:
    data = read_plank(path)
    values = measured(data.poses, [MEASURE], load_exercise("plank").ventral)
    return Measured(values, data.labels, blocks(data.poses, data.labels, data.sources), "blocks")


def _shipped(data: Measured, plank: Exercise) -> list[Row]:
    """Return what the bands of the shipped plank make of every picture by itself."""
    rules = {rule.id: rule for rule in plank.rules}
    low, high = rules[LOW_RULE], rules[HIGH_RULE]
    ideal = Edges(MEASURE, tuple(WORDS), (_edge(low.ideal_min), _edge(high.ideal_max)))
    fault = Edges(MEASURE, tuple(WORDS), (_edge(low.fault_below), _edge(high.fault_above)))
    faulted = fault.answers(data.values)
    named = (("L", f"fault of {LOW_RULE}", "sensitivity"), ("H", f"fault of {HIGH_RULE}", "sensitivity"))
    rows = rows_of_classes("shipped ideal edges", ideal.answers(data.values), data, WORDS)
    for label, name, figure in (*named, ("C", "no fault where the hips are in line", "specificity")):
        of = data.labels == label
        if of.any():
            rows.append(data.only(of).share(f"shipped: {name}", figure, faulted[of] == label))
    return rows


def _edge(found: float | None) -> float:
    if found is None:
        raise ExerciseError(f"The shipped plank has lost an edge of {LOW_RULE} or {HIGH_RULE}.")
    return found


def _areas(data: Measured) -> list[Row]:
    """Return how well the measure alone tells each fault from planks in line."""
    rows = []
    for label, sign in (("L", -1.0), ("H", 1.0)):
        part = data.only((data.labels == label) | (data.labels == "C"))
        area = auc(sign * part.values[MEASURE], part.labels == label, part.groups)
        rows.append(Row(f"{WORDS[label]} against in line", "AUC", area, part.counted, unit=""))
    return rows
