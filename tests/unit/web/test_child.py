"""The process that analyses one film: what it says, and when it ends."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from formcheck.shipped import shipped_file
from formcheck.web.analyses import CHILD
from formcheck.web.child import TOO_LARGE, Task

SAMPLE = shipped_file("samples", "plank_straight.mp4")


def task(tmp_path: Path, source: Path = SAMPLE, **changes: Any) -> Task:
    usual: dict[str, Any] = {
        "kind": "film",
        "source": source,
        "out": tmp_path / "report",
        "model": tmp_path / "none.task",
        "exercise": "plank",
        "exercises": None,
        "profile": None,
        "profiles": tmp_path,
        "start_s": None,
        "end_s": None,
        "max_film_s": 60.0,
        "memory_mb": 6144,
        "cpu_s": 600,
    }
    return Task(**{**usual, **changes})


def messages(given: Task) -> list[dict[str, Any]]:
    """Run a child to its end as the server does and return what it said."""
    with subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(given.model_dump_json() + "\n")
        child.stdin.flush()
        said = [json.loads(line) for line in child.stdout]
        assert child.wait() == 0
        return said


def test_what_is_no_film_is_said_by_its_name_alone(tmp_path: Path) -> None:
    film = tmp_path / "words.mp4"
    film.write_text("not a film")
    (said,) = messages(task(tmp_path, film))
    assert said["failed"].startswith("words.mp4 is no film or photo that can be read")
    assert str(tmp_path) not in said["failed"]


def test_a_film_that_is_too_long_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (said,) = messages(task(tmp_path, max_film_s=2.0))
    assert said["failed"] == (
        "plank_straight.mp4 is too long: 0.133 minutes, where at most 0.0333 are analysed; "
        "give the start and the end of the part that matters."
    )


@pytest.mark.model
def test_a_part_of_a_long_film_is_analysed(tmp_path: Path, pose_model: Path) -> None:
    *progress, last = messages(task(tmp_path, max_film_s=2.0, start_s=1.0, end_s=2.5, model=pose_model))
    assert last.keys() == {"summary"}
    assert progress[-1]["done"] == progress[-1]["total"]
    assert {"report.html", "report.json", "annotated.mp4"} <= {path.name for path in (tmp_path / "report").iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_a_film_that_needs_too_much_memory_ends_in_a_sentence_or_in_nothing(tmp_path: Path) -> None:
    given = task(tmp_path, memory_mb=300).model_dump_json() + "\n"
    with subprocess.Popen(
        CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(given)
        child.stdin.flush()
        said = [json.loads(line) for line in child.stdout]
        ended_well = child.wait() == 0
    assert said in ([], [{"failed": TOO_LARGE}])
    assert ended_well is bool(said)
    assert not (tmp_path / "report").exists()


@pytest.mark.model
def test_a_child_ends_when_the_server_does(tmp_path: Path, pose_model: Path) -> None:
    given = task(tmp_path, shipped_file("samples", "deadlift_rounded.mp4"), exercise="deadlift", model=pose_model)
    done = subprocess.run(CHILD, input=given.model_dump_json() + "\n", capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "summary" not in done.stdout
    assert not (tmp_path / "report").exists()
