"""What a live session sends and receives, as bytes and JSON; no sockets. `docs/live-protocol.md` describes it.

Everything that comes from outside is checked here, so that nothing behind it meets a pose that no model could have
found. Programs that talk to a server build their messages with `encode_pose` and `encode_frame`.
"""

import json
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from formcheck.app.coach import Shown
from formcheck.app.live import event_name
from formcheck.body.framing import Scene
from formcheck.body.landmarks import COUNT, Side
from formcheck.body.pose import STATIONS, Array, Pose, TorsoProfile
from formcheck.engine.events import CameraState, Event
from formcheck.errors import UserError
from formcheck.web.schemas import ID

VERSION: Final = 1
HEADER: Final = struct.Struct("<BBHIdHHI")
"""Version, kind, flags, number, time in seconds, width and height of the picture in pixels, and a reserved 0."""
POSE: Final = 1
FRAME: Final = 2

PERSON: Final = 1
WORLD: Final = 2
TORSO: Final = 4
RIGHT: Final = 8
SCENE: Final = 16
"""Flags of a pose: which parts follow the header, and that the torso's side is the right one."""

LATEST_S: Final = 1e6
LONGEST_PX: Final = 16_384
OUTSIDE: Final = 10.0
"""Landmarks lie no further from the picture's corner than so many times its size."""
FAR_M: Final = 100.0
WIDE: Final = 100.0
"""No landmark is further from the hips, and no edge of the trunk further from its chord."""
MOST_PEOPLE: Final = 1000.0
JPEG_BYTES: Final = 512 * 1024
COMMAND_CHARS: Final = 8192

_SIZES: Final = {PERSON: 3 * COUNT, WORLD: 3 * COUNT, TORSO: 2 * len(STATIONS) + 2, SCENE: 7}
_LENGTHS: Final = {
    flags: sum(size for flag, size in _SIZES.items() if flags & flag)
    for flags in range(32)
    if (flags & PERSON or not flags & (WORLD | TORSO)) and (flags & TORSO or not flags & RIGHT)
}
"""Numbers in the body of a pose, by its flags; flags that make no sense are missing."""
_TORSO_LIMITS: Final = np.array([WIDE] * 2 * len(STATIONS) + [1.0, 1.0])
POSE_BYTES: Final = HEADER.size + 4 * max(_LENGTHS.values())

CLOSE_CODES: Final = {
    "bad_message": 1003,
    "too_large": 1009,
    "too_fast": 1008,
    "busy": 1013,
    "broken": 1011,
    "unknown_exercise": 1008,
    "unknown_language": 1008,
    "unknown_profile": 1008,
    "no_start": 1008,
    "idle": 1008,
    "too_slow": 1008,
}
"""WebSocket close code by the reason that an ``error`` message gives."""

ErrorCode = Literal[
    "bad_message",
    "too_large",
    "too_fast",
    "busy",
    "broken",
    "unknown_exercise",
    "unknown_language",
    "unknown_profile",
    "no_start",
    "idle",
    "too_slow",
]


class RefusedError(UserError):
    """A live session cannot go on.

    Attributes
    ----------
    code : str
        One of `CLOSE_CODES`.
    """

    def __init__(self, code: ErrorCode, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True, eq=False)
class PoseMessage:
    """A pose that the client found, with its number and, about once a second, how light its picture is."""

    seq: int
    pose: Pose
    scene: Scene | None


@dataclass(frozen=True, slots=True)
class FrameMessage:
    """A picture in which the server shall find the pose: JPEG, not decoded yet."""

    seq: int
    t: float
    size_px: tuple[int, int]
    jpeg: bytes


# -- messages of the client, as bytes ---------------------------------------------------------------------------------


def decode(data: bytes) -> PoseMessage | FrameMessage:
    """Read a binary message.

    Raises
    ------
    RefusedError
        If it is not what the protocol promises: ``bad_message``, or ``too_large`` for a picture.
    """
    if len(data) < HEADER.size:
        raise _bad(f"is {len(data)} bytes long, shorter than its header of {HEADER.size}")
    version, kind, flags, seq, t, width, height, reserved = HEADER.unpack_from(data)
    if version != VERSION or reserved:
        raise _bad(f"has version {version}; this server speaks version {VERSION}, with the reserved field 0")
    if not 0.0 <= t <= LATEST_S:
        raise _bad(f"has the time {t}; seconds from 0 to {LATEST_S:.0f} are expected")
    if not (1 <= width <= LONGEST_PX and 1 <= height <= LONGEST_PX):
        raise _bad(f"has a picture of {width}x{height} pixels")
    if kind == POSE:
        return _decode_pose(data, flags, seq, t, (width, height))
    if kind == FRAME and not flags:
        return _decode_frame(data, seq, t, (width, height))
    raise _bad(f"has kind {kind} and flags {flags}, which mean nothing together")


def encode_pose(seq: int, pose: Pose, scene: Scene | None = None) -> bytes:
    """Write the message that carries a pose; numbers are kept as 32-bit floats.

    Raises
    ------
    ValueError
        If `pose` has some landmarks but not all: the protocol knows whole bodies or nobody.
    """
    flags = 0
    parts: list[Array] = []
    if pose.has_person:
        if not np.isfinite(pose.xy_px).all():
            raise ValueError("a pose with some landmarks missing cannot be sent")
        flags, parts = _person_parts(pose)
    if scene is not None:
        flags |= SCENE
        parts.append(np.array(_levels(scene)))
    body = np.concatenate([part.ravel() for part in parts]).astype("<f4").tobytes() if parts else b""
    return HEADER.pack(VERSION, POSE, flags, seq, pose.t, *pose.size_px, 0) + body


def encode_frame(seq: int, t: float, size_px: tuple[int, int], jpeg: bytes) -> bytes:
    """Write the message that carries a picture of `size_px` (width, height)."""
    return HEADER.pack(VERSION, FRAME, 0, seq, t, *size_px, 0) + jpeg


def _person_parts(pose: Pose) -> tuple[int, list[Array]]:
    flags, parts = PERSON, [pose.xy_px, pose.visibility]
    if pose.world_m is not None:
        flags |= WORLD
        parts.append(pose.world_m)
    if pose.torso is not None:
        flags |= TORSO | (RIGHT if pose.torso.side == "right" else 0)
        parts += [pose.torso.edges, pose.torso.sharpness]
    return flags, parts


def _levels(scene: Scene) -> tuple[float, ...]:
    return (
        *(scene.brightness, scene.contrast, scene.burnt),
        *(scene.person_brightness, scene.person_contrast, scene.person_burnt),
        scene.people,
    )


def _decode_frame(data: bytes, seq: int, t: float, size_px: tuple[int, int]) -> FrameMessage:
    if len(data) > HEADER.size + JPEG_BYTES:
        raise RefusedError(
            "too_large",
            f"A picture may have {JPEG_BYTES // 1024} KiB, not {(len(data) - HEADER.size) // 1024}; "
            "send smaller pictures or lower their quality.",
        )
    return FrameMessage(seq, t, size_px, data[HEADER.size :])


def _decode_pose(data: bytes, flags: int, seq: int, t: float, size_px: tuple[int, int]) -> PoseMessage:
    count = _LENGTHS.get(flags)
    if count is None:
        raise _bad(f"has flags {flags}, which mean nothing together")
    if len(data) != HEADER.size + 4 * count:
        raise _bad(f"is {len(data)} bytes long instead of {HEADER.size + 4 * count}")
    numbers = np.frombuffer(data, "<f4", count, HEADER.size).astype(np.float64)
    scene = _scene(numbers[-_SIZES[SCENE] :]) if flags & SCENE else None
    if not flags & PERSON:
        return PoseMessage(seq, Pose.nobody(t, size_px), scene)
    _check_person(numbers, _limits(size_px, bool(flags & WORLD)))
    xy_px, visibility, at = numbers[: 2 * COUNT], numbers[2 * COUNT : 3 * COUNT], 3 * COUNT
    world_m = torso = None
    if flags & WORLD:
        world_m, at = numbers[at : at + 3 * COUNT].reshape(COUNT, 3), at + 3 * COUNT
    if flags & TORSO:
        torso = _torso(numbers[at : at + _SIZES[TORSO]], "right" if flags & RIGHT else "left")
    return PoseMessage(seq, Pose(t, xy_px.reshape(COUNT, 2), world_m, visibility, size_px, torso), scene)


def _check_person(numbers: Array, limits: Array) -> None:
    """Refuse landmarks, how visible they are, and landmarks in space that no model can have found; all in one go."""
    within = np.abs(numbers[: len(limits)]) <= limits  # NaN is not
    if within.all() and numbers[2 * COUNT : 3 * COUNT].min() >= 0.0:
        return
    if not within[: 2 * COUNT].all():
        raise _bad("has landmarks that are no numbers or lie far outside the picture")
    if not within[3 * COUNT :].all():
        raise _bad(f"has landmarks in metres that are no numbers or further than {FAR_M:.0f} m from the hips")
    raise _bad("has a visibility outside 0 to 1")


@lru_cache(64)
def _limits(size_px: tuple[int, int], world: bool) -> Array:
    """Return the greatest that every number of a person may be."""
    picture = OUTSIDE * np.tile(np.array(size_px, float), COUNT)
    return np.concatenate((picture, np.ones(COUNT), np.full(3 * COUNT if world else 0, FAR_M)))


def _torso(numbers: Array, side: Side) -> TorsoProfile:
    if (np.abs(numbers) > _TORSO_LIMITS).any():  # NaN stands for what was not seen
        raise _bad("has an outline of the trunk that is too wide, or sharper than 1")
    return TorsoProfile(numbers[:-2].reshape(2, len(STATIONS)), numbers[-2:], side)


def _scene(numbers: Array) -> Scene:
    bright, contrast, burnt, person_bright, person_contrast, person_burnt, people = numbers.tolist()
    grays, shares = (bright, contrast, person_bright, person_contrast), (burnt, person_burnt)
    if not 0.0 <= people <= MOST_PEOPLE:
        raise _bad(f"has {people} people")
    if any(not 0.0 <= x <= 255.0 for x in grays if not math.isnan(x)):
        raise _bad("has a gray level outside 0 to 255")
    if any(not 0.0 <= x <= 1.0 for x in shares if not math.isnan(x)):
        raise _bad("has a share of the picture outside 0 to 1")
    return Scene(bright, contrast, burnt, person_bright, person_contrast, person_burnt, int(people))


def _bad(what: str) -> RefusedError:
    return RefusedError("bad_message", f"A message {what}; see the description of the protocol.")


# -- messages of the client, as JSON ----------------------------------------------------------------------------------


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Name = Annotated[str, Field(min_length=1, max_length=64)]
SetId = Annotated[str, Field(pattern=f"^{ID}$")]


class Start(_Command):
    """Begin: which exercise, and where the poses come from.

    A set that is sent again under its `set` takes the place of what was kept of it.
    """

    type: Literal["start"]
    exercise: Name
    source: Literal["poses", "frames"] = "poses"
    language: Name = "en"
    profile: Name | None = None
    muted: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    countdown_s: Annotated[int, Field(ge=0, le=30)] = 3
    set: SetId | None = None


class Plain(_Command):
    """What needs no more words; ``ping`` only says that the client is still there."""

    type: Literal["begin", "pause", "resume", "finish", "ping"]


class Muting(_Command):
    """Keep the cues of a rule to yourself from now on, or not any more."""

    type: Literal["mute", "unmute"]
    rule: Name


class Camera(_Command):
    """What the client's camera gives from time `t` on."""

    type: Literal["camera"]
    state: CameraState
    t: Annotated[FiniteFloat, Field(ge=0.0, le=LATEST_S)]


Command = Start | Plain | Muting | Camera
_COMMANDS: Final = TypeAdapter[Command](Annotated[Command, Field(discriminator="type")])


def parse_command(text: str) -> Command:
    """Read a text message.

    Raises
    ------
    RefusedError
        If it is none of the commands: ``bad_message``, or ``too_large``.
    """
    if len(text) > COMMAND_CHARS:
        raise RefusedError("too_large", f"A command may have {COMMAND_CHARS} characters, not {len(text)}.")
    try:
        return _COMMANDS.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "message"
        raise _bad(f"is no command of this protocol ({where}: {first['msg']})") from None


# -- messages of the server -------------------------------------------------------------------------------------------

_DECIMALS: Final = 4


def event_text(event: Event, say: str | None) -> str:
    """Return one element of ``events`` as JSON."""
    return json_text({"event": event_name(event), **_fields(event), "say": say})


def quality_text(t: float, fps: float, dropped: int, person_share: float) -> str:
    """Return the element of ``events`` that tells once a second how the poses come in."""
    return json_text({"event": "quality", "t": t, "fps": fps, "dropped": dropped, "person_share": person_share})


def state_text(seq: int, pose: Pose, shown: Shown, events: Iterable[str], *, drawn: bool = False) -> str:
    """Return the ``state`` message of one pose.

    Written by hand, as it is sent for every pose of every client: only its words are escaped, and those are few.

    Parameters
    ----------
    seq : int
    pose : Pose
    shown : Shown
    events : iterable of str
        JSON objects.
    drawn : bool
        Whether to add landmarks and trunk, for a client that does not have them.
    """
    overlay = shown.overlay
    words = overlay.caption
    return (
        f'{{"type":"state","seq":{seq},"t":{pose.t:.3f},"stage":{_quoted(shown.stage)}'
        f',"title":{_quoted(words.title)},"count":{_quoted(words.count)},"phase":{_quoted(words.phase)}'
        f',"cue":{_quoted(words.cue)},"cue_rule":{_quoted(shown.cue_rule)}'
        f',"instruction":{_quoted(shown.instruction)},"fits":{_truth(shown.fits)}'
        f',"reading":{_quoted(words.reading)},"progress":{_number(shown.progress)},"bent":{_truth(overlay.bent)}'
        f',"near_side":{_quoted(overlay.near_side)},"back_row":{_number(overlay.back_row)}'
        f',"measure":{_quoted(overlay.measure)},"value":{_number(overlay.value)},"change":{_truth(overlay.change)}'
        f',"events":[{",".join(events)}]{_drawing(pose) if drawn else ""}}}'
    )


def started_text(exercise: Mapping[str, object]) -> str:
    """Return the answer to `Start`."""
    return json_text({"type": "started", "exercise": exercise, "protocol": VERSION})


def error_text(error: RefusedError) -> str:
    """Return what a client is told before the session is closed."""
    return json_text({"type": "error", "code": error.code, "text": str(error)})


def json_text(value: Any) -> str:
    """Return JSON: floats rounded to four decimals, and null for those that are no numbers."""
    return json.dumps(_plain(value), allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def _drawing(pose: Pose) -> str:
    landmarks = torso = "null"
    if pose.has_person:
        rows = zip(pose.xy_px.round(1).tolist(), pose.visibility.round(2).tolist(), strict=True)
        landmarks = json_text([[x, y, visibility] for (x, y), visibility in rows])
    if pose.torso is not None:
        torso = json_text({"side": pose.torso.side, "edges": pose.torso.edges.tolist()})
    return f',"landmarks":{landmarks},"torso":{torso}'


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return round(value, _DECIMALS) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if is_dataclass(value):
        return _plain(_fields(value))
    return value


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@lru_cache(4096)
def _quoted(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)


def _number(value: float | None) -> str:
    return "null" if value is None or not math.isfinite(value) else f"{value:.4g}" if abs(value) < 1 else f"{value:.2f}"


def _truth(value: bool) -> str:
    return "true" if value else "false"
