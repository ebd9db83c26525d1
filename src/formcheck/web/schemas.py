"""What the server answers, as it stands in its OpenAPI description."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, computed_field

from formcheck.engine.report import Limits as Band
from formcheck.exercise.language import Language
from formcheck.exercise.load import sources
from formcheck.exercise.spec import Exercise, Rule, Severity, ViewName
from formcheck.storage.wording import wanted_text

Status = Literal["queued", "running", "done", "failed", "interrupted"]
STATUSES: tuple[Status, ...] = ("queued", "running", "done", "failed", "interrupted")
ID: Final = r"[A-Za-z0-9_-]{22}"
"""What the id of an analysis looks like: 16 random bytes as URL-safe base64."""

Kind = Literal["film", "poses", "live"]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$", examples=["wPq3tT0X6m1yQkz0b7s9Ag"])]


class Problem(BaseModel):
    """Why a request was refused, in one sentence."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title": "Not Found",
                "status": 404,
                "detail": "There is no exercise of that name (did you mean 'deadlift'?).",
            }
        }
    )

    title: str
    status: int
    detail: str


class ExerciseSummary(BaseModel):
    """One exercise of the catalogue, in the language that was asked for where it has words for it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "deadlift",
                "name": "Deadlift",
                "version": 1,
                "summary": "A lift from the floor to standing.",
                "counts": "rep",
                "views": ["side"],
                "filming": "From the side, at hip height.",
                "measure": "trunk_inclination",
            }
        }
    )

    id: str
    name: str
    version: int
    summary: str
    counts: str
    views: tuple[ViewName, ...]
    filming: str
    measure: str

    @classmethod
    def of(cls, name: str, exercise: Exercise, language: Language) -> Self:
        """Describe an exercise."""
        return cls(**_summary(name, exercise, language))


class RuleDetails(BaseModel):
    """One thing that an exercise checks."""

    id: str
    name: str
    cue: str
    cue_below: str | None
    why: str
    wanted: str
    severity: Severity
    views: tuple[ViewName, ...]
    sources: tuple[str, ...]


class NotSeen(BaseModel):
    """One thing that matters and that one camera cannot tell."""

    id: str
    name: str
    why: str


class ExerciseDetails(ExerciseSummary):
    """What an exercise needs, checks and cannot see, and who says so."""

    model_config = ConfigDict(json_schema_extra={})

    checks: list[RuleDetails]
    cannot_see: list[NotSeen]
    not_checked: tuple[str, ...]
    sources: dict[str, str]

    @classmethod
    def of(cls, name: str, exercise: Exercise, language: Language) -> Self:
        """Describe an exercise with its rules."""
        checked = [rule for rule in exercise.rules if not rule.not_measurable]
        cited = dict.fromkeys(key for rule in checked for key in rule.sources)
        return cls(
            **_summary(name, exercise, language),
            checks=[_rule(name, rule, language) for rule in checked],
            cannot_see=[
                NotSeen(id=rule.id, name=language.rule_name(name, rule.id, rule.name), why=rule.not_measurable)
                for rule in exercise.rules
                if rule.not_measurable
            ],
            not_checked=exercise.not_checked,
            sources={key: sources()[key] for key in cited},
        )


class LanguageWords(BaseModel):
    """The words of the pages in one language."""

    code: str
    languages: tuple[str, ...]
    page: dict[str, str]


class Limits(BaseModel):
    """What the server takes."""

    max_upload_mb: float
    max_film_s: float


class Analysis(BaseModel):
    """One film, recording or live set, and how far its analysis has come.

    Attributes
    ----------
    text : str or None
        One sentence: the summary of the report once it is done, or else what went wrong and what to do.
    """

    model_config = ConfigDict(
        frozen=True,
        json_schema_serialization_defaults_required=True,
        json_schema_extra={
            "example": {
                "id": "wPq3tT0X6m1yQkz0b7s9Ag",
                "kind": "film",
                "status": "running",
                "exercise": "deadlift",
                "exercise_name": "Deadlift",
                "name": "monday.mp4",
                "created": "2026-11-23T18:04:11Z",
                "done": 240,
                "total": 900,
                "text": None,
                "url": "/v1/analyses/wPq3tT0X6m1yQkz0b7s9Ag",
                "report": None,
            }
        },
    )

    id: Id
    kind: Kind
    status: Status
    exercise: str
    exercise_name: str
    name: str
    created: datetime
    done: int = 0
    total: int | None = None
    text: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def url(self) -> str:
        """Where to ask about it again."""
        return f"/v1/analyses/{self.id}"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def report(self) -> str | None:
        """Where its report is, once there is one."""
        return f"{self.url}/report" if self.status == "done" else None


class Readiness(BaseModel):
    """Whether films can be taken now, and if not why."""

    ready: bool
    model: bool
    waiting: int
    text: str | None


def _summary(name: str, exercise: Exercise, language: Language) -> dict[str, Any]:
    return {
        "id": name,
        "name": language.exercise(name, exercise.name),
        "version": exercise.version,
        "summary": exercise.summary,
        "counts": exercise.movement.counts,
        "views": exercise.views,
        "filming": exercise.filming,
        "measure": exercise.movement.measure,
    }


def _rule(exercise: str, rule: Rule, language: Language) -> RuleDetails:
    return RuleDetails(
        id=rule.id,
        name=language.rule_name(exercise, rule.id, rule.name),
        cue=language.cue(exercise, rule.id, rule.cue),
        cue_below=rule.cue_below,
        why=rule.why,
        wanted=wanted_text(Band(rule.ideal_min, rule.ideal_max), rule.unit),
        severity=rule.severity,
        views=rule.views,
        sources=rule.sources,
    )
