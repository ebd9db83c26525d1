"""The settings file: documented defaults, quiet hours over midnight, mistakes in one sentence."""

import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from formcheck.app import settings
from formcheck.app.settings import DeskTable, Settings, load_settings, settings_text
from formcheck.errors import UserError


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_printed_defaults_are_the_defaults_and_every_one_is_described() -> None:
    text = settings_text()
    assert Settings.model_validate(tomllib.loads(text)) == Settings()
    for table in (DeskTable, settings.WebhookTable, settings.MqttTable):
        for key, field in table.model_fields.items():
            assert field.description, key
            assert f"# {field.description}\n{key} = " in text


def test_without_a_file_of_ones_own_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "settings_path", lambda: tmp_path / "none.toml")
    assert load_settings() == Settings()
    with pytest.raises(UserError, match=r"gone\.toml cannot be read"):
        load_settings(tmp_path / "gone.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[desk]\nquiet_hour = []", "no setting desk.quiet_hour; did you mean quiet_hours?"),
        ("[dsk]\n", "no setting dsk; did you mean desk?"),
        ("[mqtt]\nzzz = 1", "no setting mqtt.zzz; known are host, port"),
        ('[desk]\ncamera = ""', "desk.camera cannot be ''"),
        ("[desk]\npictures_per_second = 60", "desk.pictures_per_second cannot be 60"),
        (
            "[desk]\nburst_per_second = 2\npictures_per_second = 3",
            "desk.burst_per_second cannot be 2: it must be at least pictures_per_second.",
        ),
        ('[desk]\nquiet_hours = ["25:00", "07:00"]', "desk.quiet_hours.0 cannot be '25:00'"),
        ('[desk]\nquiet_hours = ["22:00"]', "give two times"),
        ('[desk]\nquiet_hours = ["7:00", "9:00"]', 'give a time from "00:00" to "23:59"'),
        ('[webhook]\nurl = "ftp://x"', "webhook.url cannot be 'ftp://x': it must begin with http"),
        ("[desk]\ncamera = 0", "desk.camera must be text in quotes."),
        ("desk = 3", "desk is a table: write [desk], and its settings below it."),
        ("[desk", "are no TOML"),
        ("\udce4", "are no TOML"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UserError) as error:
        load_settings(path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text", ['[webhook]\nurl = "ftp://x"\nsecret = "4711"', "[webhook]\nsecret = 4711", "[mqtt]\npassword = 4711"]
)
def test_no_mistake_tells_a_secret(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError) as error:
        load_settings(written(tmp_path, text))
    assert "4711" not in str(error.value)


@pytest.mark.parametrize(
    ("hours", "quiet", "loud"),
    [
        (["22:00", "07:00"], ["22:00", "23:59", "00:00", "06:59"], ["07:00", "12:00", "21:59"]),
        (["12:00", "13:00"], ["12:00", "12:59"], ["13:00", "11:59"]),
        ([], [], ["00:00", "22:30"]),
    ],
)
def test_quiet_hours_may_go_over_midnight(hours: list[str], quiet: list[str], loud: list[str]) -> None:
    table = DeskTable(quiet_hours=hours)
    for clock, wanted in [*((c, True) for c in quiet), *((c, False) for c in loud)]:
        assert table.quiet_at(datetime.fromisoformat(f"2026-03-02T{clock}:00")) is wanted, clock


def test_nothing_uses_the_network_unless_it_is_said_so(tmp_path: Path) -> None:
    assert not Settings().uses_network
    assert load_settings(written(tmp_path, '[mqtt]\nhost = "broker"')).uses_network
    assert load_settings(written(tmp_path, '[webhook]\nurl = "https://example.org"')).uses_network
