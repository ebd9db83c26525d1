"""formcheck tells a person, from one ordinary camera, how well they move and sit.

>>> from formcheck import Session, load_exercise
>>> session = Session(load_exercise("deadlift"))
>>> session.finish().summary
'No rep was counted.'

Poses go in with `Session.update`, events come out, `Session.finish` gives the report. `analyse_video` does it all for
a film.
"""

from typing import TYPE_CHECKING, Any

from formcheck.body.baseline import Baseline
from formcheck.body.pose import Pose
from formcheck.engine.report import Report
from formcheck.engine.session import Session
from formcheck.exercise.load import load_exercise

if TYPE_CHECKING:
    from formcheck.app.analyse import FilmPart, analyse_video, replay

__all__ = ["Baseline", "FilmPart", "Pose", "Report", "Session", "analyse_video", "load_exercise", "replay"]

_LOADED_ON_USE = ("FilmPart", "analyse_video", "replay")


def __getattr__(name: str) -> Any:
    """Load what needs a camera, a film or a pose model only when it is asked for."""
    if name in _LOADED_ON_USE:
        from formcheck.app import analyse  # noqa: PLC0415 - importing formcheck must stay light

        return getattr(analyse, name)
    raise AttributeError(f"module 'formcheck' has no attribute {name!r}")
