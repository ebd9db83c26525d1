"""What a session found: plain, frozen, serialisable; no rendering."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

SCHEMA_VERSION: Final = 1

Verdict = Literal["met", "warning", "fault", "unseen"]
Severity = Literal["safety", "effectiveness", "minor"]
View = Literal["side", "front", "back", "oblique", "unknown"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The band a value was held against; None = open on that side.

    Ideal lies between `ideal_min` and `ideal_max`; a fault starts beyond `fault_below` or `fault_above`; a warning is
    everything between.
    """

    ideal_min: float | None = None
    ideal_max: float | None = None
    fault_below: float | None = None
    fault_above: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found over one span.

    Attributes
    ----------
    rule, name : str
        Rule id, such as ``DL-01``, and its plain name.
    verdict : {"met", "warning", "fault", "unseen"}
        ``unseen`` is neither good nor bad: `reason` says why it could not be judged.
    value : float or None
        The reduced measure in `unit`; None when unseen.
    confidence : float
        In [0, 1].
    t_start, t_end, t_worst : float
        The span judged and the moment to look at, in seconds of the film.
    rep : int or None
        1-based number of the rep or hold; None for the whole set or a rule that this view cannot show.
    borderline : bool
        The value lies within half an error budget of the band's edge.
    error : float
        Error to expect of the value, in `unit`; 0 when unseen.
    """

    rule: str
    name: str
    verdict: Verdict
    value: float | None
    unit: str
    confidence: float
    t_start: float
    t_end: float
    rep: int | None
    reason: str | None
    measure: str
    severity: Severity
    limits: Limits
    cue: str
    why: str
    sources: tuple[str, ...]
    t_worst: float
    borderline: bool = False
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition: onset, turn, end; `score` is None when too little could be judged."""

    index: int
    t_start: float
    t_turn: float
    t_end: float
    range_of_motion: float
    score: int | None
    coverage: float
    findings: tuple[Finding, ...]
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Lapse:
    """A stretch of a hold that does not count, and the rules that were broken meanwhile."""

    t_start: float
    t_end: float
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """One kept position; `good_time_s` is the part without a lapse, `best_streak_s` the longest stretch of it."""

    index: int
    t_start: float
    t_end: float
    good_time_s: float
    best_streak_s: float
    side: str | None
    score: int | None
    coverage: float
    findings: tuple[Finding, ...]
    lapses: tuple[Lapse, ...] = ()


@dataclass(frozen=True, slots=True)
class SideTotal:
    """What was held on one side over the whole set (`side` None: the exercise has no sides), in seconds."""

    side: str | None
    holds: int
    total_s: float
    good_s: float
    best_streak_s: float


@dataclass(frozen=True, slots=True)
class Fading:
    """A rule that was met at the beginning of the set and no longer at its end.

    `first` and `last` are the middle values of the first and the last reps or holds, `since` the number of the first
    one that was not met any more.
    """

    rule: str
    name: str
    unit: str
    first: float
    last: float
    since: int


@dataclass(frozen=True, slots=True)
class SetOver:
    """When, and by which rule, the set should have ended, and why in plain words."""

    t: float
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of a watched posture in which one rule kept the same verdict (warning or fault)."""

    rule: str
    name: str
    verdict: Verdict
    t_start: float
    t_end: float


@dataclass(frozen=True, slots=True)
class RuleTime:
    """How long a watched posture met one rule, was a warning, a fault, or could not be judged, in seconds."""

    rule: str
    met_s: float
    warning_s: float
    fault_s: float
    unseen_s: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """A movement that began but does not count, and why."""

    t_start: float
    t_end: float
    reason: str


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A stretch of time in one phase of the movement."""

    name: str
    t_start: float
    t_end: float


@dataclass(frozen=True, slots=True)
class CueGiven:
    """A cue as it was (or would have been) spoken."""

    t: float
    rule: str
    text: str
    rep: int | None


@dataclass(frozen=True, slots=True)
class ExerciseRef:
    """Which exercise file judged; `counts` is what it counts, in one word: rep, hold, cycle or window."""

    id: str
    name: str
    version: int
    counts: str = "rep"


@dataclass(frozen=True, slots=True)
class ViewFound:
    """From where the camera saw the body: `yaw_deg` is measured off a true side view (0) or towards the front (90)."""

    name: View
    yaw_deg: float | None
    facing: Literal["left", "right"] | None
    near_side: Literal["left", "right"] | None


@dataclass(frozen=True, slots=True)
class Score:
    """Technique match in 0..100 over what could be judged; None with a reason when that was too little."""

    value: int | None
    coverage: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """The conditions of measurement.

    `frames` were delivered to the engine, `decoded` came out of the film, `dropped` were lost to damage or bad
    timestamps.
    `person_share` is the share of frames with a person; `body_share` with hips, shoulders, knees and ankles in the
    picture.
    `lost` counts how often the person was out of sight for half a second or longer, `gone_since_s` says since when, if
    that lasted until the end; `others_refused` counts pictures that showed somebody else instead.
    `swaps_repaired` counts pictures in which the model had exchanged left and right limbs, `implausible` those in which
    the bones were not a body's, and `turned` those that were read turned by 90, 180 or 270 degrees.
    """

    frames: int
    decoded: int
    dropped: int
    person_share: float
    body_share: float
    fps: float | None
    width: int
    height: int
    duration_s: float
    people: int = 1
    jumps: int = 0
    truncated: bool = False
    lost: int = 0
    gone_since_s: float | None = None
    others_refused: int = 0
    swaps_repaired: int = 0
    implausible: int = 0
    turned: int = 0


@dataclass(frozen=True, slots=True)
class InstructionGiven:
    """An instruction of the set-up as it was (or would have been) given."""

    t: float
    instruction: str
    text: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """How it was filmed, over the whole film; None where it could not be told.

    Attributes
    ----------
    yaw_deg : float or None
        Median turn off a true side view, [0, 90].
    fill : float or None
        Median share of the picture's width or height that the body takes, whichever is more; above 1 it is cut off.
    cut_off : mapping of str to float
        For each part of the body that the exercise needs ("head", "hands", "feet", ...), the share of the pictures
        with a person in which it was outside.
    roll_deg : float or None
        How far the camera was turned clockwise.
    looks_down : bool or None
        Whether the camera looked down from well above.
    brightness, contrast, burnt : float or None
        Mean and standard deviation of the gray of the person's part of the picture, in [0, 255], and the share of it
        that is burnt out; medians.
    people : int or None
        Most people seen at once.
    instructions : tuple of InstructionGiven
        What the set-up asked for, in order of time.
    """

    yaw_deg: float | None = None
    fill: float | None = None
    cut_off: Mapping[str, float] = field(default_factory=dict)
    roll_deg: float | None = None
    looks_down: bool | None = None
    brightness: float | None = None
    contrast: float | None = None
    burnt: float | None = None
    people: int | None = None
    instructions: tuple[InstructionGiven, ...] = ()


@dataclass(frozen=True, slots=True)
class SecondFilm:
    """Another film of the same set: `offset_s` is added to its times, `paired` reps or holds were seen in both."""

    name: str
    view: ViewFound
    offset_s: float
    paired: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a session found."""

    exercise: ExerciseRef
    view: ViewFound
    summary: str
    reps: tuple[Rep, ...]
    holds: tuple[Hold, ...]
    attempts: tuple[Attempt, ...]
    findings: tuple[Finding, ...]
    score: Score
    phases: tuple[PhaseSpan, ...]
    cues: tuple[CueGiven, ...]
    not_checked: tuple[str, ...]
    remarks: tuple[str, ...]
    quality: Quality
    versions: Mapping[str, str] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION
    side_totals: tuple[SideTotal, ...] = ()
    fading: tuple[Fading, ...] = ()
    set_over: SetOver | None = None
    watched_s: float = 0.0
    episodes: tuple[Episode, ...] = ()
    rule_times: tuple[RuleTime, ...] = ()
    second: SecondFilm | None = None
    conditions: Conditions | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain dicts, lists, strings and numbers, ready for JSON."""
        data = asdict(self)
        return {"schema_version": data.pop("schema_version"), **data}
