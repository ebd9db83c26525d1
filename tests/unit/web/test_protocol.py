"""The messages of live sessions: what goes in comes out, and nothing that no model could have found gets in."""

import json
import math
import re
import struct
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stick import deadlift, pose_of

from formcheck.app.coach import Shown
from formcheck.app.overlay import Overlay
from formcheck.body.framing import Scene
from formcheck.body.landmarks import COUNT
from formcheck.body.pose import Pose, TorsoProfile
from formcheck.drawing.cues import Caption
from formcheck.engine import events as happened
from formcheck.engine.report import Attempt, SetOver, ViewFound
from formcheck.web.protocol import (
    CLOSE_CODES,
    HEADER,
    POSE_BYTES,
    Camera,
    ErrorCode,
    FrameMessage,
    Muting,
    Plain,
    PoseMessage,
    RefusedError,
    Start,
    decode,
    encode_frame,
    encode_pose,
    event_text,
    json_text,
    parse_command,
    quality_text,
    state_text,
)

SCENE = Scene(101.5, 42.25, 0.125, 98.0, 30.5, 0.0, 2)
WHOLE = pose_of(deadlift(0.5), t=3.25)


def message(pose: Pose = WHOLE, scene: Scene | None = None, seq: int = 7) -> bytearray:
    return bytearray(encode_pose(seq, pose, scene))


def decoded(data: bytes) -> PoseMessage:
    found = decode(data)
    assert isinstance(found, PoseMessage)
    return found


def code_of(data: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        decode(data)
    return refused.value.code


def attempt(read: Callable[[], object]) -> tuple[object, str | None]:
    """Return what is read, or else the code with which it is refused; any other error is one."""
    try:
        return read(), None
    except RefusedError as error:
        return None, error.code


def same(a: Any, b: Any) -> bool:
    """Whether arrays agree as 32-bit floats; NaN is NaN."""
    if a is None or b is None:
        return a is b
    return bool(np.array_equal(np.float32(a), np.float32(b), equal_nan=True))


unit = st.floats(0.0, 1.0, width=32)
within = st.floats(-1280.0, 12_800.0, width=32)


@st.composite
def poses(draw: st.DrawFn) -> Pose:
    t = draw(st.floats(0.0, 1e6))
    size = draw(st.integers(1280, 4000)), draw(st.integers(1280, 4000))
    if draw(st.booleans()):
        return Pose.nobody(t, size)
    seed = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    world = seed.normal(0.0, 1.0, (COUNT, 3)) if draw(st.booleans()) else None
    torso = None
    if draw(st.booleans()):
        edges = seed.uniform(0.0, 1.0, (2, 41))
        edges[seed.random((2, 41)) < 0.3] = math.nan
        torso = TorsoProfile(edges, seed.uniform(0.0, 1.0, 2), draw(st.sampled_from(("left", "right"))))
    return Pose(t, seed.uniform(-1280, 12_800, (COUNT, 2)), world, seed.uniform(0, 1, COUNT), size, torso)


gray = st.one_of(st.just(math.nan), st.floats(0.0, 255.0, width=32))
share = st.one_of(st.just(math.nan), unit)
scenes = st.builds(Scene, gray, gray, share, gray, gray, share, st.integers(0, 9))


@given(poses(), st.one_of(st.none(), scenes), st.integers(0, 2**32 - 1))
def test_a_pose_comes_out_as_it_went_in(pose: Pose, scene: Scene | None, seq: int) -> None:
    found = decoded(encode_pose(seq, pose, scene))
    assert found.seq == seq
    assert found.pose.t == pose.t
    assert found.pose.size_px == pose.size_px
    assert same(found.pose.xy_px, pose.xy_px)
    assert same(found.pose.visibility, pose.visibility)
    assert same(found.pose.world_m, pose.world_m)
    assert (found.pose.torso is None) == (pose.torso is None)
    if pose.torso and found.pose.torso:
        assert same(found.pose.torso.edges, pose.torso.edges)
        assert same(found.pose.torso.sharpness, pose.torso.sharpness)
        assert found.pose.torso.side == pose.torso.side
    assert (found.scene is None) == (scene is None)
    if scene and found.scene:
        assert all(same(getattr(found.scene, f.name), getattr(scene, f.name)) for f in fields(Scene))


def test_the_bytes_are_where_the_description_says() -> None:
    data = bytes(message(WHOLE, SCENE))
    assert data[:24] == struct.pack("<BBHIdHHI", 1, 1, 1 | 2 | 4 | 8 | 16, 7, 3.25, 1280, 720, 0)
    numbers = np.frombuffer(data, "<f4", offset=24)
    assert len(numbers) == 66 + 33 + 99 + 84 + 7
    assert same(numbers[:66], WHOLE.xy_px.ravel())
    assert same(numbers[66:99], WHOLE.visibility)
    assert WHOLE.world_m is not None
    assert same(numbers[99:198], WHOLE.world_m.ravel())
    assert numbers[-7:].tolist() == [101.5, 42.25, 0.125, 98.0, 30.5, 0.0, 2.0]
    assert len(data) == POSE_BYTES


def test_nobody_is_only_a_header() -> None:
    data = encode_pose(1, Pose.nobody(2.0, (640, 480)))
    assert len(data) == 24
    assert not decoded(data).pose.has_person


def test_half_a_body_cannot_be_sent() -> None:
    xy = WHOLE.xy_px.copy()
    xy[5] = math.nan
    with pytest.raises(ValueError, match="some landmarks missing"):
        encode_pose(1, replace(WHOLE, xy_px=xy))


@given(st.binary(max_size=2000))
def test_noise_is_refused_and_nothing_else(data: bytes) -> None:
    assert attempt(lambda: decode(data))[1] in (None, "bad_message")


@given(st.data())
def test_a_damaged_pose_is_refused_or_is_a_possible_one(data: st.DataObject) -> None:
    """Whatever a few wrong bytes do, what comes through is finite and bounded."""
    wire = message(WHOLE, SCENE)
    for _ in range(data.draw(st.integers(1, 6))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    found, code = attempt(lambda: decode(bytes(wire)))
    if code is not None:
        assert code == "bad_message"
        return
    assert isinstance(found, PoseMessage)
    assert 0.0 <= found.pose.t <= 1e6
    if found.pose.has_person:
        assert np.isfinite(found.pose.xy_px).all()
        assert (np.abs(found.pose.xy_px) <= 10 * np.array(found.pose.size_px)).all()
        assert found.pose.visibility.min() >= 0
        assert found.pose.visibility.max() <= 1


@given(st.integers(0, POSE_BYTES - 1))
def test_a_truncated_pose_is_refused(length: int) -> None:
    assert code_of(bytes(message(WHOLE, SCENE)[:length])) == "bad_message"


def test_too_many_bytes_are_refused() -> None:
    assert code_of(bytes(message()) + b"\0") == "bad_message"
    assert code_of(bytes(message()) + bytes(10_000_000)) == "bad_message"


@pytest.mark.parametrize("flags", [f for f in range(2**16) if f < 64 or f.bit_count() == 1])
def test_flags_that_mean_nothing_are_refused(flags: int) -> None:
    known = flags < 32 and (flags & 1 or not flags & 6) and (flags & 4 or not flags & 8)
    numbers = (99 if flags & 1 else 0) + (99 if flags & 2 else 0) + (84 if flags & 4 else 0) + (7 if flags & 16 else 0)
    data = HEADER.pack(1, 1, flags, 1, 1.0, 640, 480, 0) + bytes(4 * numbers)
    if known:
        assert decoded(data).pose.has_person == bool(flags & 1)
    else:
        assert code_of(data) == "bad_message"


@pytest.mark.parametrize(
    ("at", "kind", "value"),
    [
        (0, "B", 2),  # version
        (1, "B", 0),
        (1, "B", 3),  # kind
        (8, "d", math.nan),
        (8, "d", math.inf),
        (8, "d", -0.001),
        (8, "d", 1.000001e6),
        (16, "H", 0),
        (18, "H", 0),
        (16, "H", 16_385),
        (20, "I", 1),  # reserved
        (24, "f", math.nan),
        (24, "f", math.inf),
        (24, "f", 12_801.0),
        (28, "f", -7_201.0),
        (24 + 4 * 66, "f", -0.01),
        (24 + 4 * 66, "f", 1.01),
        (24 + 4 * 66, "f", math.nan),
        (24 + 4 * 99, "f", math.nan),
        (24 + 4 * 99, "f", 101.0),
        (24 + 4 * 198, "f", math.inf),
        (24 + 4 * 198, "f", -101.0),
        (24 + 4 * 280, "f", 1.5),
        (24 + 4 * 282, "f", 256.0),
        (24 + 4 * 284, "f", -0.1),
        (24 + 4 * 288, "f", math.nan),
        (24 + 4 * 288, "f", 1e9),
    ],
)
def test_values_that_cannot_be_are_refused(at: int, kind: str, value: float) -> None:
    wire = message(WHOLE, SCENE)
    decode(bytes(wire))
    struct.pack_into(f"<{kind}", wire, at, value)
    assert code_of(bytes(wire)) == "bad_message"


def test_edges_of_the_trunk_may_be_unseen() -> None:
    wire = message(WHOLE, SCENE)
    struct.pack_into("<f", wire, 24 + 4 * 198, math.nan)
    torso = decoded(bytes(wire)).pose.torso
    assert torso is not None
    assert math.isnan(torso.edges[0, 0])


def test_a_picture_comes_out_as_it_went_in() -> None:
    found = decode(encode_frame(9, 1.5, (640, 480), b"\xff\xd8 picture"))
    assert found == FrameMessage(9, 1.5, (640, 480), b"\xff\xd8 picture")


def test_a_picture_has_no_flags_and_no_more_than_512_kib() -> None:
    assert code_of(HEADER.pack(1, 2, 1, 1, 1.0, 640, 480, 0) + b"jpeg") == "bad_message"
    assert isinstance(decode(encode_frame(1, 1.0, (640, 480), bytes(512 * 1024))), FrameMessage)
    assert code_of(encode_frame(1, 1.0, (640, 480), bytes(512 * 1024 + 1))) == "too_large"


# -- commands ---------------------------------------------------------------------------------------------------------


def test_commands_are_read() -> None:
    start = parse_command('{"type":"start","exercise":"squat"}')
    assert start == Start(type="start", exercise="squat", source="poses", language="en", countdown_s=3)
    assert parse_command('{"type":"pause"}') == Plain(type="pause")
    assert parse_command('{"type":"unmute","rule":"DL-05"}') == Muting(type="unmute", rule="DL-05")
    camera = parse_command('{"type":"camera","state":"lost","t":12.3}')
    assert camera == Camera(type="camera", state="lost", t=12.3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"start"',
        "[" * 5000,
        '{"type":"stop"}',
        '{"type":"start"}',
        '{"type":"start","exercise":""}',
        '{"type":"start","exercise":"squat","countdown_s":-1}',
        '{"type":"start","exercise":"squat","countdown_s":1e9}',
        '{"type":"start","exercise":"squat","source":"film"}',
        '{"type":"start","exercise":"squat","shell":"rm"}',
        '{"type":"mute"}',
        '{"type":"camera","state":"gone","t":1}',
        '{"type":"camera","state":"lost","t":NaN}',
        '{"type":"camera","state":"lost","t":-1}',
        '{"type":"camera","state":"lost","t":1e7}',
        '{"type":"begin"',
    ],
)
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_command(text)
    assert refused.value.code == "bad_message"
    assert "\n" not in str(refused.value)


def test_a_command_may_not_be_huge() -> None:
    with pytest.raises(RefusedError) as refused:
        parse_command(json.dumps({"type": "mute", "rule": "x" * 10_000}))
    assert refused.value.code == "too_large"


@given(st.text(max_size=300))
def test_any_text_is_a_command_or_refused(text: str) -> None:
    assert attempt(lambda: parse_command(text))[1] in (None, "bad_message")


def test_every_reason_has_a_close_code() -> None:
    assert set(get_args(ErrorCode)) == set(CLOSE_CODES)


# -- answers ----------------------------------------------------------------------------------------------------------


def strict(text: str) -> Any:
    """Read JSON as browsers do, which know no NaN."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def shown(**changes: Any) -> Shown:
    caption = Caption('Kreuz"heben\n', "2", "hoch", "Rücken lang", "Rumpf 63°")
    overlay = Overlay(WHOLE, caption, "left", 0, False, "trunk_inclination", 63.126, False)
    return replace(Shown("set", None, True, 0.4237, overlay, "DL-05"), **changes)


def test_a_state_says_everything_that_is_shown() -> None:
    text = state_text(17, WHOLE, shown(), ['{"event":"count"}', '{"event":"rep"}'])
    assert strict(text) == {
        "type": "state",
        "seq": 17,
        "t": 3.25,
        "stage": "set",
        "title": 'Kreuz"heben\n',
        "count": "2",
        "phase": "hoch",
        "cue": "Rücken lang",
        "cue_rule": "DL-05",
        "instruction": None,
        "fits": True,
        "reading": "Rumpf 63°",
        "progress": 0.4237,
        "bent": False,
        "near_side": "left",
        "back_row": 0,
        "measure": "trunk_inclination",
        "value": 63.13,
        "change": False,
        "events": [{"event": "count"}, {"event": "rep"}],
    }


@given(st.floats(allow_nan=True), st.one_of(st.none(), st.floats(0, 1)))
def test_a_state_is_json_whatever_the_value(value: float, progress: float | None) -> None:
    overlay = replace(shown().overlay, value=value)
    state = strict(state_text(1, WHOLE, shown(overlay=overlay, progress=progress), []))
    if math.isfinite(value):
        assert state["value"] == pytest.approx(value, rel=1e-3, abs=5.1e-3)
    else:
        assert state["value"] is None
    assert state["progress"] == (None if progress is None else pytest.approx(progress, rel=1e-3))


def test_a_state_to_be_drawn_has_the_landmarks_and_the_trunk() -> None:
    state = strict(state_text(1, WHOLE, shown(), [], drawn=True))
    assert len(state["landmarks"]) == 33
    assert state["landmarks"][11] == pytest.approx([*WHOLE.xy_px[11].round(1), 0.99])
    assert WHOLE.torso is not None
    edges = WHOLE.torso.edges.copy()
    edges[0, 3] = math.nan
    unseen = replace(WHOLE, torso=TorsoProfile(edges, WHOLE.torso.sharpness, "left"))
    assert strict(state_text(1, unseen, shown(), [], drawn=True))["torso"]["edges"][0][3] is None
    empty = strict(state_text(1, Pose.nobody(1.0, (640, 480)), shown(), [], drawn=True))
    assert empty["landmarks"] is None
    assert empty["torso"] is None


EVENTS: list[tuple[happened.Event, str]] = [
    (happened.ViewEvent(1.0, ViewFound("side", 3.0, "left", "left")), "view"),
    (happened.PhaseEvent(1.0, "away"), "phase"),
    (happened.CountEvent(1.0, 2), "count"),
    (happened.AttemptEvent(1.0, Attempt(0.5, 1.0, "too shallow")), "attempt"),
    (happened.CueEvent(1.0, "DL-05", "Long back", 2), "cue"),
    (happened.SetupEvent(1.0, "ready", "Ready"), "setup"),
    (happened.CameraEvent(1.0, "lost"), "camera"),
    (happened.StageEvent(1.0, "countdown", 3), "stage"),
    (happened.WindowEvent(1.0, ()), "window"),
]


@pytest.mark.parametrize(("event", "name"), EVENTS)
def test_events_say_what_they_are_and_all_they_hold(event: happened.Event, name: str) -> None:
    told = strict(event_text(event, "words"))
    assert told["event"] == name
    assert told["say"] == "words"
    assert {f.name for f in fields(event)} <= set(told)


def test_every_event_is_described() -> None:
    page = (Path(__file__).parents[3] / "docs" / "live-protocol.md").read_text(encoding="utf-8")
    kinds = {kind.__name__.removesuffix("Event") for kind in get_args(happened.Event)}
    names = {re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower() for kind in kinds}
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_numbers_that_are_none_become_null() -> None:
    assert strict(json_text({"a": math.nan, "b": [math.inf, 1.23456789], "c": (2,)})) == {
        "a": None,
        "b": [None, 1.2346],
        "c": [2],
    }
    assert strict(quality_text(1.0, 29.97, 3, 1.0)) == {
        "event": "quality", "t": 1.0, "fps": 29.97, "dropped": 3, "person_share": 1.0,
    }  # fmt: skip


def test_set_over_is_told() -> None:
    over = SetOver(*(1.0 if f.name == "t" else () if f.name == "rules" else "why" for f in fields(SetOver)))  # type: ignore[arg-type]
    assert strict(event_text(happened.SetOverEvent(1.0, over), None))["over"]
