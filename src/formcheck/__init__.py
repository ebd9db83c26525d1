"""formcheck tells a person, from one ordinary camera, how well they move and sit.

>>> from formcheck import Session, load_exercise
>>> session = Session(load_exercise("deadlift"))
>>> session.finish().summary
'No rep was counted.'

Poses go in with `Session.update`, events come out, `Session.finish` gives the report. `analyse_video` does it all for
a film.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from formcheck.app.analyse import FilmPart, analyse_video, replay
    from formcheck.body.baseline import Baseline
    from formcheck.body.pose import Pose
    from formcheck.engine.report import Report
    from formcheck.engine.session import Session
    from formcheck.exercise.load import load_exercise

__all__ = ["Baseline", "FilmPart", "Pose", "Report", "Session", "analyse_video", "load_exercise", "replay"]

_HOMES = {
    "Baseline": "formcheck.body.baseline",
    "FilmPart": "formcheck.app.analyse",
    "Pose": "formcheck.body.pose",
    "Report": "formcheck.engine.report",
    "Session": "formcheck.engine.session",
    "analyse_video": "formcheck.app.analyse",
    "load_exercise": "formcheck.exercise.load",
    "replay": "formcheck.app.analyse",
}


def __getattr__(name: str) -> Any:
    """Load each name when it is first asked for: importing formcheck costs next to nothing."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'formcheck' has no attribute {name!r}")
