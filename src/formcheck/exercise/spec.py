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
HOLD_SPANS: Final = ("hold", "hold_start", "hold_middle", "start_pose")
BASELINE: Final = "baseline"
EARLY_HINGE: Final = "early_hinge"
MAX_CUE_WORDS: Final = 5
ANY_SPAN: Final = tuple(dict.fromkeys((*ECCENTRIC_FIRST_SPANS, *CONCENTRIC_FIRST_SPANS, *HOLD_SPANS)))


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
SpanName = Annotated[str, Field(json_schema_extra={"enum": list(ANY_SPAN)})]
Reference = Annotated[str, Field(json_schema_extra={"enum": [BASELINE, *ANY_SPAN]})]
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

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.rest_below < self.leave_rest_above < self.work_above:
            raise ValueError("levels must rise: rest_below, leave_rest_above, work_above")
        return self

    @property
    def spans(self) -> tuple[str, ...]:
        """Spans that rules of this movement may name."""
        return ECCENTRIC_FIRST_SPANS if self.first == "eccentric" else CONCENTRIC_FIRST_SPANS


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
    measure: MeasureName
    views: tuple[ViewName, ...] = ("side",)
    over: SpanName
    reduce: ReducerName
    sustain_s: float = SUSTAIN_S
    relative_to: Reference | None = None
    neutral: float | None = None
    absolute: Band | None = None
    own_set: Band | None = None
    severity: Severity
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
        budget = 0.1 if self.reduce == "duration" else MEASURES[self.measure].budget
        bands: list[Band] = [self, *(band for band in (self.absolute, self.own_set) if band)]
        for width in (band.narrowest_warning() for band in bands):
            if self.reduce != "sd" and width is not None and width < budget - 1e-9:
                problems.append(
                    f"the warning zone is {width:g} wide, finer than the error budget {budget:g} of {self.measure}"
                )
        if problems:
            raise ProblemsError(problems)
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
    ventral: Literal["facing", "down", "up", "sideways"] = "facing"
    charts: tuple[MeasureName, ...] = ()
    movement: Movement
    key: tuple[tuple[str, ...], ...]
    not_checked: tuple[str, ...]
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = contradictions(self.movement.spans, [rule.model_dump() for rule in self.rules], self.key)
        if problems:
            raise ProblemsError(problems)
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
    lost = dict.fromkeys(name for group in key for name in group if name not in ids)
    return problems + [f"the key rule {name!r} is not among the rules{instead_of(name, ids)}" for name in lost]
