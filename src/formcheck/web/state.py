"""What all requests of one server share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from formcheck.app.comparison import Comparison, comparison_with
from formcheck.app.plugins import find_packs
from formcheck.errors import ExerciseError, UserError
from formcheck.exercise.load import catalogue, load_exercise
from formcheck.exercise.spec import Exercise, instead_of
from formcheck.storage.profiles import load_profile, profile_names
from formcheck.web.analyses import Analyses
from formcheck.web.metrics import Metrics
from formcheck.web.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """Settings, the exercises by id, the analyses and the metrics of one server."""

    settings: Settings
    exercises: Mapping[str, Exercise]
    analyses: Analyses
    metrics: Metrics

    def exercise(self, name: str) -> Exercise:
        """Return an exercise by its id. Paths are no ids: a request must not make the server read files.

        Raises
        ------
        ExerciseError
            If there is none; the nearest is named.
        """
        if name not in self.exercises:
            raise ExerciseError(f"There is no exercise of that name{instead_of(name, self.exercises)}.")
        return self.exercises[name]

    def comparison(self, profile: str | None, exercise: Exercise) -> Comparison | None:
        """Return what a report on `exercise` is compared with; None without a profile.

        Raises
        ------
        UserError
            If there is no profile of that name, or it is damaged.
        """
        if profile is None:
            return None
        self.check_profile(profile)
        return comparison_with(load_profile(profile, self.settings.profiles), profile, exercise, date.today())

    def check_profile(self, name: str) -> None:
        """Refuse the name of a profile that is not there.

        Raises
        ------
        UserError
        """
        if name not in profile_names(self.settings.profiles):
            raise UserError("There is no profile of that name; formcheck calibrate NAME makes one.")


def load_exercises(settings: Settings) -> dict[str, Exercise]:
    """Read every exercise that this server offers.

    Raises
    ------
    ExerciseError
        If a file of the settings' own folder does not validate.
    """
    packs = find_packs(settings.exercises)
    return {name: load_exercise(name, packs) for name in catalogue(packs)}


def state_of(connection: HTTPConnection) -> State:
    """Return the state of the server that a request or a WebSocket came to."""
    state: State = connection.app.state.formcheck
    return state


StateOf = Annotated[State, Depends(state_of)]
