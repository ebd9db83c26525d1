"""What happened, as it happened. Every event carries the film's own time `t` in seconds."""

from dataclasses import dataclass
from typing import Literal

from formcheck.engine.report import Attempt, Finding, Hold, Rep, SetOver, ViewFound

CueKey = Literal["cue", "better", "rest_less_load", "easier"]


@dataclass(frozen=True, slots=True)
class ViewEvent:
    """The view, facing and near side were settled or changed."""

    t: float
    view: ViewFound


@dataclass(frozen=True, slots=True)
class PhaseEvent:
    """A new phase of the movement began at `t`."""

    t: float
    phase: str


@dataclass(frozen=True, slots=True)
class CountEvent:
    """A rep or hold now counts; its judgement follows when its last span has ended."""

    t: float
    count: int


@dataclass(frozen=True, slots=True)
class RepEvent:
    """A rep was completed and judged."""

    t: float
    rep: Rep


@dataclass(frozen=True, slots=True)
class HoldEvent:
    """A hold ended and was judged."""

    t: float
    hold: Hold


@dataclass(frozen=True, slots=True)
class WindowEvent:
    """A window of a watched posture ended and was judged."""

    t: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SetOverEvent:
    """Form has faded so far that the set should end."""

    t: float
    over: SetOver


@dataclass(frozen=True, slots=True)
class AttemptEvent:
    """A movement ended that does not count."""

    t: float
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class CueEvent:
    """The one thing to say now.

    `key` tells what kind of words they are: ``cue`` is the rule's own; ``better``, ``rest_less_load`` and ``easier``
    are fixed phrases.
    """

    t: float
    rule: str
    text: str
    rep: int | None
    key: CueKey = "cue"


@dataclass(frozen=True, slots=True)
class SetupEvent:
    """The one thing to change about where the person or the camera stands.

    `instruction` is a stable name, such as ``step_back`` or ``ready``; `value` belongs to it, for example degrees.
    For other languages, `variant` names which of its sentences it is (empty: the plain one) and `parts` what the
    sentence speaks of: parts of the body, ``left`` or ``right``.
    """

    t: float
    instruction: str
    text: str
    value: float | None = None
    variant: str = ""
    parts: tuple[str, ...] = ()


CameraState = Literal["live", "lost", "stalled", "repeating", "dark", "covered"]
Stage = Literal["setup", "countdown", "set", "paused", "over"]


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """What the camera gives has changed: from any state but ``live`` nothing is judged."""

    t: float
    state: CameraState


@dataclass(frozen=True, slots=True)
class StageEvent:
    """A live set has come to another stage; while it counts down, once for each second that is `left_s`."""

    t: float
    stage: Stage
    left_s: int | None = None


Event = (
    ViewEvent
    | PhaseEvent
    | CountEvent
    | RepEvent
    | HoldEvent
    | WindowEvent
    | AttemptEvent
    | CueEvent
    | SetupEvent
    | SetOverEvent
    | CameraEvent
    | StageEvent
)
