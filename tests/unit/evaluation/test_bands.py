"""Edges chosen from labelled values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.evaluation.bands import best_edge, edge_between, edges_of_any

VALUES = st.lists(st.floats(-100, 100), min_size=1, max_size=30)


def test_an_edge_lies_in_the_middle_of_the_gap() -> None:
    assert edge_between(np.array([1.0, 2.0]), np.array([4.0, 5.0])) == 3.0


def test_an_edge_has_the_fewest_errors() -> None:
    # 3.5 puts one of five on the wrong side, every other edge more.
    assert edge_between(np.array([1.0, 2.0, 3.0, 9.0]), np.array([4.0, 5.0, 6.0, 7.0])) == 3.5


def test_the_widest_of_equally_good_gaps_is_taken() -> None:
    # Between 1 and 2, and between 3 and 8, one value is on the wrong side.
    assert edge_between(np.array([1.0, 3.0]), np.array([2.0, 8.0])) == 5.5


@given(low=VALUES, high=VALUES)
def test_no_edge_at_a_value_is_better(low: list[float], high: list[float]) -> None:
    def wrong(edge: float) -> int:
        return sum(x >= edge for x in low) + sum(x < edge for x in high)

    edge = edge_between(np.array(low), np.array(high))
    assert wrong(edge) <= min(wrong(x) for x in low + high)


def test_two_measures_that_each_tell_half() -> None:
    first = np.array([0.0, 1.0, 2.0, 9.0, 1.0, 2.0])
    second = np.array([0.0, 1.0, 2.0, 1.0, 9.0, 8.0])
    wanted = np.array([False, False, False, True, True, True])
    edges = edges_of_any([first, second], wanted)
    assert 2.0 <= edges[0] < 9.0
    assert 2.0 <= edges[1] < 8.0


def test_one_useless_measure_is_never_asked() -> None:
    random = np.random.default_rng(0)
    wanted = np.arange(200) >= 100
    edges = edges_of_any([np.arange(200.0), random.normal(size=200)], wanted)
    assert edges[0] == pytest.approx(99.0, abs=4.0)
    assert edges[1] > 1.5


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_best_edge_finds_its_side(sign: float) -> None:
    values = sign * np.array([1.0, 2.0, 3.0, 10.0, 11.0])
    wanted = np.array([False, False, False, True, True])
    edge, balanced = best_edge(values, wanted)
    assert edge.at == sign * 6.5
    assert edge.above == (sign > 0)
    assert balanced == 1.0
    assert edge.says(np.array([sign * 7.0, sign * 6.0, np.nan])).tolist() == [True, False, False]


def test_balanced_accuracy_weighs_the_rare_class_as_much() -> None:
    # Yes: 5. No: 1 to 4 and 6. Above 4.5 the yes is found and four of five noes.
    values = np.array([1.0, 2.0, 3.0, 4.0, 6.0, 5.0])
    edge, balanced = best_edge(values, np.array([False] * 5 + [True]))
    assert edge.at == 4.5
    assert balanced == pytest.approx(0.9)


def test_values_that_are_no_numbers_choose_nothing() -> None:
    values, wanted = np.array([1.0, np.nan, 2.0, np.nan]), np.array([False, True, True, False])
    assert best_edge(values, wanted)[1] == 1.0
