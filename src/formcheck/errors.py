"""Errors that formcheck raises on purpose; each carries one sentence for the person at the keyboard.

::

    FormcheckError
    ├── UserError            something the caller can put right (command line: exit code 2, HTTP: 4xx)
    │   ├── FilmError          the file is missing, not a film, or shows nothing to judge
    │   ├── ExerciseError      unknown exercise, or an exercise file that does not validate
    │   ├── RecordingError     a pose recording that cannot be read
    │   ├── ViewError          the film shows the body from a side this exercise cannot be judged from
    │   └── MissingDataError   labelled data that an accuracy study asks for is not there
    └── OperationError       the work itself failed (command line: exit code 1, HTTP: 5xx)
        ├── ModelError         the pose model is missing, damaged or cannot be fetched
        ├── EstimatorError     the pose estimator broke down
        └── OutputError        results could not be written
"""


class FormcheckError(Exception):
    """Anything formcheck raises on purpose. `str(error)` is one sentence that says what, where and what to do."""


class UserError(FormcheckError):
    """Something the caller can put right."""


class FilmError(UserError):
    """The film is missing, unreadable, or shows nothing that can be judged."""


class ExerciseError(UserError):
    """The exercise is unknown or its file does not validate."""


class RecordingError(UserError):
    """The pose recording cannot be read."""


class ViewError(UserError):
    """The film shows the body from a side that this exercise cannot be judged from."""


class MissingDataError(UserError):
    """Labelled data that an accuracy study asks for is not there; the study is skipped."""


class OperationError(FormcheckError):
    """The work itself failed."""


class ModelError(OperationError):
    """The pose model is missing, damaged or cannot be fetched."""


class EstimatorError(OperationError):
    """The pose estimator broke down and could not be restarted."""


class OutputError(OperationError):
    """Results could not be written."""
