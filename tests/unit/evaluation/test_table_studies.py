"""Studies on small tables whose answers are known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.stick import Body, Limbs, eased, plank
from tests.unit.evaluation.tables import kinect, write_bodies, write_box_film, write_sitters, write_table

from formcheck.errors import MissingDataError, UserError
from formcheck.evaluation.cache import PoseCache
from formcheck.evaluation.study import Row, Setting, Study, StudyResult
from formcheck.evaluation.table_studies import (
    movement_quality,
    plank_classes,
    sitting_classes,
    squat_phase,
    squat_reps,
)
from formcheck.evaluation.table_studies.classes import APART, NOT_CHOSEN
from formcheck.evaluation.table_studies.repetitions import counted, depth_of_distance


def setting(folder: Path, **options: object) -> Setting:
    return Setting(folder, PoseCache(folder / "no-model", folder / "cache"), options)


def row(result: StudyResult, name: str, figure: str) -> Row:
    (found,) = [r for r in result.rows if (r.name, r.figure) == (name, figure)]
    return found


def squat(depth: float) -> Body:
    """Return somebody between standing (0) and thighs a little below level (1)."""
    return Body.even(35.0 * depth, Limbs(hip=115.0 * depth, knee=110.0 * depth))


# -- classes ----------------------------------------------------------------------------------------------------------

PLANKS = {"L": 16.0, "C": -8.0, "H": -40.0}
"""Bend of the hips: about -0.07, +0.035 and +0.18 lengths of the line."""


def planks(labels: str, knee: float = 0.0) -> list[tuple[str, Body]]:
    return [(label, plank(PLANKS[label] + i % 3, knee=knee)) for i, label in enumerate(labels)]


def test_planks_are_told_apart_with_every_block_left_out(tmp_path: Path) -> None:
    write_bodies(tmp_path / "t.csv", planks("CCCLLLHHHCCLLHH"))
    result = plank_classes(setting(tmp_path, path="t.csv"))
    accuracy = row(result, "chosen edges", "accuracy")
    assert (accuracy.estimate.value, accuracy.estimate.n, accuracy.counted) == (1.0, 15, "pictures in 6 blocks")
    assert accuracy.reached
    assert row(result, "chosen edges: hips low", "recall").counted == "pictures in 2 blocks"
    assert row(result, "shipped ideal edges", "accuracy").estimate.value == 1.0
    assert row(result, "shipped: fault of PL-02", "sensitivity").estimate.value == 1.0
    assert row(result, "shipped: no fault where the hips are in line", "specificity").estimate.value == 1.0
    assert row(result, "hips low against in line", "AUC").estimate.value == 1.0
    assert result.tables[0].cells == (
        ("hips low", "5", "0", "0"), ("in line", "0", "5", "0"), ("hips high", "0", "0", "5"),
    )  # fmt: skip


def test_a_wrong_label_costs_one_hit(tmp_path: Path) -> None:
    bodies = planks("CCCLLLHHHCCLLHH")
    bodies[1] = ("L", bodies[1][1])
    write_bodies(tmp_path / "t.csv", bodies)
    result = plank_classes(setting(tmp_path, path="t.csv"))
    assert row(result, "chosen edges", "accuracy").estimate.value == pytest.approx(14 / 15)
    assert row(result, "hips low against in line", "AUC").estimate.value < 1.0


def test_with_a_single_block_of_a_label_nothing_is_chosen(tmp_path: Path) -> None:
    write_bodies(tmp_path / "t.csv", planks("CCLLCCLLHH"))
    result = plank_classes(setting(tmp_path, path="t.csv"))
    assert result.split == NOT_CHOSEN
    assert not any(r.name.startswith("chosen") for r in result.rows)
    assert row(result, "shipped ideal edges", "accuracy").estimate.value == 1.0


def test_edges_may_come_from_another_table(tmp_path: Path) -> None:
    write_bodies(tmp_path / "train.csv", planks("CLH"))
    write_bodies(tmp_path / "test.csv", planks("HHLC"))
    result = plank_classes(setting(tmp_path, path="test.csv", train="train.csv"))
    assert result.split == APART
    assert row(result, "chosen edges", "accuracy").estimate.value == 1.0
    # Edges from people whose straight hips hang are wrong for people whose hips do not.
    write_bodies(tmp_path / "train.csv", [("L", plank(60.0)), ("C", plank(18.0)), ("H", plank(-9.0))])
    result = plank_classes(setting(tmp_path, path="test.csv", train="train.csv"))
    assert row(result, "chosen edges", "accuracy").estimate.value == pytest.approx(2 / 4)


def test_squats_are_up_or_down(tmp_path: Path) -> None:
    depths = [0.0, 0.05, 0.9, 1.0, 0.1, 0.0, 0.8, 0.95]
    write_bodies(tmp_path / "t.csv.gz", [("down" if d > 0.5 else "up", squat(d)) for d in depths])
    result = squat_phase(setting(tmp_path, path="."))
    assert row(result, "chosen edge", "accuracy").estimate.value == 1.0
    assert row(result, "shipped level of a repetition", "accuracy").estimate.value == 1.0


def sitter(trunk: float, head: float) -> Body:
    return Body.even(trunk, Limbs(hip=90.0 - trunk, knee=90.0), head=head)


SITTERS = {"proper": (0.0, 10.0), "reclining": (-25.0, 10.0), "slouching": (8.0, 40.0), "crossed_legs": (-3.0, 8.0)}


def test_sitting_is_told_by_how_upper_body_and_neck_lean(tmp_path: Path) -> None:
    bodies = [
        (label, sitter(trunk + i % 5, head + i % 3)) for label, (trunk, head) in SITTERS.items() for i in range(20)
    ]
    write_sitters(tmp_path / "t.csv", bodies)
    result = sitting_classes(setting(tmp_path, path="t.csv"))
    accuracy = row(result, "upper body and neck", "accuracy").estimate
    assert (accuracy.value, accuracy.n) == (1.0, 60)
    crossed = row(result, "crossed legs", "taken for proper")
    assert (crossed.estimate.value, crossed.estimate.n, crossed.compared) == (1.0, 20, False)


def test_a_neck_alone_makes_a_slouch(tmp_path: Path) -> None:
    """Heads that hang forward from a trunk that leans back: the upper body as a whole stays upright."""
    bodies = [("proper", sitter(0.0, 5.0 + i % 3)) for i in range(20)]
    bodies += [("slouching", sitter(-14.0, 60.0 + i % 3)) for i in range(10)]
    bodies += [("slouching", sitter(14.0, 10.0 + i % 3)) for i in range(10)]
    bodies += [("reclining", sitter(-30.0, 5.0 + i % 3)) for i in range(20)]
    write_sitters(tmp_path / "t.csv", bodies)
    result = sitting_classes(setting(tmp_path, path="t.csv"))
    assert row(result, "upper body and neck", "accuracy").estimate.value == 1.0
    assert row(result, "trunk inclination alone", "accuracy").estimate.value < 0.9


# -- repetitions ------------------------------------------------------------------------------------------------------


def cycles(count: int, low: float = 0.0, high: float = 1.0) -> list[float]:
    return eased((1.5, low), *((s, v) for _ in range(count) for s, v in ((1.0, high), (1.0, low), (0.6, low))))


def test_the_shipped_squat_counts() -> None:
    assert counted(cycles(3)) == 3
    assert counted(cycles(3, high=0.2)) == 0


def test_a_quarter_of_the_height_is_a_full_squat_whatever_the_level() -> None:
    depth = np.array(cycles(20))
    half, end = len(depth) // 2, 10 * 30
    found = depth_of_distance(np.where(np.arange(len(depth)) < half, 1.6, 1.5) * (1.0 - 0.25 * depth))
    assert found[:end].max() == pytest.approx(1.0, abs=0.03)
    assert found[-end:].max() == pytest.approx(1.0, abs=0.03)
    assert 19 <= counted(found) <= 21
    depth = np.array(cycles(4))
    assert counted(depth_of_distance(1.6 * (1.0 - 0.25 * depth))) == 4


def test_squats_in_distances(tmp_path: Path) -> None:
    films = {"a": 3, "b": 4, "c": 5}
    lines = [[name, *(1.6 - 0.4 * d for d in cycles(count))] for name, count in films.items()]
    write_table(tmp_path / "distance.csv", lines)
    marks = {"a": 3, "b": 3, "c": 3}  # one is right, one is off by one, one by two
    write_table(tmp_path / "labels.csv", [[name, *range(2 * count)] for name, count in marks.items()])
    result = squat_reps(setting(tmp_path, path=".", format="distance"))
    assert row(result, "squats", "exact").estimate.value == pytest.approx(1 / 3)
    within = row(result, "squats", "within one")
    assert within.estimate.value == pytest.approx(2 / 3)
    assert (within.target, within.reached) == (0.95, False)
    assert row(result, "squats", "mean absolute error").estimate.value == pytest.approx(1.0)


def test_squats_in_boxed_poses(tmp_path: Path) -> None:
    write_box_film(tmp_path / "f1.npz", [squat(d) for d in cycles(3)])
    write_box_film(tmp_path / "f2.npz", [Body.even(60.0 * d, Limbs(hip=60.0 * d)) for d in cycles(3)])
    films: list[list[object]] = [["squat", "f1.mp4", 3], ["bow", "f2.mp4", 3]]
    write_table(tmp_path / "annotation.csv", [["type", "name", "count"], *films])
    result = squat_reps(setting(tmp_path, path=".", format="poses"))
    assert row(result, "squats", "exact").estimate.value == 1.0
    other = row(result, "other exercises, without the gates that keep them out", "squats counted per film")
    assert (other.estimate.value, other.estimate.n, other.compared) == (0.0, 1, False)


def test_films_without_a_squat_are_no_data_for_squats(tmp_path: Path) -> None:
    write_box_film(tmp_path / "f.npz", [squat(0.0)])
    write_table(tmp_path / "annotation.csv", [["type", "name", "count"], ["bow", "f.mp4", 1]])
    with pytest.raises(UserError, match="None of the films"):
        squat_reps(setting(tmp_path, path=".", format="poses"))


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="reads the format 'distance' or 'poses', not 'video'"):
        squat_reps(setting(tmp_path, path=".", format="video"))


# -- quality ----------------------------------------------------------------------------------------------------------


def movement(depth: float, lean: float) -> np.ndarray:
    """Return one squat of a given depth whose trunk leans `lean` degrees further at the turn."""
    levels = eased((0.2, 0.0), (0.6, 1.0), (0.3, 1.0), (0.6, 0.0), fps=30.0)
    bodies = (replace(squat(depth * level), trunk=(35.0 * depth + lean) * level) for level in levels)
    return np.array([kinect(body, 25.0) for body in bodies])


def test_shallow_squats_are_told_by_their_depth(tmp_path: Path) -> None:
    films = {}
    for person in (1, 2, 3):
        for take in (1, 2, 3):
            films[f"m01_s0{person}_e0{take}_cor"] = movement(1.0 - 0.02 * take - 0.01 * person, 0.0)
            films[f"m01_s0{person}_e0{take}_inc"] = movement(0.7 + 0.02 * take - 0.01 * person, 0.0)
    np.savez(tmp_path / "some.npz", **films)  # type: ignore[arg-type]
    result = movement_quality(setting(tmp_path, path="some.npz"))
    name = "deep squat: thigh_inclination, median at the turn"
    assert row(result, name, "AUC").estimate.value == 1.0
    assert row(result, name, "balanced accuracy").estimate.value == 1.0
    assert row(result, name, "AUC").counted == "films of 3 persons"
    assert ("squat_depth, max", "lower", "1.00") in result.tables[0].cells


def test_one_person_has_nobody_to_choose_on(tmp_path: Path) -> None:
    films = {"m03_s01_e01_cor": movement(1.0, 0.0), "m03_s01_e02_inc": movement(1.0, 20.0)}
    np.savez(tmp_path / "some.npz", **films)  # type: ignore[arg-type]
    result = movement_quality(setting(tmp_path, path="some.npz"))
    assert {r.figure for r in result.rows} == {"AUC"}
    assert result.rows[0].name.startswith("in-line lunge")


def test_other_movements_are_no_data(tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", m02_s01_e01_cor=movement(1.0, 0.0))
    with pytest.raises(UserError, match="neither deep squats"):
        movement_quality(setting(tmp_path, path="some.npz"))


@pytest.mark.parametrize("study", [plank_classes, sitting_classes, squat_phase, squat_reps, movement_quality])
@pytest.mark.parametrize("kind", ["distance", "poses"])
def test_absent_data_is_said_to_be_absent(tmp_path: Path, study: Study, kind: str) -> None:
    with pytest.raises(MissingDataError, match="nowhere"):
        study(setting(tmp_path, path="nowhere", format=kind))
