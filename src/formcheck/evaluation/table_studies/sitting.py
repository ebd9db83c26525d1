"""Sitting: upright, slouching or reclining, by bands that a posture file can state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from formcheck.evaluation.bands import edge_between, edges_of_any
from formcheck.evaluation.labelled.landmarks import LabelledPoses, read_sitting
from formcheck.evaluation.poses import measured
from formcheck.evaluation.splits import runs_of_each_label
from formcheck.evaluation.study import Setting, StudyResult
from formcheck.evaluation.table_studies.classes import (
    NOT_CHOSEN,
    Array,
    Edges,
    Labels,
    Measured,
    answered,
    confusion,
    rows_of_classes,
)

TARGET: Final = 0.85
PARTS: Final = 20
UPPER_BODY, NECK, TRUNK = "upper_body_inclination", "neck_inclination", "trunk_inclination"
WORDS: Final = {"proper": "proper", "slouching": "slouching", "reclining": "reclining"}
IN_ORDER: Final = ("reclining", "proper", "slouching")
CROSSED: Final = "crossed_legs"
TITLE: Final = "Sitting: proper, slouching or reclining"
SPLIT: Final = (
    f"Every class was cut into {PARTS} runs of consecutive picture numbers; each run was answered with edges chosen on "
    "the other runs. Which measures to use was decided on all pictures of the same table."
)
NOTES: Final = (
    "The shape of the pictures is not known and differs: inclinations are those of pictures taken as square, and the "
    "edges are no degrees that a posture file could take over as they are.",
    "Who is on which picture is not known; numbers that lie near each other may show one person, which is why runs are "
    "left out and resampled.",
    "Crossed legs are another question than how the trunk is held; the row says what they would be taken for.",
)


@dataclass(frozen=True, slots=True)
class SittingBands:
    """Reclining below an edge of the upper body's inclination; slouching above another, or above one of the neck's."""

    reclining: float
    upper_body: float
    neck: float

    @classmethod
    def chosen(cls, data: Measured) -> "SittingBands":
        """Choose the edges with the fewest errors, the one of reclining first."""
        upper, is_reclining = data.values[UPPER_BODY], data.labels == "reclining"
        reclining = edge_between(upper[is_reclining], upper[~is_reclining])
        rest = data.only(upper >= reclining)
        above = edges_of_any([rest.values[UPPER_BODY], rest.values[NECK]], rest.labels == "slouching")
        return cls(reclining, *above)

    def answers(self, values: Mapping[str, Array]) -> Labels:
        """Return the class of each (N,)."""
        upper, neck = values[UPPER_BODY], values[NECK]
        slouching = (upper > self.upper_body) | (neck > self.neck)
        return np.where(upper < self.reclining, "reclining", np.where(slouching, "slouching", "proper"))

    def __str__(self) -> str:
        return (
            f"reclining below {self.reclining:.0f} deg of {UPPER_BODY}; slouching above {self.upper_body:.0f} deg of "
            f"it or above {self.neck:.0f} deg of {NECK}"
        )


def sitting_classes(setting: Setting) -> StudyResult:
    """Proper, slouching and reclining by the inclinations of upper body and neck.

    Options: ``path``, a table or folder; ``train``, another one to choose the edges on. Without it runs of pictures
    are left out in turn.
    """
    data, crossed = _measured(setting.path())
    train = _measured(setting.path("train"))[0] if "train" in setting.options else None
    found = answered(data, SittingBands.chosen, train, SPLIT)
    trunk = answered(data, lambda part: Edges.between(part, TRUNK, IN_ORDER), train, SPLIT)
    if found is None or trunk is None:
        return StudyResult("", TITLE, NOT_CHOSEN, notes=("There are too few pictures of a class to choose on.", *NOTES))
    rows = rows_of_classes("upper body and neck", found.answers, data, WORDS, TARGET)
    rows.append(data.share("trunk inclination alone", "accuracy", trunk.answers == data.labels))
    if len(crossed.labels):
        proper = found.bands.answers(crossed.values) == "proper"
        rows.append(replace(crossed.share("crossed legs", "taken for proper", proper), compared=False))
    table = confusion(found.answers, data.labels, WORDS)
    notes = (f"Edges chosen on all that may be chosen on: {found.bands}.", *NOTES)
    return StudyResult("", TITLE, found.split, tuple(rows), (table,), notes)


def _measured(path: Path) -> tuple[Measured, Measured]:
    """Return the pictures of the three classes, and those with crossed legs."""
    data = read_sitting(path)
    is_crossed = data.labels == CROSSED
    return _values(data.only(~is_crossed)), _values(data.only(is_crossed))


def _values(data: LabelledPoses) -> Measured:
    values = measured(data.poses, [UPPER_BODY, NECK, TRUNK])
    return Measured(values, data.labels, runs_of_each_label(data.labels, PARTS), "runs")
