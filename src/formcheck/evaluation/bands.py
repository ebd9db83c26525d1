"""Choose the edges of bands from labelled values, as an exercise or posture file could state them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]

STEPS: Final = 60
"""How many edges of one measure are tried where several are chosen together."""


def edge_between(low: Array, high: Array) -> float:
    """Return the edge that puts the fewest of `low` above and of `high` below it.

    Parameters
    ----------
    low, high : ndarray of shape (N,), (M,)
        Values that should lie below and above the edge; at least one of each.

    Returns
    -------
    float
        Half-way between two values; where several edges do equally well, in the middle of the widest such gap.
    """
    values = np.unique(np.concatenate([low, high]))
    edges = np.concatenate([[values[0]], (values[1:] + values[:-1]) / 2.0])
    wrong = len(low) - np.searchsorted(np.sort(low), edges) + np.searchsorted(np.sort(high), edges)
    best = np.flatnonzero(wrong == wrong.min())
    gaps = np.diff(values, prepend=values[0])[best]
    return float(edges[best[int(np.argmax(gaps))]])


def edges_of_any(measures: Sequence[Array], wanted: Truth) -> tuple[float, ...]:
    """Return one edge for each measure, so that "any of them above its edge" is wrong as rarely as can be.

    Parameters
    ----------
    measures : sequence of ndarray of shape (N,)
        Tried at `STEPS` shares of their values, all combinations: two measures at most are quick.
    wanted : ndarray of shape (N,), bool
        Where the answer should be yes.

    Returns
    -------
    tuple of float
        Of equally good ones those in their midst, furthest from doing worse.
    """
    tried = [np.quantile(values, np.linspace(0.0, 1.0, STEPS + 1)) for values in measures]
    above = [values[None, :] > edges[:, None] for values, edges in zip(measures, tried, strict=True)]
    wrong = np.empty([len(edges) for edges in tried], np.intp)
    for at in np.ndindex(wrong.shape):
        found = np.logical_or.reduce([side[i] for side, i in zip(above, at, strict=True)])
        wrong[at] = np.count_nonzero(found != wanted)
    best = np.argwhere(wrong == wrong.min())
    chosen = best[np.argmin(((best - best.mean(axis=0)) ** 2).sum(axis=1))]
    return tuple(float(edges[i]) for edges, i in zip(tried, chosen, strict=True))


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge on one measure: yes `above` it, or below."""

    at: float
    above: bool

    def says(self, values: Array) -> Truth:
        """Return where the answer is yes, (N,); a NaN is a no."""
        return values > self.at if self.above else values < self.at


def best_edge(values: Array, wanted: Truth) -> tuple[Edge, float]:
    """Return the edge, on either side, with the best balanced accuracy [0, 1], and that accuracy.

    Values (N,) that are NaN are left out; there must be a yes and a no among the others.
    """
    seen = np.isfinite(values)
    x, yes = values[seen], wanted[seen]
    levels = np.unique(x)
    edges = (levels[1:] + levels[:-1]) / 2.0 if len(levels) > 1 else levels
    n_yes, n_no = int(yes.sum()), int((~yes).sum())
    above_yes = n_yes - np.searchsorted(np.sort(x[yes]), edges, side="right")
    above_no = n_no - np.searchsorted(np.sort(x[~yes]), edges, side="right")
    balanced = (above_yes / n_yes + 1.0 - above_no / n_no) / 2.0
    high, low = int(np.argmax(balanced)), int(np.argmin(balanced))
    if balanced[high] >= 1.0 - balanced[low]:
        return Edge(float(edges[high]), above=True), float(balanced[high])
    return Edge(float(edges[low]), above=False), float(1.0 - balanced[low])
