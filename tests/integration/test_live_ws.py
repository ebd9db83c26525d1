"""Live sessions with a real server, a real socket, and real pictures."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import cv2
import httpx
import pytest
from tests.live_client import start, wired
from tests.stick import eased, film, squat
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from formcheck.app.analyse import judge_recorded
from formcheck.errors import ModelError
from formcheck.estimators import models
from formcheck.exercise.load import load_exercise
from formcheck.shipped import shipped_file
from formcheck.storage.recordings import load_poses, save_poses
from formcheck.video.reader import FilmReader
from formcheck.web.protocol import encode_frame, encode_pose

SERVER = """
import socket, sys
from pathlib import Path
from formcheck.web.app import create_app, run
from formcheck.web.settings import Settings
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
settings = Settings(port=listener.getsockname()[1], data_dir=Path(sys.argv[1]), messages_per_s=500, message_burst=500)
run(create_app(settings), settings, listener)
"""
POSES = list(film([squat(d) for d in eased((1.0, 0.0), (1.0, 1.0), (0.3, 1.0), (1.0, 0.0), (1.0, 0.0))]))
"""One squat."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server in a process of its own: where it listens, and its folder."""
    folder = tmp_path_factory.mktemp("analyses")
    running = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stderr is not None
    with running:
        yield f"127.0.0.1:{running.stdout.readline().strip()}", folder
        running.terminate()
        running.wait(30)
        said = running.stderr.read()
    assert "Traceback" not in said, said


def opened(address: str) -> AbstractContextManager[ClientConnection]:
    line: AbstractContextManager[ClientConnection] = connect(
        f"ws://{address}/v1/live", compression=None, max_size=2**24
    )
    return line


def received(line: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line.recv(timeout=60))
    return found


def report_of(line: ClientConnection) -> dict[str, Any]:
    line.send('{"type":"finish"}')
    while (message := received(line))["type"] != "report":
        pass
    with pytest.raises(ConnectionClosed) as closed:
        line.recv(timeout=30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1000
    return message


def test_a_set_over_a_socket_is_kept_with_its_report(server: tuple[str, Path]) -> None:
    address, folder = server
    with opened(address) as line:
        line.send(json.dumps(start()))
        assert received(line)["type"] == "started"
        for data in wired(POSES):
            line.send(data)
        report = report_of(line)
    assert len(report["report"]["reps"]) == 1
    page = httpx.get(f"http://{address}{report['url']}", follow_redirects=True)
    assert page.status_code == 200
    assert "squat" in page.text.lower()
    recorded = load_poses(next(folder.glob(f"{report['id']}/**/poses.parquet")))
    again, _ = judge_recorded(recorded, load_exercise("squat"), None)
    assert [rep["score"] for rep in report["report"]["reps"]] == pytest.approx([rep.score for rep in again.reps])
    assert again.summary == report["summary"]


def test_the_client_of_the_description_works(
    server: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "live-protocol.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    assert "127.0.0.1:8000" in code
    save_poses(tmp_path / "poses.parquet", POSES)
    monkeypatch.chdir(tmp_path)
    exec(code.replace("127.0.0.1:8000", server[0]).replace('"deadlift"', '"squat"'), {})
    said = capsys.readouterr().out
    assert said.startswith("Squat\n")
    assert " count " in said
    assert " rep " in said


def test_a_set_whose_browser_was_closed_is_in_the_list(server: tuple[str, Path]) -> None:
    address, _ = server
    before = {analysis["id"] for analysis in listed(address)}
    with opened(address) as line:
        line.send(json.dumps(start()))
        for data in wired(POSES):
            line.send(data)
        while received(line).get("seq") != len(POSES):
            pass
        line.socket.shutdown(socket.SHUT_RDWR)
    for _ in range(200):
        if new := {analysis["id"] for analysis in listed(address)} - before:
            break
        time.sleep(0.05)
    assert len(new) == 1


def listed(address: str) -> list[dict[str, Any]]:
    found = httpx.get(f"http://{address}/v1/analyses").json()
    analyses: list[dict[str, Any]] = found if isinstance(found, list) else found["analyses"]
    return analyses


def test_a_flood_is_ended_and_others_go_on(server: tuple[str, Path]) -> None:
    address, _ = server
    with opened(address) as good, opened(address) as bad:
        for line in (good, bad):
            line.send(json.dumps(start()))
            assert received(line)["type"] == "started"
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(1_000_000):
                bad.send(b'{"type":"ping"}'.decode())
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        for seq, data in enumerate(wired(POSES[:60]), 1):
            good.send(data)
            assert received(good)["seq"] == seq


@pytest.mark.model
def test_pictures_of_a_film_give_the_count_that_is_in_it(server: tuple[str, Path]) -> None:
    try:
        models.model_path("lite")
    except ModelError as error:
        pytest.skip(str(error))
    address, _ = server
    counts: list[str] = []
    with opened(address) as line:
        line.send(json.dumps(start("deadlift", source="frames")))
        assert received(line)["type"] == "started"
        with FilmReader(shipped_file("samples", "deadlift_neutral.mp4")) as reader:
            for seq, frame in enumerate(reader, 1):
                height, width = frame.image.shape[:2]
                jpeg = cv2.imencode(".jpg", frame.image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
                line.send(encode_frame(seq, frame.t, (width, height), jpeg))
                state = received(line)
                assert state["seq"] == seq
                counts.append(state["count"])
        assert len(state["landmarks"]) == 33
        report = report_of(line)
    assert len(report["report"]["reps"]) == 3
    assert counts == sorted(counts)
    assert counts[-1] == "3"
    assert report["report"]["versions"]["pose model"] == "pose_landmarker_lite"


def test_a_set_in_a_room_without_anybody_is_no_error(server: tuple[str, Path]) -> None:
    address, _ = server
    with opened(address) as line:
        line.send(json.dumps(start()))
        for seq in range(1, 40):
            line.send(encode_pose(seq, POSES[0].nobody(seq / 30, (640, 480))))
        assert report_of(line)["report"]["quality"]["person_share"] == 0.0
