"""Live sessions: poses or pictures come in over a WebSocket, what to show and say goes out; see docs/live-protocol.md.

All judging is done in the event loop, as a pose takes a tenth of a millisecond; pictures are looked at and reports
written in threads.
"""

import asyncio
import logging
import math
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from formcheck.app.analyse import versions_used
from formcheck.app.coach import Shown
from formcheck.app.results import tidy
from formcheck.app.surroundings import exercising
from formcheck.body.framing import Scene
from formcheck.body.pose import Pose
from formcheck.engine.report import Report
from formcheck.errors import ExerciseError, FormcheckError, OutputError, UserError
from formcheck.estimators import models
from formcheck.exercise.language import Language, load_language
from formcheck.exercise.spec import Exercise
from formcheck.web.frames import FramePool, FrameReader
from formcheck.web.protocol import (
    CLOSE_CODES,
    Command,
    FrameMessage,
    Plain,
    PoseMessage,
    RefusedError,
    Start,
    decode,
    encode_pose,
    error_text,
    json_text,
    parse_command,
    started_text,
    state_text,
)
from formcheck.web.remote_set import RemoteSet, Tape, anything_counted
from formcheck.web.state import State

PATH: Final = "/v1/live"
START_WITHIN_S: Final = 10.0
IDLE_S: Final = 60.0
PAUSED_S: Final = 900.0
"""How long a client may be silent: before it starts, during the set, and while the set is paused."""
FAREWELL_S: Final = 10.0
"""How long to try to tell a client why its session ends."""
LONGEST_S: Final = 2 * 3600.0
"""A set is finished after that, as if the client had asked for it."""
MOST_EVENTS: Final = 2000
"""A client that has so many to read does not read."""
LOOK_EVERY_S: Final = 1.0
"""How often the time until a client counts as silent is set anew."""
FLOOD_S: Final = 5.0
"""For how long more messages may come than are allowed. After a delay of twice that, all is through again."""
LAG_S: Final = 0.3
COARSE_S: Final = 0.1
COARSEST_S: Final = 0.5
"""A session that lags by so much is given a pose in 0.1 s, enough to follow a movement, for a third of the work. One
that lags by more is given fewer, yet never so few that they are taken for a gap."""
SILENCE_S: Final = 1.0
DRIFT: Final = 1e-3
"""Clocks run apart by less than this."""
NORMAL: Final = 1000
VERSIONS: Final = {"formcheck": version("formcheck")}

logger = logging.getLogger(__name__)


class LiveSessions:
    """The live sessions of one server.

    Parameters
    ----------
    state : State
    frames : FramePool, optional
        Who looks at pictures; made from the settings where left out.
    """

    def __init__(self, state: State, frames: FramePool | None = None) -> None:
        settings = state.settings
        self.state = state
        self.frames = frames or FramePool(lambda: models.model_path(settings.live_model), settings.frame_clients)
        self.writers = ThreadPoolExecutor(1, "formcheck-live-reports")
        self._open = 0
        self._kept_s: dict[str, float] = {}
        self._quiet = ExitStack()

    async def serve(self, socket: WebSocket) -> None:
        """Lead one client through one set."""
        await socket.accept()
        client = _Client(self, socket)
        most = self.state.settings.live_clients
        if self._open >= most:
            await client.turn_away(
                RefusedError("busy", f"This server leads {most} people at once and has them; try later.")
            )
            return
        if self._open == 0:
            self._keep_desk_quiet()
        self._open += 1
        self.state.metrics.live_sessions.inc()
        try:
            await client.run()
        finally:
            self._open -= 1
            self.state.metrics.live_sessions.dec()
            if self._open == 0:
                self._quiet.close()

    def _keep_desk_quiet(self) -> None:
        """Have the desk say nothing while anybody exercises."""
        try:
            self._quiet.enter_context(exercising())
        except OutputError as error:
            logger.warning("The desk is not told of this set, and may speak: %s", error)

    def close(self) -> None:
        """Wait for reports that are being written, and close all pose estimators."""
        self.writers.shutdown()
        self.frames.close()

    def prepare(self, start: Start) -> tuple[RemoteSet, str]:
        """Make what a start message asks for; return it with the answer.

        Raises
        ------
        RefusedError
            If there is no such exercise, language or profile.
        """
        state = self.state
        try:
            exercise = state.exercise(start.exercise)
        except ExerciseError as error:
            raise RefusedError("unknown_exercise", str(error)) from None
        try:
            language = load_language(start.language)
        except UserError as error:
            raise RefusedError("unknown_language", str(error)) from None
        try:
            comparison = state.comparison(start.profile, exercise)
        except UserError as error:
            raise RefusedError("unknown_profile", str(error)) from None
        tape = Tape(state.settings.data_dir)
        return RemoteSet(exercise, language, start, comparison, state.metrics, tape), _started(exercise, language)

    def keep(self, live_set: RemoteSet, *, pictures: bool, asked: bool) -> str | None:
        """End a set and keep its report; in a thread.

        Parameters
        ----------
        live_set : RemoteSet
            Is closed.
        pictures : bool
            Whether the poses were found here.
        asked : bool
            Whether the client waits for the report.

        Returns
        -------
        str or None
            The message that carries the report; None where nobody asked for it, and nothing was counted or as much of
            the set has been kept from another connection.
        """
        try:
            report, samples = live_set.finish(versions_used(self.frames.model()) if pictures else VERSIONS)
            name, lasted_s = live_set.name, math.inf if asked else live_set.lasted_s
            if not asked and (lasted_s <= self._kept_s.get(name or "", 0.0) or not anything_counted(report)):
                return None
            kept = self.state.analyses.keep_live(report, live_set.exercise, samples, live_set.poses(), name=name)
            if name:
                self._kept_s[name] = lasted_s
            return _reported(kept, report)
        finally:
            live_set.close()


def live_router(sessions: LiveSessions) -> APIRouter:
    """Return the route of live sessions."""
    router = APIRouter()
    router.add_api_websocket_route(PATH, sessions.serve)
    return router


class _Client:
    """One connection: takes what comes in, one message after the other."""

    def __init__(self, sessions: LiveSessions, socket: WebSocket) -> None:
        settings = sessions.state.settings
        self._sessions = sessions
        self._socket = socket
        self._outbox = Outbox()
        self._bucket = Bucket(settings.messages_per_s, settings.message_burst)
        self._pace = Pace()
        self._deadline = asyncio.timeout(START_WITHIN_S)
        self._look_at = 0.0
        self._stopped: RefusedError | None = None
        self._set: RemoteSet | None = None
        self._frames: FrameReader | None = None

    async def turn_away(self, error: RefusedError) -> None:
        """Say why there is no session."""
        self._outbox.refuse(error)
        await asyncio.wait_for(self._outbox.send_all(self._socket), FAREWELL_S)

    async def run(self) -> None:
        """Lead the set from its start message to its end, whichever that is."""
        sending = asyncio.create_task(self._outbox.send_all(self._socket))
        try:
            finished = await self._take_all()
            if finished:
                await self._report()
            elif self._set:
                self._keep(self._set, asked=False)
            if finished or self._stopped:
                await asyncio.wait({sending}, timeout=FAREWELL_S)
        except asyncio.CancelledError:  # the server is being stopped
            if self._set:
                self._keep(self._set, asked=False)
            raise
        finally:
            sending.cancel()
            if self._frames:
                self._frames.close()
            if self._set:
                self._set.close()

    # -- what comes in ------------------------------------------------------------------------------------------------

    async def _take_all(self) -> bool:
        """Take messages until the set is over; return whether it was finished, rather than left or stopped."""
        try:
            async with self._deadline:
                return await self._take_until_over()
        except RefusedError as error:
            self._stopped = error
        except TimeoutError:
            self._stopped = self._stopped or self._too_silent()
        self._outbox.refuse(self._stopped)
        return False

    async def _take_until_over(self) -> bool:
        now = asyncio.get_running_loop().time
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return False
            moment = now()
            if wait_s := self._bucket.wait_s(moment):
                await asyncio.sleep(wait_s)  # what comes after it waits on its way
            data = message.get("bytes")
            if data is not None:
                self._take_bytes(data)
                if self._pace.lags:
                    await asyncio.sleep(0)  # others, and the answer to this client, before what else has come
            elif not self._take_command(parse_command(message["text"])):
                return True
            if moment >= self._look_at:
                self._look_at = moment + LOOK_EVERY_S
                self._deadline.reschedule(moment + self._patience_s())
            if self._set and self._set.lasted_s > LONGEST_S:
                return True

    def _take_bytes(self, data: bytes) -> None:
        message = decode(data)
        if self._set is None:
            raise RefusedError("bad_message", "The first message must be start.")
        if isinstance(message, FrameMessage) != (self._frames is not None):
            raise RefusedError(
                "bad_message", "The start message announced the other kind of messages: poses or frames."
            )
        if isinstance(message, PoseMessage):
            if self._pace.skips(asyncio.get_running_loop().time(), message.pose.t):
                self._set.overtaken += 1
            else:
                self._judge(data, message)
        elif self._frames:
            self._frames.put(message)
            self._count_lost(self._frames)

    def _take_command(self, command: Command) -> bool:
        """Do what a command asks for; return whether the set goes on."""
        if isinstance(command, Start) != (self._set is None):
            raise RefusedError("bad_message", "The first message must be start, and no other may be.")
        if isinstance(command, Start):
            self._start(command)
        elif self._set:
            if isinstance(command, Plain) and command.type in ("finish", "ping"):
                return command.type == "ping"
            self._show(self._set.command(command))
        return True

    def _start(self, start: Start) -> None:
        self._set, started = self._sessions.prepare(start)
        if start.source == "frames":
            self._frames = self._sessions.frames.open(self._found, self._failed)
            self._outbox.drawn = True
        self._outbox.post(started)

    def _judge(self, data: bytes, message: PoseMessage) -> None:
        if self._set:
            events = self._set.take(data, message)
            if events is not None:
                self._show(events)

    def _show(self, events: list[str]) -> None:
        if self._set:
            self._outbox.show(self._set.seq, self._set.pose, self._set.shown(), events)
            if self._outbox.overfull:
                self._stop(RefusedError("too_slow", "What was sent has not been read for too long; read faster."))

    # -- pictures -----------------------------------------------------------------------------------------------------

    def _found(self, seq: int, pose: Pose, scene: Scene | None) -> None:
        """Judge a pose found here as if it had come in a message, so that what is kept gives the same report."""
        self._sessions.state.metrics.frames_decoded.inc()
        if self._frames:
            self._count_lost(self._frames)
        data = encode_pose(seq, pose, scene)
        message = decode(data)
        if isinstance(message, PoseMessage):
            self._judge(data, message)

    def _failed(self, error: FormcheckError) -> None:
        self._stop(RefusedError("broken", str(error)))

    def _count_lost(self, frames: FrameReader) -> None:
        if self._set:
            lost = frames.dropped + frames.bad
            self._sessions.state.metrics.frames_dropped.inc(lost - self._set.overtaken)
            self._set.overtaken = lost

    # -- the end ------------------------------------------------------------------------------------------------------

    def _stop(self, error: RefusedError) -> None:
        """End the session from outside of the loop that takes messages."""
        self._stopped = error
        self._deadline.reschedule(asyncio.get_running_loop().time())

    def _patience_s(self) -> float:
        return PAUSED_S if self._set and self._set.paused else IDLE_S

    def _too_silent(self) -> RefusedError:
        if self._set is None:
            return RefusedError("no_start", f"No start message came within {START_WITHIN_S:.0f} s; send it first.")
        return RefusedError(
            "idle", "Nothing came for so long that the set was ended; send ping while there is no pose."
        )

    def _keep(self, live_set: RemoteSet, *, asked: bool) -> "Future[str | None]":
        """Have the set kept in a thread, which goes on when this connection is torn down."""
        if self._frames:
            self._frames.close()
        self._set = None
        pictures = self._frames is not None
        keeping = self._sessions.writers.submit(self._sessions.keep, live_set, pictures=pictures, asked=asked)
        keeping.add_done_callback(_log_failure)
        return keeping

    async def _report(self) -> None:
        """Keep the set and send its report."""
        if self._set is None:
            return
        try:
            told = await asyncio.shield(asyncio.wrap_future(self._keep(self._set, asked=True)))
        except FormcheckError as error:
            self._outbox.refuse(RefusedError("broken", str(error)))
        else:
            self._outbox.post(told or "")
            self._outbox.close(NORMAL)


def _log_failure(keeping: "Future[str | None]") -> None:
    if error := keeping.exception():
        logger.error("A live set was not kept: %s", error)


class Outbox:
    """What one client is sent. It grows only by what has to arrive: of several states waiting the newest is sent.

    Attributes
    ----------
    drawn : bool
        Whether states carry the landmarks.
    """

    def __init__(self) -> None:
        self.drawn = False
        self._waiting: deque[str | _State] = deque()
        self._code: int | None = None
        self._wake = asyncio.Event()

    @property
    def overfull(self) -> bool:
        """Whether so many events wait that the client cannot be reading."""
        return bool(self._waiting) and isinstance(last := self._waiting[-1], _State) and len(last.events) > MOST_EVENTS

    def show(self, seq: int, pose: Pose, shown: Shown, events: list[str]) -> None:
        """Send a state; it takes the place of one that is still waiting, whose events it carries along."""
        if self._waiting and isinstance(last := self._waiting[-1], _State):
            events = last.events + events
            self._waiting.pop()
        self._waiting.append(_State(seq, pose, shown, events))
        self._wake.set()

    def post(self, text: str) -> None:
        """Send a message that has to arrive."""
        self._waiting.append(text)
        self._wake.set()

    def refuse(self, error: RefusedError) -> None:
        """Send why the session ends, and close."""
        self.post(error_text(error))
        self.close(CLOSE_CODES[error.code])

    def close(self, code: int) -> None:
        """Close the connection once everything has been sent."""
        self._code = code
        self._wake.set()

    async def send_all(self, socket: WebSocket) -> None:
        """Send what there is until the connection is closed, by either side."""
        try:
            while self._code is None or self._waiting:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await socket.send_text(self._text(self._waiting.popleft()))
            await socket.close(self._code)
        except WebSocketDisconnect:
            return  # who takes messages notices, too

    def _text(self, waiting: "str | _State") -> str:
        if isinstance(waiting, str):
            return waiting
        return state_text(waiting.seq, waiting.pose, waiting.shown, waiting.events, drawn=self.drawn)


@dataclass(slots=True)
class _State:
    seq: int
    pose: Pose
    shown: Shown
    events: list[str]


class Bucket:
    """Lets so many messages a second through, and some more at once; others wait.

    Who was held up on the way sends much at once, and is slowed down until all is through. Who goes on sending more
    is refused.
    """

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._burst = self._left = float(burst)
        self._at = -math.inf
        self._calm_at = -math.inf

    def wait_s(self, now: float) -> float:
        """Return how long a message that came at this moment has to wait; all in seconds.

        Raises
        ------
        RefusedError
            ``too_fast``, if messages have had to wait for too long.
        """
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s) - 1.0
        self._at = now
        if self._left > self._burst / 2:
            self._calm_at = now
        elif now - self._calm_at > FLOOD_S:
            raise RefusedError("too_fast", f"More than {self._per_s:.0f} messages a second came; send fewer.")
        return max(0.0, -self._left / self._per_s)


class Pace:
    """Leaves out poses while a session falls behind its client, so that what is shown stays near to what is done.

    Attributes
    ----------
    lags : bool
        Whether it does so now.
    """

    def __init__(self) -> None:
        self.lags = False
        self._usual_s = math.inf
        self._heard_at = -math.inf
        self._judged_t = -math.inf

    def skips(self, now: float, t: float) -> bool:
        """Whether to leave out the pose that the client saw at `t` by its clock, and that came at `now` by ours.

        How far the clocks are apart is not known: the pose that came through fastest tells. After a silence that is
        found out afresh, for the client's clock may have stood still.
        """
        apart_s, silent_s = now - t, now - self._heard_at
        self._heard_at = now
        self._usual_s = apart_s if silent_s > SILENCE_S else min(apart_s, self._usual_s + DRIFT * silent_s)
        lag_s = apart_s - self._usual_s
        self.lags = lag_s > LAG_S
        if self.lags and t - self._judged_t < min(COARSE_S * lag_s / LAG_S, COARSEST_S):
            return True
        self._judged_t = t
        return False


def _started(exercise: Exercise, language: Language) -> str:
    movement = exercise.movement
    return started_text(
        {
            "id": exercise.id,
            "name": language.exercise(exercise.id, exercise.name),
            "counts": movement.counts,
            "views": exercise.views,
            "filming": exercise.filming,
            "measure": movement.measure,
        }
    )


def _reported(name: str, report: Report) -> str:
    return json_text(
        {
            "type": "report",
            "id": name,
            "url": f"/v1/analyses/{name}/report",
            "summary": report.summary,
            "report": tidy(report.as_dict()),
        }
    )
