import math

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.filters.despike import Despike

Array = NDArray[np.float64]
FPS = 30.0


def run(points: Array, scale: float = 1.0, despike: Despike | None = None) -> Array:
    """Send a track of points (T, N, 2) through the filter."""
    despike = Despike() if despike is None else despike
    return np.array([despike.update(i / FPS, p, scale) for i, p in enumerate(points)])


def still(frames: int = 30) -> Array:
    return np.zeros((frames, 3, 2))


def test_a_single_wild_point_is_dropped_and_nothing_else() -> None:
    track = still()
    track[15, 1] = (2.0, 1.0)
    out = run(track)
    assert np.isnan(out[15, 1]).all()
    out[15, 1] = 0.0
    assert np.array_equal(out, still())


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_wild_points_are_dropped_for_up_to_a_tenth_of_a_second(frames: int) -> None:
    track = still()
    track[15 : 15 + frames, 1] = (2.0, 1.0)
    out = run(track)
    assert np.isnan(out[15 : 15 + frames, 1]).all()
    assert np.array_equal(out[15 + frames :, 1], still()[15 + frames :, 1])


def test_a_point_that_stays_away_has_moved_and_is_accepted_within_a_tenth_of_a_second() -> None:
    track = still()
    track[15:, 1] = (2.0, 1.0)
    out = run(track)
    refused = np.isnan(out[:, 1, 0])
    assert refused[15]
    assert refused.sum() / FPS <= 0.1 + 1e-9
    assert np.array_equal(out[~refused, 1], track[~refused, 1])


def test_the_fastest_real_movement_passes() -> None:
    """A wrist at 5 trunk lengths per second."""
    track = still()
    track[:, 1, 0] = 5.0 * np.arange(30) / FPS
    assert np.array_equal(run(track), track)


def test_the_limit_counts_in_body_lengths() -> None:
    track = still()
    track[15, 1, 0] = 100.0
    assert np.isnan(run(track)[15, 1]).all()
    assert np.array_equal(run(track, scale=500.0), track)
    assert np.isnan(run(track, scale=300.0)[15, 1]).all()


def test_unseen_points_stay_unseen_and_may_come_back_anywhere_after_a_while() -> None:
    track = still()
    track[10:20, 1] = math.nan
    track[20:, 1] = (3.0, 0.0)
    out = run(track)
    assert np.isnan(out[10:20, 1]).all()
    assert np.array_equal(out[20:, 1], track[20:, 1])


def test_a_point_that_was_never_seen_is_accepted_at_once() -> None:
    track = still()
    track[:5, 2] = math.nan
    out = run(track)
    assert np.isnan(out[:5, 2]).all()
    assert np.array_equal(out[5:], track[5:])


def test_after_a_pause_in_the_film_everything_is_accepted() -> None:
    despike = Despike()
    despike.update(0.0, np.zeros((2, 2)))
    far = np.full((2, 2), 50.0)
    assert np.array_equal(despike.update(1.0, far), far)


def test_the_input_is_not_changed() -> None:
    track = still()
    track[15, 1] = (2.0, 1.0)
    before = track.copy()
    run(track)
    assert np.array_equal(track, before)
