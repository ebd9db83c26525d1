"""Words said aloud, off line, by a process of their own: an engine that is slow or breaks holds up nothing else.

``python -m formcheck.notify.speech de`` says the lines that it reads, in German: always the newest, and none that is
old by the time its turn comes.
"""

import contextlib
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol, TextIO

OLD_AFTER_S: Final = 1.5
"""What could not be begun so long after it was wanted is not said any more."""
WORDS_A_MINUTE: Final = 180
CLOSES_WITHIN_S: Final = 3.0
HOW_TO_GET: Final = {
    "linux": "install espeak-ng and alsa-utils, for example: sudo apt install espeak-ng alsa-utils",
    "win32": "add a voice in the settings of Windows under Time & language, Speech",
    "darwin": "add a voice in System Settings under Accessibility, Spoken Content",
}


class Speaker(Protocol):
    """Says things aloud."""

    def say(self, text: str) -> None:
        """Say `text` as soon as possible, and at once return; what is not said by then may be dropped."""

    def close(self) -> None:
        """End; say nothing more."""


class Voice:
    """Says things through a process of its own; silent from the moment that process ends.

    Parameters
    ----------
    language : str
        Code of the language, such as ``"de"``.
    command : sequence of str, optional
        What to run instead: it says the lines that it reads.
    """

    def __init__(self, language: str, command: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            command or (sys.executable, "-m", "formcheck.notify.speech", language),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C in the terminal is for the program, which then ends this process
        )

    def say(self, text: str) -> None:
        """See `Speaker.say`."""
        self._write(" ".join(text.split()) + "\n")

    def close(self) -> None:
        """See `Speaker.close`."""
        self._write(None)
        try:
            self._process.wait(CLOSES_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self, line: str | None) -> None:
        """Write one line, or close the pipe; nobody may listen any more."""
        pipe = self._process.stdin
        if pipe is None or pipe.closed:
            return
        with contextlib.suppress(BrokenPipeError):
            if line is None:
                pipe.close()
            else:
                pipe.write(line)
                pipe.flush()


class Newest:
    """One line at a time between the thread that reads and the one that speaks: the newest wins."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._line: tuple[float, str] | None = None
        self._ended = False

    def read(self, lines: Iterable[str]) -> None:
        """Take lines as they come, until they end."""
        for line in lines:
            with self._changed:
                self._line = (self._clock(), line.strip())
                self._changed.notify()
        with self._changed:
            self._ended = True
            self._changed.notify()

    def take(self) -> str | None:
        """Wait for a line that is not old yet and return it; None when no more will come."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._line is not None or self._ended)
                if self._ended:
                    return None  # what was wanted last is no longer wanted by anybody
                came, line = self._line or (0.0, "")
                self._line = None
                if line and self._clock() - came <= OLD_AFTER_S:
                    return line


def voice_id(voices: Iterable[Any], language: str) -> str | None:
    """Return the id of the first voice of a language, by what it says of itself or by its id; None without one."""
    asked = re.compile(rf"(?<![a-z]){language}(?![a-z])")
    for voice in voices:
        spoken = [x.decode("utf-8", "ignore") if isinstance(x, bytes) else str(x) for x in voice.languages or ()]
        if any(asked.search(words.lower()) for words in (*spoken, str(voice.id))):
            return str(voice.id)
    return None


def why_silent(platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return what keeps this computer from speaking, as far as that is known beforehand."""
    return "there is no aplay" if platform.startswith("linux") and which("aplay") is None else None


def _engine(language: str) -> tuple[Any, str | None]:
    """Return an engine that speaks a language, or None and the reason."""
    reason = why_silent()
    if reason:
        return None, reason
    import pyttsx3  # type: ignore[import-untyped]  # noqa: PLC0415 - looks for the engine of this computer

    try:
        engine = pyttsx3.init()
        chosen = voice_id(engine.getProperty("voices"), language)
    except (ImportError, OSError, RuntimeError) as error:  # each platform has its own way to say that there is none
        return None, f"no speech engine was found ({type(error).__name__})"
    if chosen is None:
        return None, f"no voice speaks {language!r}"
    engine.setProperty("voice", chosen)
    engine.setProperty("rate", WORDS_A_MINUTE)
    return engine, None


def main(language: str, lines: TextIO) -> None:
    """Say the lines that come, or say once in writing why not and read on."""
    engine, reason = _engine(language)
    if engine is None:
        how = HOW_TO_GET.get(sys.platform, "install a speech engine that pyttsx3 knows")
        sys.stderr.write(f"formcheck: nothing is said aloud, because {reason}: {how}; or add --no-voice.\n")
        sys.stderr.flush()
        for _ in lines:
            pass
        return
    newest = Newest()
    threading.Thread(target=newest.read, args=(lines,), name="formcheck-lines", daemon=True).start()
    while (line := newest.take()) is not None:
        engine.say(line)
        engine.runAndWait()


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin)
