"""The shape of an exercise file: what may stand in it, and what each word means.

One kind of rule: *a measure, reduced over a span, belongs in a band.* No expressions and no conditions; what this
cannot say becomes a new measure or a new reducer in tested Python.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from formcheck.body import MEASURES
from formcheck.filters.reducers import REDUCERS, SUSTAIN_S

ViewName = Literal["side", "front", "back"]
Severity = Literal["safety", "effectiveness", "minor"]

ECCENTRIC_FIRST_SPANS: Final = (
    "rep",
    "start",
    "eccentric",
    "half_way",
    "turn",
    "eccentric_and_turn",
    "concentric",
    "early_concentric",
    "top",
    "early_hinge",
)
CONCENTRIC_FIRST_SPANS: Final = (
    "rep",
    "set_up",
    "liftoff",
    "first_pull",
    "second_pull",
    "lockout",
    "lowering",
    "early_hinge",
)
HOLD_SPANS: Final = ("hold", "hold_start", "hold_middle", "start_pose", "getting_in")
FLOW_SPANS: Final = ("cycle", "start")
WATCH_SPANS: Final = ("window", "stretch")
SIDES: Final = "sides"
"""What a rule goes over that compares the holds or reps of one side with those of the other."""
BASELINE: Final = "baseline"
EARLY_HINGE: Final = "early_hinge"
MAX_CUE_WORDS: Final = 5
SAME_UNIT: Final = ("max", "min", "extreme", "median", "mean", "range", "sd")
"""Reducers whose result has the unit and the error of the measure."""
SPEED_BUDGET: Final = 3.0
"""Error of a speed in error budgets of its measure a second."""
ANY_SPAN: Final = tuple(
    dict.fromkeys(
        (*ECCENTRIC_FIRST_SPANS, *CONCENTRIC_FIRST_SPANS, *HOLD_SPANS, *FLOW_SPANS, *WATCH_SPANS, SIDES),
    )
)
POSITION: Final = r"^[a-z][a-z_]*$"
CalibrationPose = Literal["standing-side", "standing-front", "all-fours", "desk-side", "desk-front"]
"""Poses of which a person's own values are kept."""


class ProblemsError(ValueError):
    """Several things that are wrong with one part of a file."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def instead_of(word: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """Return " (did you mean 'turn'?)" for a misspelt word, nothing where no known word is near."""
    small = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), small, n=1, cutoff=cutoff)
    return f" (did you mean {small[near[0]]!r}?)" if near else ""


def listed(names: Iterable[str]) -> str:
    """Return names in the order of the alphabet, with commas."""
    return ", ".join(sorted(names))


def _known_measure(name: str) -> str:
    if name not in MEASURES:
        raise ValueError(f"unknown measure {name!r}{instead_of(name, MEASURES)}; known are {listed(MEASURES)}")
    return name


def _known_reducer(name: str) -> str:
    if name not in REDUCERS:
        raise ValueError(f"unknown reducer {name!r}{instead_of(name, REDUCERS)}; known are {listed(REDUCERS)}")
    return name


def _short_enough(cue: str) -> str:
    if len(cue.split()) > MAX_CUE_WORDS:
        raise ValueError(f"the cue {cue!r} is longer than {MAX_CUE_WORDS} words")
    return cue


# What stands in the schema helps editors to complete names; what may stand where depends on the movement.
MeasureName = Annotated[str, AfterValidator(_known_measure), Field(json_schema_extra={"enum": sorted(MEASURES)})]
ReducerName = Annotated[str, AfterValidator(_known_reducer), Field(json_schema_extra={"enum": sorted(REDUCERS)})]
SpanName = Annotated[str, Field(json_schema_extra={"anyOf": [{"enum": list(ANY_SPAN)}, {"pattern": POSITION}]})]
Reference = Annotated[str, Field(json_schema_extra={"anyOf": [{"enum": [BASELINE, *ANY_SPAN]}, {"pattern": POSITION}]})]
Cue = Annotated[str, AfterValidator(_short_enough)]


class Part(BaseModel):
    """Base of everything in an exercise file: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Band(Part):
    """The wanted interval: a fault lies beyond `fault_below` or `fault_above`, a warning between ideal and fault."""

    ideal_min: float | None = None
    ideal_max: float | None = None
    fault_below: float | None = None
    fault_above: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        edges = [e for e in (self.fault_below, self.ideal_min, self.ideal_max, self.fault_above) if e is not None]
        if self.ideal_min is None and self.ideal_max is None:
            raise ValueError("the band needs ideal_min or ideal_max")
        if edges != sorted(edges):
            raise ValueError("the band must rise: fault_below, ideal_min, ideal_max, fault_above")
        if (self.fault_below is not None and self.ideal_min is None) or (
            self.fault_above is not None and self.ideal_max is None
        ):
            raise ValueError("a fault edge needs the ideal edge on its side")
        return self

    def narrowest_warning(self) -> float | None:
        """Return the width of the narrowest warning zone, None where there is no fault edge."""
        widths = [
            abs(fault - ideal)
            for ideal, fault in ((self.ideal_min, self.fault_below), (self.ideal_max, self.fault_above))
            if ideal is not None and fault is not None
        ]
        return min(widths, default=None)


class Condition(Part):
    """A measure that must lie between two values (either may be left open)."""

    measure: MeasureName
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError(f"the condition on {self.measure} needs above or below")
        return self


class CountIf(Condition):
    """A condition on the middle value of a measure at the turn of a rep, or one without which it has not ended.

    In a flow it is asked for in each of its positions.
    """

    at: Literal["turn", "end"] = "turn"


class Tell(Condition):
    """What tells an exercise from others with the same movement; only recognition asks for it, never counting.

    The condition is on the `middle`, the `highest` or the `lowest` value over a rep, hold, cycle or window (one value
    in fifty may lie beyond what counts as highest or lowest).
    """

    at: Literal["middle", "highest", "lowest"] = "middle"


class Between(Part):
    """A stretch of the driving measure."""

    above: float
    below: float


class RepCycle(Part):
    """Repetitions: the driving measure leaves its rest, reaches work, and comes back.

    All levels count from the person's own start position, found in the first still second (at most `zero_within` from
    `neutral`). A cycle that does not meet every condition of `counts_if` is another exercise.
    """

    kind: Literal["reps"]
    measure: MeasureName
    measure_in: dict[ViewName, MeasureName] = {}
    neutral: float = 0.0
    zero_within: float = 20.0
    rest_below: float
    leave_rest_above: float
    work_above: float
    min_range: float
    min_s: float = 0.8
    max_s: float = 15.0
    dwell_s: float = 0.15
    first: Literal["eccentric", "concentric"]
    lift_measure: MeasureName | None = None
    early_hinge: Between | None = None
    counts_if: tuple[CountIf, ...] = ()
    side_measure: MeasureName | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.rest_below < self.leave_rest_above < self.work_above:
            raise ValueError("levels must rise: rest_below, leave_rest_above, work_above")
        return self

    @property
    def counts(self) -> str:
        """What is counted, in one word."""
        return "rep"

    @property
    def spans(self) -> tuple[str, ...]:
        """Spans that rules of this movement may name."""
        spans = ECCENTRIC_FIRST_SPANS if self.first == "eccentric" else CONCENTRIC_FIRST_SPANS
        return (*spans, SIDES) if self.side_measure else spans

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that this movement is followed by, the charted one first."""
        named = (self.lift_measure, self.side_measure)
        asked = (condition.measure for condition in self.counts_if)
        return (self.measure, *self.measure_in.values(), *(name for name in named if name), *asked)


class Steady(Part):
    """A hold begins when this measure has become still: its spread over half a second lies below `within`."""

    measure: MeasureName
    within: float


class HoldPose(Part):
    """A position that is kept."""

    kind: Literal["hold"]
    enter: tuple[Condition, ...] = Field(min_length=1)
    leave: tuple[Condition, ...] = Field(min_length=1)
    steady: Steady
    settle_s: float = 0.5
    gap_s: float = 0.5
    min_s: float = 2.0
    side_measure: MeasureName | None = None

    @property
    def counts(self) -> str:
        """What is counted, in one word."""
        return "hold"

    @property
    def spans(self) -> tuple[str, ...]:
        """Spans that rules of this movement may name."""
        return (*HOLD_SPANS, SIDES) if self.side_measure else HOLD_SPANS

    @property
    def measure(self) -> str:
        """The measure that is charted first."""
        return self.steady.measure

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that this movement is followed by, the charted one first."""
        asked = (condition.measure for condition in (*self.enter, *self.leave))
        return (self.measure, *asked, *([self.side_measure] if self.side_measure else []))


class Position(Part):
    """One position of a flow: entered beyond one level of the driving measure, left again at another."""

    name: str = Field(pattern=POSITION)
    enter_above: float | None = None
    leave_below: float | None = None
    enter_below: float | None = None
    leave_above: float | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        up = self.enter_above is not None and self.leave_below is not None
        down = self.enter_below is not None and self.leave_above is not None
        both = sum(e is not None for e in (self.enter_above, self.leave_below, self.enter_below, self.leave_above))
        if up == down or both != 2:
            raise ValueError(
                f"the position {self.name!r} needs enter_above and leave_below, or enter_below and leave_above"
            )
        if self.hysteresis <= 0:
            raise ValueError(f"the position {self.name!r} must be left nearer to the start than it is entered")
        return self

    @property
    def hysteresis(self) -> float:
        """How far the levels of entering and leaving are apart."""
        if self.enter_above is not None and self.leave_below is not None:
            return self.enter_above - self.leave_below
        return (self.leave_above or 0.0) - (self.enter_below or 0.0)

    def inside(self, value: float, before: bool) -> bool:
        """Tell whether a value of the driver belongs to this position; `before`: whether the one before did."""
        if self.enter_above is not None and self.leave_below is not None:
            return value > (self.leave_below if before else self.enter_above)
        if self.enter_below is not None and self.leave_above is not None:
            return value < (self.leave_above if before else self.enter_below)
        return False


class Flow(Part):
    """Positions that are visited by turns, in any order; a cycle counts when every one has been visited.

    The driving measure counts from the person's own start: its middle value in the first still second in which every
    condition of `start` holds (at most `zero_within` from `neutral`).
    """

    kind: Literal["flow"]
    measure: MeasureName
    neutral: float = 0.0
    zero_within: float
    start: tuple[Condition, ...] = Field(min_length=1)
    positions: tuple[Position, ...] = Field(min_length=2)
    min_s: float = 1.5
    max_s: float = 30.0
    dwell_s: float = 0.3
    counts_if: tuple[CountIf, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [position.name for position in self.positions]
        taken = [name for name in names if names.count(name) > 1 or name in (*ANY_SPAN, BASELINE)]
        if taken:
            raise ValueError(f"a position needs a name of its own, not {listed(set(taken))}")
        return self

    @property
    def counts(self) -> str:
        """What is counted, in one word."""
        return "cycle"

    @property
    def spans(self) -> tuple[str, ...]:
        """Spans that rules of this movement may name."""
        return (*FLOW_SPANS, *(position.name for position in self.positions))

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that this movement is followed by, the charted one first."""
        return (self.measure, *(condition.measure for condition in (*self.start, *self.counts_if)))


class Still(Part):
    """Nothing is judged while this measure moves: while its range within a window exceeds `within`."""

    measure: MeasureName
    within: float


class Moving(Part):
    """Nothing is judged unless this measure moves: unless its range within a window reaches `at_least`."""

    measure: MeasureName
    at_least: float


class Watch(Part):
    """A posture that is watched for as long as it lasts, window by window.

    It is there while the first condition of `present` is seen and none that is seen is unmet.
    """

    kind: Literal["watch"]
    measure: MeasureName
    present: tuple[Condition, ...] = Field(min_length=1)
    window_s: float = Field(default=2.0, gt=0.0)
    stretch_s: float = 1200.0
    still: Still | None = None
    moving: Moving | None = None
    moving_in: dict[ViewName, Moving] = {}
    settle_s: float = 1.0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.stretch_s < self.window_s:
            raise ValueError("stretch_s must be at least window_s")
        return self

    @property
    def counts(self) -> str:
        """What is counted, in one word."""
        return "window"

    @property
    def spans(self) -> tuple[str, ...]:
        """Spans that rules of this movement may name."""
        return WATCH_SPANS

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that this movement is followed by, the charted one first."""
        asked = (condition.measure for condition in self.present)
        gates = (self.still, self.moving, *self.moving_in.values())
        return (self.measure, *asked, *(gate.measure for gate in gates if gate))


Movement = Annotated[RepCycle | HoldPose | Flow | Watch, Field(discriminator="kind")]


class Rule(Band):
    """A measure, reduced over a span, belongs in a band.

    `relative_to` names a span whose median is taken as zero, or ``baseline`` for the person's calibrated value;
    `neutral` stands in
    for a missing baseline, with less confidence. `absolute` is a second, wider band on the plain value: it guards
    what is wrong from the first frame on, and stands alone where there is nothing to compare with. `own_set` is a
    finer band on the difference from what the same rule read in a set that this person is known to have done well; it
    takes the place of the band from `relative_to` where the person's baseline holds such a set. With `compare` set to
    ratio, the band is about the value divided by what it is relative to. A rule over ``sides`` is judged once for the
    set: the measure, reduced `of` a span of every hold or rep, differs by so much between left and right (lengths of
    time as a share of their mean). A watched rule with `interrupts` set to false is judged and kept like any other, but
    whoever works at the desk is not interrupted with it: it is about furniture, or about a whole stretch of the day.
    """

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{2}$")
    name: str = Field(min_length=3, max_length=60)
    measure: MeasureName
    views: tuple[ViewName, ...] = ("side",)
    over: SpanName
    of: SpanName | None = None
    reduce: ReducerName
    sustain_s: float = SUSTAIN_S
    relative_to: Reference | None = None
    compare: Literal["difference", "ratio"] = "difference"
    neutral: float | None = None
    absolute: Band | None = None
    own_set: Band | None = None
    severity: Severity
    interrupts: bool = True
    cue: Cue = Field(min_length=3)
    cue_below: Cue | None = None
    why: str = Field(min_length=3)
    sources: tuple[str, ...] = Field(min_length=1)
    not_measurable: str | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        problems = []
        unseen = set(self.views) - set(MEASURES[self.measure].views)
        if unseen:
            problems.append(f"{self.measure} cannot be read from the {listed(unseen)}")
        bands: list[Band] = [self, *(band for band in (self.absolute, self.own_set) if band)]
        for width in (band.narrowest_warning() for band in bands):
            if self.reduce != "sd" and width is not None and width < self.budget - 1e-9:
                what = self.measure if self.reduce in SAME_UNIT else f"{self.reduce} of {self.measure}"
                problems.append(
                    f"the warning zone is {width:g} wide, finer than the error budget {self.budget:g} of {what}"
                )
        if self.compare == "ratio" and (self.relative_to is None or self.absolute or self.own_set):
            problems.append("a ratio needs relative_to, and neither absolute nor own_set")
        if (self.over == SIDES) != (self.of is not None):
            problems.append('over = "sides" and of = "..." belong together')
        if self.over == SIDES and self.relative_to is not None:
            problems.append("sides are compared with each other, not with relative_to")
        if problems:
            raise ProblemsError(problems)
        return self

    @property
    def unit(self) -> str:
        """Unit of the value that is held against the band."""
        measure = MEASURES[self.measure].unit
        if self.compare == "ratio":
            return "times"
        if self.reduce == "duration":
            return "share" if self.over == SIDES else "s"
        return {"fastest": f"{measure}/s", "per_minute": "/min", "unevenness": "share"}.get(self.reduce, measure)

    @property
    def budget(self) -> float:
        """Error to expect of that value, in its unit."""
        if self.reduce == "duration":
            return 0.1
        if self.reduce == "fastest":
            return MEASURES[self.measure].budget * SPEED_BUDGET
        return {"per_minute": 4.0, "unevenness": 0.06}.get(self.reduce, MEASURES[self.measure].budget)


class Exercise(Part):
    """One exercise file.

    `phase_words` says for people when a span is, where the usual words do not fit: ``turn = "with the hips at the
    top"``.
    """

    schema_version: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    version: int = Field(ge=1)
    summary: str
    views: tuple[ViewName, ...] = Field(min_length=1)
    filming: str
    ventral: Literal["facing", "down", "up", "sideways"] = "facing"
    charts: tuple[MeasureName, ...] = ()
    phase_words: dict[str, str] = {}
    baseline_poses: tuple[CalibrationPose, ...] = ("standing-side",)
    tells: tuple[Tell, ...] = ()
    movement: Movement
    key: tuple[tuple[str, ...], ...]
    not_checked: tuple[str, ...]
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = contradictions(self.movement.spans, [rule.model_dump() for rule in self.rules], self.key)
        for span in self.phase_words:
            if span not in self.movement.spans:
                there = f"{instead_of(span, self.movement.spans)}; there are {listed(self.movement.spans)}"
                problems.append(f"phase_words: no span {span!r} in this movement{there}")
        if not isinstance(self.movement, Watch):
            silent = [rule.id for rule in self.rules if not rule.interrupts]
            problems += [f"rule {name}: interrupts = false says something of a watch only" for name in silent]
        if problems:
            raise ProblemsError(problems)
        return self

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure this exercise needs, in a stable order."""
        names = list(self.movement.measures)
        names += [*self.charts, *(rule.measure for rule in self.rules if not rule.not_measurable)]
        return tuple(dict.fromkeys(names))


def contradictions(
    spans: tuple[str, ...], rules: Sequence[Mapping[str, Any]], key: Iterable[Iterable[str]]
) -> list[str]:
    """Return what the parts of an exercise say against each other.

    Parameters
    ----------
    spans : tuple of str
        Spans of the movement; empty where that is not known, then they are not compared.
    rules : sequence of mappings
        The rules as they stand in the file; what is missing or of the wrong kind is passed over.
    key : iterable of iterables of str
        Groups of rule ids.
    """
    ids = [rule["id"] for rule in rules if isinstance(rule.get("id"), str)]
    doubled = {i for i in ids if ids.count(i) > 1}
    problems = [f"rule ids must be unique; doubled: {listed(doubled)}"] if doubled else []
    for number, rule in enumerate(rules, 1) if spans else ():
        name, over, zero = f"rule {rule.get('id', number)}", rule.get("over"), rule.get("relative_to")
        if isinstance(over, str) and over not in spans:
            there = f"{instead_of(over, spans)}; there are {listed(spans)}"
            problems.append(f"{name}: no span {over!r} in this movement{there}")
        references = (BASELINE, *spans)
        if isinstance(zero, str) and zero not in references:
            there = f"{instead_of(zero, references)}; there are {listed(references)}"
            problems.append(f"{name}: cannot compare with {zero!r}{there}")
        of = rule.get("of")
        if isinstance(of, str) and of not in spans:
            problems.append(
                f"{name}: no span {of!r} in this movement{instead_of(of, spans)}; there are {listed(spans)}"
            )
    lost = dict.fromkeys(name for group in key for name in group if name not in ids)
    return problems + [f"the key rule {name!r} is not among the rules{instead_of(name, ids)}" for name in lost]
