"""Poses of films and of rendered clips, found once and kept: watching is nearly all of what an evaluation costs.

What is kept goes by content: the film's bytes or the clip's description, the pose model, and the code between picture
and pose. Whatever changes one of them is watched again; nothing has to be cleared by hand.
"""

import ast
import hashlib
import json
import os
from collections.abc import Callable, Container, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from multiprocessing import get_context
from pathlib import Path
from typing import Final, TypeGuard

import platformdirs

from formcheck.body.pose import Pose
from formcheck.errors import RecordingError
from formcheck.estimators.mediapipe import MediaPipeEstimator
from formcheck.frame import Frame
from formcheck.storage.recordings import load_poses, save_poses
from formcheck.synth.clip import Clip, render_clip
from formcheck.video.reader import FilmReader

Source = Path | Clip
"""A film, a pose recording (``.parquet``), or the description of a rendered clip."""

_WATCHING: Final = ("body/silhouette.py", "body/view.py", "body/pose.py", "estimators/mediapipe.py", "video/reader.py")
_DRAWING: Final = ("synth", "body/landmarks.py")
_MOTIONS: Final = "synth/motions"
_THREADS: Final = "OPENBLAS_NUM_THREADS"
_CHUNK: Final = 1 << 20


class PoseCache:
    """Poses by their source, watched with one pose model.

    Parameters
    ----------
    model : Path
        Pose model bundle.
    folder : Path, optional
        Where poses are kept; a folder of the user's cache where left out.
    """

    def __init__(self, model: Path, folder: Path | None = None) -> None:
        self.model = model
        self.folder = folder or Path(platformdirs.user_cache_dir("formcheck")) / "evaluation"

    def poses(self, source: Source) -> list[Pose]:
        """Return the poses of a film, a recording or a clip, watching it only if need be.

        Raises
        ------
        FilmError, RecordingError
            If the film or recording is missing or cannot be read.
        EstimatorError, OutputError
            If the pose estimator breaks down, or the poses cannot be kept.
        """
        if _is_recording(source):
            return list(load_poses(source).poses())
        kept = self._kept(source)
        if not kept.exists():
            watch(source, self.model, kept)
        return list(load_poses(kept).poses())

    def prepare(
        self, sources: Iterable[Source], on_done: Callable[[int, int], None] = lambda _done, _all: None
    ) -> None:
        """Watch what is not kept yet, with one process for each processor; errors as `poses`.

        Parameters
        ----------
        sources : iterable
            Films and clips.
        on_done : callable, optional
            Told how many of how many are done.
        """
        to_watch = [source for source in sources if not _is_recording(source)]
        missing = {kept: source for source in to_watch if not (kept := self._kept(source)).exists()}
        if not missing:
            return
        with _one_thread_each(), ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            waiting = [pool.submit(watch, source, self.model, kept) for kept, source in missing.items()]
            for done, future in enumerate(as_completed(waiting), 1):
                future.result()
                on_done(done, len(waiting))

    def _kept(self, source: Source) -> Path:
        parts = [_hash_of_file(self.model), version("mediapipe"), _hash_of_code(_WATCHING)]
        if isinstance(source, Clip):
            parts += [json.dumps(asdict(source), sort_keys=True), _hash_of_code(_DRAWING, source.exercise)]
        else:
            parts.append(_hash_of_file(source))
        name = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
        return self.folder / f"{name}.poses.parquet"


def _is_recording(source: Source) -> TypeGuard[Path]:
    return isinstance(source, Path) and source.suffix == ".parquet"


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keep linear algebra from starting threads in each of several processes, which makes all of them slower."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


def watch(source: Source, model: Path, kept: Path) -> None:
    """Find the poses of a film or a clip and keep them at `kept`."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with MediaPipeEstimator(model) as estimator:
        save_poses(kept, (estimator.estimate(frame) for frame in _frames(source)), facts={"source": str(source)})


def _frames(source: Source) -> Iterator[Frame]:
    if isinstance(source, Clip):
        options = asdict(source)
        yield from (frame for frame, _ in render_clip(options.pop("exercise"), **options))
        return
    with FilmReader(source) as film:
        yield from film


@cache
def _hash_of_file(path: Path) -> str:
    if not path.is_file():
        raise RecordingError(f"There is no file {path}.")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@cache
def _hash_of_code(names: tuple[str, ...], exercise: str = "") -> str:
    """Return a hash of code files and folders; of the motions, only what this exercise is made of."""
    motions = files("formcheck").joinpath(_MOTIONS)
    own = _made_of(motions, f"{exercise}.py") if exercise else set()
    others = {file.name for file in motions.iterdir() if file.name not in own} | {"__init__.py"}
    digest = hashlib.sha256()
    for name in names:
        for file in _files(files("formcheck").joinpath(name), others):
            digest.update(_meaning(file))
    return digest.hexdigest()


def _made_of(motions: Traversable, name: str) -> set[str]:
    """Return the file of a motion and those beside it that it imports, and so on."""
    tree = ast.parse(motions.joinpath(name).read_bytes())
    imported = (node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    beside = {f"{module.rsplit('.', 1)[1]}.py" for module in imported if module.startswith("formcheck.synth.motions.")}
    return {name}.union(*(_made_of(motions, other) for other in beside))


def _meaning(file: Traversable) -> bytes:
    """Return what a file does: of Python all but comments and docstrings, of others every byte."""
    content = file.read_bytes()
    if not file.name.endswith(".py"):
        return content
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_text(part)]
    return ast.dump(tree).encode()


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _files(found: Traversable, without: Container[str]) -> Iterator[Traversable]:
    """Return a file, or the files of a folder in order of their names."""
    if found.is_file():
        if not found.name.endswith(".pyc") and found.name not in without:
            yield found
        return
    for inside in sorted(found.iterdir(), key=lambda entry: entry.name):
        yield from _files(inside, without)
