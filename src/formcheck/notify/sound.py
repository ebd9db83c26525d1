"""A short soft chime, played by what the platform has for that."""

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

CHIME: Final = Path(__file__).with_name("chime.wav")
"""Two decaying tones, 659 and 880 Hz, 0.6 s."""
PLAYERS: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "linux": (("pw-play",), ("paplay",), ("aplay", "--quiet")),
    "darwin": (("afplay",),),
    "win32": ((sys.executable, "-c", "import sys, winsound; winsound.PlaySound(sys.argv[1], winsound.SND_FILENAME)"),),
}
"""Programs that play the file they are given, best first."""
HOW_TO_GET: Final = "install one, for example: sudo apt install alsa-utils; or turn sound off in the settings"

logger = logging.getLogger(__name__)


class Chime:
    """A `Notifier` that only makes itself heard; what cannot be played is told once.

    Parameters
    ----------
    player : sequence of str, optional
        Command that plays the file given to it; the platform's own where left out.
    """

    def __init__(self, player: Sequence[str] | None = None) -> None:
        self._player = find_player() if player is None else player
        self._playing: subprocess.Popen[bytes] | None = None
        self._told = False

    def show(self, title: str = "", text: str = "", actions: Mapping[str, str] | None = None) -> None:
        """Play the chime, unless the last one has not ended yet; see `Notifier.show`."""
        if not self._player:
            self._tell("no program that plays sounds was found")
        elif self._ended() and not self._told:
            self._playing = self._start(self._player)

    def close(self) -> None:
        """End; the last chime plays to its end."""
        self._playing = None

    def _ended(self) -> bool:
        state = 0 if self._playing is None else self._playing.poll()
        if state:
            self._tell(f"{Path(self._player[0]).name} failed")
        return state is not None

    def _start(self, player: Sequence[str]) -> "subprocess.Popen[bytes] | None":
        quiet = subprocess.DEVNULL
        try:
            return subprocess.Popen([*player, str(CHIME)], stdin=quiet, stdout=quiet, stderr=quiet)
        except OSError as error:
            self._tell(f"{player[0]} cannot be started ({error.strerror})")
            return None

    def _tell(self, problem: str) -> None:
        if not self._told:
            logger.warning("No sound is played, because %s: %s.", problem, HOW_TO_GET)
        self._told = True


def find_player(platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which) -> Sequence[str]:
    """Return the command that plays a file on this computer; empty without one."""
    return next((player for player in PLAYERS.get(platform, ()) if which(player[0])), ())
