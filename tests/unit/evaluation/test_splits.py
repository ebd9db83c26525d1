"""Parts that are left out together."""

import numpy as np
from tests.stick import Body, Limbs, pose_of

from formcheck.body.pose import Pose
from formcheck.evaluation.splits import JUMP, blocks, left_out, runs_of_each_label

TRUNK_PX = 190.0


def standing_at(x_px: float) -> Pose:
    return pose_of(Body.even(0.0, Limbs()), at_px=(x_px, 660.0), trunk_px=TRUNK_PX)


def test_a_block_ends_with_its_label_its_film_and_a_jump() -> None:
    small, large = 0.9 * JUMP * TRUNK_PX, 1.1 * JUMP * TRUNK_PX
    places = np.cumsum([300.0, small, 0.0, 0.0, 0.0, large, 0.0])
    labels = np.array(["a", "a", "b", "b", "b", "b", "b"])
    sources = np.array(["1", "1", "1", "1", "2", "2", "2"])
    found = blocks([standing_at(x) for x in places], labels, sources)
    assert found.tolist() == [0, 0, 1, 1, 2, 3, 3]


def test_runs_keep_their_order_and_every_label_stands_in_every_part() -> None:
    labels = np.array(["a"] * 4 + ["b"] * 6)
    assert runs_of_each_label(labels, 2).tolist() == [0, 0, 1, 1, 0, 0, 0, 1, 1, 1]


def test_every_group_is_left_out_once() -> None:
    groups = np.array([3, 1, 3, 2])
    outs = [out.tolist() for _, out in left_out(groups)]
    assert outs == [[False, True, False, False], [False, False, False, True], [True, False, True, False]]
    for kept, out in left_out(groups):
        assert (kept != out).all()
