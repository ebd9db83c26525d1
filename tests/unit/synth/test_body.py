"""Bodies load, and mix evenly."""

import numpy as np
import pytest

from formcheck.errors import UserError
from formcheck.synth.body import BODIES, load_body


def test_a_mix_of_two_lies_halfway_between_them() -> None:
    man, woman, mixed = load_body("man"), load_body("woman"), load_body("man+woman")
    assert mixed.heads_m == pytest.approx((man.heads_m + woman.heads_m) / 2.0)
    for thigh in (("upperleg01.L", "lowerleg01.L"), ("upperarm01.R", "lowerarm01.R")):
        lengths = sorted((man.length_m(*thigh), woman.length_m(*thigh)))
        assert lengths[0] < mixed.length_m(*thigh) < lengths[1]
    hands = np.isclose(man.mesh.colours, man.mesh.colours[man.mesh.vertices[:, 0].argmax()]).all(axis=1)
    bare = hands & np.isclose(woman.mesh.colours, woman.mesh.colours[woman.mesh.vertices[:, 0].argmax()]).all(axis=1)
    bare &= np.isclose(mixed.mesh.colours, mixed.mesh.colours[mixed.mesh.vertices[:, 0].argmax()]).all(axis=1)
    halfway = (man.mesh.vertices[bare] + woman.mesh.vertices[bare]) / 2.0
    assert bare.sum() > 1000
    assert mixed.mesh.vertices[bare] == pytest.approx(halfway, abs=1e-6)


def test_a_mix_looks_like_its_first_body_and_bends_like_it() -> None:
    mixed, first = load_body("heavy+woman"), load_body("heavy")
    assert mixed.name == "heavy+woman"
    assert {tuple(colour) for colour in mixed.mesh.colours} == {tuple(colour) for colour in first.mesh.colours}
    assert np.array_equal(mixed.weights, first.weights)
    assert mixed.bones == first.bones


@pytest.mark.parametrize("name", BODIES)
def test_a_body_mixed_with_itself_is_itself(name: str) -> None:
    assert np.array_equal(load_body(f"{name}+{name}").mesh.vertices, load_body(name).mesh.vertices)


def test_a_mix_of_all_three_weighs_them_alike() -> None:
    mean = np.mean([load_body(name).heads_m for name in BODIES], axis=0)
    assert load_body("+".join(BODIES)).heads_m == pytest.approx(mean)


@pytest.mark.parametrize("name", ["", "child", "man+", "man,woman", "Man"])
def test_who_does_not_exist_is_told_with_who_does(name: str) -> None:
    with pytest.raises(UserError, match="choose one of man, woman, heavy, or a mix such as man\\+woman"):
        load_body(name)


def test_a_body_is_read_once() -> None:
    assert load_body("man") is load_body("man", None, 0.0)
