"""What formcheck desk has kept of a day or a week, in figures and words."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request

from formcheck.exercise.language import load_language
from formcheck.storage.database import minutes_in
from formcheck.storage.day import WEEK, bounds, overview
from formcheck.storage.day_words import Shown, shown
from formcheck.web.problems import RESPONSES
from formcheck.web.routes.catalogue import LanguageCode
from formcheck.web.security import is_local
from formcheck.web.state import State, StateOf

ELSEWHERE: Final = "The days at the desk are shown only on the computer that formcheck serve runs on."


def only_here(request: Request) -> None:
    """Refuse other computers: who may send films with the token need not see how somebody sits all day."""
    if not is_local(request.scope):
        raise HTTPException(HTTPStatus.FORBIDDEN, ELSEWHERE)


router = APIRouter(prefix="/v1/desk", tags=["desk"], responses=RESPONSES, dependencies=[Depends(only_here)])
Last = Annotated[
    date | None,
    Query(
        alias="day",
        description="Another day than today, in the server's time zone.",
        examples=["2026-03-02"],
        ge=date(1971, 1, 1),
        le=date(9000, 1, 1),
    ),
]


@router.get("/today")
def show_day(state: StateOf, day: Last = None, code: LanguageCode = "en") -> Shown:
    """Tell how a day at the desk went: stretches, times, breaks, and what was off when."""
    return _shown(state, day, 1, code)


@router.get("/week")
def show_week(state: StateOf, day: Last = None, code: LanguageCode = "en") -> Shown:
    """Tell the same of the seven days up to a day."""
    return _shown(state, day, WEEK, code)


def _shown(state: State, day: date | None, days: int, code: str) -> Shown:
    last = day or date.today()
    minutes = minutes_in(state.settings.history, *bounds(last, days))
    return shown(overview(minutes, last, days), load_language(code))
