"""Bands are chosen on one part and tried on another, and never on the same."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.evaluation.table_studies.classes import (
    APART,
    Edges,
    Labels,
    Measured,
    answered,
    confusion,
    rows_of_classes,
)

DATA = Measured({"x": np.arange(8.0)}, np.array(["a", "a", "b", "b"] * 2), np.array([0, 0, 1, 1, 2, 2, 3, 3]), "blocks")


@dataclass
class KnownByHeart:
    """Answers "a" to what it has seen and "b" to what it has not."""

    seen: NDArray[np.float64]

    @classmethod
    def of(cls, data: Measured) -> "KnownByHeart":
        return cls(data.values["x"])

    def answers(self, values: Mapping[str, NDArray[np.float64]]) -> Labels:
        return np.where(np.isin(values["x"], self.seen), "a", "b")


def test_nothing_is_tried_on_what_it_was_chosen_on() -> None:
    found = answered(DATA, KnownByHeart.of, None, "by blocks")
    assert found is not None
    assert found.answers.tolist() == ["b"] * 8
    assert found.split == "by blocks"
    assert found.bands.answers(DATA.values).tolist() == ["a"] * 8  # chosen on all there is


def test_another_table_is_all_that_is_chosen_on() -> None:
    train = DATA.only(DATA.values["x"] < 3)
    found = answered(DATA, KnownByHeart.of, train, "by blocks")
    assert found is not None
    assert found.answers.tolist() == ["a"] * 3 + ["b"] * 5
    assert found.split == APART


def test_a_label_in_a_single_group_cannot_be_left_out() -> None:
    assert answered(DATA.only(DATA.groups < 3), KnownByHeart.of, None, "by blocks") is None


def test_edges_say_which_class_a_value_lies_in() -> None:
    edges = Edges("x", ("low", "middle", "high"), (1.0, 2.5))
    values = {"x": np.array([0.9, 1.0, 2.4, 2.5, 9.0])}
    assert edges.answers(values).tolist() == ["low", "middle", "middle", "high", "high"]
    assert str(edges) == "x, 1 between low and middle, 2.5 between middle and high"


def test_edges_are_chosen_between_neighbours() -> None:
    data = Measured({"x": np.arange(6.0)}, np.array(list("aabbcc")), np.arange(6), "blocks")
    assert Edges.between(data, "x", ("a", "b", "c")).at == (1.5, 3.5)


def test_rows_count_pictures_and_groups_of_each_class() -> None:
    answers = np.array(["a", "b", "b", "b"] * 2)
    whole, first, second = rows_of_classes("edges", answers, DATA, {"a": "first", "b": "second", "c": "third"}, 0.9)
    assert (whole.estimate.value, whole.counted, whole.target) == (0.75, "pictures in 4 blocks", 0.9)
    assert (first.name, first.estimate.value, first.estimate.n) == ("edges: first", 0.5, 4)
    assert (second.estimate.value, second.counted) == (1.0, "pictures in 2 blocks")
    assert confusion(answers, DATA.labels, {"a": "first", "b": "second"}).cells == (
        ("first", "2", "2"),
        ("second", "0", "4"),
    )


@pytest.mark.parametrize("keep", [0, 8])
def test_a_part_keeps_its_groups(keep: int) -> None:
    part = DATA.only(np.arange(8) < keep)
    assert len(part.labels) == len(part.groups) == len(part.values["x"]) == keep
