"""What the server is told when it starts; nothing of it changes while it runs."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

from formcheck.storage.database import history_path
from formcheck.storage.profiles import profile_dir

CORES: Final = os.cpu_count() or 1
LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")
TOKEN_FORM: Final = r"^[A-Za-z0-9_-]{16,200}$"  # noqa: S105 - what a token looks like
"""Tokens stand in addresses and cookies, where other characters would need quoting."""
MIB: Final = 2**20

ModelName = Literal["lite", "full", "heavy"]


def analyses_dir() -> Path:
    """Return the user's own folder of analyses."""
    return platformdirs.user_data_path("formcheck", appauthor=False) / "analyses"


class Settings(BaseModel):
    """Everything that may differ from one server to another.

    Attributes
    ----------
    host, port : str, int
        Where the server listens.
    token : str or None
        What every request must bring; None asks for nothing, which is for this computer alone.
    certificate, key : Path or None
        To be served over https, which browsers ask for before they give a camera to a page of another computer.
    data_dir : Path
        Uploads while they are needed, and finished analyses until they are deleted.
    exercises : Path or None
        Folder of exercise files of one's own.
    profiles : Path
        Folder of profiles.
    history : Path
        What formcheck desk has kept.
    model, live_model : {"lite", "full", "heavy"}
        Pose model for films, and for live pictures that the server looks at.
    max_upload_mb, max_film_s : float
        Largest and longest film that is taken.
    queue_length : int
        Films that may wait or arrive at once, beside those that are being analysed.
    workers : int
        Films that are analysed at once.
    analysis_s : float
        Longest time one analysis may take.
    analysis_memory_mb : int
        Address space of one analysis, where the platform can limit it.
    upload_pause_s : float
        Longest silence within an upload.
    live_clients, frame_clients : int
        Live sessions at once, and those among them whose pictures are looked at here.
    max_message_bytes, messages_per_s, message_burst
        Limits of one live session.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    token: Annotated[str, Field(pattern=TOKEN_FORM)] | None = None
    certificate: Path | None = None
    key: Path | None = None
    data_dir: Path = Field(default_factory=analyses_dir)
    exercises: Path | None = None
    profiles: Path = Field(default_factory=profile_dir)
    history: Path = Field(default_factory=history_path)
    model: ModelName = "full"
    live_model: ModelName = "lite"
    max_upload_mb: PositiveFloat = 1024.0
    max_film_s: PositiveFloat = 1800.0
    queue_length: PositiveInt = 8
    workers: PositiveInt = max(1, CORES // 2)
    analysis_s: PositiveFloat = 3600.0
    analysis_memory_mb: PositiveInt = 6144
    upload_pause_s: PositiveFloat = 30.0
    live_clients: PositiveInt = 100
    frame_clients: PositiveInt = 3 * CORES
    max_message_bytes: PositiveInt = 600 * 1024
    messages_per_s: PositiveFloat = 90.0
    message_burst: PositiveInt = 30

    @property
    def max_upload_bytes(self) -> int:
        """Largest body of an upload."""
        return int(self.max_upload_mb * MIB)


def is_loopback(host: str) -> bool:
    """Whether a name or address means this computer and no other can reach it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
