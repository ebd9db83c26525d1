"""Figures and intervals, against values worked out elsewhere or by hand."""

import math

import numpy as np
import pytest

from formcheck.evaluation.statistics import agreement, auc, mean_of_groups, rate_per_minute, share, share_of_groups


def test_wilsons_interval_of_eight_of_ten() -> None:
    found = share(8, 10)
    assert found.value == 0.8
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert found.n == 10


def test_a_share_of_all_is_not_sure() -> None:
    found = share(4, 4)
    assert found.value == found.high == 1.0
    assert found.low == pytest.approx(4 / (4 + 1.959964**2), abs=1e-6)


def test_a_share_of_nothing_is_no_number() -> None:
    found = share(0, 0)
    assert math.isnan(found.value)
    assert math.isnan(found.low)
    assert found.n == 0


def test_whole_groups_give_a_wider_interval_than_single_trials() -> None:
    hits = np.repeat([True, False, True, True, False, True, True, True, False, True], 50)
    grouped = share_of_groups(hits, np.repeat(np.arange(10), 50))
    single = share_of_groups(hits, np.arange(500))
    assert grouped.value == single.value == 0.7
    assert grouped.high - grouped.low > 4 * (single.high - single.low)
    # Ten groups that are right or wrong as a whole are ten trials: sqrt(0.7 * 0.3 / 10) * 1.96 to either side.
    assert (grouped.high - grouped.low) / 2 == pytest.approx(0.284, abs=0.05)


def test_resampling_is_the_same_for_the_same_seed_only() -> None:
    values, groups = np.sqrt(np.arange(40.0)), np.arange(40) // 4
    assert mean_of_groups(values, groups) == mean_of_groups(values, groups, seed=0)
    assert mean_of_groups(values, groups) != mean_of_groups(values, groups, seed=1)


def test_a_single_group_has_no_interval() -> None:
    found = share_of_groups([True, False], ["film", "film"])
    assert found.value == 0.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_the_area_counts_ties_half() -> None:
    # Pairs (positive, negative): 2>1, 2=2, 3>1, 3>2: three and a half of four.
    assert auc([1.0, 2.0, 2.0, 3.0], [False, False, True, True]).value == pytest.approx(3.5 / 4)


@pytest.mark.parametrize(("scores", "area"), [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0), ([5, 5, 5, 5], 0.5)])
def test_the_area_at_its_ends_and_in_the_middle(scores: list[float], area: float) -> None:
    assert auc(scores, [False, False, True, True]).value == area


def test_the_area_needs_both_kinds() -> None:
    assert math.isnan(auc([1.0, 2.0], [True, True], ["a", "a"]).value)


def test_the_interval_of_an_area_lies_around_it() -> None:
    random = np.random.default_rng(3)
    positive = np.arange(200) % 2 == 0
    found = auc(random.normal(size=200) + positive, positive)
    assert found.value == pytest.approx(0.76, abs=0.07)  # one standard deviation apart
    assert found.low < found.value < found.high


def test_agreement_after_bland_and_altman() -> None:
    found = agreement([1.0, 2.0, 4.0, math.nan], [0.0, 2.0, 2.0, 1.0])
    assert found.n == 3
    assert found.mae == pytest.approx(1.0)
    assert found.bias == pytest.approx(1.0)
    assert (found.low, found.high) == pytest.approx((1.0 - 1.96, 1.0 + 1.96))  # the errors 1, 0, 2 scatter by 1


def test_agreement_has_a_sign() -> None:
    found = agreement([0.0, 0.0], [3.0, 1.0])
    assert (found.mae, found.bias) == pytest.approx((2.0, -2.0))


def test_agreement_of_one_pair_has_no_limits_and_of_none_no_value() -> None:
    one = agreement([2.0], [1.0])
    assert (one.bias, one.n) == (1.0, 1)
    assert math.isnan(one.low)
    assert math.isnan(agreement([math.nan], [1.0]).bias)


def test_a_mean_leaves_out_what_is_no_number() -> None:
    found = mean_of_groups([1.0, math.nan, 3.0], ["a", "b", "c"])
    assert (found.value, found.n) == (2.0, 2)
    assert (found.low, found.high) == (1.0, 3.0)


def test_no_events_in_an_hour_are_still_compatible_with_some() -> None:
    found = rate_per_minute(0, 60.0)
    assert found.value == found.low == 0.0
    assert found.high * 60.0 == pytest.approx(3.689, abs=1e-3)


def test_the_exact_interval_of_ten_events() -> None:
    found = rate_per_minute(10, 2.0)
    assert found.value == 5.0
    assert (2.0 * found.low, 2.0 * found.high) == pytest.approx((4.795, 18.390), abs=1e-3)
    assert found.n == 10


def test_there_is_no_rate_in_no_time() -> None:
    assert math.isnan(rate_per_minute(0, 0.0).value)
