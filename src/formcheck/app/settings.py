"""Settings of the desk: one TOML file, checked when it is read, documented by `settings_text`."""

import difflib
import re
import tomllib
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from formcheck.errors import UserError


def _clock_time(text: str) -> str:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is None:
        raise ValueError('give a time from "00:00" to "23:59"')
    return text


ClockTime = Annotated[str, AfterValidator(_clock_time)]
"""A time of day such as ``"22:00"``."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DeskTable(_Table):
    """How the desk watches, speaks and keeps quiet; each field is described where it is declared."""

    camera: str = Field("0", min_length=1, description="Number of a camera, or address of a stream.")
    profile: str = Field("", description="Name of your calibration. Empty: one for each camera and set of screens.")
    language: Literal["en", "de"] = Field("en", description="What is shown and said: en or de.")
    pictures_per_second: float = Field(2.0, ge=1.0, le=5.0, description="Looked at while all is well.")
    burst_per_second: float = Field(6.0, ge=1.0, le=15.0, description="For ten seconds, when something is off.")
    notifications: bool = Field(True, description="Show notifications.")
    sound: bool = Field(False, description="A short sound with them.")
    voice: bool = Field(False, description="Say them aloud, too.")
    hint: bool = Field(False, description="A small hint above all windows.")
    pause_on_battery: bool = Field(False, description="Give the camera back while on battery.")
    quiet_hours: list[ClockTime] = Field(
        ["22:00", "07:00"], description="No alert and no reminder from the first to the second; [] for none."
    )
    sitting_break_minutes: float = Field(30.0, ge=15, le=60, description="Sitting until a break is proposed.")
    screen_break_minutes: float = Field(60.0, ge=30, le=60, description="At the screen until a longer break is.")
    standing_limit_minutes: float = Field(40.0, ge=20, le=60, description="Standing until a change is proposed.")
    eyes_minutes: float = Field(0.0, ge=0, le=120, description="At the screen until a look far away is; 0 for never.")
    water_minutes: float = Field(0.0, ge=0, le=180, description="Present until water is; 0 for never.")

    @field_validator("burst_per_second")
    @classmethod
    def _not_slower(cls, burst: float, info: ValidationInfo) -> float:
        if burst < info.data.get("pictures_per_second", burst):
            raise ValueError("it must be at least pictures_per_second")
        return burst

    @field_validator("quiet_hours")
    @classmethod
    def _two_or_none(cls, hours: list[str]) -> list[str]:
        if len(hours) not in (0, 2):
            raise ValueError('give two times, such as ["22:00", "07:00"], or none')
        return hours

    def quiet_at(self, when: datetime) -> bool:
        """Whether this moment, in local time, lies in the quiet hours; they may go over midnight."""
        if not self.quiet_hours:
            return False
        begin, end = (time.fromisoformat(hour) for hour in self.quiet_hours)
        now = when.time()
        return begin <= now < end if begin <= end else now >= begin or now < end


class WebhookTable(_Table):
    """Where events are sent; nothing is while `url` is empty."""

    url: str = Field("", description="Address to send events to. Empty: nothing is sent.")
    secret: str = Field("", description="Signs what is sent: 24 bytes or more in base64. Empty: not signed.")

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return url


class MqttTable(_Table):
    """The broker that states are published at; nothing is while `host` is empty."""

    host: str = Field("", description="Broker to publish states at. Empty: nothing is published.")
    port: int = Field(1883, ge=1, le=65535, description="Its port.")
    username: str = Field("", description="Empty: without one.")
    password: str = Field("", description="Empty: without one.")
    tls: bool = Field(False, description="Encrypt; the port is then often 8883.")
    topic: str = Field("formcheck", min_length=1, description="What topics begin with.")


class Settings(_Table):
    """Everything that may be set for the desk."""

    desk: DeskTable = DeskTable()
    webhook: WebhookTable = WebhookTable()
    mqtt: MqttTable = MqttTable()

    @property
    def uses_network(self) -> bool:
        """Whether anything is to be sent over a network."""
        return bool(self.webhook.url or self.mqtt.host)


_HEADINGS: Final = {
    "desk": "How the desk watches, speaks and keeps quiet.",
    "webhook": "Send events to an address (needs formcheck[webhook]).",
    "mqtt": "Publish states at an MQTT broker (needs formcheck[mqtt]).",
}


def settings_path() -> Path:
    """Return where the settings file lies, or would lie."""
    return platformdirs.user_config_path("formcheck", appauthor=False) / "settings.toml"


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings.

    Parameters
    ----------
    path : Path, optional
        A file that must be there. Default: the user's own, or the defaults where there is none.

    Raises
    ------
    UserError
        If the file cannot be read or holds something that is no setting; names the nearest one.
    """
    file = path or settings_path()
    if path is None and not file.exists():
        return Settings()
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        return Settings.model_validate(data)
    except OSError as error:
        raise UserError(f"The settings {file} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        raise UserError(f"{_sentence(file, error)} See: formcheck desk settings") from None
    except ValueError as error:  # TOML, or bytes that are no text
        raise UserError(f"The settings {file} are no TOML: {error}.") from None


def settings_text() -> str:
    """Return a settings file with every setting at its default, each with what it does."""
    lines = [f"# Settings of formcheck desk. Its place: {settings_path()}"]
    for name, heading in _HEADINGS.items():
        lines += ["", f"# {heading}", f"[{name}]"]
        table = getattr(Settings(), name)
        for key, field in type(table).model_fields.items():
            lines += [f"# {field.description}", f"{key} = {_toml(getattr(table, key))}"]
    return "\n".join([*lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


def _sentence(file: Path, error: ValidationError) -> str:
    """Say in one sentence what the first mistake is."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        *tables, key = (str(part) for part in first["loc"])
        near = difflib.get_close_matches(key, _keys_beside(tables), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_keys_beside(tables))}."
        return f"{file}: there is no setting {place}; {hint}"
    if first["type"] == "model_type":
        return f"{file}: {place} is a table: write [{place}], and its settings below it."
    if first["type"] == "string_type":  # without what stands there: it may be a password, and a log may keep this
        return f"{file}: {place} must be text in quotes."
    return f"{file}: {place} cannot be {first['input']!r}: {first['msg'].removeprefix('Value error, ').lower()}."


def _keys_beside(tables: list[str]) -> list[str]:
    model: type[BaseModel] = type(getattr(Settings(), tables[0])) if tables else Settings
    return list(model.model_fields)
