"""The shape of an exercise file: what may stand in it, and what each word means.

One kind of rule: *a measure, reduced over a span, belongs in a band.* No expressions and no conditions; what this
cannot say becomes a new measure or a new reducer in tested Python.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
HOLD_SPANS: Final = ("hold", "hold_start", "hold_middle", "start_pose")
BASELINE: Final = "baseline"
EARLY_HINGE: Final = "early_hinge"
MAX_CUE_WORDS: Final = 5


class Part(BaseModel):
    """Base of everything in an exercise file: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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

    measure: str
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check_measure(self.measure)
        if self.above is None and self.below is None:
            raise ValueError(f"the condition on {self.measure} needs above or below")
        return self


class CountIf(Condition):
    """A condition on the middle value of a measure at the turn of a rep, or one without which it has not ended."""

    at: Literal["turn", "end"] = "turn"


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
    measure: str
    measure_in: dict[ViewName, str] = {}
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
    lift_measure: str | None = None
    early_hinge: Between | None = None
    counts_if: tuple[CountIf, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name in (self.measure, *self.measure_in.values(), *([self.lift_measure] if self.lift_measure else [])):
            _check_measure(name)
        if not self.rest_below < self.leave_rest_above < self.work_above:
            raise ValueError("levels must rise: rest_below, leave_rest_above, work_above")
        return self

    @property
    def spans(self) -> tuple[str, ...]:
        """Spans that rules of this movement may name."""
        return ECCENTRIC_FIRST_SPANS if self.first == "eccentric" else CONCENTRIC_FIRST_SPANS


class Steady(Part):
    """A hold begins when this measure has become still: its spread over half a second lies below `within`."""

    measure: str
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
    side_measure: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        for name in (self.steady.measure, *([self.side_measure] if self.side_measure else [])):
            _check_measure(name)
        return self

    @property
    def spans(self) -> tuple[str, ...]:
        """Spans that rules of this movement may name."""
        return HOLD_SPANS

    @property
    def measure(self) -> str:
        """The measure that is charted first."""
        return self.steady.measure


Movement = Annotated[RepCycle | HoldPose, Field(discriminator="kind")]


class Rule(Band):
    """A measure, reduced over a span, belongs in a band.

    `relative_to` names a span whose median is taken as zero, or ``baseline`` for the person's calibrated value;
    `neutral` stands in
    for a missing baseline, with less confidence. `absolute` is a second, wider band on the plain value: it guards
    what is wrong from the first frame on, and stands alone where there is nothing to compare with. `own_set` is a
    finer band on the difference from what the same rule read in a set that this person is known to have done well; it
    takes the place of the band from `relative_to` where the person's baseline holds such a set.
    """

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{2}$")
    name: str = Field(min_length=3, max_length=60)
    measure: str
    views: tuple[ViewName, ...] = ("side",)
    over: str
    reduce: str
    sustain_s: float = SUSTAIN_S
    relative_to: str | None = None
    neutral: float | None = None
    absolute: Band | None = None
    own_set: Band | None = None
    severity: Severity
    cue: str = Field(min_length=3)
    cue_below: str | None = None
    why: str = Field(min_length=3)
    sources: tuple[str, ...] = Field(min_length=1)
    not_measurable: str | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        measure = _check_measure(self.measure)
        if self.reduce not in REDUCERS:
            raise ValueError(f"unknown reducer {self.reduce!r}; known are {_listed(REDUCERS)}")
        for cue in (self.cue, self.cue_below or ""):
            if len(cue.split()) > MAX_CUE_WORDS:
                raise ValueError(f"the cue {cue!r} is longer than {MAX_CUE_WORDS} words")
        unseen = set(self.views) - set(MEASURES[self.measure].views)
        if unseen:
            raise ValueError(f"{self.measure} cannot be read from the {_listed(unseen)}")
        budget = 0.1 if self.reduce == "duration" else measure
        bands: list[Band] = [self, *(band for band in (self.absolute, self.own_set) if band)]
        for width in (band.narrowest_warning() for band in bands):
            if self.reduce != "sd" and width is not None and width < budget - 1e-9:
                raise ValueError(
                    f"the warning zone is {width:g} wide, finer than the error budget {budget:g} of {self.measure}"
                )
        return self


class Exercise(Part):
    """One exercise file."""

    schema_version: Literal[1]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    version: int = Field(ge=1)
    summary: str
    views: tuple[ViewName, ...] = Field(min_length=1)
    filming: str
    ventral: Literal["facing", "down"] = "facing"
    charts: tuple[str, ...] = ()
    movement: Movement
    key: tuple[tuple[str, ...], ...]
    not_checked: tuple[str, ...]
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [rule.id for rule in self.rules]
        doubled = {i for i in ids if ids.count(i) > 1}
        if doubled:
            raise ValueError(f"rule ids must be unique; doubled: {_listed(doubled)}")
        allowed = self.movement.spans
        for rule in self.rules:
            if rule.over not in allowed:
                raise ValueError(f"{rule.id}: no span {rule.over!r} in this movement; there are {_listed(allowed)}")
            if rule.relative_to not in (None, BASELINE, *allowed):
                raise ValueError(
                    f"{rule.id}: cannot compare with {rule.relative_to!r}; there are {_listed((BASELINE, *allowed))}"
                )
        for name in (name for group in self.key for name in group):
            if name not in ids:
                raise ValueError(f"the key rule {name!r} is not among the rules")
        for name in self.charts:
            _check_measure(name)
        return self

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure this exercise needs, in a stable order."""
        movement = self.movement
        names = [movement.measure]
        if isinstance(movement, RepCycle):
            names += [*movement.measure_in.values(), *([movement.lift_measure] if movement.lift_measure else [])]
            names += [condition.measure for condition in movement.counts_if]
        else:
            names += [condition.measure for condition in (*movement.enter, *movement.leave)]
            names += [movement.side_measure] if movement.side_measure else []
        names += [*self.charts, *(rule.measure for rule in self.rules if not rule.not_measurable)]
        return tuple(dict.fromkeys(names))


def _check_measure(name: str) -> float:
    """Return the error budget of a known measure."""
    if name not in MEASURES:
        raise ValueError(f"unknown measure {name!r}; known are {_listed(MEASURES)}")
    return MEASURES[name].budget


def _listed(names: object) -> str:
    return ", ".join(sorted(map(str, names)))  # type: ignore[call-overload]
