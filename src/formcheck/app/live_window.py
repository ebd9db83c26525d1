"""The window of a live set: it shows what happens and takes the keys, in the main thread, whatever the camera does."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from formcheck.app.coach import Shown
from formcheck.app.live import Latencies, LiveSet, Spoken
from formcheck.app.live_picture import LastMark, figure_of, key_line, picture_of
from formcheck.body.pose import Pose
from formcheck.drawing.cues import Caption
from formcheck.drawing.live import Canvas, LiveAnnotator, LiveWords, Mark, canvas_of, plain_canvas
from formcheck.drawing.style import Image
from formcheck.engine.events import Event
from formcheck.exercise.language import Language
from formcheck.exercise.spec import Exercise
from formcheck.frame import Frame

LOOK_S: Final = 0.01
"""How long to wait for something new to show before looking for keys again."""
POSE_S: Final = 0.1
"""The same, once a picture has come."""

Then = Literal["quit", "next"]
"""What is to follow a set."""


class ShowsPictures(Protocol):
    """What is needed of a window; see `formcheck.drawing.window.Window`."""

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture that fills it."""

    def show(self, image: Image) -> None:
        """Show a picture."""

    def key(self) -> str | None:
        """Return the key that was pressed."""


@dataclass(frozen=True, slots=True)
class _Moment:
    shown: Shown
    frame: Frame | None
    mark: Mark | None


class LiveScreen:
    """Shows a set in a window and passes on what is asked for by key. A `Listener`.

    Parameters
    ----------
    window : ShowsPictures
    live : LiveSet
    exercise : Exercise
    language : Language
        Of the line of keys.
    voice : Spoken or None
        What the key for the voice makes silent.
    latencies : Latencies
        Is told of every picture once it is shown.
    mirror : bool
        Show the camera's picture as a mirror does.
    """

    def __init__(
        self,
        window: ShowsPictures,
        live: LiveSet,
        exercise: Exercise,
        language: Language,
        *,
        voice: Spoken | None,
        latencies: Latencies,
        mirror: bool,
    ) -> None:
        self._window = window
        self._live = live
        self._words = language.page
        self._title = language.exercise(exercise.id, exercise.name)
        self._voice = voice
        self._latencies = latencies
        self._mirror = mirror
        self._figure = figure_of(exercise)
        self._mark = LastMark()
        self._changed = threading.Condition()
        self._newest: _Moment | None = None
        self._coming: Frame | None = None
        self._ready: tuple[Frame, Canvas] | None = None
        self._then: Then = "quit"

    def on(self, events: Sequence[Event], shown: Shown, frame: Frame | None, pose: Pose | None) -> None:
        """See `Listener.on`."""
        self._mark.note(events)
        mark = self._mark.at(shown.overlay.pose.t)
        with self._changed:
            self._newest = _Moment(shown, frame, mark)
            self._changed.notify()

    def forewarned(self, frame: Frame) -> None:
        """Take a picture that will be shown as soon as its pose is known; from any thread."""
        with self._changed:
            self._coming = frame
            self._changed.notify()

    def attend(self, done: Callable[[], bool]) -> Then:
        """Show what there is and take keys until `done`; return what is to follow."""
        self._window.show(self._starting())
        while not done():
            moment = self._take()
            if moment:
                self._window.show(self._picture(moment))
            key = self._window.key()
            if moment and moment.frame:
                self._latencies.add(moment.frame)
            if key:
                self._press(key)
        return self._then

    def _starting(self) -> Image:
        canvas = plain_canvas(self._window.size_px)
        LiveAnnotator().draw(canvas, LiveWords(Caption(self._title, "", ""), self._words["starting"], scene="paused"))
        return canvas

    def _take(self) -> _Moment | None:
        """Return the newest moment that was not shown yet, if there is one soon.

        While the pose in a picture is sought, the picture is put on its canvas, and the window, which sleeps for two
        milliseconds whenever it is asked for keys, is not.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._coming is not None, LOOK_S)
            coming, self._coming = self._coming, None
        if coming is not None:
            self._ready = coming, canvas_of(coming.image, self._window.size_px, mirror=self._mirror)
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None, POSE_S if coming else 0.0)
            newest, self._newest = self._newest, None
        return newest

    def _canvas(self, frame: Frame | None) -> Canvas | None:
        """Return the canvas that was made ready for this picture, once: it will be drawn on."""
        ready, self._ready = self._ready, None
        return ready[1] if ready and ready[0] is frame else None

    def _picture(self, moment: _Moment) -> Image:
        return picture_of(
            moment.frame,
            moment.shown,
            self._window.size_px,
            mirror=self._mirror,
            keys=self._keys(moment.shown),
            mark=moment.mark,
            figure=self._figure,
            canvas=self._canvas(moment.frame),
        )

    def _keys(self, shown: Shown) -> str:
        """Return the keys that do something now, and what."""
        word = self._words
        go_on = {"paused": "key_resume", "set": "key_pause"}.get(shown.stage, "key_begin")
        parts = [(word["key_space"], word[go_on]), ("n", word["key_next"])]
        if shown.cue_rule and not shown.instruction:
            parts.append(("x", word["key_mute_cue"]))
        if self._voice:
            parts.append(("m", word["key_voice_on" if self._voice.silent else "key_voice_off"]))
        return key_line([*parts, ("q", word["key_quit"])])

    def _press(self, key: str) -> None:
        match key:
            case " ":
                self._live.ask("go_on")
            case "x":
                self._live.ask("mute_cue")
            case "m" if self._voice:
                self._voice.silent = not self._voice.silent
            case "n":
                self._then = "next"
                self._live.stop()
            case "q":
                self._then = "quit"
                self._live.stop()
