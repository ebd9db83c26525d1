"""What is kept of a live set while it runs: its poses and the film of what was shown."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from formcheck.app.analyse import SHOWN_PX
from formcheck.app.coach import Shown
from formcheck.app.live_picture import LastMark, picture_of
from formcheck.app.pipeline import WorkBehind
from formcheck.app.results import FILM, POSES
from formcheck.drawing.live import Mark
from formcheck.drawing.scaling import fitted_px
from formcheck.engine.events import Event
from formcheck.frame import Frame
from formcheck.storage.recordings import RecordingWriter
from formcheck.video.writer import FilmWriter

FPS_HINT: Final = 30.0

_Picture = tuple[Frame, Shown, Mark | None]


class LiveRecord:
    """Keeps the poses of a set, and what was shown with them, in a folder.

    A context manager; the files are there when the block has ended, and none of them if it failed.

    Parameters
    ----------
    folder : Path
    film : bool
        Whether to keep a film, too.
    """

    def __init__(self, folder: Path, *, film: bool) -> None:
        self._folder = folder
        self._with_film = film
        self._film: WorkBehind[_Picture] | None = None
        self._mark = LastMark()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._poses = self._stack.enter_context(RecordingWriter(self._folder / POSES))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @property
    def facts(self) -> dict[str, Any]:
        """What else is to be recorded beside the poses."""
        return self._poses.facts

    def keep(self, frame: Frame, shown: Shown, events: Sequence[Event]) -> None:
        """Keep the pose of a picture, and the picture as it was shown."""
        self._poses.write(shown.overlay.pose)
        self._mark.note(events)
        if self._with_film:
            self._film = self._film or self._open_film(frame)
            self._film.put((frame, shown, self._mark.at(frame.t)))

    def _open_film(self, first: Frame) -> WorkBehind[_Picture]:
        """Begin the film, in the size of its first picture."""
        height, width = first.image.shape[:2]
        size_px = fitted_px((width, height), SHOWN_PX)
        writer = self._stack.enter_context(FilmWriter(self._folder / FILM, size_px=size_px, fps_hint=FPS_HINT))

        def work(item: _Picture) -> None:
            frame, shown, mark = item
            writer.write(picture_of(frame, shown, size_px, mark=mark), frame.t)

        return self._stack.enter_context(WorkBehind(work))
