"""A chime that is played by what the platform has, never twice at once, and whose absence is told once."""

import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.heard import Told, told_by

from formcheck.notify import sound
from formcheck.notify.sound import CHIME, Chime, find_player


@pytest.fixture
def told() -> Iterator[Told]:
    with told_by(sound.__name__) as heard:
        yield heard


def played(chime: Chime) -> None:
    assert chime._playing is not None
    chime._playing.wait(20.0)


def test_the_file_is_handed_to_the_player(tmp_path: Path) -> None:
    chime = Chime(
        [sys.executable, "-c", f"import sys; open({str(tmp_path / 'log')!r}, 'a').write(sys.argv[1] + '\\n')"]
    )
    chime.show("Head back", "", {})
    played(chime)
    chime.show()
    played(chime)
    chime.close()
    assert (tmp_path / "log").read_text().splitlines() == [str(CHIME)] * 2


def test_one_chime_at_a_time() -> None:
    chime = Chime([sys.executable, "-c", "import threading; threading.Event().wait()"])
    chime.show()
    first = chime._playing
    chime.show()
    assert chime._playing is first
    assert first is not None
    first.kill()
    first.wait()


def test_a_player_that_fails_is_told_once_and_not_tried_again(told: Told) -> None:
    chime = Chime(["false"])
    chime.show()
    played(chime)
    for _ in range(3):
        chime.show()
    assert told.sentences == [f"No sound is played, because false failed: {sound.HOW_TO_GET}."]


@pytest.mark.parametrize(
    ("player", "reason"),
    [((), "no program that plays sounds was found"), (["/nowhere/play"], "cannot be started")],
)
def test_no_player_is_told_once(told: Told, player: list[str], reason: str) -> None:
    chime = Chime(player)
    chime.show()
    chime.show()
    assert len(told.sentences) == 1
    assert reason in told.sentences[0]


@pytest.mark.parametrize(
    ("platform", "here", "player"),
    [
        ("linux", {"aplay", "paplay"}, ("paplay",)),
        ("linux", {"aplay"}, ("aplay", "--quiet")),
        ("linux", set[str](), ()),
        ("darwin", {"afplay"}, ("afplay",)),
        ("plan9", {"aplay"}, ()),
    ],
)
def test_the_best_player_that_is_here_is_taken(platform: str, here: set[str], player: tuple[str, ...]) -> None:
    assert find_player(platform, lambda name: name if name in here else None) == player


def test_windows_needs_no_program_of_others() -> None:
    assert find_player("win32", lambda name: name)[0] == sys.executable


def test_the_chime_is_short_and_soft_and_begins_and_ends_in_silence() -> None:
    with wave.open(str(CHIME)) as file:
        rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), np.int16)
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
    assert samples.size / rate == pytest.approx(0.6)
    assert 0.1 < np.abs(samples.astype(float)).max() / 32768 < 0.4
    assert abs(int(samples[0])) < 50
    assert abs(int(samples[-1])) < 50
