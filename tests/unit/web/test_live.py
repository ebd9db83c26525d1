"""Live sessions, spoken to without a network."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from tests.live_client import Line, connected, start, wired
from tests.stick import eased, film, squat

from formcheck.app.results import SampleTable
from formcheck.body.framing import Scene
from formcheck.body.pose import Pose
from formcheck.engine.report import Report
from formcheck.errors import EstimatorError, ModelError
from formcheck.exercise.load import load_exercise
from formcheck.exercise.spec import Exercise
from formcheck.frame import Frame
from formcheck.web import live
from formcheck.web.analyses import Analyses
from formcheck.web.frames import FramePool, decodable, jpeg_size
from formcheck.web.live import Bucket, LiveSessions, Pace, live_router
from formcheck.web.metrics import Metrics
from formcheck.web.protocol import FrameMessage, RefusedError, encode_frame, encode_pose
from formcheck.web.settings import CORES, Settings
from formcheck.web.state import State

REP = ((1.0, 0.0), (1.0, 1.0), (0.3, 1.0), (1.0, 0.0), (0.5, 0.0))
SET = [squat(depth) for depth in eased(*REP, *REP[1:], (1.0, 0.0))]
"""Two squats."""
POSES = list(film(SET))
WIRED = wired(POSES)
NAMED = "a-set-of-this-morning1"
FAST: dict[str, Any] = {"messages_per_s": 1e6, "message_burst": 10_000}
"""Tests send a whole set at once."""


class Store:
    """Keeps live sets where a test can see them."""

    def __init__(self) -> None:
        self.kept: list[tuple[Report, Exercise, int, list[Pose]]] = []

    def keep_live(
        self, report: Report, exercise: Exercise, samples: SampleTable, poses: Iterable[Pose], *, name: str | None
    ) -> str:
        self.kept.append((report, exercise, len(samples.t), list(poses)))
        return name or f"kept{len(self.kept)}"


class Seeing:
    """An estimator that finds the same body in every picture."""

    made: "list[Seeing]"

    def __init__(self, model: Path) -> None:
        self.model = model
        self.closed = False
        self.seen: list[float] = []
        self.made.append(self)

    def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
        self.seen.append(frame.t)
        height, width = frame.image.shape[:2]
        body = POSES[0]
        return (Pose(frame.t, body.xy_px * width / 1280, body.world_m, body.visibility, (width, height), body.torso),)

    def look(self, frame: Frame) -> tuple[Pose, ...]:
        return self.estimate_all(frame)

    def follow(self, people: int) -> None:
        return

    def close(self) -> None:
        self.closed = True


class Bench:
    """A server of live sessions and nothing else."""

    def __init__(self, folder: Path, estimator: type[Seeing] = Seeing, **settings: Any) -> None:
        names = ("squat", "deadlift", "plank")
        self.store = Store()
        self.metrics = Metrics()
        Seeing.made = []
        chosen = Settings(data_dir=folder, profiles=folder, **settings)
        exercises = {name: load_exercise(name) for name in names}
        state = State(chosen, exercises, cast(Analyses, self.store), self.metrics)
        pool = FramePool(lambda: Path("lite.task"), chosen.frame_clients, estimator)
        self.sessions = LiveSessions(state, pool)
        self.app = FastAPI()
        self.app.include_router(live_router(self.sessions))

    def figure(self, name: str) -> float:
        lines = self.metrics.text().decode().splitlines()
        return float(next(line.split()[-1] for line in lines if line.startswith(f"{name} ")))


Talk = Callable[[Bench], Awaitable[None]]


def hold(talk: Talk, folder: Path, estimator: type[Seeing] = Seeing, **settings: Any) -> Bench:
    """Let a test talk to a server, and shut it down."""

    async def all_of_it() -> Bench:
        bench = Bench(folder, estimator, **settings)
        try:
            await talk(bench)
        finally:
            await asyncio.to_thread(bench.sessions.close)
        return bench

    return asyncio.run(all_of_it())


def events_of(states: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [event for state in states for event in state["events"] if event["event"] == name]


# -- a whole set ------------------------------------------------------------------------------------------------------


def test_a_set_from_its_start_to_its_report(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start())
            started = await line.receive()
            assert started["type"] == "started"
            assert started["protocol"] == 1
            assert started["exercise"]["id"] == "squat"
            assert set(started["exercise"]) == {"id", "name", "counts", "views", "filming", "measure"}
            states = []
            for seq, data in enumerate(WIRED, 1):
                line.send(data)
                states += await line.until(seq)
            assert [state["seq"] for state in states] == list(range(1, len(WIRED) + 1))
            assert [event["count"] for event in events_of(states, "count")] == [1, 2]
            assert len(events_of(states, "rep")) == 2
            assert states[-1]["count"] == "2"
            told = events_of(states, "quality")
            assert len(told) == int(POSES[-1].t)
            assert all(event["fps"] == pytest.approx(30, abs=1) for event in told)
            assert all(event["person_share"] == 1.0 for event in told)
            line.send({"type": "finish"})
            *_, report = await line.rest()
            assert line.closed == 1000
            assert report["type"] == "report"
            assert report["url"] == "/v1/analyses/kept1/report"
            assert len(report["report"]["reps"]) == 2
            assert report["report"]["quality"]["frames"] == len(POSES)
            assert report["report"]["quality"]["fps"] == pytest.approx(30, abs=0.01)

    bench = hold(talk, tmp_path, **FAST)
    [(report, exercise, samples, poses)] = bench.store.kept
    assert exercise.id == "squat"
    assert len(report.reps) == 2
    assert samples == len(poses) == len(POSES)
    assert [pose.t for pose in poses] == [pose.t for pose in POSES]
    assert bench.figure("formcheck_poses_judged_total") == len(POSES)
    assert bench.figure("formcheck_live_sessions") == 0
    assert list(tmp_path.iterdir()) == []


def test_a_client_that_just_goes_leaves_its_set(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start())
            for data in WIRED:
                line.send(data)
            await line.receive()
            await line.until(len(WIRED))

    bench = hold(talk, tmp_path, **FAST)
    assert len(bench.store.kept[0][0].reps) == 2


@pytest.mark.parametrize(("late", "kept"), [(False, 2), (True, 1)])
def test_a_connection_that_broke_leaves_nothing_beside_the_whole_set(tmp_path: Path, late: bool, kept: int) -> None:
    async def led(line: Line, *, finish: bool) -> None:
        line.send(start(set=NAMED))
        await line.receive()
        for data in WIRED:
            line.send(data)
        await line.until(len(WIRED))
        if finish:
            line.send({"type": "finish"})
            assert (await line.rest())[-1]["id"] == NAMED

    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as broken:
            await led(broken, finish=False)
            if late:  # the server hears of the break after the set was sent again
                async with connected(bench.app) as whole:
                    await led(whole, finish=True)
        if not late:
            async with connected(bench.app) as whole:
                await led(whole, finish=True)

    assert len(hold(talk, tmp_path, **FAST).store.kept) == kept


def test_of_two_connections_that_broke_the_longer_set_is_kept(tmp_path: Path) -> None:
    async def led(line: Line, poses: int) -> None:
        line.send(start(set=NAMED))
        await line.receive()
        for data in WIRED[:poses]:
            line.send(data)
        await line.until(poses)

    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as stale:
            await led(stale, len(WIRED) * 2 // 3)
            async with connected(bench.app) as again:
                await led(again, len(WIRED))

    assert [len(kept[0].reps) for kept in hold(talk, tmp_path, **FAST).store.kept] == [2]


def test_a_set_with_nothing_in_it_is_kept_only_where_asked_for(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        for last in (None, {"type": "finish"}):
            async with connected(bench.app) as line:
                line.send(start())
                await line.receive()
                for data in WIRED[:20]:
                    line.send(data)
                await line.until(20)
                if last:
                    line.send(last)
                    assert (await line.rest())[-1]["report"]["reps"] == []

    assert len(hold(talk, tmp_path, **FAST).store.kept) == 1


def test_finishing_before_the_first_pose_gives_an_empty_report(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start())
            line.send({"type": "finish"})
            assert [message["type"] for message in await line.rest()] == ["started", "report"]
            assert line.closed == 1000

    hold(talk, tmp_path)


def test_what_is_set_up_is_not_part_of_the_set(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start(countdown_s=3))
            await line.receive()
            for data in WIRED[:10]:
                line.send(data)
            assert (await line.until(10))[-1]["stage"] in ("setup", "countdown")
            line.send({"type": "begin"})
            for data in WIRED[10:40]:
                line.send(data)
            assert (await line.until(40))[-1]["stage"] == "set"
            line.send({"type": "pause"})
            paused = await line.state()
            assert paused["stage"] == "paused"
            assert paused["seq"] == 40
            for data in WIRED[40:50]:
                line.send(data)
            await line.until(50)
            line.send({"type": "resume"})
            assert (await line.state())["stage"] == "set"
            line.send({"type": "camera", "state": "lost", "t": 1.65})
            lost = await line.state()
            assert [event["state"] for event in events_of([lost], "camera")] == ["lost"]
            assert lost["instruction"]
            line.send({"type": "camera", "state": "live", "t": 1.66})
            await line.state()
            for data in WIRED[50:60]:
                line.send(data)
            await line.until(60)
            line.send({"type": "mute", "rule": "SQ-01"})
            line.send({"type": "unmute", "rule": "SQ-01"})
            line.send({"type": "ping"})
            line.send({"type": "finish"})
            await line.rest()

    [(report, _, samples, poses)] = hold(talk, tmp_path, **FAST).store.kept
    assert [pose.t for pose in poses] == [pose.t for pose in [*POSES[10:40], *POSES[50:60]]]
    assert samples == len(poses)
    assert report.quality.frames == len(poses)


def test_the_set_is_led_in_the_language_asked_for(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start("deadlift", language="de"))
            assert (await line.receive())["exercise"]["name"] == "Kreuzheben"
            line.send(WIRED[0])
            assert (await line.state())["title"] == "Kreuzheben"

    hold(talk, tmp_path)


def test_a_server_that_is_stopped_keeps_what_was_counted(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        line = Line()
        running = asyncio.create_task(line.run(bench.app))
        line.send(start())
        for data in WIRED:
            line.send(data)
        await line.receive()
        await line.until(len(WIRED))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    assert len(hold(talk, tmp_path, **FAST).store.kept[0][0].reps) == 2


# -- poses that are late ----------------------------------------------------------------------------------------------


def test_old_poses_are_dropped_and_counted(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start())
            await line.receive()
            for data in [*WIRED[:10], WIRED[3], WIRED[9], *WIRED[10:40]]:
                line.send(data)
            states = await line.until(40)
            assert [event["dropped"] for event in events_of(states, "quality")] == [2]
            line.send({"type": "finish"})
            report = (await line.rest())[-1]["report"]
            assert report["quality"]["dropped"] == 2
            assert report["quality"]["frames"] == 40

    hold(talk, tmp_path, **FAST)


def test_a_clock_that_jumps_far_costs_no_time_and_invents_nothing(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        for name in ("squat", "plank"):
            async with connected(bench.app) as line:
                line.send(start(name))
                await line.receive()
                for data in wired([*POSES[:60], Pose(9e5, *_parts(POSES[60])), Pose(9.1e5, *_parts(POSES[61]))]):
                    line.send(data)
                messages = await line.rest()  # a set lasts two hours at most
                assert line.closed == 1000
                assert messages[-1]["report"]["reps"] == messages[-1]["report"]["holds"] == []

    hold(talk, tmp_path, **FAST)


def _parts(pose: Pose) -> tuple[Any, ...]:
    return pose.xy_px, pose.world_m, pose.visibility, pose.size_px, pose.torso


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("messages", "code", "closed"),
    [
        ([start("no_such")], "unknown_exercise", 1008),
        ([start("../../etc/passwd")], "unknown_exercise", 1008),
        ([start(language="tlh")], "unknown_language", 1008),
        ([start(profile="nobody")], "unknown_profile", 1008),
        ([start(profile="../secret")], "unknown_profile", 1008),
        ([{"type": "finish"}], "bad_message", 1003),
        ([WIRED[0]], "bad_message", 1003),
        (["not JSON"], "bad_message", 1003),
        ([b""], "bad_message", 1003),
        ([start(), start()], "bad_message", 1003),
        ([start(), WIRED[0][:-1]], "bad_message", 1003),
        ([start(), encode_frame(1, 1.0, (640, 480), b"")], "bad_message", 1003),
        ([start(source="frames"), WIRED[0]], "bad_message", 1003),
        ([start(source="frames"), encode_frame(1, 1.0, (640, 480), bytes(600_000))], "too_large", 1009),
        ([start(), json.dumps({"type": "mute", "rule": "x" * 9000})], "too_large", 1009),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_and_ends_the_session(
    tmp_path: Path, messages: list[Any], code: str, closed: int
) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            for message in messages:
                line.send(message)
            *_, error = await line.rest()
            assert error["type"] == "error"
            assert error["code"] == code
            assert error["text"].endswith(".")
            assert "\n" not in error["text"]
            assert line.closed == closed

    assert hold(talk, tmp_path, messages_per_s=0.001).figure("formcheck_live_sessions") == 0


def test_one_client_too_many_is_turned_away(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as first, connected(bench.app) as second:
            for line in (first, second):
                line.send(start())
            await first.receive()
            error, *_ = await second.rest()
            assert error["code"] == "busy"
            assert second.closed == 1013
            first.send(WIRED[0])
            await first.state()
        async with connected(bench.app) as third:
            third.send(start())
            assert (await third.receive())["type"] == "started"

    hold(talk, tmp_path, live_clients=1)


def test_silence_ends_a_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "START_WITHIN_S", 0.05)
    monkeypatch.setattr(live, "IDLE_S", 0.05)
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.0)

    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            assert [message["code"] for message in await line.rest()] == ["no_start"]
            assert line.closed == 1008
        async with connected(bench.app) as line:
            line.send(start())
            for data in WIRED:
                line.send(data)
            *_, error = await line.rest()
            assert error["code"] == "idle"
            assert line.closed == 1008
        async with connected(bench.app) as line:
            monkeypatch.setattr(live, "PAUSED_S", 60.0)
            line.send(start())
            line.send(WIRED[0])
            line.send({"type": "pause"})
            line.send({"type": "ping"})
            await line.receive()
            assert (await line.state())["stage"] == "paused"
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(line.receive(), 0.2)

    bench = hold(talk, tmp_path, **FAST)
    assert len(bench.store.kept) == 1  # what was counted until the silence


def test_a_flood_is_slowed_down_and_then_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FLOOD_S", 0.1)

    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as bad, connected(bench.app) as good:
            for line in (bad, good):
                line.send(start())
                await line.receive()
            for _ in range(1000):
                bad.send({"type": "ping"})
            good.send(WIRED[0])
            await good.state()
            [error] = await bad.rest()
            assert error["code"] == "too_fast"
            assert bad.closed == 1008
            good.send(WIRED[1])
            await good.state()

    hold(talk, tmp_path)


def through(bucket: Bucket, came: Iterable[float]) -> list[float]:
    """Return when messages get through."""
    now, at = 0.0, []
    for t in came:
        now = max(now, t)
        now += bucket.wait_s(now)
        at.append(now)
    return at


def test_a_steady_flow_never_waits() -> None:
    came = [i / 89 for i in range(10_000)]
    assert through(Bucket(90.0, 30), came) == came


def test_after_a_delay_on_the_way_everything_gets_through() -> None:
    """Poses of 9 s come at once, and others behind them: they are let through at 90 a second until all is well."""
    came = [10.0] * 270 + [10.0 + i / 30 for i in range(1, 600)]
    at = through(Bucket(90.0, 30), came)
    assert at[29] == 10.0
    assert at[30:270] == pytest.approx([10.0 + i / 90 for i in range(1, 241)])
    assert at[-1] == came[-1]


def test_who_goes_on_sending_too_much_is_refused() -> None:
    through(Bucket(90.0, 30), [0.0] * 450)
    for late in (0.0, 0.01):  # sleeping takes longer than it should
        bucket, now = Bucket(90.0, 30), 0.0
        with pytest.raises(RefusedError, match="More than 90 messages a second"):
            for _ in range(900):
                now += bucket.wait_s(now) + late
        assert 5.0 < now < 7.0


# -- a server that has too much to do ---------------------------------------------------------------------------------


def kept(arrivals: Iterable[tuple[float, float]]) -> list[float]:
    """Return the times of the poses that are judged; pairs are when a pose came and when it was seen."""
    pace = Pace()
    return [t for now, t in arrivals if not pace.skips(now, t)]


def test_poses_in_time_are_all_judged_whatever_the_clocks() -> None:
    times = [i / 30 for i in range(300)]
    rng = np.random.default_rng(1)
    for apart in (0.0, 1e5, -1e5):
        assert kept((t + apart + rng.uniform(0.0, 0.25), t) for t in times) == times
    drifting = [i / 30 for i in range(30 * 3600)]
    assert kept((1.0005 * t, t) for t in drifting) == drifting


def test_a_session_that_lags_is_judged_less_often() -> None:
    """Answers come 0.4 s late from the fourth second on, and 2 s late from the eleventh."""
    late = [0.0] * 90 + [0.4] * 180 + [1.2] * 30 + [2.0] * 300
    judged = kept((i / 30 + late_s, i / 30) for i, late_s in enumerate(late))
    assert judged[:90] == [i / 30 for i in range(90)]
    gaps = np.diff([t for t in judged if 3.0 < t < 9.0])
    assert gaps.min() >= 0.1
    assert gaps.max() < 0.17
    gaps = np.diff([t for t in judged if t > 11.0])
    assert gaps.min() >= 0.5 - 1e-9
    assert gaps.max() < 0.54


def test_what_was_held_up_on_the_way_is_judged_in_full() -> None:
    times = [i / 30 for i in range(300)]
    assert kept((max(t, 6.0) if t > 3.0 else t, t) for t in times) == times


def test_a_clock_that_stood_still_begins_afresh() -> None:
    arrivals = [(i / 30, i / 30) for i in range(90)] + [(63.0 + i / 30, 3.0 + i / 30) for i in range(90)]
    assert len(kept(arrivals)) == 180


# -- a client that does not read --------------------------------------------------------------------------------------


def test_states_that_wait_give_way_to_newer_ones_but_events_stay(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start())
            await line.receive()
            line.reading.clear()
            for data in WIRED:
                line.send(data)
            await asyncio.sleep(0)
            while bench.figure("formcheck_poses_judged_total") < len(WIRED) - 31:
                await asyncio.sleep(0.005)
            line.send({"type": "finish"})
            await asyncio.sleep(0.1)
            line.reading.set()
            *states, report = await line.rest()
            assert len(states) <= 3
            assert states[-1]["seq"] == len(WIRED)
            assert [event["count"] for event in events_of(states, "count")] == [1, 2]
            assert len(events_of(states, "rep")) == 2
            assert len(report["report"]["reps"]) == 2

    hold(talk, tmp_path, **FAST)


def test_who_never_reads_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_EVENTS", 5)

    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start())
            await line.receive()
            line.reading.clear()
            for data in WIRED:
                line.send(data)
            while not bench.store.kept:
                await asyncio.sleep(0.005)
            line.reading.set()
            *_, error = await line.rest()
            assert error["code"] == "too_slow"

    hold(talk, tmp_path, **FAST)


# -- noise ------------------------------------------------------------------------------------------------------------


def noise(rng: np.random.Generator) -> bytes | str | dict[str, Any]:
    """Return a message of any kind: random, damaged, out of order, or quite in order."""
    kind = rng.integers(8)
    if kind == 0:
        return rng.bytes(int(rng.integers(0, 3000)))
    if kind == 1:
        return rng.bytes(int(rng.integers(0, 200))).decode("latin-1")
    if kind == 2:
        damaged = bytearray(WIRED[int(rng.integers(len(WIRED)))])
        damaged[int(rng.integers(len(damaged)))] = int(rng.integers(256))
        return bytes(damaged)
    if kind == 3:
        words = ("begin", "pause", "resume", "ping", "stop", "finish")
        return {"type": str(rng.choice(words))}
    if kind == 4:
        states = ("live", "lost", "dark", "no")
        return {"type": "camera", "state": str(rng.choice(states)), "t": float(rng.uniform(-1, 20))}
    if kind == 5:
        wild = Pose(
            float(rng.uniform(0, 20)),
            rng.uniform(-6000, 6000, (33, 2)),
            rng.uniform(-100, 100, (33, 3)),
            rng.uniform(0, 1, 33),
            (1280, 720),
        )
        return encode_pose(1, wild, Scene(0.1, 0.2, 0.3, 0.4, 0.5, float(rng.uniform(0, 1)), 3))
    if kind == 6:
        point = Pose(float(rng.uniform(0, 20)), np.zeros((33, 2)), np.zeros((33, 3)), np.ones(33), (1, 1))
        return encode_pose(1, point)
    return WIRED[int(rng.integers(len(WIRED)))]


@pytest.mark.filterwarnings("error")
def test_ten_thousand_random_messages_leave_the_server_well_and_others_undisturbed(tmp_path: Path) -> None:
    rng = np.random.default_rng(20)

    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as good:
            good.send(start())
            await good.receive()
            sent = judged = 0
            while sent < 10_000:
                async with connected(bench.app) as bad:
                    bad.send(start(str(rng.choice(["squat", "deadlift", "plank"]))))
                    for _ in range(int(rng.integers(1, 40))):
                        bad.send(noise(rng))
                        sent += 1
                    if judged < len(WIRED) - 30:
                        good.send(WIRED[judged])
                        judged += 1
                        assert (await good.until(judged))[-1]["seq"] == judged
                    if rng.random() < 0.5:
                        bad.send(b"the end")
                        assert all(
                            message["type"] in ("started", "state", "report", "error") for message in await bad.rest()
                        )
            for data in WIRED[judged:]:
                good.send(data)
            await good.until(len(WIRED))
            good.send({"type": "finish"})
            assert len((await good.rest())[-1]["report"]["reps"]) == 2

    bench = hold(talk, tmp_path, **FAST)
    assert bench.figure("formcheck_live_sessions") == 0


# -- pictures ---------------------------------------------------------------------------------------------------------


def jpeg(width: int = 640, height: int = 480, *options: int) -> bytes:
    image = np.full((height, width, 3), 90, np.uint8)
    return bytes(cv2.imencode(".jpg", image, options)[1])


def pictures(count: int, fps: float = 30.0) -> list[bytes]:
    data = jpeg()
    return [encode_frame(seq, seq / fps, (640, 480), data) for seq in range(1, count + 1)]


def test_poses_are_found_in_pictures_and_sent_along(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start(source="frames"))
            await line.receive()
            for seq, data in enumerate(pictures(10), 1):
                line.send(data)
                [state] = await line.until(seq)
                assert len(state["landmarks"]) == 33
                assert state["landmarks"][0][0] == pytest.approx(POSES[0].xy_px[0, 0] / 2, abs=0.06)
                assert state["torso"]["side"] == POSES[0].torso.side  # type: ignore[union-attr]
            line.send({"type": "finish"})
            await line.rest()

    bench = hold(talk, tmp_path)
    assert [eye.closed for eye in Seeing.made] == [True]
    assert bench.figure("formcheck_frames_decoded_total") == 10
    assert [pose.t for pose in bench.store.kept[0][3]] == [seq / 30 for seq in range(1, 11)]


def test_newer_pictures_take_the_place_of_those_that_wait(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start(source="frames"))
            await line.receive()
            for data in pictures(100):
                line.send(data)
            states = await line.until(100)
            line.send({"type": "finish"})
            report = (await line.rest())[-1]["report"]
            assert report["quality"]["dropped"] == 100 - len(states) > 0
            assert report["quality"]["frames"] == len(states)

    bench = hold(talk, tmp_path, **FAST)
    assert sorted(Seeing.made[0].seen) == Seeing.made[0].seen
    assert bench.figure("formcheck_frames_dropped_total") + bench.figure("formcheck_frames_decoded_total") == 100


def test_bad_pictures_are_counted_and_no_more(tmp_path: Path) -> None:
    whole = jpeg()
    flawed = [b"", whole[:-300], whole[2:], b"\xff\xd8\xff\xd9", whole[:300] + b"\xff\xd9", jpeg(320, 240)]

    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start(source="frames"))
            await line.receive()
            for seq, data in enumerate(flawed, 1):
                line.send(encode_frame(seq, seq / 30, (640, 480), data))
                await asyncio.sleep(0.02)
            line.send(encode_frame(99, 1.0, (640, 480), whole))
            await line.until(99)
            line.send({"type": "finish"})
            assert (await line.rest())[-1]["report"]["quality"]["dropped"] == len(flawed)

    hold(talk, tmp_path)


def test_a_picture_that_is_too_large_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def message(data: bytes, width: int, height: int) -> FrameMessage:
        return FrameMessage(1, 1.0, (width, height), data)

    assert decodable(message(jpeg(1920, 1080), 1920, 1080))
    assert decodable(message(jpeg(1080, 1920), 1080, 1920))
    assert decodable(message(jpeg(640, 480, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), 640, 480))
    assert not decodable(message(jpeg(1921, 1080), 1921, 1080))
    assert not decodable(message(jpeg(1200, 1200), 1200, 1200))
    assert not decodable(message(jpeg(24, 480), 24, 480))
    bomb = bytearray(jpeg())
    at = bomb.index(b"\xff\xc0")
    bomb[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    assert jpeg_size(bytes(bomb)) == (65535, 65535)
    assert not decodable(message(bytes(bomb), 640, 480))
    assert not decodable(message(bytes(bomb), 65535, 65535))
    scans = jpeg()[:-2] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 5000 + b"\xff\xd9"
    assert not decodable(message(scans, 640, 480))


def test_sizes_are_read_from_the_header_of_a_picture() -> None:
    assert jpeg_size(jpeg(123, 45)) == (123, 45)
    assert jpeg_size(b"\x89PNG\r\n\x1a\n" + bytes(100)) is None
    assert jpeg_size(b"\xff\xd8" + b"\xff\xe0\x00\x00" * 10_000) is None
    rng = np.random.default_rng(3)
    for _ in range(300):
        jpeg_size(b"\xff\xd8\xff" + rng.bytes(200))


def test_no_more_pictures_are_looked_at_than_the_machine_can(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as first:
            first.send(start(source="frames"))
            await first.receive()
            async with connected(bench.app) as second:
                second.send(start(source="frames"))
                assert (await second.rest())[-1]["code"] == "busy"
                assert second.closed == 1013
            async with connected(bench.app) as third:  # poses of one's own are welcome
                third.send(start())
                assert (await third.receive())["type"] == "started"
        while len(bench.sessions.frames.readers):
            await asyncio.sleep(0.005)
        async with connected(bench.app) as fourth:
            fourth.send(start(source="frames"))
            assert (await fourth.receive())["type"] == "started"

    hold(talk, tmp_path, frame_clients=1)
    assert all(eye.closed for eye in Seeing.made)


class Missing(Seeing):
    def __init__(self, model: Path) -> None:
        raise ModelError("The lite pose model is not here; run `formcheck models pull lite` to fetch it.")


class Breaking(Seeing):
    def estimate_all(self, frame: Frame) -> tuple[Pose, ...]:
        if frame.t > 0.1:
            raise EstimatorError("The pose model broke down; start again.")
        return super().estimate_all(frame)


@pytest.mark.parametrize("estimator", [Missing, Breaking])
def test_a_pose_model_that_fails_ends_the_session_with_its_sentence(tmp_path: Path, estimator: type[Seeing]) -> None:
    async def talk(bench: Bench) -> None:
        async with connected(bench.app) as line:
            line.send(start(source="frames"))
            for data in pictures(5):
                line.send(data)
                await asyncio.sleep(0.01)
            *_, error = await line.rest()
            assert error["code"] == "broken"
            assert "pose model" in error["text"]
            assert line.closed == 1011

    hold(talk, tmp_path, estimator)
    assert all(eye.closed for eye in Seeing.made)


def test_estimators_are_closed_while_they_are_at_work(tmp_path: Path) -> None:
    async def talk(bench: Bench) -> None:
        for _ in range(20):
            async with connected(bench.app) as line:
                line.send(start(source="frames"))
                for data in pictures(3):
                    line.send(data)

    hold(talk, tmp_path)
    assert all(eye.closed for eye in Seeing.made)


def test_the_threads_are_as_many_as_the_cores() -> None:
    pool = FramePool(Path, 1, Seeing)
    assert pool.threads._max_workers == CORES
    pool.close()
