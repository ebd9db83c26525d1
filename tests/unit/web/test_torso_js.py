"""What the browser computes itself, held against the Python that it follows. Needs Node.js."""

import base64
import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import formcheck.web
from formcheck.body.landmarks import COUNT, INDEX, Side
from formcheck.body.pose import STATIONS, Array, Pose, TorsoProfile
from formcheck.body.silhouette import lower_covered, outline_px, torso_profile
from formcheck.body.view import near_side
from formcheck.video.scene import scene_of
from formcheck.web.protocol import FrameMessage, PoseMessage, decode

STATIC = Path(formcheck.web.__file__).parent / "static"
SIZE = (320, 240)
WITHIN = 1e-3
SIDES: tuple[Side, ...] = ("left", "right")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's modules where Node.js takes them for modules."""
    if shutil.which("node") is None:
        pytest.skip("there is no Node.js on this machine")
    folder = tmp_path_factory.mktemp("modules")
    for path in STATIC.glob("*.js"):
        shutil.copy(path, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def run(modules: Path, script: str, given: Any) -> Any:
    """Run a script that turns `given` into the value it returns; NaN travels as null."""
    (modules / "given.json").write_text(json.dumps(given).replace("NaN", "null"))
    (modules / "main.js").write_text(
        'import { readFileSync } from "node:fs";\n'
        'const given = JSON.parse(readFileSync("given.json", "utf-8"));\n'
        f"{script}\nconsole.log(JSON.stringify(answer(given)));\n"
    )
    done = subprocess.run(["node", "main.js"], cwd=modules, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def body(seed: int) -> tuple[NDArray[np.float32], Array]:
    """A person mask with soft, wavy edges, some of it cut off or covered, and landmarks in and around it."""
    random = np.random.default_rng(seed)
    width, height = SIZE
    middle, turn = random.uniform((120, 90), (200, 150)), random.uniform(0, math.pi)
    blob = np.zeros((height, width), np.float32)
    axes = tuple(random.integers((50, 22), (110, 45)).tolist())
    cv2.ellipse(blob, tuple(int(c) for c in middle), axes, math.degrees(turn), 0, 360, 1.0, -1)
    for _ in range(4):
        corner = random.integers((0, 0), SIZE)
        cv2.circle(blob, tuple(int(c) for c in corner), int(random.integers(4, 22)), float(random.integers(0, 2)), -1)
    mask = cv2.GaussianBlur(blob, (0, 0), 2.5) + random.normal(0, 0.01, blob.shape)
    mask = np.clip(mask, 0, 1).astype(np.float32)
    xy_px = middle + random.normal(0, 60, (COUNT, 2))
    along = np.array([math.cos(turn), math.sin(turn)])
    for side in SIDES:
        xy_px[INDEX[f"{side}_hip"]] = middle - along * random.uniform(5, 60) + random.normal(0, 4, 2)
        xy_px[INDEX[f"{side}_shoulder"]] = middle + along * random.uniform(5, 60) + random.normal(0, 4, 2)
    return mask, xy_px


TORSO = """
import { torsoProfile, lowerCovered, outline } from "./torso.js";
function answer({ width, height, cases }) {
  return cases.map(({ mask, xy, visibility, side }) => {
    const data = { data: Float32Array.from(mask), width, height };
    const profile = torsoProfile(data, xy, side);
    return {
      edges: profile && [...profile.edges],
      sharpness: profile && [...profile.sharpness],
      visibility: [...lowerCovered(visibility, data, xy, side)],
      outline: profile && [0, 1].map((line) => outline(profile, line, xy)),
    };
  });
}
"""


@pytest.fixture(scope="module")
def torsos(modules: Path) -> list[tuple[TorsoProfile | None, Array, Array, dict[str, Any]]]:
    """Profile and visibility by Python, the landmarks, and what the browser makes of the same."""
    random = np.random.default_rng(7)
    bodies = [(*body(seed), SIDES[seed % 2], random.uniform(0, 1, COUNT)) for seed in range(40)]
    cases = [
        {"mask": np.round(mask, 5).ravel().tolist(), "xy": xy.ravel().tolist(), "visibility": v.tolist(), "side": side}
        for mask, xy, side, v in bodies
    ]
    found = run(modules, TORSO, {"width": SIZE[0], "height": SIZE[1], "cases": cases})
    return [
        (torso_profile(np.round(mask, 5), xy, side), lower_covered(v, np.round(mask, 5), xy, side), xy, js)
        for (mask, xy, side, v), js in zip(bodies, found, strict=True)
    ]


def test_the_outline_is_the_same(torsos: list[Any]) -> None:
    seen = 0
    for python, _, _, js in torsos:
        assert (python is None) == (js["edges"] is None)
        if python is None:
            continue
        edges = np.array(js["edges"], float).reshape(2, len(STATIONS))
        np.testing.assert_allclose(edges, python.edges, atol=WITHIN)  # NaN must stand in the same places
        np.testing.assert_allclose(js["sharpness"], python.sharpness, atol=WITHIN)
        seen += int(np.isfinite(edges).sum())
    assert seen > 1000
    assert any(python is None for python, *_ in torsos)


def test_the_same_landmarks_are_covered(torsos: list[Any]) -> None:
    for _, visibility, _, js in torsos:
        np.testing.assert_allclose(js["visibility"], visibility, atol=WITHIN)
    assert any((js["visibility"] == np.float32(0.45)).any() for *_, js in torsos)


def test_the_back_is_drawn_where_it_is(torsos: list[Any]) -> None:
    for python, _, xy, js in torsos:
        for line in (0, 1) if python else ():
            np.testing.assert_allclose(np.reshape(js["outline"][line], (-1, 2)), outline_px(python, line, xy), atol=0.1)


def test_the_near_side_is_the_same(modules: Path) -> None:
    world = np.random.default_rng(3).normal(0, 0.3, (50, COUNT, 3))
    script = 'import { nearSide } from "./body.js"; const answer = (all) => all.map(nearSide);'
    found = run(modules, script, [w.ravel().tolist() for w in world])
    assert found == [near_side(w) for w in world]
    assert set(found) == {"left", "right"}


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (360, 640), (61, 83)])
def test_light_is_read_alike(modules: Path, size: tuple[int, int]) -> None:
    random = np.random.default_rng(11)
    small = random.integers(0, 256, (8, 8, 3), np.uint8)
    image = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    image[: size[1] // 4] = 255
    xy_px = random.uniform((0.3 * size[0], 0.2 * size[1]), (0.7 * size[0], 1.2 * size[1]), (COUNT, 2))
    pose = Pose(0.0, xy_px, None, np.ones(COUNT), size)
    rgba = cv2.cvtColor(image, cv2.COLOR_BGR2RGBA)
    script = """import { sceneOf } from "./scene.js";
    const answer = ({ image, xy }) => sceneOf(image, xy);"""
    given = {
        "image": {"data": rgba.ravel().tolist(), "width": size[0], "height": size[1]},
        "xy": xy_px.ravel().tolist(),
    }
    found = np.array(run(modules, script, given), float)
    python = scene_of(image, pose)
    levels = [python.brightness, python.contrast, python.person_brightness, python.person_contrast]
    np.testing.assert_allclose(found[[0, 1, 3, 4]], levels, atol=4.0)
    np.testing.assert_allclose(found[[2, 5]], [python.burnt, python.person_burnt], atol=0.04)


def test_without_a_person_only_the_picture_is_known(modules: Path) -> None:
    image = {"data": [100, 100, 100, 255] * 64, "width": 8, "height": 8}
    script = """import { sceneOf } from "./scene.js"; const answer = (image) => sceneOf(image, null);"""
    assert run(modules, script, image) == [100, 0, 0, None, None, None]


MESSAGES = """
import { encodeFrame, encodePose } from "./protocol.js";
const bytes = (message) => Buffer.from(message).toString("base64");
function answer({ pose, alone, jpeg }) {
  const arrays = (given) => {
    const torso = given.torso && { ...given.torso, edges: given.torso.edges.map((edge) => edge ?? NaN) };
    return { ...given, torso, scene: given.scene && given.scene.map((level) => level ?? NaN) };
  };
  const frame = { seq: 9, t: 2.5, width: 64, height: 48, jpeg: Uint8Array.from(jpeg).buffer };
  return [bytes(encodePose(arrays(pose))), bytes(encodePose(arrays(alone))), bytes(encodeFrame(frame))];
}
"""


def test_messages_arrive_as_they_were_sent(modules: Path) -> None:
    random = np.random.default_rng(5)
    xy, world = random.uniform(0, 400, (COUNT, 2)), random.normal(0, 0.4, (COUNT, 3))
    visibility, edges = random.uniform(0, 1, COUNT), random.uniform(0, 0.5, (2, len(STATIONS)))
    edges[1, 3] = np.nan
    torso = {"edges": edges.ravel().tolist(), "sharpness": [0.25, 0.75], "side": "right"}
    scene = [120.0, 40.0, 0.125, math.nan, math.nan, math.nan, 1]
    head = {"seq": 7, "t": 1.25, "width": 640, "height": 480}
    flat = {"xy": xy.ravel().tolist(), "visibility": visibility.tolist(), "world": world.ravel().tolist()}
    pose = {**head, **flat, "torso": torso, "scene": scene}
    alone = {**head, "xy": None, "visibility": None, "world": None, "torso": None, "scene": None}
    sent = run(modules, MESSAGES, {"pose": pose, "alone": alone, "jpeg": [255, 216, 1]})
    whole, nobody, frame = (decode(base64.b64decode(message)) for message in sent)
    assert isinstance(whole, PoseMessage)
    assert (whole.seq, whole.pose.t, whole.pose.size_px) == (7, 1.25, (640, 480))
    np.testing.assert_allclose(whole.pose.xy_px, xy, atol=1e-4)
    np.testing.assert_allclose(whole.pose.world_m, world, atol=1e-6)  # type: ignore[arg-type]
    np.testing.assert_allclose(whole.pose.visibility, visibility, atol=1e-6)
    assert whole.pose.torso is not None
    np.testing.assert_allclose(whole.pose.torso.edges, edges, atol=1e-6)
    assert whole.pose.torso.side == "right"
    assert whole.scene is not None
    assert (whole.scene.brightness, whole.scene.burnt, whole.scene.people) == (120.0, 0.125, 1)
    assert math.isnan(whole.scene.person_brightness)
    assert isinstance(nobody, PoseMessage)
    assert not nobody.pose.has_person
    assert nobody.scene is None
    assert frame == FrameMessage(9, 2.5, (64, 48), b"\xff\xd8\x01")
