"""Uploads, the queue and the folder of analyses; the work itself is done by small stand-ins for the child."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from tests.server import TestClient, served, settings_in, wait_for
from tests.stick import deadlift, film

from formcheck.app.results import SampleTable
from formcheck.engine.session import Session
from formcheck.errors import UserError
from formcheck.exercise.load import load_exercise
from formcheck.storage.recordings import load_poses
from formcheck.web import analyses
from formcheck.web.analyses import INTERRUPTED, LOCK, Analyses
from formcheck.web.settings import Settings
from formcheck.web.uploads import receive_upload, safe_name

FILM = {"film": ("monday.mp4", b"pictures", "video/mp4")}
DEADLIFT = {"exercise": "deadlift"}

QUICK = """
import json, pathlib, sys
task = json.loads(sys.stdin.readline())
assert pathlib.Path(task["source"]).read_bytes() == b"pictures"
out = pathlib.Path(task["out"])
out.mkdir()
for name in ("report.html", "report.json", "reps.csv"):
    (out / name).write_text("{}")
print(json.dumps({"done": 10, "total": 10}), flush=True)
print(json.dumps({"summary": "2 reps. Hips lead well."}), flush=True)
"""
SLOW = """
import os, pathlib, sys
task = sys.stdin.readline()
print('{"done": %d, "total": 99999999}' % os.getpid(), flush=True)
sys.stdin.read()
"""
BREAKS = """
import sys
sys.stdin.readline()
print('{"summary": "half a"}', flush=True)
raise SystemExit(3)
"""
STUTTERS = """
import sys
sys.stdin.readline()
print('{"summary": "ha', end="", flush=True)
"""


@pytest.fixture(autouse=True)
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that passes for the model: the stand-ins do not look at it."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "pose_landmarker_full.task").write_bytes(b"model")
    monkeypatch.setenv("FORMCHECK_MODEL_DIR", str(tmp_path / "models"))


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Any:
    def use(script: str) -> None:
        monkeypatch.setattr(analyses, "CHILD", (sys.executable, "-c", script))

    use(QUICK)
    return use


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path, workers=1, queue_length=2, max_upload_mb=0.01)


@pytest.fixture
def client(settings: Settings, child: Any) -> Iterator[TestClient]:
    with served(settings) as client:
        yield client


def send(client: TestClient, **fields: str) -> dict[str, Any]:
    answer = client.post("/v1/analyses", files=FILM, data={**DEADLIFT, **fields})
    assert answer.status_code == 202, answer.text
    sent: dict[str, Any] = answer.json()
    assert answer.headers["location"] == sent["url"] == f"/v1/analyses/{sent['id']}"
    return sent


def kept(settings: Settings) -> list[str]:
    """Return the names of everything in the server's folder but what claims it."""
    return sorted(path.name for path in settings.data_dir.iterdir() if path.name != LOCK)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# -- from upload to report ---------------------------------------------------------------------------------------------


def test_a_film_is_analysed_and_its_upload_deleted(client: TestClient, settings: Settings) -> None:
    sent = send(client)
    assert (sent["status"], sent["name"], sent["kind"]) == ("queued", "monday.mp4", "film")
    done = wait_for(client, sent["url"], "done")
    assert (done["done"], done["total"], done["text"]) == (10, 10, "2 reps. Hips lead well.")
    assert done["report"] == f"{sent['url']}/report"
    folder = settings.data_dir / sent["id"]
    assert sorted(path.name for path in folder.iterdir()) == ["report", "status.json"]
    assert kept(settings) == [sent["id"]]


def test_the_report_stands_beside_its_files(client: TestClient) -> None:
    url = send(client)["url"]
    wait_for(client, url, "done")
    page = client.get(f"{url}/report")
    assert page.url.path == f"{url}/files/report.html"
    assert page.headers["content-security-policy"].startswith("sandbox ")
    assert client.get(f"{url}/report.json").json() == {}
    table = client.get(f"{url}/files/reps.csv")
    assert table.headers["content-disposition"].startswith("attachment")
    assert table.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    ["../status.json", "..%2Fstatus.json", "%2e%2e%2fstatus.json", "..\\status.json", "none.csv", "%00"],
)
def test_only_files_of_the_report_are_given(client: TestClient, name: str) -> None:
    url = send(client)["url"]
    wait_for(client, url, "done")
    answer = client.get(f"{url}/files/{name}")
    assert answer.status_code == 404
    assert "monday" not in answer.text


def test_the_newest_comes_first(client: TestClient) -> None:
    first, second = send(client), send(client, language="de")
    listed = client.get("/v1/analyses").json()
    assert [entry["id"] for entry in listed] == [second["id"], first["id"]]
    assert [entry["exercise_name"] for entry in listed] == ["Kreuzheben", "Deadlift"]


def test_a_report_that_is_not_ready_is_said(client: TestClient, child: Any) -> None:
    child(SLOW)
    sent = send(client)
    assert client.get(f"{sent['url']}/report").status_code == 409
    assert client.get(f"{sent['url']}/files/report.html").status_code == 409
    assert client.get("/v1/analyses/none/report").status_code == 404


def test_ids_cannot_be_guessed(client: TestClient) -> None:
    first, second = send(client)["id"], send(client)["id"]
    assert len(first) == len(second) == 22
    assert first != second


# -- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [BREAKS, STUTTERS])
def test_a_child_that_breaks_off_is_a_failed_analysis(
    client: TestClient, child: Any, settings: Settings, script: str
) -> None:
    child(script)
    failed = wait_for(client, send(client)["url"], "failed")
    assert failed["text"] == analyses.BROKE
    assert not (settings.data_dir / failed["id"] / "upload").exists()


def test_what_cannot_be_written_down_is_a_failed_analysis_and_the_worker_goes_on(
    client: TestClient, child: Any, settings: Settings
) -> None:
    child(SLOW)
    blocked = send(client)
    wait_for(client, blocked["url"], "running")
    waiting = send(client)
    (settings.data_dir / waiting["id"] / "status.json").unlink()
    (settings.data_dir / waiting["id"] / "status.json").mkdir()
    child(QUICK)
    client.delete(blocked["url"])
    assert "it exists and is no ordinary file" in wait_for(client, waiting["url"], "failed")["text"]
    wait_for(client, send(client)["url"], "done")


def test_an_analysis_that_takes_too_long_is_stopped(tmp_path: Path, child: Any) -> None:
    child(SLOW)
    with served(settings_in(tmp_path, analysis_s=1.0)) as client:
        failed = wait_for(client, send(client)["url"], "failed")
        assert "longer than 0.0167 minutes" in failed["text"]
        assert not alive(failed["done"])


def test_a_running_analysis_that_is_deleted_is_stopped_and_leaves_nothing(
    client: TestClient, child: Any, settings: Settings
) -> None:
    child(SLOW)
    running = send(client)
    while (pid := client.get(running["url"]).json()["done"]) == 0:
        pass
    assert alive(pid)
    waiting = send(client)
    for one in (running, waiting):
        assert client.delete(one["url"]).status_code == 204
        assert client.get(one["url"]).status_code == 404
        assert client.delete(one["url"]).status_code == 404
    assert not alive(pid)
    assert kept(settings) == []
    child(QUICK)
    wait_for(client, send(client)["url"], "done")  # the worker goes on


def test_a_full_queue_refuses_and_says_when_to_come_back(client: TestClient, child: Any, settings: Settings) -> None:
    child(SLOW)
    wait_for(client, send(client)["url"], "running")
    send(client)
    send(client)
    answer = client.post("/v1/analyses", files=FILM, data=DEADLIFT)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert answer.json()["detail"] == "2 films are waiting already; send this one in a few minutes."
    assert client.get("/readyz").status_code == 503
    assert len(kept(settings)) == 3


@pytest.mark.parametrize(
    ("files", "fields", "status", "sentence"),
    [
        (FILM, {}, 422, "exercise: Field required."),
        (FILM, {"exercise": "dedlift"}, 422, "There is no exercise of that name (did you mean 'deadlift'?)."),
        (FILM, {"exercise": "/etc/passwd.toml"}, 422, "There is no exercise of that name."),
        (FILM, {**DEADLIFT, "profile": "nobody"}, 422, "There is no profile of that name"),
        (FILM, {**DEADLIFT, "profile": "../x"}, 422, "There is no profile of that name"),
        (FILM, {**DEADLIFT, "start": "soon"}, 422, "start: Input should be a valid number"),
        (FILM, {**DEADLIFT, "start": "nan"}, 422, "start: Input should be a finite number."),
        (FILM, {**DEADLIFT, "start": "5", "end": "3"}, 422, "the end must come after the start."),
        (FILM, {**DEADLIFT, "language": "xx"}, 422, "There is no language 'xx'"),
        (FILM, {**DEADLIFT, "speed": "2"}, 422, "speed: Extra inputs are not permitted."),
        (FILM, {**DEADLIFT, "profile": "x" * 2000}, 400, "A field of the form is longer than 1000 bytes"),
        (FILM, {f"f{n}": "x" for n in range(30)}, 400, "The form has more than 16 fields"),
        ({"movie": ("a.mp4", b"x")}, DEADLIFT, 422, 'Send one film as "film"'),
        ({**FILM, "poses": ("a.parquet", b"x")}, DEADLIFT, 400, "The form holds two files"),
        ({"film": ("a.mp4", b"x" * 20000)}, DEADLIFT, 413, "The film is too large: at most 0.01 MB are taken"),
    ],
)
def test_a_form_that_is_wrong_is_one_sentence_and_leaves_nothing(
    client: TestClient, settings: Settings, files: Any, fields: dict[str, str], status: int, sentence: str
) -> None:
    answer = client.post("/v1/analyses", files=files, data=fields)
    assert answer.status_code == status
    assert answer.json()["detail"].startswith(sentence)
    assert kept(settings) == []
    assert client.get("/readyz").json()["waiting"] == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data", 415),
        (b"", "multipart/form-data; boundary=" + "x" * 80, 415),
        (b"nonsense", "multipart/form-data; boundary=x", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="film"; filename="a"\r\n\r\nhal',
            "multipart/form-data; boundary=x",
            400,
        ),
        (b"--x\r\n" + b"A: b\r\n" * 50, "multipart/form-data; boundary=x", 400),
        (b"--x\r\nA: " + b"b" * 9000, "multipart/form-data; boundary=x", 400),
    ],
)
def test_a_damaged_form_is_refused(
    client: TestClient, settings: Settings, caplog: pytest.LogCaptureFixture, body: bytes, kind: str, status: int
) -> None:
    answer = client.post("/v1/analyses", content=body, headers={"content-type": kind})
    assert not [record for record in caplog.records if record.name.startswith("python_multipart")]
    assert answer.status_code == status, answer.text
    assert kept(settings) == []


def test_an_upload_of_unknown_length_is_counted_as_it_comes(client: TestClient, settings: Settings) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="film"; filename="a.mp4"\r\n\r\n'
        for _ in range(1000):
            sent += 1
            yield b"x" * 1000

    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/v1/analyses", content=endless(), headers=kind).status_code == 413
    assert kept(settings) == []


def upload(folder: Path, settings: Settings, *messages: dict[str, Any], length: int | None = None) -> Path | None:
    """Receive an upload in these pieces; where they end, the client is silent."""
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        for message in waiting:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    headers += [] if length is None else [(b"content-length", str(length).encode())]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    return asyncio.run(receive_upload(request, folder, settings)).path


HEAD = b'--x\r\nContent-Disposition: form-data; name="film"; filename="../a.mp4"\r\n\r\n'


def piece(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_an_upload_in_pieces_is_put_together(tmp_path: Path) -> None:
    body = HEAD + b"pictures\r\n-" * 3 + b"\r\n--x--\r\n"
    pieces = [piece(body[at : at + 1]) for at in range(len(body))]
    path = upload(tmp_path, settings_in(tmp_path), *pieces, piece(b"", more=False))
    assert path == tmp_path / "a.mp4"
    assert path.read_bytes() == b"pictures\r\n-" * 3


def test_a_client_that_falls_silent_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(HTTPException) as refused:
        upload(tmp_path, settings_in(tmp_path, upload_pause_s=0.05), piece(HEAD), piece(b"pictures"))
    assert refused.value.status_code == 408


def test_an_announced_length_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(HTTPException) as refused:
        upload(tmp_path, settings_in(tmp_path), length=2**31)
    assert refused.value.status_code == 413


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("monday.mp4", "monday.mp4"),
        ("C:\\films\\Übung (2).mov", "Übung (2).mov"),
        ("../../etc/passwd", "passwd"),
        ("...", "upload"),
        ("", "upload"),
        ("a\x00b\n<c>.mp4", "a_b__c_.mp4"),
        ("x" * 300 + ".mp4", "x" * 76 + ".mp4"),
    ],
)
def test_a_clients_name_for_a_file_becomes_one_that_is_safe_here(given: str, name: str) -> None:
    assert safe_name(given) == name


# -- over restarts -----------------------------------------------------------------------------------------------------


def test_what_was_under_way_is_interrupted_and_what_was_done_stays(settings: Settings, child: Any) -> None:
    with served(settings) as client:
        done = send(client)
        wait_for(client, done["url"], "done")
        child(SLOW)
        running = send(client)
        wait_for(client, running["url"], "running")
        queued = send(client)
    assert not (settings.data_dir / running["id"] / "upload").exists()
    with served(settings) as client:
        assert client.get(done["url"]).json()["status"] == "done"
        assert client.get(f"{done['url']}/report.json").status_code == 200
        for one in (running, queued):
            assert client.get(one["url"]).json()["status"] == "interrupted"
            assert client.get(one["url"]).json()["text"] == INTERRUPTED
            assert client.get(f"{one['url']}/report").json()["detail"] == INTERRUPTED
            assert client.delete(one["url"]).status_code == 204


def test_a_server_that_was_killed_interrupts_when_it_starts_again(settings: Settings) -> None:
    name = "k" * 22
    folder = settings.data_dir / name
    (folder / "upload").mkdir(parents=True)
    (folder / "upload" / "film.mp4").write_bytes(b"pictures")
    (folder / ".report-half").mkdir()
    (settings.data_dir / ".upload-half").mkdir()
    (settings.data_dir / "somebody elses").mkdir()
    known = {"id": name, "kind": "film", "status": "running", "exercise": "deadlift", "exercise_name": "Deadlift"}
    (folder / "status.json").write_text(json.dumps({**known, "name": "a.mp4", "created": "2026-11-23T18:04:11Z"}))
    with served(settings) as client:
        (listed,) = client.get("/v1/analyses").json()
    assert (listed["status"], listed["text"]) == ("interrupted", INTERRUPTED)
    assert kept(settings) == [name, "somebody elses"]
    assert [path.name for path in folder.iterdir()] == ["status.json"]


def test_two_servers_do_not_share_a_folder(settings: Settings, child: Any) -> None:
    with served(settings) as client:
        child(SLOW)
        running = send(client)
        wait_for(client, running["url"], "running")
        with pytest.raises(UserError, match=r"Another formcheck serve .* name another folder with --data\."):
            Analyses(settings).prepare()
        assert client.get(running["url"]).json()["status"] == "running"
    Analyses(settings).prepare()  # the folder is free again


def test_a_damaged_status_is_said_and_left_alone(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    folder = settings.data_dir / ("d" * 22)
    folder.mkdir(parents=True)
    (folder / "status.json").write_text("{")
    with served(settings) as client:
        assert client.get("/v1/analyses").json() == []
    assert folder.is_dir()
    assert "status.json cannot be read" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="rights work differently there")
def test_nobody_else_may_look_into_the_folder(settings: Settings) -> None:
    Analyses(settings).prepare()
    assert settings.data_dir.stat().st_mode & 0o077 == 0


# -- live sets ---------------------------------------------------------------------------------------------------------


def test_a_set_that_is_sent_again_replaces_what_was_kept_of_it(client: TestClient) -> None:
    exercise = load_exercise("deadlift")
    store: Analyses = client.app.state.formcheck.analyses  # type: ignore[attr-defined]
    poses = list(film([deadlift(0.0)] * 30))
    for count in (10, 30):
        session = Session(exercise)
        for pose in poses[:count]:
            session.update(pose)
        name = store.keep_live(
            session.finish(), exercise, SampleTable(exercise.measures), poses[:count], name="set-of-a-morning"
        )
        assert name == "set-of-a-morning"
    kept = client.get("/v1/analyses").json()
    assert [analysis["id"] for analysis in kept] == [name]
    assert len(list(load_poses(store.files(name)["poses.parquet"]).poses())) == 30


def test_a_live_set_is_kept_like_an_analysis(client: TestClient) -> None:
    exercise = load_exercise("deadlift")
    samples = SampleTable(exercise.measures)
    session = Session(exercise, on_sample=samples.add)
    poses = list(film([deadlift(0.0)] * 30))
    for pose in poses:
        session.update(pose)
    store: Analyses = client.app.state.formcheck.analyses  # type: ignore[attr-defined]
    before = datetime.now(UTC)
    name = store.keep_live(session.finish(), exercise, samples, poses)
    kept = client.get(f"/v1/analyses/{name}").json()
    assert (kept["kind"], kept["status"], kept["exercise"]) == ("live", "done", "deadlift")
    assert before <= datetime.fromisoformat(kept["created"])
    assert "<html" in client.get(kept["report"]).text
    files = store.files(name)
    assert {"report.html", "report.json", "poses.parquet"} <= set(files)
    assert len(list(load_poses(files["poses.parquet"]).poses())) == 30


def test_a_set_kept_again_under_its_name_takes_the_place_of_the_one_before(client: TestClient) -> None:
    exercise, name = load_exercise("deadlift"), "a-set-of-this-morning1"
    store: Analyses = client.app.state.formcheck.analyses  # type: ignore[attr-defined]
    for count in (20, 30):
        samples = SampleTable(exercise.measures)
        session = Session(exercise, on_sample=samples.add)
        poses = list(film([deadlift(0.0)] * count))
        for pose in poses:
            session.update(pose)
        assert store.keep_live(session.finish(), exercise, samples, poses, name=name) == name
    assert [analysis["id"] for analysis in client.get("/v1/analyses").json()] == [name]
    assert len(list(load_poses(store.files(name)["poses.parquet"]).poses())) == 30
    assert [path.name for path in store.files(name)["report.json"].parents[2].iterdir() if path.is_dir()] == [name]
