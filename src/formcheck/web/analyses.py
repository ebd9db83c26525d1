"""The analyses of one server: a folder for each, a queue, and child processes that do the work.

A folder holds ``status.json``, the upload until it is no longer needed, and in ``report`` what was found. It goes when
its analysis is deleted, and never before.
"""

import asyncio
import json
import logging
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock, Timeout
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from formcheck.app.results import POSES, SampleTable, write_results
from formcheck.atomic import atomic_path, output_error
from formcheck.body.pose import Pose
from formcheck.engine.report import Report
from formcheck.errors import FormcheckError, UserError
from formcheck.estimators.models import model_path
from formcheck.exercise.spec import Exercise
from formcheck.storage.recordings import save_poses
from formcheck.web.child import Task
from formcheck.web.schemas import ID, Analysis, Kind, Status
from formcheck.web.settings import Settings

ARRIVING: Final = ".upload-"
LOCK: Final = ".lock"
STATUS: Final = "status.json"
UPLOAD: Final = "upload"
REPORT: Final = "report"
LIVE_NAME: Final = "live set"

CHILD: Final = (sys.executable, "-P", "-m", "formcheck.web.child")
"""-P: a file in the folder where the server was started must not pass for a library."""
INTERRUPTED: Final = "formcheck was stopped before this was analysed; send it again."
BROKE: Final = "The analysis broke off unexpectedly; send a shorter film, or one with smaller pictures."
_UNFINISHED: Final = ("queued", "running")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be analysed: a film or a recording of poses, for which exercise, and compared with whom."""

    kind: Literal["film", "poses"]
    name: str
    exercise: Exercise
    exercise_name: str
    profile: str | None = None
    start_s: float | None = None
    end_s: float | None = None


class Analyses:
    """Takes films in, has them analysed one after the other, and keeps the reports.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data_dir
        self._lock = FileLock(self._folder / LOCK, timeout=0, thread_local=False)
        self._known: dict[str, Analysis] = {}  # copied before it is gone through: live sets are added by other threads
        self._tasks: dict[str, Task] = {}
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._arriving = 0

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Take up what is on the disk, and work off the queue within the block; at its end every child is stopped.

        Raises
        ------
        OutputError, UserError
            As `prepare`.
        """
        self._load()
        workers = [asyncio.create_task(self._work()) for _ in range(self._settings.workers)]
        try:
            yield
        finally:
            for task in (*workers, *self._jobs.values()):
                task.cancel()
            await asyncio.gather(*workers, *self._jobs.values(), return_exceptions=True)
            self._interrupt_unfinished()
            self._lock.release()

    # -- what there is ------------------------------------------------------------------------------------------------

    def newest_first(self) -> list[Analysis]:
        """Return all analyses and live sets."""
        return sorted(self._known.values(), key=lambda analysis: analysis.created, reverse=True)

    def get(self, name: str) -> Analysis:
        """Return one analysis.

        Raises
        ------
        HTTPException
            404 if there is none.
        """
        if name not in self._known:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such analysis; it may have been deleted.")
        return self._known[name]

    def files(self, name: str) -> Mapping[str, Path]:
        """Return the files of a finished report by name.

        Raises
        ------
        HTTPException
            404 if there is no such analysis, 409 if it has no report.
        """
        analysis = self.get(name)
        if analysis.status != "done":
            raise HTTPException(HTTPStatus.CONFLICT, analysis.text or "The report is not ready yet; ask again.")
        return {path.name: path for path in (self._folder / name / REPORT).iterdir() if path.is_file()}

    def count(self, status: Status) -> int:
        """Return how many analyses have one status."""
        return sum(analysis.status == status for analysis in tuple(self._known.values()))

    @property
    def waiting(self) -> int:
        """Uploads that wait or arrive."""
        return len(self._tasks) + self._arriving

    @property
    def full(self) -> bool:
        """Whether no further upload is taken now."""
        return self.waiting >= self._settings.queue_length

    # -- what comes and goes ------------------------------------------------------------------------------------------

    @contextmanager
    def place(self) -> Iterator[Path]:
        """Keep a place in the queue, and give a folder for the upload; what is not added by the end is removed.

        Raises
        ------
        HTTPException
            503 if there is no place.
        OutputError
            If the folder cannot be made.
        """
        if self.full:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{self.waiting} films are waiting already; send this one in a few minutes.",
                {"Retry-After": "60"},
            )
        folder = self._new_folder()
        self._arriving += 1
        try:
            yield folder
        finally:
            self._arriving -= 1
            shutil.rmtree(folder, ignore_errors=True)  # gone already where it was added

    def add(self, folder: Path, order: Order) -> Analysis:
        """Queue what was uploaded into `folder` / ``upload``.

        Raises
        ------
        ModelError
            If the pose model is not there.
        OutputError
            If that cannot be written down.
        """
        model = model_path(self._settings.model)
        analysis = self._described(order.kind, "queued", order.exercise.id, order.exercise_name, order.name)
        self._settle(folder, analysis)
        self._tasks[analysis.id] = self._task(analysis.id, order, model)
        self._queue.put_nowait(analysis.id)
        return analysis

    def keep_live(
        self,
        report: Report,
        exercise: Exercise,
        samples: SampleTable,
        poses: Iterable[Pose],
        *,
        name: str | None = None,
    ) -> str:
        """Keep what a live set found, and return its id. May be called in any thread.

        A `name` is its id, and what was kept of a live set under it is replaced; one that a film has is not taken.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        analysis = self._described("live", "done", exercise.id, exercise.name, LIVE_NAME)
        if name is not None and (name not in self._known or self._known[name].kind == "live"):
            analysis = analysis.model_copy(update={"id": name})
        folder = self._new_folder()
        try:
            results = folder / REPORT
            results.mkdir()
            facts = {
                "film": LIVE_NAME,
                "exercise": exercise.id,
                "quality": asdict(report.quality),
                "versions": dict(report.versions),
            }
            save_poses(results / POSES, poses, facts=facts)
            write_results(results, report, exercise, samples, source_name=LIVE_NAME, stills={}, film=None)
            self._settle(folder, analysis.model_copy(update={"text": report.summary}))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return analysis.id

    async def delete(self, name: str) -> None:
        """Remove an analysis with all its files, whatever state it is in.

        Raises
        ------
        HTTPException
            404 if there is none.
        """
        self.get(name)
        self._tasks.pop(name, None)
        if job := self._jobs.get(name):
            job.cancel()
            await asyncio.wait([job])
        self._known.pop(name, None)
        await asyncio.to_thread(shutil.rmtree, self._folder / name, ignore_errors=True)

    # -- the folder ---------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make the folder that holds everything, for nobody else to read, and claim it until the work ends.

        Raises
        ------
        OutputError
            If that fails.
        UserError
            If another server works in it: this one would take that one's films for left over, and delete them.
        """
        self._make_folder()
        if self._lock.is_locked:
            return
        try:
            self._lock.acquire()
        except Timeout:
            raise UserError(
                f"Another formcheck serve keeps its analyses in {self._folder}; end it, or name another folder with "
                "--data."
            ) from None
        except OSError as error:
            raise output_error(self._folder, error) from error

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise output_error(self._folder, error) from error

    def _load(self) -> None:
        self.prepare()
        for unfinished in self._folder.glob(f"{ARRIVING}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        for status in self._folder.glob(f"*/{STATUS}"):
            if re.fullmatch(ID, status.parent.name):
                self._load_one(status)
        self._interrupt_unfinished()

    def _load_one(self, status: Path) -> None:
        try:
            analysis = Analysis.model_validate_json(status.read_bytes())
        except (OSError, ValidationError) as error:
            logger.warning("%s cannot be read and is left out (%s); delete its folder.", status, type(error).__name__)
            return
        if analysis.id == status.parent.name:
            self._known[analysis.id] = analysis

    def _interrupt_unfinished(self) -> None:
        self._tasks.clear()
        for analysis in self.newest_first():
            if analysis.status in _UNFINISHED:
                self._remove_work(analysis.id)
                self._note(analysis, status="interrupted", text=INTERRUPTED)

    def _remove_work(self, name: str) -> None:
        """Remove everything of an analysis but what is known about it."""
        for path in (self._folder / name).iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)

    def _new_folder(self) -> Path:
        self._make_folder()
        try:
            return Path(tempfile.mkdtemp(prefix=ARRIVING, dir=self._folder))
        except OSError as error:
            raise output_error(self._folder, error) from error

    def _settle(self, folder: Path, analysis: Analysis) -> None:
        """Give a folder its final name, so that it appears whole; one that has the name makes way."""
        self._write(folder, analysis)
        place, before = self._folder / analysis.id, folder.with_name(f"{folder.name}-before")
        try:
            if analysis.id in self._known:
                place.rename(before)
            folder.rename(place)
        except OSError as error:
            raise output_error(place, error) from error
        self._known[analysis.id] = analysis
        shutil.rmtree(before, ignore_errors=True)

    def _note(self, analysis: Analysis, **changes: Any) -> Analysis:
        """Write down what has changed about an analysis."""
        changed = analysis.model_copy(update=changes)
        self._known[analysis.id] = changed
        self._write(self._folder / analysis.id, changed)
        return changed

    @staticmethod
    def _write(folder: Path, analysis: Analysis) -> None:
        text = analysis.model_dump_json(exclude={"url", "report"}, indent=2)
        with atomic_path(folder / STATUS) as path:
            path.write_text(text, encoding="utf-8")

    @staticmethod
    def _described(kind: Kind, status: Status, exercise: str, exercise_name: str, name: str) -> Analysis:
        return Analysis(
            id=secrets.token_urlsafe(16),
            kind=kind,
            status=status,
            exercise=exercise,
            exercise_name=exercise_name,
            name=name,
            created=datetime.now(UTC),
        )

    # -- the work -----------------------------------------------------------------------------------------------------

    def _task(self, name: str, order: Order, model: Path) -> Task:
        settings, folder = self._settings, (self._folder / name).resolve()
        return Task(
            kind=order.kind,
            source=folder / UPLOAD / order.name,
            out=folder / REPORT,
            model=model.resolve(),
            exercise=order.exercise.id,
            exercises=settings.exercises.resolve() if settings.exercises else None,
            profile=order.profile,
            profiles=settings.profiles.resolve(),
            start_s=order.start_s,
            end_s=order.end_s,
            max_film_s=settings.max_film_s,
            memory_mb=settings.analysis_memory_mb,
            cpu_s=int(2 * settings.analysis_s) + 1,
        )

    async def _work(self) -> None:
        """Work off the queue, for ever. An analysis is a task of its own, as deleting it must not end the worker."""
        while True:
            name = await self._queue.get()
            if name in self._tasks:
                job = self._jobs[name] = asyncio.create_task(self._analyse(name, self._tasks.pop(name)))
                await asyncio.wait([job])
                del self._jobs[name]
                if not job.cancelled() and (error := job.exception()):
                    self._give_up(name, error)

    async def _analyse(self, name: str, task: Task) -> None:
        self._note(self._known[name], status="running")
        outcome = await self._outcome(name, task)
        await asyncio.to_thread(shutil.rmtree, self._folder / name / UPLOAD, ignore_errors=True)
        self._note(self._known[name], **outcome)

    def _give_up(self, name: str, error: BaseException) -> None:
        """Call an analysis failed that could not even be written down as such."""
        logger.error("An analysis could not be brought to its end.", exc_info=error)
        text = str(error) if isinstance(error, FormcheckError) else BROKE
        self._known[name] = self._known[name].model_copy(update={"status": "failed", "text": text})

    async def _outcome(self, name: str, task: Task) -> dict[str, Any]:
        """Have a child do a task; return how it went, as fields of an `Analysis`."""
        try:
            async with asyncio.timeout(self._settings.analysis_s):
                last = await self._last_words(name, task)
        except TimeoutError:
            minutes = self._settings.analysis_s / 60.0
            return {"status": "failed", "text": f"It took longer than {minutes:.3g} minutes; send a shorter film."}
        if "summary" in last:
            return {"status": "done", "text": last["summary"]}
        return {"status": "failed", "text": last.get("failed", BROKE)}

    async def _last_words(self, name: str, task: Task) -> dict[str, Any]:
        """Run a child to its end, note its progress, and return the last thing it said; nothing where it broke off."""
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*CHILD, stdin=pipe, stdout=pipe)
        assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 - as asked for above
        try:
            child.stdin.write(task.model_dump_json().encode() + b"\n")  # left open: its end tells the child to stop
            last: dict[str, Any] = {}
            async for line in child.stdout:
                last = _message(line)
                if "done" in last:
                    self._known[name] = self._known[name].model_copy(update=last)
            return last if await child.wait() == 0 else {}
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
            child.stdin.close()


def _message(line: bytes) -> dict[str, Any]:
    """Return what a child said; nothing for a line that broke off with it."""
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        return {}
    return said
