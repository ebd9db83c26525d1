"""`--exercise auto`: what it says, what it asks, and one report for each exercise of a recording."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck.body.pose import Pose
from formcheck.cli.main import app
from formcheck.cli.recognition import settled
from formcheck.engine.recognition import Candidate, Recognition, Segment
from formcheck.errors import UserError
from formcheck.exercise.load import load_exercise
from formcheck.storage.recordings import load_poses, save_poses
from formcheck.synth.poses import true_poses

run = CliRunner().invoke
HINGES = [load_exercise("deadlift"), load_exercise("romanian_deadlift")]
DOUBTFUL = Segment(0.0, 8.0, (Candidate("deadlift", 0.55), Candidate("romanian_deadlift", 0.40)))
SURE = Segment(10.0, 20.0, (Candidate("deadlift", 0.93),))


def performed(name: str, t_start: float = 0.0) -> list[Pose]:
    return [replace(pose, t=pose.t + t_start) for pose, _ in true_poses(name, body="man", fps=15.0, reps=1)]


def test_what_is_in_doubt_is_asked_in_one_sentence() -> None:
    with pytest.raises(UserError) as asked:
        settled(Recognition((DOUBTFUL,)), HINGES, "a.mp4", ask=False)
    said = "This may be: deadlift (0.55) or Romanian deadlift (0.40): say which with --exercise ID."
    assert str(asked.value) == said


def test_of_several_parts_only_the_doubtful_one_is_asked_for() -> None:
    with pytest.raises(UserError, match=r"^0 to 8 s may be: deadlift \(0.55\) or Romanian deadlift \(0.40\): say"):
        settled(Recognition((DOUBTFUL, SURE)), HINGES, "a.mp4", ask=False)


def test_where_nothing_is_recognised_the_film_is_named() -> None:
    with pytest.raises(
        UserError, match=r"^No exercise was recognised in a\.mp4: say which it is with --exercise ID\.$"
    ):
        settled(Recognition(()), HINGES, "a.mp4", ask=True)


def test_what_is_sure_is_not_asked() -> None:
    found = Recognition((SURE,))
    assert settled(found, HINGES, "a.mp4", ask=False) == found


def test_in_a_terminal_a_number_chooses(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_args, **_options: 2)
    (chosen,) = settled(Recognition((DOUBTFUL,)), HINGES, "a.mp4", ask=True).segments
    assert chosen.exercise == "romanian_deadlift"
    assert "  2  romanian_deadlift" in capsys.readouterr().out


def test_a_recording_of_one_exercise_is_judged_by_it(tmp_path: Path) -> None:
    poses = tmp_path / "poses.parquet"
    save_poses(poses, performed("romanian_deadlift"))
    done = run(app, ["replay", str(poses), "--exercise", "auto", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "Recognised: romanian_deadlift (confidence 0." in done.stdout
    assert (tmp_path / "out" / "report.json").exists()


def test_a_recording_of_several_exercises_gets_a_report_for_each(tmp_path: Path) -> None:
    first = performed("romanian_deadlift")
    poses = tmp_path / "poses.parquet"
    save_poses(poses, [*first, *performed("glute_bridge", first[-1].t + 3.0)])
    done = run(app, ["replay", str(poses), "--exercise", "auto", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert sorted(folder.name for folder in (tmp_path / "out").iterdir()) == ["1-romanian_deadlift", "2-glute_bridge"]
    assert load_poses(poses).facts == {}


def test_a_recording_of_nobody_asks_for_the_exercise(tmp_path: Path) -> None:
    poses = tmp_path / "poses.parquet"
    save_poses(poses, [Pose.nobody(i / 30, (640, 480)) for i in range(60)])
    done = run(app, ["replay", str(poses), "--exercise", "auto"])
    assert isinstance(done.exception, UserError)
    assert str(done.exception).startswith("No exercise was recognised in poses.parquet")
