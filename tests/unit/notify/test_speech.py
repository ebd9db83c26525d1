"""Which words are said, by whom, and what happens where nothing can be said."""

import io
import re
import sys
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from formcheck.notify import speech
from formcheck.notify.speech import Newest, Speaker, Voice, voice_id, why_silent

WRITER = "import sys; open(sys.argv[1], 'w', encoding='utf-8').writelines(sys.stdin)"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def taken(newest: Newest) -> list[str | None]:
    """Take one line in a thread of its own, so that a test fails instead of waiting for ever."""
    found: list[str | None] = []
    thread = threading.Thread(target=lambda: found.append(newest.take()), daemon=True)
    thread.start()
    thread.join(5.0)
    assert found, "nothing was given"
    return found


def read(newest: Newest, *lines: str) -> None:
    """Hand over lines as if more could follow."""
    newest.read(f"{line}\n" for line in lines)
    newest._ended = False


def test_the_newest_line_wins() -> None:
    newest = Newest(Clock())
    read(newest, "Hips back", "Chest up")
    assert taken(newest) == ["Chest up"]


@pytest.mark.parametrize(("waited_s", "said"), [(1.4, "old"), (1.6, "new")])
def test_what_has_waited_too_long_is_not_said_any_more(waited_s: float, said: str) -> None:
    clock = Clock()
    newest = Newest(clock)
    read(newest, "old")
    clock.now = waited_s
    if said == "new":
        late = threading.Timer(0.2, lambda: read(newest, "new"))
        late.start()
    assert taken(newest) == [said]


def test_when_no_more_lines_come_nothing_is_said() -> None:
    newest = Newest(Clock())
    newest.read(["Chest up\n"])
    assert taken(newest) == [None]


def voices(*given: tuple[str, list[object]]) -> list[SimpleNamespace]:
    return [SimpleNamespace(id=name, languages=languages) for name, languages in given]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (voices(("gmw/en", ["en"]), ("gmw/de", ["de"])), "gmw/de"),
        (voices(("roa/es", ["es"]), ("com.apple.Anna", ["de_DE"])), "com.apple.Anna"),
        (voices(("old", [b"\x05de"])), "old"),
        (voices(("HKEY\\TTS_MS_EN-US_ZIRA", []), ("HKEY\\TTS_MS_DE-DE_HEDDA", [])), "HKEY\\TTS_MS_DE-DE_HEDDA"),
        (voices(("inde", ["hi"]), ("gmw/en", ["en"])), None),
        ([], None),
    ],
)
def test_a_voice_is_chosen_by_its_language(known: list[SimpleNamespace], found: str | None) -> None:
    assert voice_id(known, "de") == found


def test_linux_needs_a_player() -> None:
    assert why_silent("linux", lambda _: None) == "there is no aplay"
    assert why_silent("linux", lambda name: f"/usr/bin/{name}") is None
    assert why_silent("darwin", lambda _: None) is None


class Engine:
    """Speaks like pyttsx3."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.set: dict[str, object] = {}

    def getProperty(self, name: str) -> list[SimpleNamespace]:
        return voices(("gmw/en", ["en"]))

    def setProperty(self, name: str, value: object) -> None:
        self.set[name] = value

    def say(self, text: str) -> None:
        self.said.append(text)

    def runAndWait(self) -> None: ...


def installed(monkeypatch: pytest.MonkeyPatch, init: object) -> None:
    module = ModuleType("pyttsx3")
    module.init = init  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyttsx3", module)
    monkeypatch.setattr(speech, "why_silent", lambda: None)


def test_lines_are_spoken_by_the_voice_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    installed(monkeypatch, lambda: engine)
    given = iter(["Chest up", None])
    monkeypatch.setattr(Newest, "take", lambda _: next(given))
    speech.main("en", io.StringIO())
    assert engine.said == ["Chest up"]
    assert engine.set["voice"] == "gmw/en"


def broken() -> None:
    raise OSError("libespeak.so.1: cannot open shared object file")


@pytest.mark.parametrize(
    ("language", "init", "reason"),
    [("de", Engine, "no voice speaks 'de'"), ("en", broken, r"no speech engine was found \(OSError\)")],
)
def test_why_nothing_is_said_is_said_once(
    language: str, init: object, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(monkeypatch, init)
    lines = io.StringIO("Chest up\nHips back\n")
    speech.main(language, lines)
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("formcheck: nothing is said aloud, because ")
    assert lines.read() == ""  # who writes is never held up
    assert said.out == ""
    assert re.search(reason, said.err)


def test_a_voice_passes_whole_lines_to_its_process(tmp_path: Path) -> None:
    out = tmp_path / "said"
    voice: Speaker = Voice("de", [sys.executable, "-c", WRITER, str(out)])
    voice.say("Brust raus,\n Rücken gerade")
    voice.say("Weiter")
    voice.close()
    assert out.read_text(encoding="utf-8") == "Brust raus, Rücken gerade\nWeiter\n"
    voice.say("nobody hears this")
    voice.close()


def test_a_process_that_has_ended_is_no_trouble() -> None:
    voice = Voice("en", [sys.executable, "-c", ""])
    voice._process.wait(20)
    for _ in range(3):
        voice.say("Chest up")
    voice.close()


def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "CLOSES_WITHIN_S", 0.2)
    voice = Voice("en", [sys.executable, "-c", "import time; time.sleep(60)"])
    voice.close()
    assert voice._process.returncode not in (None, 0)
