"""What a study is, and what it gives: rows of figures, each with its count, interval and target."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from formcheck.errors import UserError
from formcheck.evaluation.cache import PoseCache
from formcheck.evaluation.statistics import Estimate


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of a study.

    Attributes
    ----------
    name : str
        What was measured, unique within the study: ``"deadlift, rounded"``.
    figure : str
        How: ``"accuracy"``, ``"sensitivity"``, ``"mean absolute error"``.
    estimate : Estimate
        The value with its interval and count.
    counted : str
        What the count counts: ``"frames in 161 blocks"``.
    unit : str
        ``"%"`` for shares (stored as 0 to 1), else the unit of the value.
    target : float or None
        The least (or, where `lower_is_better`, the most) that was asked for.
    lower_is_better : bool
        Which way a change is an improvement.
    compared : bool
        Whether a stored baseline guards this figure. Descriptions, such as a bias, are not guarded.
    """

    name: str
    figure: str
    estimate: Estimate
    counted: str
    unit: str = "%"
    target: float | None = None
    lower_is_better: bool = False
    compared: bool = True

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.target is None:
            return None
        value = self.estimate.value
        return value <= self.target if self.lower_is_better else value >= self.target


@dataclass(frozen=True, slots=True)
class Table:
    """What lies behind the rows, item by item: a title, column names, and cells as they shall be read."""

    title: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study found, or why it was skipped.

    Attributes
    ----------
    id, title : str
        Its name in manifests, and for people.
    split : str
        What was chosen on which part, and on which part the figures were taken.
    rows : tuple of Row
    tables : tuple of Table
    notes : tuple of str
        What a reader must know to take the figures for what they are.
    skipped : str or None
        Why there are no rows: a plain sentence.
    """

    id: str
    title: str
    split: str = ""
    rows: tuple[Row, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What every study is given.

    Attributes
    ----------
    data : Path
        The folder to which the paths of the manifest are relative.
    cache : PoseCache
        Poses of films and rendered clips, kept by content.
    options : mapping
        The study's own entries in the manifest.
    quick : bool
        Whether a small part will do, to see that everything works.
    on_progress : callable
        Told in a few words what is being done.
    """

    data: Path
    cache: PoseCache
    options: Mapping[str, Any] = field(default_factory=dict)
    quick: bool = False
    on_progress: Callable[[str], None] = lambda _: None

    def option(self, name: str) -> Any:
        """Return an option that the study cannot do without."""
        if name not in self.options:
            raise UserError(f"This kind of study needs the option '{name}' in its manifest.")
        return self.options[name]

    def path(self, name: str = "path") -> Path:
        """Return a path of the manifest, which need not exist."""
        return self.data / str(self.option(name))


Study = Callable[[Setting], StudyResult]
"""A study; it raises `MissingDataError` where its data is absent, which skips it."""
