"""Clothes: their tone changes only cloth, and a loose shirt hangs as cloth does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from formcheck.synth.body import BODIES, Body, load_body
from formcheck.synth.clothing import LOOKS, TONES, Tone
from formcheck.synth.mesh import Colour


def wearing(body: Body, colour: Colour) -> NDArray[np.bool_]:
    return np.asarray(np.isclose(body.mesh.colours, colour, atol=1e-6).all(axis=1))


def shirt(name: str) -> NDArray[np.bool_]:
    return wearing(load_body(name), LOOKS[name].shirt)


def shorts(name: str) -> NDArray[np.bool_]:
    return wearing(load_body(name), LOOKS[name].shorts)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize(("tone", "gray"), [("light", 0.85), ("medium", 0.45), ("dark", 0.12)])
def test_a_tone_changes_the_colours_of_cloth_and_nothing_else(name: str, tone: Tone, gray: float) -> None:
    own, toned = load_body(name), load_body(name, tone)
    cloth = shirt(name) | shorts(name)
    assert toned.mesh.colours[shirt(name)] == pytest.approx(gray)
    assert toned.mesh.colours[shorts(name)] == pytest.approx(0.8 * gray)
    assert np.array_equal(toned.mesh.colours[~cloth], own.mesh.colours[~cloth])
    assert np.array_equal(toned.mesh.vertices, own.mesh.vertices)
    assert 0.15 < cloth.mean() < 0.3


def test_the_tones_are_far_apart() -> None:
    light, medium, dark = (TONES[tone] for tone in ("light", "medium", "dark"))
    assert light > 1.8 * medium > 3.6 * dark


@given(name=st.sampled_from(BODIES), looseness_cm=st.integers(0, 5))
def test_a_loose_shirt_moves_only_the_shirt_outwards_and_no_farther_than_asked(name: str, looseness_cm: int) -> None:
    tight, loose = load_body(name), load_body(name, None, looseness_cm / 100.0)
    moved_m = loose.mesh.vertices - tight.mesh.vertices
    outwards_m = (moved_m * tight.mesh.normals).sum(axis=1)
    assert not moved_m[~shirt(name)].any()
    assert outwards_m.min() >= -1e-6
    assert outwards_m.max() <= looseness_cm / 100.0 + 1e-6
    assert np.linalg.norm(moved_m, axis=1) == pytest.approx(outwards_m, abs=1e-6)
    assert np.array_equal(loose.mesh.colours, tight.mesh.colours)


def back_m(body: Body, name: str) -> NDArray[np.float64]:
    """How far back the shirt is, in slices of 3 cm from the shoulder blades down to the waist."""
    covered = shirt(name) & (body.mesh.normals[:, 1] > 0.3) & (np.abs(body.mesh.vertices[:, 0]) < 0.12)
    height, depth = body.mesh.vertices[covered, 2], body.mesh.vertices[covered, 1]
    top = load_body(name).heads_m[load_body(name).bone("spine01"), 2]
    levels = np.arange(top, height.min() + 0.02, -0.03)
    return np.array([depth[np.abs(height - level) < 0.015].max() for level in levels])


@pytest.mark.parametrize(("name", "hollow_m"), [("man", 0.037), ("woman", 0.044), ("heavy", 0.029)])
def test_a_loose_shirt_falls_straight_over_the_hollow_of_the_back(name: str, hollow_m: float) -> None:
    tight, loose = back_m(load_body(name), name), back_m(load_body(name, None, 0.05), name)
    assert np.ptp(tight[tight.argmax() :]) == pytest.approx(hollow_m, abs=0.006)
    assert np.ptp(loose[loose.argmax() :]) < 0.008
    assert loose.max() == pytest.approx(tight.max(), abs=0.005)  # it is carried there


def test_a_shirt_of_2_cm_fills_2_cm_of_a_deeper_hollow() -> None:
    tight, loose = back_m(load_body("woman"), "woman"), back_m(load_body("woman", None, 0.02), "woman")
    assert (loose - tight).max() == pytest.approx(0.02, abs=0.005)
