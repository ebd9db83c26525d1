"""Figures with the uncertainty that comes from having counted only so many."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

LEVEL: Final = 0.95
RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, the ends of its 95 % confidence interval (NaN where none is given) and how many it rests on."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far measured values are from true ones (measured minus true).

    Attributes
    ----------
    mae, bias : float
        Mean absolute error and mean error.
    low, high : float
        Limits of agreement: bias minus and plus 1.96 standard deviations of the error (Bland and Altman, 1986).
    n : int
        Pairs.
    """

    mae: float
    bias: float
    low: float
    high: float
    n: int


def share(hits: int, n: int) -> Estimate:
    """Return a share with Wilson's interval.

    Parameters
    ----------
    hits, n : int
        How many of how many; NaN values come back where `n` is 0.
    """
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    interval = stats.binomtest(hits, n).proportion_ci(LEVEL, method="wilson")
    return Estimate(hits / n, float(interval.low), float(interval.high), n)


def share_of_groups(hits: ArrayLike, groups: ArrayLike, *, seed: int = 0) -> Estimate:
    """Return a share whose interval comes from resampling whole groups: neighbours in a film are no independent trials.

    Parameters
    ----------
    hits : array of shape (N,), bool
        Whether each trial was right.
    groups : array of shape (N,)
        The person, film or block of each trial.
    seed : int
        Same seed, same interval.
    """
    right = np.asarray(hits, float)
    return _resampled(lambda chosen: float(right[chosen].mean()), np.asarray(groups), len(right), seed)


def auc(scores: ArrayLike, positive: ArrayLike, groups: ArrayLike | None = None, *, seed: int = 0) -> Estimate:
    """Return the area under the ROC curve: how often a positive trial scores higher than a negative one.

    Parameters
    ----------
    scores : array of shape (N,)
        Higher means rather positive; ties count half.
    positive : array of shape (N,), bool
    groups : array of shape (N,), optional
        What is resampled as a whole for the interval; every trial by itself where left out.
    seed : int
        Same seed, same interval.

    Returns
    -------
    Estimate
        NaN where there are no positive or no negative trials.
    """
    x, y = np.asarray(scores, float), np.asarray(positive, bool)
    group = np.arange(len(x)) if groups is None else np.asarray(groups)
    return _resampled(lambda chosen: _area(x[chosen], y[chosen]), group, len(x), seed)


def agreement(measured: ArrayLike, true: ArrayLike) -> Agreement:
    """Compare measured with true values of shape (N,); pairs with a NaN are left out."""
    error = np.asarray(measured, float) - np.asarray(true, float)
    error = error[np.isfinite(error)]
    if len(error) == 0:
        return Agreement(math.nan, math.nan, math.nan, math.nan, 0)
    bias, spread = float(error.mean()), 1.96 * float(error.std(ddof=1)) if len(error) > 1 else math.nan
    return Agreement(float(np.abs(error).mean()), bias, bias - spread, bias + spread, len(error))


def mean_of_groups(values: Sequence[float] | NDArray[np.float64], groups: ArrayLike, *, seed: int = 0) -> Estimate:
    """Return a mean whose interval comes from resampling whole groups; NaN values are left out."""
    x, group = np.asarray(values, float), np.asarray(groups)
    seen = np.isfinite(x)
    x, group = x[seen], group[seen]
    return _resampled(lambda chosen: float(x[chosen].mean()), group, len(x), seed)


def rate_per_minute(events: int, minutes: float) -> Estimate:
    """Return events per minute with the exact interval of a Poisson count."""
    if minutes <= 0.0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    tail = (1.0 - LEVEL) / 2.0
    low = float(stats.chi2.ppf(tail, 2 * events)) / 2.0 if events else 0.0
    high = float(stats.chi2.ppf(1.0 - tail, 2 * events + 2)) / 2.0
    return Estimate(events / minutes, low / minutes, high / minutes, events)


def _area(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if not n_positive or not n_negative:
        return math.nan
    ranks = stats.rankdata(scores)
    return float((ranks[positive].sum() - n_positive * (n_positive + 1) / 2.0) / (n_positive * n_negative))


def _resampled(figure: Callable[[NDArray[np.intp]], float], groups: NDArray[np.generic], n: int, seed: int) -> Estimate:
    """Return a figure of all trials and the percentile interval over resampled groups."""
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    members = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    value = figure(np.arange(n))
    if len(members) < 2:
        return Estimate(value, math.nan, math.nan, n)
    random = np.random.default_rng(seed)
    draws = (random.integers(0, len(members), len(members)) for _ in range(RESAMPLES))
    found = np.array([figure(np.concatenate([members[i] for i in draw])) for draw in draws])
    found = found[np.isfinite(found)]  # a draw may lack one of two kinds of trials
    tail = 50.0 * (1.0 - LEVEL)
    low, high = np.percentile(found, [tail, 100.0 - tail]) if len(found) else (math.nan, math.nan)
    return Estimate(value, float(low), float(high), n)
