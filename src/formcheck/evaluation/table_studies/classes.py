"""What studies of labelled classes share: bands chosen on one part, answers on another, and their rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from formcheck.evaluation.bands import edge_between
from formcheck.evaluation.splits import Groups, left_out
from formcheck.evaluation.statistics import share_of_groups
from formcheck.evaluation.study import Row, Table

Array = NDArray[np.float64]
Labels = NDArray[np.str_]

APART: Final = "Bands were chosen on another table; the figures are taken on this one."
NOT_CHOSEN: Final = "Nothing was chosen; the shipped bands were tried as they are."


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Labelled values: each measure (N,) by its name, the labels (N,), and the group of each (N,) with its name."""

    values: Mapping[str, Array]
    labels: Labels
    groups: Groups
    group_name: str

    def only(self, chosen: NDArray[np.bool_]) -> "Measured":
        """Return the part where `chosen` (N,) is true."""
        values = {name: column[chosen] for name, column in self.values.items()}
        return Measured(values, self.labels[chosen], self.groups[chosen], self.group_name)

    @property
    def counted(self) -> str:
        """What a row about these counts: "pictures in 119 blocks"."""
        return f"pictures in {len(np.unique(self.groups))} {self.group_name}"

    def share(self, name: str, figure: str, right: NDArray[np.bool_], target: float | None = None) -> Row:
        """Return the row of a share of right answers (N,), its interval over whole groups."""
        return Row(name, figure, share_of_groups(right, self.groups), self.counted, target=target)


class Bands(Protocol):
    """Bands on measures that say which class something is."""

    def answers(self, values: Mapping[str, Array]) -> Labels:
        """Return the class of each (N,)."""
        ...


@dataclass(frozen=True, slots=True)
class Edges:
    """Classes that follow each other on one measure, with the edges between them."""

    measure: str
    classes: tuple[str, ...]
    at: tuple[float, ...]

    @classmethod
    def between(cls, data: Measured, measure: str, classes: tuple[str, ...]) -> "Edges":
        """Choose the edges with the fewest errors between neighbouring classes."""
        x = data.values[measure]
        pairs = pairwise(classes)
        at = tuple(edge_between(x[data.labels == low], x[data.labels == high]) for low, high in pairs)
        return cls(measure, classes, at)

    def answers(self, values: Mapping[str, Array]) -> Labels:
        """Return the class between whose edges each value (N,) lies; a NaN is above all of them."""
        return np.array(self.classes)[np.searchsorted(self.at, values[self.measure], side="right")]

    def __str__(self) -> str:
        pairs = zip(pairwise(self.classes), self.at, strict=True)
        return f"{self.measure}, " + ", ".join(f"{edge:.3g} between {low} and {high}" for (low, high), edge in pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Answers (N,) to data that their bands were not chosen on; how it was split; and bands chosen on all there is."""

    answers: Labels
    split: str
    bands: Bands


def answered(
    data: Measured, choose: Callable[[Measured], Bands], train: Measured | None, split: str
) -> Answered | None:
    """Answer data with bands chosen elsewhere: on `train`, or for each group on all other groups.

    `split` says in words what leaving a group out means. None where a label stands in a single group only, so that
    leaving it out would leave nothing to choose on.
    """
    if train is not None:
        bands = choose(train)
        return Answered(bands.answers(data.values), APART, bands)
    if any(len(np.unique(data.groups[data.labels == label])) < 2 for label in np.unique(data.labels)):
        return None
    answers = np.empty_like(data.labels)
    for kept, out in left_out(data.groups):
        answers[out] = choose(data.only(kept)).answers(data.only(out).values)
    return Answered(answers, split, choose(data))


def rows_of_classes(
    name: str, answers: Labels, data: Measured, words: Mapping[str, str], target: float | None = None
) -> list[Row]:
    """Return the accuracy of answers (N,) and the recall of each class, with intervals over whole groups.

    `words` says what each label means, in the order of the rows.
    """
    hits = answers == data.labels
    parts = [(word, data.labels == label) for label, word in words.items()]
    recalls = [data.only(of).share(f"{name}: {word}", "recall", hits[of]) for word, of in parts if of.any()]
    return [data.share(name, "accuracy", hits, target), *recalls]


def confusion(answers: Labels, labels: Labels, words: Mapping[str, str]) -> Table:
    """Return how often each label got each answer."""
    cells = tuple(
        (word, *(str(int(np.count_nonzero(answers[labels == label] == other))) for other in words))
        for label, word in words.items()
    )
    return Table("Answers", ("labelled", *words.values()), cells)
