"""A small window above all others that says one thing and goes away again: for desktops without notifications.

``python -m formcheck.notify.hint`` is that window: it shows the messages that it reads, one JSON object a line, and
writes the key of what was pressed. It is a process of its own, because a window wants the main thread.
"""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, TextIO, TypedDict

if TYPE_CHECKING:
    import tkinter as tk

SHOWN_S: Final = 12.0
LOOKS_EVERY_MS: Final = 100
CLOSES_WITHIN_S: Final = 3.0
EDGE_PX: Final = 24
PAPER: Final = "#20242b"
INK: Final = "#f4f4f2"
BUTTON: Final = "#3a414c"
QUIET_INK: Final = "#c3c7cd"
WIDTH_PX: Final = 380
TITLE_FONT: Final = ("", 14, "bold")  # the platform's own
TEXT_FONT: Final = ("", 11)

logger = logging.getLogger(__name__)


class Message(TypedDict):
    """What is to be shown; as in `Notifier.show`."""

    title: str
    text: str
    actions: dict[str, str]


class Hint:
    """A `Notifier` that shows a small window at the edge of the screen; it takes no keys away from other programs.

    Parameters
    ----------
    on_press : callable
        Takes the key of the action that was pressed; called from a thread of this notifier.
    command : sequence of str, optional
        What to run instead of the window.
    """

    def __init__(self, on_press: Callable[[str], None], command: Sequence[str] = ()) -> None:
        self._on_press = on_press
        self._told = False
        self._process = subprocess.Popen(
            command or (sys.executable, "-m", "formcheck.notify.hint"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C in the terminal is for the program, which then ends this process
        )
        self._thread = threading.Thread(target=self._listen, name="formcheck-hint", daemon=True)
        self._thread.start()

    def show(self, title: str, text: str, actions: Mapping[str, str]) -> None:
        """See `Notifier.show`."""
        pipe = self._process.stdin
        if pipe is None or pipe.closed:
            return
        try:
            message = Message(title=title, text=text, actions=dict(actions))
            pipe.write(json.dumps(message) + "\n")
            pipe.flush()
        except BrokenPipeError:
            if not self._told:
                logger.warning("No hints are shown any more: their window has ended.")
            self._told = True

    def close(self) -> None:
        """See `Notifier.close`."""
        if self._process.stdin and not self._process.stdin.closed:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                logger.debug("The window of the hints had ended before.")
        try:
            self._process.wait(CLOSES_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join(CLOSES_WITHIN_S)

    def _listen(self) -> None:
        """Pass on what is pressed, until the window ends."""
        if self._process.stdout is None:
            return
        with self._process.stdout as pressed:
            for line in pressed:
                self._on_press(line.strip())


class Card:
    """The window: hidden until there is something to say.

    Parameters
    ----------
    root : tkinter.Tk
    shown_ms : int, optional
        How long a message stays.
    """

    def __init__(self, root: "tk.Tk", shown_ms: int = round(1000 * SHOWN_S)) -> None:
        self._root, self._shown_ms = root, shown_ms
        self._timer: str | None = None
        root.withdraw()
        root.overrideredirect(True)  # no frame, and no focus taken
        root.attributes("-topmost", True)
        root.configure(bg=PAPER, padx=18, pady=14)
        root.title("formcheck")

    def show(self, message: Message) -> None:
        """Show a message in place of the one before."""
        import tkinter as tk  # noqa: PLC0415

        for old in self._root.winfo_children():
            old.destroy()
        for words, ink, font in ((message["title"], INK, TITLE_FONT), (message["text"], QUIET_INK, TEXT_FONT)):
            label = tk.Label(self._root, text=words, bg=PAPER, fg=ink, font=font, justify="left", wraplength=WIDTH_PX)
            label.pack(anchor="w")
        self._add_buttons(message["actions"])
        self._root.update_idletasks()
        self._root.geometry(f"-{EDGE_PX}+{EDGE_PX}")
        self._root.deiconify()
        self._root.lift()
        if self._timer:
            self._root.after_cancel(self._timer)
        self._timer = self._root.after(self._shown_ms, self._root.withdraw)

    def _add_buttons(self, actions: Mapping[str, str]) -> None:
        import tkinter as tk  # noqa: PLC0415

        row = tk.Frame(self._root, bg=PAPER)
        row.pack(fill="x", pady=(10, 0))
        for key, label in actions.items():
            button = tk.Button(row, text=label, bg=BUTTON, fg=INK, relief="flat", borderwidth=0, highlightthickness=0)
            button.configure(takefocus=False, command=partial(self._pressed, key))
            button.pack(side="left", padx=(0, 8))

    def _pressed(self, key: str) -> None:
        self._root.withdraw()
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()


def main(lines: TextIO) -> None:
    """Show the messages that come, until no more do; or say once why not, and read on."""
    try:
        import tkinter as tk  # noqa: PLC0415 - not with every Python

        root = tk.Tk()
    except ImportError:
        _read_on(lines, "this Python has no tkinter: install it, for example: sudo apt install python3-tk")
        return
    except tk.TclError:
        _read_on(lines, "there is no screen: start formcheck in the session of a desktop")
        return
    card, came = Card(root), SimpleQueue[Message | None]()
    threading.Thread(target=_read, args=(lines, came), daemon=True).start()
    _look(root, card, came)
    root.mainloop()


def _read(lines: TextIO, came: "SimpleQueue[Message | None]") -> None:
    for line in lines:
        came.put(json.loads(line))
    came.put(None)


def _look(root: "tk.Tk", card: Card, came: "SimpleQueue[Message | None]") -> None:
    """Show what has come, and look again in a moment: a window may be touched from its own thread only."""
    try:
        message = came.get_nowait()
    except Empty:
        root.after(LOOKS_EVERY_MS, _look, root, card, came)
        return
    if message is None:
        root.destroy()
        return
    card.show(message)
    root.after(LOOKS_EVERY_MS, _look, root, card, came)


def _read_on(lines: TextIO, reason: str) -> None:
    sys.stderr.write(f"formcheck: no hints are shown, because {reason}; or turn them off in the settings.\n")
    sys.stderr.flush()
    for _ in lines:
        pass


if __name__ == "__main__":
    main(sys.stdin)
