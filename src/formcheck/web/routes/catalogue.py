"""What there is to do: exercises, and the words of the pages."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.exceptions import HTTPException

from formcheck.errors import ExerciseError, UserError
from formcheck.exercise.language import LANGUAGES, Language, load_language
from formcheck.web.problems import RESPONSES
from formcheck.web.schemas import ExerciseDetails, ExerciseSummary, LanguageWords, Limits
from formcheck.web.state import StateOf

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=RESPONSES)
LanguageCode = Annotated[str, Query(alias="language", description=f"One of {', '.join(LANGUAGES)}.", examples=["de"])]


@router.get("/exercises")
def list_exercises(state: StateOf, code: LanguageCode = "en") -> list[ExerciseSummary]:
    """List the exercises that this server knows."""
    language = load_language(code)
    return [ExerciseSummary.of(name, exercise, language) for name, exercise in state.exercises.items()]


@router.get("/exercises/{name}")
def show_exercise(
    state: StateOf,
    name: Annotated[str, Path(description="Id of the exercise.", examples=["deadlift"])],
    code: LanguageCode = "en",
) -> ExerciseDetails:
    """Say what an exercise needs, checks and cannot see."""
    try:
        exercise = state.exercise(name)
    except ExerciseError as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from None
    return ExerciseDetails.of(name, exercise, load_language(code))


@router.get("/languages/{code}")
def show_language(code: Annotated[str, Path(description="Code of the language.", examples=["de"])]) -> LanguageWords:
    """Give the words of the pages in one language."""
    language = _language(code)
    return LanguageWords(code=language.code, languages=LANGUAGES, page=dict(language.page))


@router.get("/limits")
def show_limits(state: StateOf) -> Limits:
    """Say how large and how long a film may be."""
    return Limits(max_upload_mb=state.settings.max_upload_mb, max_film_s=state.settings.max_film_s)


def _language(code: str) -> Language:
    try:
        return load_language(code)
    except UserError as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from None
